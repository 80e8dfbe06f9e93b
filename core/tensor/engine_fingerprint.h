// Names everything besides the request that decides the bytes of a picture: for one fingerprint the same
// request gives the same bytes (DESIGN section 6). Stored with every image.
#pragma once

#include <string>

#include "core/tensor/precision.h"

namespace plumbline {

// For example "torch 1.13.1; onednn 2.6.0; AVX2; float32; 2 threads; cpu". Uses the thread count set at the
// time.
std::string engineFingerprint(Precision precision, const std::string& device = "cpu");

}  // namespace plumbline
