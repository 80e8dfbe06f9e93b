#include "core/nn/autoencoder_kl.h"

#include <cmath>

#include "core/nn/linear.h"
#include "core/types/error.h"

namespace plumbline::nn {
namespace {

using nlohmann::json;
using torch::nn::Conv2d;
using torch::nn::Conv2dOptions;
using torch::nn::GroupNorm;
using torch::nn::GroupNormOptions;

constexpr double kEps = 1e-6;

Conv2d conv3(int64_t in, int64_t out) {
  return Conv2d(Conv2dOptions(in, out, 3).padding(1));
}

GroupNorm groupNorm(int64_t groups, int64_t channels) {
  return GroupNorm(GroupNormOptions(groups, channels).eps(kEps));
}

// Resnet block without timestep embedding.
class VaeResnetImpl : public torch::nn::Module {
 public:
  VaeResnetImpl(int64_t in, int64_t out, int64_t groups)
      : norm1_(register_module("norm1", groupNorm(groups, in))),
        conv1_(register_module("conv1", conv3(in, out))),
        norm2_(register_module("norm2", groupNorm(groups, out))),
        conv2_(register_module("conv2", conv3(out, out))) {
    if (in != out) shortcut_ = register_module("conv_shortcut", Conv2d(Conv2dOptions(in, out, 1)));
  }
  at::Tensor forward(const at::Tensor& x) {
    at::Tensor y = conv1_(at::silu(norm1_(x)));
    y = conv2_(at::silu(norm2_(y)));
    return y + (shortcut_ ? shortcut_(x) : x);
  }

 private:
  GroupNorm norm1_;
  Conv2d conv1_;
  GroupNorm norm2_;
  Conv2d conv2_;
  Conv2d shortcut_{nullptr};
};
TORCH_MODULE(VaeResnet);

// Single-head self-attention over all cells, with the names of diffusers' Attention.
class VaeAttentionImpl : public torch::nn::Module {
 public:
  VaeAttentionImpl(int64_t channels, int64_t groups)
      : norm_(register_module("group_norm", groupNorm(groups, channels))),
        q_(register_module("to_q", torch::nn::Linear(channels, channels))),
        k_(register_module("to_k", torch::nn::Linear(channels, channels))),
        v_(register_module("to_v", torch::nn::Linear(channels, channels))),
        out_(register_module("to_out", torch::nn::ModuleList(torch::nn::Linear(channels, channels)))) {}
  at::Tensor forward(const at::Tensor& x) {
    const auto b = x.size(0), c = x.size(1), h = x.size(2), w = x.size(3);
    const at::Tensor tokens = norm_(x).reshape({b, c, h * w}).transpose(1, 2);  // b hw c
    const auto linear = [](const torch::nn::LinearImpl& l, const at::Tensor& in) {
      return linearPerSample(in, l.weight, l.bias);
    };
    const at::Tensor scores =
        at::bmm(linear(*q_, tokens), linear(*k_, tokens).transpose(1, 2)) / std::sqrt(double(c));
    at::Tensor y = at::bmm(at::softmax(scores, -1), linear(*v_, tokens));
    y = linear(*out_[0]->as<torch::nn::Linear>(), y);
    return x + y.transpose(1, 2).reshape({b, c, h, w});
  }

 private:
  GroupNorm norm_;
  torch::nn::Linear q_, k_, v_;
  torch::nn::ModuleList out_;
};
TORCH_MODULE(VaeAttention);

class MidBlockImpl : public torch::nn::Module {
 public:
  MidBlockImpl(int64_t channels, int64_t groups)
      : resnets_(register_module("resnets", torch::nn::ModuleList(VaeResnet(channels, channels, groups),
                                                                  VaeResnet(channels, channels, groups)))),
        attentions_(register_module("attentions", torch::nn::ModuleList(VaeAttention(channels, groups)))) {}
  at::Tensor forward(at::Tensor x) {
    x = resnets_[0]->as<VaeResnet>()->forward(x);
    x = attentions_[0]->as<VaeAttention>()->forward(x);
    return resnets_[1]->as<VaeResnet>()->forward(x);
  }

 private:
  torch::nn::ModuleList resnets_, attentions_;
};
TORCH_MODULE(MidBlock);

// A down- or upsampler: the checkpoint wraps its convolution as "<list>.0.conv".
class ResampleImpl : public torch::nn::Module {
 public:
  ResampleImpl(int64_t channels, bool up) : up_(up) {
    auto options = Conv2dOptions(channels, channels, 3);
    if (up)
      options.padding(1);
    else
      options.stride(2);
    conv_ = register_module("conv", Conv2d(options));
  }
  at::Tensor forward(const at::Tensor& x) {
    if (!up_) return conv_(at::constant_pad_nd(x, {0, 1, 0, 1}));  // diffusers pads right and bottom only
    return conv_(at::upsample_nearest2d(x, {x.size(2) * 2, x.size(3) * 2}));
  }

 private:
  bool up_;
  Conv2d conv_{nullptr};
};
TORCH_MODULE(Resample);

// One resolution of encoder or decoder: resnets, then a resampler except at the last.
class VaeBlockImpl : public torch::nn::Module {
 public:
  VaeBlockImpl(int64_t in, int64_t out, int64_t layers, int64_t groups, bool resample, bool up)
      : resnets_(register_module("resnets", torch::nn::ModuleList())) {
    for (int64_t i = 0; i < layers; ++i) resnets_->push_back(VaeResnet(i == 0 ? in : out, out, groups));
    if (!resample) return;
    samplers_ = register_module(up ? "upsamplers" : "downsamplers", torch::nn::ModuleList(Resample(out, up)));
  }
  at::Tensor forward(at::Tensor x) {
    for (const auto& r : *resnets_) x = r->as<VaeResnet>()->forward(x);
    return samplers_ ? samplers_[0]->as<Resample>()->forward(x) : x;
  }

