#include "core/select/selection.h"

#include <algorithm>
#include <cmath>
#include <set>

namespace plumbline {
namespace {

using acquisition::Pick;

bool usable(const std::vector<Pick>& picks, std::size_t wanted, std::size_t pool) {
  std::set<std::size_t> distinct;
  for (const Pick& p : picks) {
    if (p.index >= pool || !std::isfinite(p.score)) return false;
    distinct.insert(p.index);
  }
  return distinct.size() == picks.size() && picks.size() == wanted;
}

// The pool without some of its candidates, and where the rest stood.
struct Remainder {
  acquisition::Pool pool;
  std::vector<std::size_t> from;
};

Remainder without(const acquisition::Pool& pool, const std::set<std::size_t>& taken) {
  Remainder rest;
  rest.pool.answers = pool.answers;
  rest.pool.modelVersion = pool.modelVersion;
  for (std::size_t i = 0; i < pool.candidates.size(); ++i) {
    if (taken.contains(i)) continue;
    rest.pool.candidates.push_back(pool.candidates[i]);
    rest.from.push_back(i);
  }
  return rest;
}

class Selector {
 public:
  Selector(const acquisition::Registry& registry, const SelectionSettings& settings, ProgressSink& progress,
           const std::stop_token& stop)
      : registry_(registry), settings_(settings), progress_(progress), stop_(stop) {}

  std::vector<Pick> choose(const acquisition::Pool& pool, std::size_t count, const std::string& wanted) {
    const std::size_t possible = std::min(count, pool.candidates.size());
    if (possible == 0) return {};
    for (const std::string& id : {wanted, std::string("uncertainty"), std::string("random")}) {
      try {
        const auto& a = registry_.get(id);
        const Json parameters = a.descriptor.parameters.complete(
            id == settings_.acquisition ? settings_.parameters : Json::object());
        auto picks = a.choose(pool, possible, parameters, settings_.seed, stop_);
        if (usable(picks, possible, pool.candidates.size())) return picks;
        progress_.warning("'" + id + "' chose no usable queries; another order is used");
      } catch (const Error& e) {
        if (e.kind() == ErrorKind::kCancelled) throw;
        progress_.warning("'" + id + "' cannot choose queries (" + e.message() + "); another order is used");
      }
    }
    // Nothing is registered or all failed: the order of ids is still better than nothing to label.
    std::vector<Pick> picks;
    for (std::size_t i = 0; i < possible; ++i) picks.push_back({i, 0, "none", pool.modelVersion});
    return picks;
  }

 private:
  const acquisition::Registry& registry_;
  const SelectionSettings& settings_;
  ProgressSink& progress_;
  const std::stop_token& stop_;
};

}  // namespace

std::vector<Pick> selectQueries(const acquisition::Registry& registry, const acquisition::Pool& pool,
                                std::size_t count, const SelectionSettings& settings, ProgressSink& progress,
                                const std::stop_token& stop) {
  count = std::min(count, pool.candidates.size());
  Selector selector(registry, settings, progress, stop);
  const auto randoms = std::size_t(std::ceil(settings.randomShare * double(count) - 1e-9));
  const auto drawn = selector.choose(pool, randoms, "random");
  std::set<std::size_t> taken;
  for (const Pick& p : drawn) taken.insert(p.index);
  const Remainder rest = without(pool, taken);
  auto chosen = selector.choose(rest.pool, count - drawn.size(), settings.acquisition);
  for (Pick& p : chosen) p.index = rest.from[p.index];

  std::vector<Pick> picks;
  std::size_t r = 0, c = 0;
  while (r + c < drawn.size() + chosen.size()) {
    const bool randomNext =
        r < drawn.size() && (c >= chosen.size() || double(r) < settings.randomShare * double(r + c + 1));
    picks.push_back(randomNext ? drawn[r++] : chosen[c++]);
  }
  return picks;
}

}  // namespace plumbline
