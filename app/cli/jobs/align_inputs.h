// What a fine-tune learns from, read from a project: prompts, pictures, answers and masks of labelled prompts
// up to one answer, so that a resumed run sees what it saw before. Held-out prompts never appear. For the
// thread of one job.
#pragma once

#include <cstdint>
#include <memory>

#include "app/cli/jobs/job_kind.h"
#include "core/align/align_data.h"

namespace plumbline {

// rewardModel: row id, 0 = none. model: row id of the base generator; masks painted on other generators'
// pictures are left out, since their noise gives another picture here.
AlignData alignData(job_kind::Work& work, std::int64_t rewardModel, std::int64_t model,
                    std::int64_t upToAnswer, std::uint64_t seed);

}  // namespace plumbline
