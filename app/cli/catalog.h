// Every registry of the program, built once in main (and in tests) and read-only afterwards: the one place
// that knows all families. `plumbline describe --json` prints it; the window builds its forms from that.
// Whoever looks a variant up includes its family's header; this one names the families only, since most
// commands need none of them and LibTorch's headers are slow to read.
#pragma once

#include <memory>
#include <string>

#include "app/cli/command.h"
#include "core/types/registry.h"

namespace plumbline {

namespace model_family {
struct ModelFamily;
}
namespace sampler {
struct Sampler;
}
namespace lora_format {
struct LoraFormat;
}
namespace reward_head {
struct RewardHead;
}
namespace acquisition {
struct Acquisition;
}
namespace alignment_method {
struct AlignmentMethod;
}
namespace query_type {
struct QueryType;
}
#ifndef PLUMBLINE_HEADLESS
namespace export_format {
struct Format;
}
namespace import_format {
struct Format;
}
namespace job_kind {
struct Kind;
}
#endif
namespace command {
struct Command;
}

struct Catalog {
  Catalog();
  ~Catalog();
  Catalog(const Catalog&) = delete;
  Catalog& operator=(const Catalog&) = delete;

 private:
  struct Registries;
  const std::unique_ptr<Registries> registries_;

 public:
  const Registry<model_family::ModelFamily>& modelFamilies;
  const Registry<sampler::Sampler>& samplers;
  const Registry<lora_format::LoraFormat>& loraFormats;
  const Registry<reward_head::RewardHead>& rewardHeads;
  const Registry<acquisition::Acquisition>& acquisitions;
  const Registry<alignment_method::AlignmentMethod>& alignmentMethods;
  const Registry<query_type::QueryType>& queryTypes;
  const Registry<command::Command>& commands;
#ifndef PLUMBLINE_HEADLESS  // without projects
  const Registry<export_format::Format>& exportFormats;
  const Registry<import_format::Format>& importFormats;
  const Registry<job_kind::Kind>& jobKinds;
#endif

  // {"build": ..., "version": ..., "<family>": [descriptor, ...], ...}
  Json describe() const;
  // A method's parameters, for those who need no more of it. Throws Error(kNotFound).
  const ParameterSchema& methodParameters(const std::string& id) const;
};

std::string programVersion();
// Changes with every link of the program (the linker's build id), so that caches of the catalogue can be
// checked.
std::string buildId();

}  // namespace plumbline
