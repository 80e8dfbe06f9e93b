// The adapters of one model: named sets of low-rank weights attached, unmerged, to its layers. Several exist
// at once (policy, reference, EMA, experts); each has a strength, which is a dial and costs nothing at 0, and
// with all dials at 0 the model is exactly its frozen base. New adapters start with strength 0: whoever draws
// says what is on. Belongs to one thread at a time, together with the model; detaches everything when it
// goes.
#pragma once

#include <torch/types.h>

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "core/lora/lora_weights.h"
#include "core/models/diffusion_model.h"
#include "core/nn/linear.h"

namespace plumbline {

struct LoraOptions {
  int rank = 8;
  double alpha = 0;  // 0: equal to the rank
  // Layers whose path ends in one of these, at a dot.
  std::vector<std::string> targets = {"to_q", "to_k", "to_v", "to_out.0"};
  std::vector<std::string> components = {"unet"};  // "unet", "text_encoder"
  std::uint64_t seed = 0;
};

class LoraSet {
 public:
  explicit LoraSet(std::shared_ptr<DiffusionModel> model);
  ~LoraSet();
  LoraSet(const LoraSet&) = delete;
  LoraSet& operator=(const LoraSet&) = delete;

  // A fresh adapter: down ~ N(0, 1/rank^2) from the engine's own noise, up zero, so that it changes nothing
  // yet. Throws Error(kInvalidInput) if the name is taken or no layer matches.
  void inject(const std::string& name, const LoraOptions& options = {});
  // From weights or a file. Throws Error(kCorrupt) that lists the keys which fit no layer of this model.
  void add(const std::string& name, const LoraWeights& weights);
  void load(const std::string& name, const std::string& path);
  void remove(const std::string& name);

  bool contains(const std::string& name) const { return adapters_.count(name) > 0; }
  std::vector<std::string> names() const;
  bool touchesText(const std::string& name) const;

  // The live tensors, float32: changing them changes the adapter. Order is stable.
  std::vector<at::Tensor> parameters(const std::string& name) const;
  void setTrainable(const std::string& name, bool trainable);
  // target = decay * target + (1 - decay) * source, for EMA (decay 0 copies). Same layers and ranks.
  void blend(const std::string& target, const std::string& source, double decay);

  double strength(const std::string& name) const;
  void setStrength(const std::string& name, double strength);
  // These strengths, everything else off. Throws Error(kNotFound) for an unknown name.
  void setOnly(const std::map<std::string, double>& strengths);
  std::map<std::string, double> strengths() const;

  // Copies, detached; and back into an adapter that exists (for checkpoints): layers and shapes must be
  // equal.
  LoraWeights weights(const std::string& name) const;
  void setWeights(const std::string& name, const LoraWeights& weights);
  void save(const std::string& name, const std::string& path, const std::string& format = "peft",
            const std::map<std::string, std::string>& metadata = {}) const;

  DiffusionModel& model() const { return *model_; }

 private:
  struct Named {
    std::shared_ptr<double> strength;
    std::map<std::string, std::shared_ptr<nn::Adapter>> layers;
  };
  const Named& get(const std::string& name) const;
  void attach(const std::string& name, const LoraWeights& weights);

  std::shared_ptr<DiffusionModel> model_;
  std::map<std::string, nn::LoraCapable*> hosts_;  // layers that can carry adapters, by component and path
  std::map<std::string, Named> adapters_;
};

// Sets strengths for a scope and puts the old ones back.
class AdapterScope {
 public:
  AdapterScope(LoraSet& set, const std::map<std::string, double>& only)
      : set_(set), before_(set.strengths()) {
    set_.setOnly(only);
  }
  ~AdapterScope() {
    for (const auto& [name, strength] : before_) {
      if (set_.contains(name)) set_.setStrength(name, strength);
    }
  }
  AdapterScope(const AdapterScope&) = delete;
  AdapterScope& operator=(const AdapterScope&) = delete;

 private:
  LoraSet& set_;
  std::map<std::string, double> before_;
};

// The frozen base for a scope.
class AdaptersOff : public AdapterScope {
 public:
  explicit AdaptersOff(LoraSet& set) : AdapterScope(set, {}) {}
};

}  // namespace plumbline
