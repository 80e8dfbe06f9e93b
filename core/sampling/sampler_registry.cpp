#include "core/sampling/sampler.h"

namespace plumbline::sampler {

const Registry& registry() {
  static const Registry kRegistry = [] {
    Registry samplers("sampler");
    registerAll(samplers);
    return samplers;
  }();
  return kRegistry;
}

}  // namespace plumbline::sampler
