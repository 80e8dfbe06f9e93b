// The candidates for the next queries, built from pictures that exist, and their way into the queue. Pictures
// of one prompt make pairs; single pictures make binary and mask queries. What was asked once is not asked
// again. Works on one thread of a job.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "app/cli/jobs/job_kind.h"
#include "core/select/acquisition.h"
#include "core/select/selection.h"
#include "core/types/query_type.h"
#include "db/project.h"

namespace plumbline {

// How many queries of each type; any prefix of the plan holds about its share of each.
struct QueryMix {
  std::map<std::string, double> shares;  // by query type, not negative, any sum above 0

  std::vector<std::string> plan(std::int64_t count) const;
  // The mix of "pair=2,binary=1" or of {"pair": 2, ...}. Throws Error(kInvalidInput).
  static QueryMix fromShares(const std::map<std::string, double>& shares, const query_type::Registry& types);
};

struct QueryBatch {
  std::map<std::string, std::int64_t> counts;  // wanted, by type
  SelectionSettings selection;
  std::int64_t rewardModel = 0;  // row id, 0 = latest; without any the batch is drawn at random
  std::int64_t model = 0;        // pictures of this generator, 0 = all
  std::int64_t round = 0;
  Json settings = Json::object();  // stored with every query
};

// More candidates than this add time but hardly information.
inline constexpr std::size_t kLargestPool = 600;

// How many queries of this type could be asked about pictures of this generator (0 = all).
std::size_t countOptions(job_kind::Work& work, const std::string& type, std::int64_t model);

// Chooses the batch and adds it to the queue in one transaction; returns the new queries' ids. May return
// fewer than wanted when the project has too few pictures that are not yet asked about.
std::vector<std::int64_t> askNext(job_kind::Work& work, const QueryBatch& batch);

}  // namespace plumbline
