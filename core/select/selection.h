// The one entrance to acquisitions: keeps a share of every batch random for unbiased evaluation, and falls
// back (to uncertainty, then to random) rather than ever leaving people with nothing to label.
#pragma once

#include "core/select/acquisition.h"

namespace plumbline {

struct SelectionSettings {
  std::string acquisition = "bald";
  Json parameters = Json::object();  // the acquisition's own; missing ones take their defaults
  double randomShare = 0.1;          // of the batch, rounded up when not zero
  std::uint64_t seed = 0;
};

// min(count, pool) distinct picks, interleaved so that any prefix holds about its share of random ones. An
// acquisition that is unknown, throws, or returns too little is replaced and `progress` warned; only a stop
// throws.
std::vector<acquisition::Pick> selectQueries(const acquisition::Registry& registry,
                                             const acquisition::Pool& pool, std::size_t count,
                                             const SelectionSettings& settings, ProgressSink& progress,
                                             const std::stop_token& stop);

}  // namespace plumbline
