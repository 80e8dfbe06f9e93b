#include "core/models/diffusion_model.h"

#include "core/tensor/shards.h"
#include "core/types/error.h"

namespace plumbline {
namespace {

at::Tensor idsOf(const ClipTokenizer& tokenizer, const std::vector<std::string>& texts) {
  std::vector<int64_t> ids;
  for (const std::string& text : texts) {
    const auto row = tokenizer.encode(text);
    ids.insert(ids.end(), row.begin(), row.end());
  }
  return torch::tensor(ids, at::kLong).view({int64_t(texts.size()), -1});
}

}  // namespace

at::Tensor ClipPreprocessing::apply(const at::Tensor& images, int64_t size) const {
  at::Tensor x = images;
  if (x.size(2) != size || x.size(3) != size) {
    namespace F = torch::nn::functional;
    x = F::interpolate(x, F::InterpolateFuncOptions()
                              .size(std::vector<int64_t>{size, size})
                              .mode(torch::kBilinear)
                              .align_corners(false)
                              .antialias(true));
  }
  const auto perChannel = [&](const std::array<double, 3>& v) {
    return torch::tensor({v[0], v[1], v[2]}, at::kDouble)
        .to(x.options().requires_grad(false))
        .view({1, 3, 1, 1});
  };
  return (x * 0.5 + 0.5 - perChannel(mean)) / perChannel(deviation);
}

at::Tensor DiffusionModel::encodeTokens(const at::Tensor& ids) const {
  return textEncoder->forward(ids).lastHiddenState;
}

at::Tensor DiffusionModel::encodePrompts(const std::vector<std::string>& prompts) const {
  if (!tokenizer) {
    throw Error(ErrorKind::kNotFound,
                "the model in " + path + " has no tokenizer folder; add it to draw from text");
  }
  return encodeTokens(idsOf(*tokenizer, prompts));
}

at::Tensor DiffusionModel::encodePictures(const at::Tensor& images) const {
  const auto type = plumbline::scalarType(precision);
  return byShards(images, [&](const at::Tensor& rows, std::int64_t) {
    return vae->encode(rows.to(type)).mean.to(at::kFloat) * latentScale();
  });
}

at::Tensor DiffusionModel::decodeLatents(const at::Tensor& latents) const {
  const auto type = plumbline::scalarType(precision);
  return byShards(latents, [&](const at::Tensor& rows, std::int64_t) {
    return vae->decode((rows / latentScale()).to(type)).to(at::kFloat);
  });
}

at::Tensor DiffusionModel::clipIds(const std::vector<std::string>& texts) const {
  if (!clip || !clipTokenizer) {
    throw Error(ErrorKind::kUnsupported, "the model in " + path + " has no clip folder, which rewards need");
  }
  const at::Tensor ids = idsOf(*clipTokenizer, texts);
  if (ids.size(1) > clip->maxPositions()) {
    throw Error(ErrorKind::kInvalidInput, "the clip in " + path + " reads " +
                                              std::to_string(clip->maxPositions()) +
                                              " tokens, its tokenizer gives " + std::to_string(ids.size(1)) +
                                              "; give clip/ a tokenizer of its own");
  }
  return ids;
}

}  // namespace plumbline
