#include "core/nn/unet_blocks.h"

namespace plumbline::nn {

UNetBlockImpl::UNetBlockImpl(const std::vector<int64_t>& inputs, int64_t out, const ResnetSizes& resnet,
                             bool attention, const TransformerSizes& transformer)
    : resnets_(register_module("resnets", torch::nn::ModuleList())) {
  if (attention) attentions_ = register_module("attentions", torch::nn::ModuleList());
  for (const int64_t in : inputs) {
    resnets_->push_back(
        ResnetBlock2D(in, out, resnet.timeDim, resnet.groups, resnet.eps, resnet.outputScale));
    if (attention) attentions_->push_back(Transformer2D(transformer));
  }
}

void UNetBlockImpl::addDownsampler(int64_t channels, int64_t padding) {
  downsampler_ = Downsample2D(channels, padding);
  register_module("downsamplers", torch::nn::ModuleList(downsampler_));
}

void UNetBlockImpl::addUpsampler(int64_t channels) {
  upsampler_ = Upsample2D(channels);
  register_module("upsamplers", torch::nn::ModuleList(upsampler_));
}

at::Tensor UNetBlockImpl::down(at::Tensor x, const at::Tensor& activatedTime, const at::Tensor& context,
                               std::vector<at::Tensor>& skips) {
  for (std::size_t i = 0; i < resnets_->size(); ++i) {
    x = resnets_[i]->as<ResnetBlock2D>()->forward(x, activatedTime);
    if (attentions_) x = attentions_[i]->as<Transformer2D>()->forward(x, context);
    skips.push_back(x);
  }
  if (downsampler_) {
    x = downsampler_(x);
    skips.push_back(x);
  }
  return x;
}

at::Tensor UNetBlockImpl::up(at::Tensor x, const at::Tensor& activatedTime, const at::Tensor& context,
                             std::vector<at::Tensor>& skips) {
  for (std::size_t i = 0; i < resnets_->size(); ++i) {
    x = at::cat({x, skips.back()}, 1);
    skips.pop_back();
    x = resnets_[i]->as<ResnetBlock2D>()->forward(x, activatedTime);
    if (attentions_) x = attentions_[i]->as<Transformer2D>()->forward(x, context);
  }
  if (upsampler_) x = upsampler_(x, skips.back().size(2), skips.back().size(3));
  return x;
}

UNetMidBlockImpl::UNetMidBlockImpl(int64_t channels, const ResnetSizes& resnet,
                                   const TransformerSizes& transformer)
    : resnets_(register_module("resnets", torch::nn::ModuleList())),
      attentions_(register_module("attentions", torch::nn::ModuleList(Transformer2D(transformer)))) {
  for (int i = 0; i < 2; ++i) {
    resnets_->push_back(
        ResnetBlock2D(channels, channels, resnet.timeDim, resnet.groups, resnet.eps, resnet.outputScale));
  }
}

at::Tensor UNetMidBlockImpl::forward(at::Tensor x, const at::Tensor& activatedTime,
                                     const at::Tensor& context) {
  x = resnets_[0]->as<ResnetBlock2D>()->forward(x, activatedTime);
  x = attentions_[0]->as<Transformer2D>()->forward(x, context);
  return resnets_[1]->as<ResnetBlock2D>()->forward(x, activatedTime);
}

}  // namespace plumbline::nn
