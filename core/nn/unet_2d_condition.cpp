#include "core/nn/unet_2d_condition.h"

#include <cmath>

#include "core/nn/unet_blocks.h"
#include "core/types/error.h"

namespace plumbline::nn {
namespace {

using nlohmann::json;
using Sizes = std::vector<int64_t>;

// Settings that change the network and that only one value of is implemented; absent counts as that value.
void refuseUnknownSettings(const json& config) {
  static const json kOnly = {{"act_fn", "silu"},
                             {"addition_embed_type", nullptr},
                             {"attention_type", "default"},
                             {"center_input_sample", false},
                             {"class_embed_type", nullptr},
                             {"conv_out_kernel", 3},
                             {"cross_attention_norm", nullptr},
                             {"dual_cross_attention", false},
                             {"encoder_hid_dim", nullptr},
                             {"encoder_hid_dim_type", nullptr},
                             {"mid_block_only_cross_attention", nullptr},
                             {"num_attention_heads", nullptr},
                             {"num_class_embeds", nullptr},
                             {"only_cross_attention", false},
                             {"resnet_skip_time_act", false},
                             {"resnet_time_scale_shift", "default"},
                             {"reverse_transformer_layers_per_block", nullptr},
                             {"time_cond_proj_dim", nullptr},
                             {"time_embedding_act_fn", nullptr},
                             {"time_embedding_dim", nullptr},
                             {"time_embedding_type", "positional"},
                             {"timestep_post_act", nullptr}};
  for (const auto& [key, value] : kOnly.items()) {
    if (config.contains(key) && config[key] != value) {
      throw Error(ErrorKind::kUnsupported, "this U-Net sets " + key + " to " + config[key].dump() +
                                               ", which is not supported; only " + value.dump() + " is");
    }
  }
}

// A number for all levels, or one per level.
Sizes perLevel(const json& config, const char* key, int64_t fallback, std::size_t levels) {
  if (!config.contains(key) || config[key].is_null()) return Sizes(levels, fallback);
  if (config[key].is_number_integer()) return Sizes(levels, config[key].get<int64_t>());
  const auto list = config[key].get<Sizes>();
  if (list.size() != levels) {
    throw Error(ErrorKind::kInvalidInput,
                std::string("unet/config.json: ") + key + " needs one number per block");
  }
  return list;
}

bool hasAttention(const std::string& type, const char* with, const char* without) {
  if (type == with) return true;
  if (type == without) return false;
  throw Error(ErrorKind::kUnsupported,
              "U-Net block type '" + type + "' is not supported; " + with + " and " + without + " are");
}

struct Plan {
  Sizes channels, layers, heads, contextDims, transformerLayers;
  ResnetSizes resnet;
  bool linearProjection = false;

