#include "core/select/batch_spread.h"
#include "core/select/information.h"

namespace plumbline::acquisition {
namespace {

struct Config {
  double diversity = 0.5;
  bool perSecond = true;
};

const ConfigSchema<Config>& schema() {
  static const auto kSchema =
      ConfigSchema<Config>()
          .real("diversity", &Config::diversity, 0, 1, "",
                "How much a query loses that repeats another of the batch")
          .boolean("per_second", &Config::perSecond, "Weigh by the seconds that an answer takes");
  return kSchema;
}

std::vector<Pick> choose(const Pool& pool, std::size_t count, const Json& parameters, std::uint64_t seed,
                         const std::stop_token& stop) {
  const Config config = schema().fromJson(parameters);
  std::vector<double> values;
  for (const Candidate& c : pool.candidates) {
    values.push_back(expectedInformation(c, pool.answers) / (config.perSecond ? answerSeconds(c) : 1.0));
  }
  return spreadBatch(pool, values, count, {config.diversity, seed}, "bald", stop);
}

}  // namespace

void register_bald(Registry& registry) {
  Acquisition acquisition;
  acquisition.descriptor = {
      "bald",
      "Most information",
      "The answers that are expected to teach the ensemble most per second of an annotator's time "
      "(BALD): members must be sure and disagree, so questions that nobody can answer are left. "
      "Spread over prompts and looks.",
      "arXiv 1112.5745",
      1,
      schema().schema(),
      {{"needs_model", true}}};
  acquisition.choose = choose;
  registry.add(std::move(acquisition));
}

}  // namespace plumbline::acquisition
