// What a fine-tune learns from, read from a project: prompts, pictures, answers and masks of labelled prompts
// up to one answer and one prompt, so that a resumed run sees what it saw before. Held-out prompts never
// appear. For the thread of one job.
#pragma once

#include <cstdint>
#include <memory>

#include "app/cli/jobs/job_kind.h"
#include "core/align/align_data.h"

namespace plumbline {

// run: its settings pin the reward model (0: none), the newest prompt and the categories of masks that count
// (all of them where the method does not say). Masks painted on pictures of other generators than the run's are
// left out, since their noise gives another picture here.
AlignData alignData(job_kind::Work& work, const RunRow& run);

}  // namespace plumbline
