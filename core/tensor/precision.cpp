#include "core/tensor/precision.h"

#include <fstream>

#include "core/types/error.h"

namespace plumbline {

std::string precisionName(Precision precision) {
  switch (precision) {
    case Precision::kFloat32:
      return "float32";
    case Precision::kBFloat16:
      return "bfloat16";
    case Precision::kFloat16:
      return "float16";
  }
  throw Error(ErrorKind::kInternal, "unknown precision");
}

Precision precisionFromName(const std::string& name) {
  for (const Precision p : {Precision::kFloat32, Precision::kBFloat16, Precision::kFloat16}) {
    if (precisionName(p) == name) return p;
  }
  throw Error(ErrorKind::kInvalidInput, "precision must be float32, bfloat16 or float16, got '" + name + "'");
}

at::ScalarType scalarType(Precision precision) {
  switch (precision) {
    case Precision::kFloat32:
      return at::kFloat;
    case Precision::kBFloat16:
      return at::kBFloat16;
    case Precision::kFloat16:
      return at::kHalf;
  }
  throw Error(ErrorKind::kInternal, "unknown precision");
}

bool cpuHasBFloat16() {
  static const bool kHas = [] {
    std::ifstream file("/proc/cpuinfo");
    std::string line;
    while (std::getline(file, line)) {
      if (line.rfind("flags", 0) != 0) continue;
      return line.find(" avx512_bf16") != std::string::npos || line.find(" amx_bf16") != std::string::npos;
    }
    return false;
  }();
  return kHas;
}

}  // namespace plumbline
