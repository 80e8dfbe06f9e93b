// What the frozen model drew, kept for the next run that asks for the same: a comparison run starts from the
// pictures of the run that it is compared with. By whole batches, so that what comes back is what drawing
// again would give, to the bit. Belongs to one model with every adapter off. One thread at a time:
// who holds the device.
#pragma once

#include <cstddef>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/align/align_model.h"

namespace plumbline {

class FrozenPictures {
 public:
  explicit FrozenPictures(std::size_t mostBytes = std::size_t{256} << 20) : mostBytes_(mostBytes) {}

  // Copies: the caller may write to them.
  std::optional<Drawn> find(const std::vector<DrawItem>& items, const DrawSettings& settings) const;
  // The oldest go when there is no room.
  void keep(const std::vector<DrawItem>& items, const DrawSettings& settings, const Drawn& drawn);

 private:
  std::size_t mostBytes_, bytes_ = 0;
  std::map<std::string, Drawn> kept_;
  std::deque<std::string> order_;
};

}  // namespace plumbline
