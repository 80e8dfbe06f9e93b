// The U-Net's shape rules, names, refusals and gradients. Its numbers are held against the reference
// implementation by tests/eval/parity_test.
#include "core/nn/unet_2d_condition.h"

#include <QtTest>

#include "core/nn/attention.h"
#include "core/nn/initialise.h"
#include "core/types/error.h"

using namespace plumbline;
using namespace plumbline::nn;
using nlohmann::json;

namespace {

json smallConfig() {
  return {{"attention_head_dim", 2},   {"block_out_channels", {8, 16}},
          {"cross_attention_dim", 12}, {"down_block_types", {"CrossAttnDownBlock2D", "DownBlock2D"}},
          {"in_channels", 4},          {"layers_per_block", 1},
          {"norm_num_groups", 4},      {"out_channels", 4},
          {"sample_size", 8},          {"up_block_types", {"UpBlock2D", "CrossAttnUpBlock2D"}}};
}

UNet2DConditionModel smallUnet(const json& config, std::uint64_t seed = 1) {
  UNet2DConditionModel unet(config);
  initialise(*unet, seed);
  return unet;
}

std::string refusal(const json& config) {
  try {
    UNet2DConditionModel unet(config);
  } catch (const Error& e) {
    return e.message();
  }
  return {};
}

at::Tensor ramp(at::IntArrayRef shape) {
  int64_t n = 1;
  for (const int64_t s : shape) n *= s;
  return torch::sin(torch::arange(n, at::kFloat) * 0.37).view(shape);
}

}  // namespace

class UnetTest : public QObject {
  Q_OBJECT

 private Q_SLOTS:
  void namesAreThoseOfTheCheckpoint();
  void initialisationDependsOnTheSeedAlone();
  void bothProjectionsGiveTheSame();
  void oddSizesGrowBack();
  void memoryFormatDoesNotMatter();
  void picturesDoNotInfluenceEachOther();
  void placeInTheBatchDoesNotMatter();
  void everyParameterGetsAGradient();
  void attentionInBlocksEqualsAttentionAtOnce();
  void eachRowLooksAtWhatItsOwnMaskLeaves();
  void unknownSettingsAreRefused();
};

void UnetTest::namesAreThoseOfTheCheckpoint() {
  const auto parameters = smallUnet(smallConfig())->named_parameters();
  for (const char* name :
       {"conv_in.weight", "time_embedding.linear_1.bias", "down_blocks.0.resnets.0.time_emb_proj.weight",
        "down_blocks.0.attentions.0.transformer_blocks.0.attn1.to_out.0.bias",
        "down_blocks.0.attentions.0.transformer_blocks.0.ff.net.0.proj.weight",
        "down_blocks.0.attentions.0.transformer_blocks.0.ff.net.2.bias",
        "down_blocks.0.downsamplers.0.conv.weight", "mid_block.attentions.0.proj_in.weight",
        "up_blocks.0.upsamplers.0.conv.bias", "up_blocks.1.resnets.1.conv_shortcut.weight",
        "conv_norm_out.weight", "conv_out.bias"}) {
    QVERIFY2(parameters.contains(name), name);
  }
  QVERIFY(!parameters.contains("down_blocks.0.attentions.0.transformer_blocks.0.attn1.to_q.bias"));
}

void UnetTest::initialisationDependsOnTheSeedAlone() {
  const auto a = smallUnet(smallConfig(), 5)->parameters(), b = smallUnet(smallConfig(), 5)->parameters(),
             c = smallUnet(smallConfig(), 6)->parameters();
  bool differs = false;
  for (std::size_t i = 0; i < a.size(); ++i) {
    QVERIFY(at::equal(a[i], b[i]));
    QVERIFY(a[i].isfinite().all().item<bool>());
    differs = differs || !at::equal(a[i], c[i]);
  }
  QVERIFY(differs);
}

void UnetTest::bothProjectionsGiveTheSame() {
  torch::NoGradGuard guard;
  json linear = smallConfig();
  linear["use_linear_projection"] = true;
  auto a = smallUnet(smallConfig()), b = smallUnet(linear);
  auto from = a->named_parameters(), to = b->named_parameters();
  for (auto& item : to) item.value().copy_(from[item.key()].view(item.value().sizes()));
  const at::Tensor x = ramp({2, 4, 8, 8}), t = torch::tensor({3, 700}), context = ramp({2, 5, 12});
  QVERIFY((a(x, t, context) - b(x, t, context)).abs().max().item<double>() < 1e-5);
}

void UnetTest::oddSizesGrowBack() {
  torch::NoGradGuard guard;
  auto unet = smallUnet(smallConfig());
  const at::Tensor y = unet(ramp({1, 4, 7, 5}), torch::tensor({10}), ramp({1, 5, 12}));
  QCOMPARE(y.sizes(), at::IntArrayRef({1, 4, 7, 5}));
}

void UnetTest::memoryFormatDoesNotMatter() {
  torch::NoGradGuard guard;
  auto unet = smallUnet(smallConfig());
  const at::Tensor x = ramp({2, 4, 8, 8}), t = torch::tensor({3, 700}), context = ramp({2, 5, 12});
  const at::Tensor a = unet(x, t, context),
                   b = unet(x.contiguous(at::MemoryFormat::ChannelsLast), t, context);
  QVERIFY((a - b).abs().max().item<double>() < 1e-5);
}