 private:
  torch::nn::ModuleList resnets_;
  torch::nn::ModuleList samplers_{nullptr};
};
TORCH_MODULE(VaeBlock);

struct Sizes {
  std::vector<int64_t> channels;
  int64_t layers, groups, imageChannels, latentChannels;
};

class EncoderImpl : public torch::nn::Module {
 public:
  explicit EncoderImpl(const Sizes& s)
      : in_(register_module("conv_in", conv3(s.imageChannels, s.channels[0]))),
        blocks_(register_module("down_blocks", torch::nn::ModuleList())) {
    for (std::size_t i = 0; i < s.channels.size(); ++i) {
      blocks_->push_back(VaeBlock(s.channels[i == 0 ? 0 : i - 1], s.channels[i], s.layers, s.groups,
                                  i + 1 < s.channels.size(), false));
    }
    mid_ = register_module("mid_block", MidBlock(s.channels.back(), s.groups));
    norm_ = register_module("conv_norm_out", groupNorm(s.groups, s.channels.back()));
    out_ = register_module("conv_out", conv3(s.channels.back(), 2 * s.latentChannels));
  }
  at::Tensor forward(at::Tensor x) {
    x = in_(x);
    for (const auto& b : *blocks_) x = b->as<VaeBlock>()->forward(x);
    return out_(at::silu(norm_(mid_(x))));
  }

 private:
  Conv2d in_;
  torch::nn::ModuleList blocks_;
  MidBlock mid_{nullptr};
  GroupNorm norm_{nullptr};
  Conv2d out_{nullptr};
};
TORCH_MODULE(Encoder);

class DecoderImpl : public torch::nn::Module {
 public:
  explicit DecoderImpl(const Sizes& s)
      : in_(register_module("conv_in", conv3(s.latentChannels, s.channels.back()))),
        mid_(register_module("mid_block", MidBlock(s.channels.back(), s.groups))),
        blocks_(register_module("up_blocks", torch::nn::ModuleList())) {
    const std::size_t n = s.channels.size();
    for (std::size_t i = 0; i < n; ++i) {
      blocks_->push_back(VaeBlock(s.channels[i == 0 ? n - 1 : n - i], s.channels[n - 1 - i], s.layers + 1,
                                  s.groups, i + 1 < n, true));
    }
    norm_ = register_module("conv_norm_out", groupNorm(s.groups, s.channels[0]));
    out_ = register_module("conv_out", conv3(s.channels[0], s.imageChannels));
  }
  at::Tensor forward(at::Tensor x) {
    x = mid_(in_(x));
    for (const auto& b : *blocks_) x = b->as<VaeBlock>()->forward(x);
    return out_(at::silu(norm_(x)));
  }

 private:
  Conv2d in_;
  MidBlock mid_;
  torch::nn::ModuleList blocks_;
  GroupNorm norm_{nullptr};
  Conv2d out_{nullptr};
};
TORCH_MODULE(Decoder);

Sizes readSizes(const json& config) {
  for (const auto& [key, expected] : {std::pair{"down_block_types", "DownEncoderBlock2D"},
                                      std::pair{"up_block_types", "UpDecoderBlock2D"}}) {
    for (const auto& type : config.value(key, json::array())) {
      if (type == expected) continue;
      throw Error(ErrorKind::kUnsupported, "autoencoder block type " + type.dump() + " is not supported");
    }
  }
  return {config.at("block_out_channels").get<std::vector<int64_t>>(),
          config.value("layers_per_block", int64_t{1}), config.value("norm_num_groups", int64_t{32}),
          config.value("in_channels", int64_t{3}), config.value("latent_channels", int64_t{4})};
}

}  // namespace

AutoencoderKlImpl::AutoencoderKlImpl(const json& config) {
  const Sizes sizes = readSizes(config);
  scalingFactor_ = config.value("scaling_factor", 0.18215);
  latentChannels_ = sizes.latentChannels;
  downFactor_ = int64_t{1} << (sizes.channels.size() - 1);
  const int64_t c = sizes.latentChannels;
  encoderModule_ = torch::nn::AnyModule(register_module("encoder", Encoder(sizes)));
  decoderModule_ = torch::nn::AnyModule(register_module("decoder", Decoder(sizes)));
  quantConv_ = register_module("quant_conv", Conv2d(Conv2dOptions(2 * c, 2 * c, 1)));
  postQuantConv_ = register_module("post_quant_conv", Conv2d(Conv2dOptions(c, c, 1)));
}

DiagonalGaussian AutoencoderKlImpl::encode(const at::Tensor& image) {
  const auto moments = quantConv_(encoderModule_.forward<at::Tensor>(image)).chunk(2, 1);
  return {moments[0], moments[1].clamp(-30.0, 20.0)};
}

at::Tensor AutoencoderKlImpl::decode(const at::Tensor& latent) {
  return decoderModule_.forward<at::Tensor>(postQuantConv_(latent));
}

}  // namespace plumbline::nn
