// Every registry of the program, built once in main (and in tests) and read-only afterwards: the one place
// that knows all families. `plumbline describe --json` prints it; the window builds its forms from that.
#pragma once

#include <string>

#include "app/cli/command.h"
#include "app/cli/jobs/job_kind.h"
#include "core/align/alignment_method.h"
#include "core/lora/lora_format.h"
#include "core/models/model_family.h"
#include "core/sampling/sampler.h"
#include "core/types/query_type.h"
#include "db/export/export_format.h"
#include "db/import/import_format.h"
#ifdef PLUMBLINE_HAS_REWARD
#include "core/reward/reward_head.h"
#include "core/select/acquisition.h"
#endif

namespace plumbline {

struct Catalog {
  model_family::Registry modelFamilies{"model family"};
  sampler::Registry samplers{"sampler"};
  lora_format::Registry loraFormats{"LoRA format"};
#ifdef PLUMBLINE_HAS_REWARD
  reward_head::Registry rewardHeads{"reward head"};
  acquisition::Registry acquisitions{"acquisition"};
#endif
  alignment_method::Registry alignmentMethods{"alignment method"};
  query_type::Registry queryTypes{"query type"};
  export_format::Registry exportFormats{"export format"};
  import_format::Registry importFormats{"import format"};
  job_kind::Registry jobKinds{"kind of job"};
  command::Registry commands{"command"};

  Catalog();
  // {"build": ..., "version": ..., "<family>": [descriptor, ...], ...}
  Json describe() const;
};

std::string programVersion();
// Changes with every link of the program (the linker's build id), so that caches of the catalogue can be
// checked.
std::string buildId();

}  // namespace plumbline
