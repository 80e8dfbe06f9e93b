#include "core/select/batch_spread.h"
#include "core/select/information.h"

namespace plumbline::acquisition {
namespace {

struct Config {
  double diversity = 0.5;
};

const ConfigSchema<Config>& schema() {
  static const auto kSchema = ConfigSchema<Config>().real(
      "diversity", &Config::diversity, 0, 1, "", "How much a query loses that repeats another of the batch");
  return kSchema;
}

std::vector<Pick> choose(const Pool& pool, std::size_t count, const Json& parameters, std::uint64_t seed,
                         const std::stop_token& stop) {
  std::vector<double> values;
  for (const Candidate& c : pool.candidates) values.push_back(disagreement(c));
  return spreadBatch(pool, values, count, {schema().fromJson(parameters).diversity, seed}, "uncertainty",
                     stop);
}

}  // namespace

void register_uncertainty(Registry& registry) {
  Acquisition acquisition;
  acquisition.descriptor = {
      "uncertainty",
      "Uncertainty",
      "Where the members of the ensemble part most, spread over prompts and looks. Ignores that "
      "some questions cannot be answered and some take longer.",
      "survey 4.2",
      1,
      schema().schema(),
      {{"needs_model", true}}};
  acquisition.choose = choose;
  registry.add(std::move(acquisition));
}

}  // namespace plumbline::acquisition
