#include "core/reward/reward_file.h"

#include <filesystem>
#include <fstream>

#include "core/types/sha256.h"
#include "core/weights/safetensors.h"

namespace plumbline::reward {
namespace {

constexpr int kFormat = 3;  // those before had other features
using Tensors = std::map<std::string, at::Tensor>;

// The one list of what is stored, for writing and reading: f(name, tensor).
template <class Net, class F>
void eachTensor(Net& net, F f) {
  auto& frame = net.frame;
  f("bank", frame.bank);
  f("usual_picture", frame.usualPicture);
  f("product.mean", frame.productMean);
  f("product.basis", frame.productBasis);
  f("token.mean", frame.tokenMean);
  f("token.basis", frame.tokenBasis);
  f("feature.mean", frame.mean);
  f("feature.deviation", frame.deviation);
  for (auto& [criterion, members] : net.criteria) {
    const std::string prefix = "criteria." + criterion + ".";
    f(prefix + "weight", members.weight);
    f(prefix + "inner", members.inner);
    f(prefix + "inner_bias", members.innerBias);
    f(prefix + "outer", members.outer);
    f(prefix + "tie", members.tie);
    f(prefix + "bar", members.bar);
    f(prefix + "slope", members.slope);
  }
}

Tensors tensorsOf(const RewardNet& net) {
  Tensors tensors;
  eachTensor(net, [&](const std::string& name, const at::Tensor& t) { tensors[name] = t.contiguous(); });
  for (std::size_t i = 0; i < net.frame.regions.size(); ++i) {
    for (const auto& item : net.frame.regions[i]->named_parameters()) {
      tensors["regions." + std::to_string(i) + "." + item.key()] = item.value().detach().contiguous();
    }
  }
  tensors["temperature"] = at::full({1}, net.temperature, at::kDouble);
  return tensors;
}

[[noreturn]] void refuse(const std::string& folder, const std::string& why) {
  throw Error(ErrorKind::kCorrupt,
              "the reward model in " + folder + " is broken (" + why + "); train it again", why);
}

nlohmann::json readJson(const std::string& folder) {
  std::ifstream file(folder + "/reward.json");
  if (!file) throw Error(ErrorKind::kNotFound, "there is no reward model in " + folder + "; train one first");
  auto json = nlohmann::json::parse(file, nullptr, false);
  if (json.is_discarded() || !json.is_object()) refuse(folder, "reward.json");
  return json;
}

std::shared_ptr<RewardNet> netFrom(const std::string& folder, const nlohmann::json& json,
                                   const Tensors& tensors, const FeatureExtractor& features) {
  auto net = std::make_shared<RewardNet>();
  for (const auto& criterion : json.at("criteria")) net->criteria[criterion.get<std::string>()];
  net->paintedCategories = json.at("painted").get<std::vector<std::string>>();
  net->frame.pixelChannels = features.pixelChannels();
  const auto take = [&](const std::string& name) {
    const auto found = tensors.find(name);
    if (found == tensors.end()) refuse(folder, name + " is missing");
    return found->second;
  };
  eachTensor(*net, [&](const std::string& name, at::Tensor& t) { t = take(name); });
  for (int i = 0; i < json.at("regions").get<int>(); ++i) {
    RegionNet region = freshRegionNet(features, 0);
    torch::NoGradGuard noGrad;
    for (auto& item : region->named_parameters()) {
      const auto stored = take("regions." + std::to_string(i) + "." + item.key());
      if (stored.sizes() != item.value().sizes()) refuse(folder, item.key() + " has another shape");
      item.value().copy_(stored);
      item.value().set_requires_grad(false);
    }
    net->frame.regions.push_back(region);
  }
  net->temperature = take("temperature").item<double>();
  const auto& group = net->frame.groups().back();
  if (net->frame.mean.numel() != group.first + group.count ||
      net->overall().weight.size(1) != net->frame.mean.numel()) {
    refuse(folder, "the numbers do not fit each other");
  }
  return net;
}

}  // namespace

std::string rewardVersion(const RewardNet& net, const std::string& backbone) {
  Sha256 hash;
  hash.update(backbone.data(), backbone.size());
  for (const auto& [name, tensor] : tensorsOf(net)) {
    hash.update(name.data(), name.size());
    hash.update(tensor.data_ptr(), tensor.nbytes());
  }
  return hexDigest(hash.finish()).substr(0, 16);
}

void saveReward(const std::string& folder, const RewardNet& net, const std::string& backbone,
                const nlohmann::json& report) {
  std::filesystem::create_directories(folder);
  writeSafetensors(folder + "/reward.safetensors", tensorsOf(net), {{"plumbline", "reward"}});
  nlohmann::json json{{"format", kFormat},
                      {"backbone", backbone},
                      {"regions", net.frame.regions.size()},
                      {"painted", net.paintedCategories},
                      {"criteria", nlohmann::json::array()},
                      {"report", report}};
  for (const auto& [criterion, members] : net.criteria) json["criteria"].push_back(criterion);
  const std::string path = folder + "/reward.json";
  std::ofstream file(path + ".new");
  file << json.dump(1) << "\n";
  file.close();
  if (!file) throw Error(ErrorKind::kExhausted, "cannot write " + path + "; is the disk full?");
  std::filesystem::rename(path + ".new", path);
}

LoadedRewardFile loadReward(const std::string& folder, const FeatureExtractor& features) {
  const auto json = readJson(folder);
  if (json.value("format", 0) > kFormat) {
    throw Error(ErrorKind::kUnsupported,
                "the reward model in " + folder + " was made by a newer version; update first");
  }
  if (json.value("format", 0) < kFormat) {
    throw Error(ErrorKind::kUnsupported,
                "the reward model in " + folder + " was made by an older version; train it again");
  }
  if (json.value("backbone", "") != features.version()) {
    throw Error(ErrorKind::kUnsupported, "the reward model in " + folder +
                                             " was trained on another backbone (" +
                                             json.value("backbone", "") + "); train it again for this model");
  }
  const auto tensors = SafetensorsFile::open(folder + "/reward.safetensors").tensors();
  try {
    return {netFrom(folder, json, tensors, features), json.at("report")};
  } catch (const nlohmann::json::exception& e) {
    refuse(folder, e.what());
  }
}

}  // namespace plumbline::reward
