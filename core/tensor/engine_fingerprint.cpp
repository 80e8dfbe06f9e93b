#include "core/tensor/engine_fingerprint.h"

#include <ATen/Parallel.h>
#include <ATen/Version.h>

#include "core/tensor/compat.h"

namespace plumbline {
namespace {

// The text after a mark up to the end of its line (or the next blank), as LibTorch prints its configuration.
std::string valueAfter(const std::string& text, const std::string& mark, const char* stop) {
  const std::size_t at = text.find(mark);
  if (at == std::string::npos) return "unknown";
  const std::size_t begin = at + mark.size();
  return text.substr(begin, text.find_first_of(stop, begin) - begin);
}

}  // namespace

std::string engineFingerprint(Precision precision, const std::string& device) {
  const std::string config = at::show_config();
  return "torch " + compat::torchVersion() + "; onednn " + valueAfter(at::get_mkldnn_version(), " v", " \n") +
         "; " + valueAfter(config, "CPU capability usage: ", "\n") + "; " + precisionName(precision) + "; " +
         std::to_string(at::get_num_threads()) + " threads, batches in shards; " + device;
}

}  // namespace plumbline
