// What protects a run from itself: gradients that are not finite or far above their usual size, and a trained
// reward that rises while a held-out one falls (reward hacking). Plain arithmetic; state goes into
// checkpoints.
#pragma once

#include <deque>
#include <nlohmann/json.hpp>
#include <string>

namespace plumbline {

class SpikeGuard {
 public:
  // factor 0: only non-finite values count.
  explicit SpikeGuard(double factor = 0) : factor_(factor) {}

  // Empty if the step may be taken, else why not. A value that passes joins the last ones.
  std::string check(double loss, double gradientNorm);

  nlohmann::json toJson() const;
  void restore(const nlohmann::json& json);

 private:
  double factor_;
  std::deque<double> norms_;  // of the last steps taken
};

class HackingGuard {
 public:
  explicit HackingGuard(int patience = 0) : patience_(patience) {}

  // One strip's mean rewards. True when the trained reward rose and the held-out one fell, patience times in
  // a row.
  bool check(double trained, double heldOut);

  nlohmann::json toJson() const;
  void restore(const nlohmann::json& json);

 private:
  int patience_;
  int bad_ = 0;
  bool first_ = true;
  double trained_ = 0, heldOut_ = 0;
};

}  // namespace plumbline