void UnetTest::picturesDoNotInfluenceEachOther() {
  torch::NoGradGuard guard;
  auto unet = smallUnet(smallConfig());
  const at::Tensor x = ramp({2, 4, 8, 8}), t = torch::tensor({3, 700}), context = ramp({2, 5, 12});
  at::Tensor other = x.clone(), otherContext = context.clone();
  other[1].mul_(-3);
  otherContext[1].mul_(-3);
  QVERIFY((unet(x, t, context)[0] - unet(other, t, otherContext)[0]).abs().max().item<double>() < 1e-5);
  QVERIFY((unet(x, t, context)[1] - unet(other, t, otherContext)[1]).abs().max().item<double>() > 1e-3);
}

// In the shape of the default model: its row counts are those whose tiles once began inside a sample.
void UnetTest::placeInTheBatchDoesNotMatter() {
  json config = smallConfig();
  config["block_out_channels"] = {96, 192};
  config["down_block_types"] = {"CrossAttnDownBlock2D", "CrossAttnDownBlock2D"};
  config["up_block_types"] = {"CrossAttnUpBlock2D", "CrossAttnUpBlock2D"};
  config["in_channels"] = config["out_channels"] = 16;
  config["cross_attention_dim"] = 128;
  config["use_linear_projection"] = true;
  auto unet = smallUnet(config);
  torch::NoGradGuard noGrad;
  const int threads = at::get_num_threads();
  for (const int count : {1, 2}) {
    at::set_num_threads(count);
    const auto x = ramp({1, 16, 8, 8}).expand({16, -1, -1, -1}).contiguous();
    const auto text = ramp({1, 24, 128}).expand({16, -1, -1}).contiguous();
    const auto y = unet(x, at::full({1}, 321, at::kLong), text);
    for (int64_t i = 1; i < y.size(0); ++i) QVERIFY2(at::equal(y[i], y[0]), std::to_string(i).c_str());
  }
  at::set_num_threads(threads);
}

void UnetTest::everyParameterGetsAGradient() {
  auto unet = smallUnet(smallConfig());
  unet(ramp({1, 4, 8, 8}), torch::tensor({400}), ramp({1, 5, 12})).square().sum().backward();
  for (const auto& item : unet->named_parameters()) {
    QVERIFY2(item.value().grad().defined(), item.key().c_str());
    QVERIFY2(item.value().grad().isfinite().all().item<bool>(), item.key().c_str());
  }
}

void UnetTest::attentionInBlocksEqualsAttentionAtOnce() {
  torch::NoGradGuard guard;
  // Long enough for more than one block of queries.
  const int64_t s = 4200, d = 4;
  const at::Tensor q = ramp({1, s, d}), k = q * 0.7, v = q.flip(1);
  const at::Tensor whole = at::matmul(at::softmax(at::matmul(q, k.transpose(1, 2)) / 2.0, -1), v);
  QVERIFY((multiHeadAttention(q, k, v, 1) - whole).abs().max().item<double>() < 1e-5);
}

void UnetTest::eachRowLooksAtWhatItsOwnMaskLeaves() {
  torch::NoGradGuard guard;
  const at::Tensor q = ramp({2, 3, 8}), k = ramp({2, 5, 8}).flip(1), v = ramp({2, 5, 8}) * 2;
  at::Tensor mask = at::zeros({2, 1, 5});
  mask[1].slice(1, 3) = -1e4;  // the second row sees three of five
  const at::Tensor both = multiHeadAttention(q, k, v, 2, mask);
  const auto alone = [&](int64_t row, int64_t keys) {
    const auto r = at::arange(row, row + 1);
    return multiHeadAttention(q.index_select(0, r), k.index_select(0, r).slice(1, 0, keys),
                              v.index_select(0, r).slice(1, 0, keys), 2)[0];
  };
  QVERIFY(at::allclose(both[0], alone(0, 5), 1e-5, 1e-6));
  QVERIFY(at::allclose(both[1], alone(1, 3), 1e-5, 1e-6));
}

void UnetTest::unknownSettingsAreRefused() {
  json config = smallConfig();
  config["class_embed_type"] = "timestep";
  QVERIFY(refusal(config).find("class_embed_type") != std::string::npos);
  config = smallConfig();
  config["down_block_types"] = {"AttnDownBlock2D", "DownBlock2D"};
  QVERIFY(refusal(config).find("AttnDownBlock2D") != std::string::npos);
  config = smallConfig();
  config["up_block_types"] = {"UpBlock2D"};
  QVERIFY(refusal(config).find("up_block_types") != std::string::npos);
  config = smallConfig();
  config["norm_num_groups"] = 5;
  QVERIFY(!refusal(config).empty());
  config = smallConfig();
  config["attention_head_dim"] = 3;
  QVERIFY(!refusal(config).empty());
}

QTEST_GUILESS_MAIN(UnetTest)
#include "unet_test.moc"
