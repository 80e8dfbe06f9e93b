#include "app/cli/catalog.h"

namespace plumbline {

Catalog::Catalog() {
  model_family::registerAll(modelFamilies);
  sampler::registerAll(samplers);
  lora_format::registerAll(loraFormats);
#ifdef PLUMBLINE_HAS_REWARD
  reward_head::registerAll(rewardHeads);
  acquisition::registerAll(acquisitions);
#endif
  alignment_method::registerAll(alignmentMethods);
  query_type::registerAll(queryTypes);
  export_format::registerAll(exportFormats);
  import_format::registerAll(importFormats);
  job_kind::registerAll(jobKinds);
  command::registerAll(commands);
}

Json Catalog::describe() const {
  return {{"build", buildId()},
          {"version", programVersion()},
          {"model_family", modelFamilies.describe()},
          {"sampler", samplers.describe()},
          {"lora_format", loraFormats.describe()},
#ifdef PLUMBLINE_HAS_REWARD
          {"reward_head", rewardHeads.describe()},
          {"acquisition", acquisitions.describe()},
#endif
          {"alignment_method", alignmentMethods.describe()},
          {"query_type", queryTypes.describe()},
          {"export_format", exportFormats.describe()},
          {"import_format", importFormats.describe()},
          {"job_kind", jobKinds.describe()},
          {"command", commands.describe()}};
}

std::string programVersion() {
  return PLUMBLINE_VERSION;
}

}  // namespace plumbline
