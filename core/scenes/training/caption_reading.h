// What a caption says stands on each side of its picture, asked of features while they are learnt. "a red
// circle left of a blue square" differs from "a red circle right of a blue square" only in which thing is
// where: three facts that mean something together and nothing by twos. A network that learns from pictures
// alone stays for a long time where none of the three moves (measured on the default model: after 600,000
// noised latents its loss did not tell the two captions apart). Here the answer is put to the text encoder
// directly: a few hundred batches, after which the U-Net finds "what is on the left" ready to be looked at.
// Reads captions only. Shapes: b batch, s tokens or patches, d features, k = kTold.
#pragma once

#include <torch/torch.h>

#include <array>
#include <string>

#include "core/nn/side_reader.h"
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

// How many answers each question has, in the order in which they lie among the k.
inline constexpr std::array<int, 4> kAnswerCounts{kToldColours, kToldShapes, kToldCounts, kToldSizes};

// The head that is asked, and its cross-entropy over every question.
class SideReaderImpl : public nn::SideReaderImpl {
 public:
  explicit SideReaderImpl(int64_t width) : nn::SideReaderImpl(width, kSides, kTold) {}
  // The mean over sides and over what weight (b) counts; undefined counts all. features b s d, told b kSides
  // k.
  at::Tensor loss(const at::Tensor& features, const at::Tensor& told, const at::Tensor& weight = {});
};
TORCH_MODULE(SideReader);

}  // namespace plumbline::training
