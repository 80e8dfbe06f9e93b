// Whatever differs between LibTorch 1.13 and 2.x, so that the rest compiles against both. Header only.
#pragma once

#include <torch/version.h>

#include <cstdint>
#include <string>

#if TORCH_VERSION_MAJOR > 2 || (TORCH_VERSION_MAJOR == 2 && TORCH_VERSION_MINOR >= 0)
#define PLUMBLINE_TORCH_2 1
#else
#define PLUMBLINE_TORCH_2 0
#endif

namespace plumbline::compat {

inline std::string torchVersion() {
  return std::to_string(TORCH_VERSION_MAJOR) + "." + std::to_string(TORCH_VERSION_MINOR) + "." +
         std::to_string(TORCH_VERSION_PATCH);
}

}  // namespace plumbline::compat
