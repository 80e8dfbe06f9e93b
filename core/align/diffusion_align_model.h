// A loaded diffusion model as alignment methods see it: adapters are LoRA on its U-Net, drawings go through
// the engine's samplers with guidance. Base weights are frozen for good. One thread, together with the model.
#pragma once

#include <memory>
#include <set>

#include "core/align/align_model.h"
#include "core/align/frozen_pictures.h"
#include "core/lora/lora.h"
#include "core/sampling/generator.h"

namespace plumbline {

class DiffusionAlignModel : public AlignModel {
 public:
  // adapters: those that exist already stay off; null makes a set of its own. frozen: of the same model, what
  // was drawn without adapters before; null draws everything.
  explicit DiffusionAlignModel(std::shared_ptr<DiffusionModel> model,
                               std::shared_ptr<LoraSet> adapters = nullptr,
                               std::shared_ptr<FrozenPictures> frozen = nullptr);

  // spec.layers: "attention", "transformer", "all", or endings of layer names separated by commas.
  void addAdapter(const AdapterSpec& spec, std::uint64_t seed) override;
  // An adapter from a file or folder that exportAdapter() or another program wrote.
  void loadAdapter(const std::string& name, const std::string& path);
  void removeAdapter(const std::string& name) { adapters_->remove(name); }
  NamedTensors parameters(const std::string& adapter) const override;
  void exportAdapter(const std::string& adapter, const std::string& folder) const override;

  Drawn draw(const std::vector<DrawItem>& items, const DrawSettings& settings, const std::string& adapter,
             const GradientPlan& plan, bool keepPath, std::stop_token stop) override;
  std::vector<at::Tensor> predictedPictures(const std::vector<DrawItem>& items, const DrawSettings& settings,
                                            const std::string& adapter, std::stop_token stop) override;
  at::Tensor predictNoise(const at::Tensor& noisy, const at::Tensor& timesteps,
                          const std::vector<std::string>& prompts, const std::string& adapter) override;
  at::Tensor encode(const at::Tensor& pictures) override;
  at::Tensor decode(const at::Tensor& latents) override;
  at::Tensor alphasCumprod() const override;

  LoraSet& adapters() { return *adapters_; }
  Generator& generator() { return generator_; }

 private:
  void letOthersPass();
  std::vector<SampleRequest> requests(const std::vector<DrawItem>& items, const DrawSettings& settings,
                                      const std::string& adapter) const;

  std::shared_ptr<DiffusionModel> model_;
  std::shared_ptr<LoraSet> adapters_;
  std::shared_ptr<FrozenPictures> frozen_;
  Generator generator_;
};

}  // namespace plumbline
