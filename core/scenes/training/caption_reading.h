// What a caption says stands on each side of its picture, asked of features while they are learnt. "a red
// circle left of a blue square" differs from "a red circle right of a blue square" only in which thing is
// where: three facts that mean something together and nothing by twos. A network that learns from pictures
// alone stays for a long time where none of the three moves (measured on the default model: after 600,000
// noised latents its loss did not tell the two captions apart). Here the answer is put to the text encoder
// directly: a few hundred batches, after which the U-Net finds "what is on the left" ready to be looked at.
// Reads captions only. Shapes: b batch, s tokens or patches, d features, k = kTold.
#pragma once

#include <torch/torch.h>

#include <string>

#include "core/nn/initialise.h"
#include "core/nn/linear.h"
#include "core/scenes/prompt.h"

namespace plumbline::training {

// In the name of every parameter of such a head: states of training from before it was there lack them.
inline constexpr const char* kReaderName = "reader.";

inline constexpr int kSides = 4;  // left, right, top, bottom
// Shares of each colour and none, each shape and none, each count and none, each size word.
inline constexpr int kToldColours = scenes::kColours + 1, kToldShapes = scenes::kShapes + 1, kToldCounts = 5,
                     kToldSizes = 3, kTold = kToldColours + kToldShapes + kToldCounts + kToldSizes;

// kSides k: the group that must stand there, the mean of all groups where any may. Each question's shares
// add up to 1.
at::Tensor toldOfSides(const scenes::ScenePrompt& prompt);
// The same of a caption's text; an empty one asks for nothing. Throws Error(kInvalidInput) as parsePrompt.
at::Tensor toldOfSides(const std::string& caption);

// A head for each side that looks over all features and answers. Thrown away after training.
class SideReaderImpl : public torch::nn::Module, public nn::CustomInitialisation {
 public:
  explicit SideReaderImpl(int64_t width);
  at::Tensor forward(const at::Tensor& features);  // b s d to b kSides k, logits
  // Cross-entropy over every question, the mean over sides and over what weight (b) counts; undefined counts
  // all. told b kSides k.
  at::Tensor loss(const at::Tensor& features, const at::Tensor& told, const at::Tensor& weight = {});
  void initialise(std::uint64_t seed, const std::string& name) override;

 private:
  at::Tensor sideEmbedding_;  // kSides d
  nn::LoraCapableLinear key_, answer_;
};
TORCH_MODULE(SideReader);

}  // namespace plumbline::training
