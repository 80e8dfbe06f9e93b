// Which queries to ask next: the batch with the most expected information per second of an annotator's time,
// spread over prompts and feature space. One acquisition per file in acquisitions/. Pure functions of their
// arguments, thread-safe; the order of the pool does not matter, equal arguments give equal picks.
#pragma once

#include <cstdint>
#include <functional>
#include <stop_token>
#include <string>
#include <vector>

#include "core/select/posterior.h"
#include "core/types/progress.h"
#include "core/types/registry.h"

namespace plumbline::acquisition {

// A query that could be asked.
struct Candidate {
  std::string id;                          // unique in the pool, stable from call to call
  std::string type;                        // pair, binary, mask
  std::string prompt;                      // spread counts these
  std::vector<PicturePosterior> pictures;  // in shown order; empty while there is no model yet
  std::vector<float> features;             // where the query lies; empty: unknown
  double seconds = 0;  // an annotator's median; 0: the type's default (pair 3.5, binary 2, mask 12)
};

struct Pool {
  std::vector<Candidate> candidates;
  AnswerModel answers;
  std::string modelVersion;  // returned with every pick; empty while there is no model
};

struct Pick {
  std::size_t index = 0;  // into Pool::candidates
  double score = 0;       // what the acquisition is: nats per second, standard deviation, 0 for random
  std::string acquisition;
  std::string modelVersion;
};

struct Acquisition {
  Descriptor descriptor;
  // min(count, pool) distinct candidates, best first. parameters: complete per the descriptor's schema.
  std::function<std::vector<Pick>(const Pool&, std::size_t count, const Json& parameters, std::uint64_t seed,
                                  const std::stop_token&)>
      choose;
};

using Registry = plumbline::Registry<Acquisition>;
void registerAll(Registry& registry);

}  // namespace plumbline::acquisition
