// A batch that is worth asking as a whole: each next pick weighs its own value against how much it repeats
// picks already made, in feature space and in prompts. Pure function of its arguments; the pool's order does
// not matter.
#pragma once

#include <cstdint>
#include <stop_token>
#include <string>
#include <vector>

#include "core/select/acquisition.h"

namespace plumbline {

struct SpreadSettings {
  double diversity = 0.5;  // 0: values alone; 1: a pick equal to an earlier one is worth nothing
  std::uint64_t seed = 0;  // breaks ties
};

// values: one per candidate, not negative, finite. Picks carry the candidate's own value as their score.
std::vector<acquisition::Pick> spreadBatch(const acquisition::Pool& pool, const std::vector<double>& values,
                                           std::size_t count, const SpreadSettings& settings,
                                           const std::string& acquisition, const std::stop_token& stop);

// A number in [0, 1) that depends on the seed and the candidate's id alone.
double lot(std::uint64_t seed, const std::string& id);

}  // namespace plumbline
