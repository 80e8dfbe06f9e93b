#include "core/align/frozen_pictures.h"

namespace plumbline {
namespace {

std::string keyOf(const std::vector<DrawItem>& items, const DrawSettings& s) {
  // Prompts are any bytes, so their length stands before them.
  std::string key = Json{s.steps, s.guidance, s.guidanceStart, s.eta}.dump() + s.sampler + ";";
  for (const DrawItem& item : items) {
    key += std::to_string(item.prompt.size()) + ":" + item.prompt + "/" + std::to_string(item.seed) + "/" +
           std::to_string(item.index) + ";";
  }
  return key;
}

std::size_t bytesOf(const Drawn& drawn) {
  return drawn.pictures.nbytes() + drawn.latents.nbytes();
}

}  // namespace

std::optional<Drawn> FrozenPictures::find(const std::vector<DrawItem>& items,
                                          const DrawSettings& settings) const {
  const auto found = kept_.find(keyOf(items, settings));
  if (found == kept_.end()) return std::nullopt;
  return Drawn{found->second.pictures.clone(), found->second.latents.clone(), {}};
}

void FrozenPictures::keep(const std::vector<DrawItem>& items, const DrawSettings& settings,
                          const Drawn& drawn) {
  const std::size_t size = bytesOf(drawn);
  const std::string key = keyOf(items, settings);
  if (size > mostBytes_ || kept_.contains(key)) return;
  for (; bytes_ + size > mostBytes_; order_.pop_front()) {
    bytes_ -= bytesOf(kept_.at(order_.front()));
    kept_.erase(order_.front());
  }
  kept_[key] = {drawn.pictures.detach().clone(), drawn.latents.detach().clone(), {}};
  order_.push_back(key);
  bytes_ += size;
}

}  // namespace plumbline
