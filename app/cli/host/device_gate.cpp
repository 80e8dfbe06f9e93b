#include "app/cli/host/device_gate.h"

#include "core/types/progress.h"

namespace plumbline {

DeviceGate::Pass::Pass(DeviceGate& gate, JobPriority priority, std::stop_token stop)
    : gate_(gate), stop_(std::move(stop)) {
  {
    const std::lock_guard lock(gate_.mutex_);
    place_ = {static_cast<int>(priority), gate_.arrivals_++};
  }
  enter(true);
}

DeviceGate::Pass::~Pass() {
  leave();
}

bool DeviceGate::Pass::othersWait() const {
  const std::lock_guard lock(gate_.mutex_);
  return !gate_.waiting_.empty() && *gate_.waiting_.begin() < place_;
}

void DeviceGate::Pass::letOthersPass() {
  leave();
  enter(false);
}

void DeviceGate::Pass::enter(bool throws) {
  std::unique_lock lock(gate_.mutex_);
  gate_.waiting_.insert(place_);
  const auto mine = [this] { return !gate_.held_ && *gate_.waiting_.begin() == place_; };
  if (throws) {
    if (!gate_.changed_.wait(lock, stop_, mine)) {
      gate_.waiting_.erase(place_);
      gate_.changed_.notify_all();
      throw Error(ErrorKind::kCancelled, "cancelled");
    }
  } else {
    // A job that stops still has to come back to write its checkpoint, which is work on the device too.
    gate_.changed_.wait(lock, mine);
  }
  gate_.waiting_.erase(place_);
  gate_.held_ = true;
}

void DeviceGate::Pass::leave() {
  {
    const std::lock_guard lock(gate_.mutex_);
    gate_.held_ = false;
  }
  gate_.changed_.notify_all();
}

}  // namespace plumbline
