#include "core/align/guards.h"

#include <algorithm>
#include <cmath>
#include <vector>

namespace plumbline {
namespace {
constexpr std::size_t kUsualNeeds = 5;  // with fewer norms nothing is usual yet
constexpr std::size_t kWindow = 20;
}  // namespace

std::string SpikeGuard::check(double loss, double gradientNorm) {
  if (!std::isfinite(loss)) return "the loss is not finite";
  if (!std::isfinite(gradientNorm)) return "the gradient is not finite";
  // Against the largest, not the median: near its kink an exact penalty's gradient jumps between nothing and
  // its slope.
  if (factor_ > 0 && norms_.size() >= kUsualNeeds) {
    const double usual = *std::max_element(norms_.begin(), norms_.end());
    if (gradientNorm > factor_ * usual && gradientNorm > 1e-12)
      return "the gradient is far above its usual size";
  }
  norms_.push_back(gradientNorm);
  if (norms_.size() > kWindow) norms_.pop_front();
  return {};
}

nlohmann::json SpikeGuard::toJson() const {
  return nlohmann::json(std::vector<double>(norms_.begin(), norms_.end()));
}

void SpikeGuard::restore(const nlohmann::json& json) {
  norms_.clear();
  for (const auto& v : json) norms_.push_back(v.get<double>());
}

bool HackingGuard::check(double trained, double heldOut) {
  if (!first_) bad_ = trained > trained_ && heldOut < heldOut_ ? bad_ + 1 : 0;
  first_ = false;
  trained_ = trained;
  heldOut_ = heldOut;
  return patience_ > 0 && bad_ >= patience_;
}

nlohmann::json HackingGuard::toJson() const {
  return {{"bad", bad_}, {"first", first_}, {"trained", trained_}, {"held_out", heldOut_}};
}

void HackingGuard::restore(const nlohmann::json& json) {
  bad_ = json.at("bad");
  first_ = json.at("first");
  trained_ = json.at("trained");
  heldOut_ = json.at("held_out");
}

}  // namespace plumbline
