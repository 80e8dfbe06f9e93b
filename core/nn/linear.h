// Linear layers and convolutions that can carry low-rank adapters. Adapters are applied unmerged, so that
// several can be attached at once, each strength is a dial, and all dials at zero give the frozen base
// exactly. Weights are not initialised on construction: load them, or call nn::initialise
// (core/nn/initialise.h). Not thread-safe while adapters are attached, detached or dialled; plain forward
// passes may run concurrently. Shapes: b batch, s tokens, in out features or channels, r rank, kh kw kernel.
#pragma once

#include <torch/torch.h>

#include <memory>
#include <string>
#include <vector>

namespace plumbline::nn {

// One adapter of one layer: y += *strength * scale * up(down(x)). Tensors may require gradients and may have
// another precision than the layer; they are cast in the forward pass.
struct Adapter {
  std::string name;                  // of the adapter as a whole ("policy", "ema", ...)
  at::Tensor down;                   // r in, or r in kh kw
  at::Tensor up;                     // out r, or out r 1 1
  double scale = 1.0;                // alpha / rank
  std::shared_ptr<double> strength;  // shared by all layers of the adapter; null counts as 1, 0 costs nothing

  double factor() const { return strength ? scale * *strength : scale; }
};

// What LoRA can be attached to. Found in a model by dynamic_cast over named_modules().
class LoraCapable {
 public:
  virtual ~LoraCapable() = default;
  virtual const at::Tensor& hostWeight() const = 0;  // out in, or out in kh kw
  bool isConvolution() const { return hostWeight().dim() == 4; }

  void attach(std::shared_ptr<Adapter> adapter) { adapters_.push_back(std::move(adapter)); }
  void detachAdapters(const std::string& name);
  const std::vector<std::shared_ptr<Adapter>>& attached() const { return adapters_; }

 protected:
  // Adds every active adapter's share to y = tokens . weight; tokens ... in, y ... out.
  at::Tensor addLinearAdapters(at::Tensor y, const at::Tensor& tokens) const;

  std::vector<std::shared_ptr<Adapter>> adapters_;
};

// at::linear on x b s in with every sample computed alike: matrix kernels cut the rows of a batch into tiles
// regardless of where samples begin, so that the rounding of a sample would depend on its place in the batch,
// and with it the bytes of a picture. On the CPU each sample is a product of its own; the backward pass is
// one product for all. Other shapes, and other devices, go to at::linear. bias may be undefined.
at::Tensor linearPerSample(const at::Tensor& x, const at::Tensor& weight, const at::Tensor& bias = {});

class LoraCapableLinearImpl : public torch::nn::Module, public LoraCapable {
 public:
  LoraCapableLinearImpl(int64_t in, int64_t out, bool withBias = true);
  at::Tensor forward(const at::Tensor& x) const;  // ... in to ... out
  const at::Tensor& hostWeight() const override { return weight; }

  at::Tensor weight;  // out in
  at::Tensor bias;    // out; undefined without bias
};
TORCH_MODULE(LoraCapableLinear);

class LoraCapableConv2dImpl : public torch::nn::Module, public LoraCapable {
 public:
  LoraCapableConv2dImpl(int64_t in, int64_t out, int64_t kernel, int64_t stride = 1, int64_t padding = 0,
                        bool withBias = true);
  at::Tensor forward(const at::Tensor& x) const;  // b in h w to b out h' w'
  // The same for a 1x1 kernel on tokens, b s in to b s out: saves a change of layout around transformers.
  at::Tensor forwardTokens(const at::Tensor& tokens) const;
  const at::Tensor& hostWeight() const override { return weight; }

  at::Tensor weight;  // out in kh kw
  at::Tensor bias;    // out; undefined without bias

 private:
  int64_t stride_, padding_;
};
TORCH_MODULE(LoraCapableConv2d);

}  // namespace plumbline::nn
