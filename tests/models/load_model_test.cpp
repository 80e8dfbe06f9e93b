// Reading and writing of model folders: the round trip, and each thing that can be wrong with a folder.
#include <QtTest>
#include <filesystem>
#include <fstream>

#include "core/models/config_file.h"
#include "core/models/diffusion_model.h"
#include "core/models/tiny_model.h"
#include "core/types/error.h"
#include "core/weights/safetensors.h"

using namespace plumbline;
namespace fs = std::filesystem;

namespace {

const char* const kUnet = "unet/diffusion_pytorch_model.safetensors";

bool mentions(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

class LoadModelTest : public QObject {
  Q_OBJECT

 private Q_SLOTS:
  void initTestCase();
  void init();
  void loadsAndDraws();
  void savesAndLoadsAgain();
  void sameSeedSameModel();
  void largerPicturesAndLinearProjection();
  void clipPreprocessing();
  void missingTensor();
  void extraTensor();
  void wrongShape();
  void bothSetsAreListed();
  void wholeNumbersAreRefused();
  void oldNamesAreRead();
  void shardsAreRead();
  void truncatedWeights();
  void pickleOnly();
  void missingParts_data();
  void missingParts();
  void otherPipeline();
  void partsThatDoNotFit();
  void brokenConfig();

 private:
  std::string at(const std::string& relative) const { return model_ + "/" + relative; }
  // Changes the tensors of one weight file.
  void edit(const std::string& file, const std::function<void(std::map<std::string, at::Tensor>&)>& change);
  void editConfig(const std::string& file, const std::string& key, const Json& value);
  // The one-line message with which loading fails; "" if it loads.
  std::string complaint(const std::string& folder = {}) const;

  QTemporaryDir scratch_;
  std::string original_, model_;
  int copies_ = 0;
};

void LoadModelTest::initTestCase() {
  original_ = scratch_.filePath("original").toStdString();
  writeTinyModel(original_, 7);
}

void LoadModelTest::init() {
  model_ = scratch_.filePath(QString("copy%1").arg(copies_++)).toStdString();
  fs::copy(original_, model_, fs::copy_options::recursive);
}

void LoadModelTest::edit(const std::string& file,
                         const std::function<void(std::map<std::string, at::Tensor>&)>& change) {
  auto tensors = SafetensorsFile::open(at(file)).tensors();
  change(tensors);
  writeSafetensors(at(file), tensors);
}

void LoadModelTest::editConfig(const std::string& file, const std::string& key, const Json& value) {
  Json config = readConfig(at(file));
  config[key] = value;
  writeConfig(at(file), config);
}

std::string LoadModelTest::complaint(const std::string& folder) const {
  try {
    loadModel(folder.empty() ? model_ : folder);
  } catch (const Error& e) {
    return mentions(e.message(), "\n") ? "more than one line" : e.message();
  }
  return {};
}

void LoadModelTest::loadsAndDraws() {
  torch::NoGradGuard guard;
  const auto model = loadModel(model_);
  QCOMPARE(model->family, std::string("sd1"));
  QCOMPARE(model->pictureSize(), int64_t(32));
  QCOMPARE(model->latentSize(), int64_t(8));
  QVERIFY(model->clip && model->clipTokenizer);
  QCOMPARE(model->hash.size(), std::size_t(64));
  const at::Tensor text = model->encodePrompts({"a red circle", "a blue square"});
  QCOMPARE(text.sizes(), at::IntArrayRef({2, 12, 16}));
  const at::Tensor y = model->unet->forward(torch::zeros({2, 4, 8, 8}), torch::tensor({1, 500}), text);
  QVERIFY(y.isfinite().all().item<bool>());
  const at::Tensor pictures = model->decodeLatents(y);
  QCOMPARE(pictures.sizes(), at::IntArrayRef({2, 3, 32, 32}));
  QCOMPARE(model->encodePictures(pictures).sizes(), at::IntArrayRef({2, 4, 8, 8}));
  for (const auto& parameter : model->unet->parameters()) QVERIFY(!parameter.requires_grad());
}

void LoadModelTest::savesAndLoadsAgain() {
  const auto first = loadModel(model_);
  const std::string folder = scratch_.filePath("saved").toStdString();
  saveModel(*first, folder);
  const auto second = loadModel(folder);
  QCOMPARE(second->hash, first->hash);
  QVERIFY(second->tokenizer && second->clip);
  QCOMPARE(second->tokenizer->encode("a red circle"), first->tokenizer->encode("a red circle"));
  const auto a = first->unet->parameters(), b = second->unet->parameters();
  for (std::size_t i = 0; i < a.size(); ++i) QVERIFY(at::equal(a[i], b[i]));
}

void LoadModelTest::sameSeedSameModel() {
  const std::string again = scratch_.filePath("again").toStdString(),
                    other = scratch_.filePath("other").toStdString();
  writeTinyModel(again, 7);
  writeTinyModel(other, 8);
  QCOMPARE(modelHash(again), modelHash(original_));
  QVERIFY(modelHash(other) != modelHash(original_));
  // Another backbone for rewards draws nothing else; another U-Net does.
  const auto take = [&](const char* file) {
    fs::copy_file(other + file, again + file, fs::copy_options::overwrite_existing);
  };
  take("/clip/model.safetensors");
  QCOMPARE(modelHash(again), modelHash(original_));
  take("/unet/diffusion_pytorch_model.safetensors");
  QVERIFY(modelHash(again) != modelHash(original_));
}

void LoadModelTest::largerPicturesAndLinearProjection() {
  const std::string folder = scratch_.filePath("large").toStdString();
  writeTinyModel(folder, 3,
                 {.pictureSize = 64, .latentChannels = 16, .clip = false, .linearProjection = true});
  const auto model = loadModel(folder);
  QCOMPARE(model->pictureSize(), int64_t(64));
  QCOMPARE(model->latentChannels(), int64_t(16));
  QVERIFY(!model->clip);
  QVERIFY_EXCEPTION_THROWN(model->clipIds({"a"}), Error);
}

void LoadModelTest::clipPreprocessing() {
  const ClipPreprocessing plain{{0.5, 0.5, 0.5}, {0.5, 0.5, 0.5}};
  const at::Tensor images = torch::linspace(-1, 1, 3 * 16, at::kFloat).view({1, 3, 4, 4});
  QVERIFY(at::allclose(plain.apply(images, 4), images));
  QVERIFY(at::allclose(plain.apply(torch::full({1, 3, 8, 8}, 0.25), 4), torch::full({1, 3, 4, 4}, 0.25)));
}

void LoadModelTest::missingTensor() {
  edit(kUnet, [](auto& tensors) { tensors.erase("conv_in.bias"); });
  QVERIFY2(mentions(complaint(), "missing: conv_in.bias"), complaint().c_str());
}

void LoadModelTest::extraTensor() {
  edit(kUnet, [](auto& tensors) { tensors["conv_in.extra"] = torch::ones({2}); });
  QVERIFY2(mentions(complaint(), "unknown: conv_in.extra"), complaint().c_str());
}

void LoadModelTest::wrongShape() {
  edit(kUnet, [](auto& tensors) { tensors["conv_in.bias"] = torch::ones({17}); });
  QVERIFY2(mentions(complaint(), "wrong shape: conv_in.bias is [17] and must be [16]"), complaint().c_str());
}

void LoadModelTest::bothSetsAreListed() {
  edit("clip/model.safetensors", [](auto& tensors) {
    tensors.erase("logit_scale");
    tensors["logit_scales"] = torch::ones({});
  });
  QVERIFY2(mentions(complaint(), "missing: logit_scale;"), complaint().c_str());
  QVERIFY2(mentions(complaint(), "unknown: logit_scales"), complaint().c_str());
}

void LoadModelTest::wholeNumbersAreRefused() {
  edit(kUnet, [](auto& tensors) { tensors["conv_in.bias"] = torch::ones({16}, at::kLong); });
  QVERIFY2(mentions(complaint(), "whole numbers"), complaint().c_str());
}

void LoadModelTest::oldNamesAreRead() {
  const auto before = loadModel(model_);
  edit("vae/diffusion_pytorch_model.safetensors", [](auto& tensors) {
    std::map<std::string, at::Tensor> old;
    for (const auto& [stored, tensor] : tensors) {
      std::string name = stored;
      for (const auto& [now, then] :
           {std::pair{".to_q.", ".query."}, std::pair{".to_k.", ".key."}, std::pair{".to_v.", ".value."},
            std::pair{".to_out.0.", ".proj_attn."}}) {
        const auto place = name.find(now);
        if (place != std::string::npos) name.replace(place, std::string(now).size(), then);
      }
      old[name] = tensor;
    }
    tensors = old;
  });
  edit("text_encoder/model.safetensors", [](auto& tensors) {
    tensors["text_model.embeddings.position_ids"] = torch::arange(12).view({1, 12});
  });
  const auto after = loadModel(model_);
  const auto a = before->vae->parameters(), b = after->vae->parameters();
  for (std::size_t i = 0; i < a.size(); ++i) QVERIFY(at::equal(a[i], b[i]));
}

void LoadModelTest::shardsAreRead() {
  const auto tensors = SafetensorsFile::open(at(kUnet)).tensors();
  std::map<std::string, at::Tensor> halves[2];
  Json map = Json::object();
  int i = 0;
  for (const auto& [name, tensor] : tensors) {
    map[name] = "part" + std::to_string(i % 2) + ".safetensors";
    halves[i++ % 2][name] = tensor;
  }
  for (int part : {0, 1})
    writeSafetensors(at("unet/part" + std::to_string(part) + ".safetensors"), halves[part]);
  fs::remove(at(kUnet));
  const std::string index = at("unet/diffusion_pytorch_model.safetensors.index.json");
  writeConfig(index, {{"weight_map", map}});
  QCOMPARE(complaint(), std::string());
  writeConfig(index, {{"weight_map", {{"a", "../../outside.safetensors"}}}});
  QVERIFY(mentions(complaint(), "outside its folder"));
}

void LoadModelTest::truncatedWeights() {
  fs::resize_file(at(kUnet), fs::file_size(at(kUnet)) - 1);
  QVERIFY2(mentions(complaint(), "outside the file"), complaint().c_str());
}

void LoadModelTest::pickleOnly() {
  fs::rename(at(kUnet), at("unet/diffusion_pytorch_model.bin"));
  QVERIFY2(mentions(complaint(), "convert it to safetensors"), complaint().c_str());
  const std::string checkpoint = scratch_.filePath("model.ckpt").toStdString();
  std::ofstream(checkpoint) << "x";
  QVERIFY2(mentions(complaint(checkpoint), "convert it to safetensors"), complaint(checkpoint).c_str());
}

void LoadModelTest::missingParts_data() {
  QTest::addColumn<QString>("part");
  for (const char* part : {"model_index.json", "unet", "unet/config.json",
                           "vae/diffusion_pytorch_model.safetensors", "text_encoder/model.safetensors",
                           "scheduler/scheduler_config.json", "clip/config.json", "tokenizer/vocab.json"}) {
    QTest::newRow(part) << part;
  }
}

void LoadModelTest::missingParts() {
  QFETCH(QString, part);
  fs::remove_all(at(part.toStdString()));
  const std::string name = fs::path(part.toStdString()).filename().string();
  QVERIFY2(mentions(complaint(), name), complaint().c_str());
}

void LoadModelTest::otherPipeline() {
  editConfig("model_index.json", "_class_name", "StableDiffusionXLPipeline");
  QVERIFY2(mentions(complaint(), "StableDiffusionXLPipeline"), complaint().c_str());
  editConfig("model_index.json", "_class_name", "StableDiffusionPipeline");
  editConfig("model_index.json", "unet", {"diffusers", "UNet3DConditionModel"});
  QVERIFY2(mentions(complaint(), "UNet3DConditionModel"), complaint().c_str());
}

void LoadModelTest::partsThatDoNotFit() {
  const std::string other = scratch_.filePath("other_latents").toStdString();
  writeTinyModel(other, 7, {.latentChannels = 8});
  fs::remove_all(at("vae"));
  fs::copy(other + "/vae", at("vae"), fs::copy_options::recursive);
  QVERIFY2(mentions(complaint(), "4 latent channels, the autoencoder writes 8"), complaint().c_str());
}

void LoadModelTest::brokenConfig() {
  editConfig("unet/config.json", "block_out_channels", "many");
  QVERIFY2(mentions(complaint(), "unet/config.json"), complaint().c_str());
  std::ofstream(at("unet/config.json")) << "{";
  QVERIFY2(mentions(complaint(), "not valid JSON"), complaint().c_str());
}

QTEST_GUILESS_MAIN(LoadModelTest)
#include "load_model_test.moc"
