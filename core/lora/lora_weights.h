// Low-rank weights on their own, between a model's layers and a file. Layers are named by component and
// module path as in the checkpoint: "unet.down_blocks.0.attentions.0.transformer_blocks.0.attn1.to_q",
// "text_encoder.text_model...". Shapes: in out features or channels, r rank, kh kw kernel.
#pragma once

#include <torch/types.h>

#include <map>
#include <string>

namespace plumbline {

struct LoraLayer {
  at::Tensor down;   // r in, or r in kh kw
  at::Tensor up;     // out r, or out r 1 1
  double alpha = 0;  // the layer adds alpha / r * up(down(x))

  std::int64_t rank() const { return down.size(0); }
  double scale() const { return alpha / double(rank()); }
};

struct LoraWeights {
  std::map<std::string, LoraLayer> layers;
  std::map<std::string, std::string> metadata;  // of the file, format-specific keys included
};

}  // namespace plumbline
