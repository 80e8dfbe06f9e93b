// While one of these lives, adapters count as off in what its thread computes, whatever their strengths: for
// who needs the frozen base in the middle of another's work. Strengths are shared and stay as they are.
// Nests. Not for passes with gradients: the backward pass may run on another thread. (AdaptersOff in
// core/lora turns the shared dials themselves, for who lets others draw, who may dial their own.)
#pragma once

namespace plumbline::nn {

class WithoutAdapters {
 public:
  WithoutAdapters() { ++depth_; }
  ~WithoutAdapters() { --depth_; }
  WithoutAdapters(const WithoutAdapters&) = delete;
  WithoutAdapters& operator=(const WithoutAdapters&) = delete;

  static bool active() { return depth_ > 0; }

 private:
  static inline thread_local int depth_ = 0;
};

}  // namespace plumbline::nn