  TransformerSizes transformer(std::size_t level) const {
    if (channels[level] % heads[level] != 0) {
      throw Error(ErrorKind::kInvalidInput, "unet/config.json: " + std::to_string(channels[level]) +
                                                " channels do not divide into " +
                                                std::to_string(heads[level]) + " attention heads");
    }
    return {channels[level],    heads[level],  transformerLayers[level],
            contextDims[level], resnet.groups, linearProjection};
  }
};

Plan readPlan(const json& config) {
  Plan plan;
  plan.channels = config.value("block_out_channels", Sizes{320, 640, 1280, 1280});
  const std::size_t levels = plan.channels.size();
  if (levels == 0) throw Error(ErrorKind::kInvalidInput, "unet/config.json: block_out_channels is empty");
  plan.layers = perLevel(config, "layers_per_block", 2, levels);
  // diffusers took the name attention_head_dim for the number of heads, and checkpoints rely on it.
  plan.heads = perLevel(config, "attention_head_dim", 8, levels);
  plan.contextDims = perLevel(config, "cross_attention_dim", 1280, levels);
  plan.transformerLayers = perLevel(config, "transformer_layers_per_block", 1, levels);
  plan.linearProjection = config.value("use_linear_projection", false);
  plan.resnet.timeDim = 4 * plan.channels[0];
  plan.resnet.groups = config.value("norm_num_groups", int64_t{32});
  plan.resnet.eps = config.value("norm_eps", 1e-5);
  plan.resnet.outputScale = config.value("resnet_out_scale_factor", 1.0);
  for (const int64_t c : plan.channels) {
    if (plan.resnet.groups <= 0 || c <= 0 || c % plan.resnet.groups != 0) {
      throw Error(ErrorKind::kInvalidInput, "unet/config.json: " + std::to_string(c) +
                                                " channels do not divide into norm_num_groups groups");
    }
  }
  return plan;
}

std::vector<std::string> blockTypes(const json& config, const char* key, std::vector<std::string> fallback,
                                    std::size_t levels) {
  auto types = config.value(key, std::move(fallback));
  if (types.size() != levels) {
    throw Error(ErrorKind::kInvalidInput,
                std::string("unet/config.json: ") + key + " and block_out_channels differ in length");
  }
  return types;
}

std::shared_ptr<UNetBlockImpl> makeDownBlock(const Plan& plan, std::size_t level, bool attention,
                                             int64_t downsamplePadding) {
  const int64_t in = plan.channels[level == 0 ? 0 : level - 1], out = plan.channels[level];
  Sizes inputs(std::size_t(plan.layers[level]), out);
  if (!inputs.empty()) inputs[0] = in;
  auto block = std::make_shared<UNetBlockImpl>(inputs, out, plan.resnet, attention, plan.transformer(level));
  if (level + 1 < plan.channels.size()) block->addDownsampler(out, downsamplePadding);
  return block;
}

// position 0 is the deepest level.
std::shared_ptr<UNetBlockImpl> makeUpBlock(const Plan& plan, std::size_t position, bool attention) {
  const std::size_t levels = plan.channels.size(), level = levels - 1 - position;
  const int64_t out = plan.channels[level];
  const int64_t previous = plan.channels[position == 0 ? level : level + 1];
  const int64_t skipIn = plan.channels[level == 0 ? 0 : level - 1];
  Sizes inputs;
  const int64_t layers = plan.layers[level] + 1;
  for (int64_t i = 0; i < layers; ++i) {
    inputs.push_back((i == 0 ? previous : out) + (i == layers - 1 ? skipIn : out));
  }
  auto block = std::make_shared<UNetBlockImpl>(inputs, out, plan.resnet, attention, plan.transformer(level));
  if (position + 1 < levels) block->addUpsampler(out);
  return block;
}

}  // namespace

TimestepEmbeddingImpl::TimestepEmbeddingImpl(int64_t in, int64_t dim)
    : linear1_(register_module("linear_1", LoraCapableLinear(in, dim))),
      linear2_(register_module("linear_2", LoraCapableLinear(dim, dim))) {}

at::Tensor TimestepEmbeddingImpl::forward(const at::Tensor& x) {
  return linear2_(at::silu(linear1_(x)));
}

at::Tensor timestepSinusoids(const at::Tensor& timesteps, int64_t dim, bool flipSinToCos, double freqShift) {
  const int64_t half = dim / 2;
  const auto options = timesteps.options().dtype(at::kFloat).requires_grad(false);
  const at::Tensor exponent = at::arange(half, options) * (-std::log(10000.0) / (double(half) - freqShift));
  const at::Tensor angles = timesteps.to(at::kFloat).unsqueeze(1) * exponent.exp().unsqueeze(0);
  at::Tensor y =
      flipSinToCos ? at::cat({angles.cos(), angles.sin()}, 1) : at::cat({angles.sin(), angles.cos()}, 1);
  return dim % 2 == 1 ? at::constant_pad_nd(y, {0, 1}) : y;
}

UNet2DConditionModelImpl::UNet2DConditionModelImpl(const json& config)
    : config_(config),
      inChannels_(config.value("in_channels", int64_t{4})),
      sampleSize_(config.value("sample_size", json()).is_number() ? config.at("sample_size").get<int64_t>()
                                                                  : 64),
      flipSinToCos_(config.value("flip_sin_to_cos", true)),
      freqShift_(config.value("freq_shift", 0.0)) {
  refuseUnknownSettings(config);
  const Plan plan = readPlan(config);
  const std::size_t levels = plan.channels.size();
  const int64_t first = plan.channels[0], last = plan.channels.back();
  crossAttentionDim_ = plan.contextDims[0];
  timeDim_ = first;

  const int64_t kernel = config.value("conv_in_kernel", int64_t{3});
  convIn_ = register_module("conv_in", LoraCapableConv2d(inChannels_, first, kernel, 1, (kernel - 1) / 2));
  timeEmbedding_ = register_module("time_embedding", TimestepEmbedding(first, plan.resnet.timeDim));

  const auto downTypes = blockTypes(
      config, "down_block_types",
      {"CrossAttnDownBlock2D", "CrossAttnDownBlock2D", "CrossAttnDownBlock2D", "DownBlock2D"}, levels);
  const auto upTypes =
      blockTypes(config, "up_block_types",
                 {"UpBlock2D", "CrossAttnUpBlock2D", "CrossAttnUpBlock2D", "CrossAttnUpBlock2D"}, levels);
  auto down = register_module("down_blocks", torch::nn::ModuleList());
  auto up = register_module("up_blocks", torch::nn::ModuleList());
  for (std::size_t i = 0; i < levels; ++i) {
    downBlocks_.push_back(makeDownBlock(plan, i,
                                        hasAttention(downTypes[i], "CrossAttnDownBlock2D", "DownBlock2D"),
                                        config.value("downsample_padding", int64_t{1})));
    upBlocks_.push_back(makeUpBlock(plan, i, hasAttention(upTypes[i], "CrossAttnUpBlock2D", "UpBlock2D")));
    down->push_back(std::static_pointer_cast<torch::nn::Module>(downBlocks_.back()));
    up->push_back(std::static_pointer_cast<torch::nn::Module>(upBlocks_.back()));
  }
  if (!config.contains("mid_block_type") || config["mid_block_type"] == "UNetMidBlock2DCrossAttn") {
    ResnetSizes resnet = plan.resnet;
    resnet.outputScale = config.value("mid_block_scale_factor", 1.0);
    midBlock_ = std::make_shared<UNetMidBlockImpl>(last, resnet, plan.transformer(levels - 1));
    register_module("mid_block", midBlock_);
  } else if (!config["mid_block_type"].is_null()) {
    throw Error(ErrorKind::kUnsupported,
                "U-Net middle block " + config["mid_block_type"].dump() + " is not supported");
  }
  convNormOut_ = register_module(
      "conv_norm_out",
      torch::nn::GroupNorm(torch::nn::GroupNormOptions(plan.resnet.groups, first).eps(plan.resnet.eps)));
  convOut_ = register_module("conv_out",
                             LoraCapableConv2d(first, config.value("out_channels", int64_t{4}), 3, 1, 1));
}

UNet2DConditionModelImpl::~UNet2DConditionModelImpl() = default;

at::Tensor UNet2DConditionModelImpl::forward(const at::Tensor& sample, const at::Tensor& timestep,
                                             const at::Tensor& encoderHiddenStates) {
  const at::ScalarType precision = convIn_->weight.scalar_type();
  const at::Tensor context = encoderHiddenStates.to(precision);
  const at::Tensor time =
      timeEmbedding_(timestepSinusoids(timestep, timeDim_, flipSinToCos_, freqShift_).to(precision));
  const at::Tensor activatedTime = siluReusing(time);  // the same for every resnet block

  at::Tensor x = convIn_(sample.to(precision));
  std::vector<at::Tensor> skips{x};
  for (const auto& block : downBlocks_) x = block->down(x, activatedTime, context, skips);
  if (midBlock_) x = midBlock_->forward(x, activatedTime, context);
  for (const auto& block : upBlocks_) x = block->up(x, activatedTime, context, skips);
  return convOut_(siluReusing(convNormOut_(x))).to(sample.scalar_type());
}

}  // namespace plumbline::nn
