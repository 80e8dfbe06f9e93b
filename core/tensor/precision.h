// Number formats of the engine: float32 is the reference; the others where the device is good at them.
#pragma once

#include <torch/types.h>

#include <string>

namespace plumbline {

enum class Precision { kFloat32, kBFloat16, kFloat16 };

std::string precisionName(Precision precision);        // "float32", "bfloat16", "float16"
Precision precisionFromName(const std::string& name);  // throws Error(kInvalidInput)
at::ScalarType scalarType(Precision precision);
// Does this CPU multiply bfloat16 matrices in hardware (AMX or AVX512-BF16)? Elsewhere bfloat16 is slower
// than float32.
bool cpuHasBFloat16();

}  // namespace plumbline
