#include <algorithm>

#include "core/select/acquisition.h"
#include "core/select/batch_spread.h"

namespace plumbline::acquisition {
namespace {

std::vector<Pick> choose(const Pool& pool, std::size_t count, const Json&, std::uint64_t seed,
                         const std::stop_token& stop) {
  throwIfStopped(stop);
  std::vector<std::pair<double, std::size_t>> order;
  for (std::size_t i = 0; i < pool.candidates.size(); ++i)
    order.push_back({lot(seed, pool.candidates[i].id), i});
  std::sort(order.begin(), order.end(), [&](const auto& a, const auto& b) {
    if (a.first != b.first) return a.first < b.first;
    return pool.candidates[a.second].id < pool.candidates[b.second].id;
  });
  std::vector<Pick> picks;
  for (std::size_t i = 0; i < std::min(count, order.size()); ++i) {
    picks.push_back({order[i].second, 0, "random", pool.modelVersion});
  }
  return picks;
}

}  // namespace

void register_random(Registry& registry) {
  Acquisition acquisition;
  acquisition.descriptor = {
      "random",
      "Random",
      "Every candidate is equally likely. Unbiased, so it is what models are judged on.",
      "none",
      1,
      {},
      {{"needs_model", false}}};
  acquisition.choose = choose;
  registry.add(std::move(acquisition));
}

}  // namespace plumbline::acquisition
