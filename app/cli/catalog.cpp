#include "app/cli/catalog.h"

#include "core/align/alignment_method.h"
#include "core/lora/lora_format.h"
#include "core/models/model_family.h"
#include "core/reward/reward_head.h"
#include "core/sampling/sampler.h"
#include "core/select/acquisition.h"
#include "core/types/query_type.h"
#ifndef PLUMBLINE_HEADLESS
#include "app/cli/jobs/job_kind.h"
#include "db/export/export_format.h"
#include "db/import/import_format.h"
#endif

namespace plumbline {

struct Catalog::Registries {
  model_family::Registry modelFamilies{"model family"};
  sampler::Registry samplers{"sampler"};
  lora_format::Registry loraFormats{"LoRA format"};
  reward_head::Registry rewardHeads{"reward head"};
  acquisition::Registry acquisitions{"acquisition"};
  alignment_method::Registry alignmentMethods{"alignment method"};
  query_type::Registry queryTypes{"query type"};
  command::Registry commands{"command"};
#ifndef PLUMBLINE_HEADLESS
  export_format::Registry exportFormats{"export format"};
  import_format::Registry importFormats{"import format"};
  job_kind::Registry jobKinds{"kind of job"};
#endif

  Registries() {
    model_family::registerAll(modelFamilies);
    sampler::registerAll(samplers);
    lora_format::registerAll(loraFormats);
    reward_head::registerAll(rewardHeads);
    acquisition::registerAll(acquisitions);
    alignment_method::registerAll(alignmentMethods);
    query_type::registerAll(queryTypes);
    command::registerAll(commands);
#ifndef PLUMBLINE_HEADLESS
    export_format::registerAll(exportFormats);
    import_format::registerAll(importFormats);
    job_kind::registerAll(jobKinds);
#endif
  }
};

Catalog::Catalog()
    : registries_(std::make_unique<Registries>()),
      modelFamilies(registries_->modelFamilies),
      samplers(registries_->samplers),
      loraFormats(registries_->loraFormats),
      rewardHeads(registries_->rewardHeads),
      acquisitions(registries_->acquisitions),
      alignmentMethods(registries_->alignmentMethods),
      queryTypes(registries_->queryTypes),
      commands(registries_->commands)
#ifndef PLUMBLINE_HEADLESS
      ,
      exportFormats(registries_->exportFormats),
      importFormats(registries_->importFormats),
      jobKinds(registries_->jobKinds)
#endif
{
}

Catalog::~Catalog() = default;

Json Catalog::describe() const {
  Json all{{"build", buildId()},
           {"version", programVersion()},
           {"model_family", modelFamilies.describe()},
           {"sampler", samplers.describe()},
           {"lora_format", loraFormats.describe()},
           {"reward_head", rewardHeads.describe()},
           {"acquisition", acquisitions.describe()},
           {"alignment_method", alignmentMethods.describe()},
           {"query_type", queryTypes.describe()},
           {"command", commands.describe()}};
#ifndef PLUMBLINE_HEADLESS
  all["export_format"] = exportFormats.describe();
  all["import_format"] = importFormats.describe();
  all["job_kind"] = jobKinds.describe();
#endif
  return all;
}

const ParameterSchema& Catalog::methodParameters(const std::string& id) const {
  return alignmentMethods.get(id).descriptor.parameters;
}

std::string programVersion() {
  return PLUMBLINE_VERSION;
}

}  // namespace plumbline
