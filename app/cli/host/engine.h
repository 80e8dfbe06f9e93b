// What computes: the base weights of each model that was asked for, loaded once, and what hangs on them. Work
// is done by one thread at a time (the one that holds the device gate).
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace plumbline {

struct DiffusionModel;
class Generator;
class FrozenPictures;
class LoraSet;
namespace reward {
class FeatureExtractor;
}

class Engine {
 public:
  // threads 0: every core that this process may use.
  explicit Engine(std::string device = "cpu", int threads = 0);
  ~Engine();

  // Each thread that computes calls this once: LibTorch keeps its number of threads by thread.
  void prepareThread();
  std::string fingerprint() const;

  std::shared_ptr<DiffusionModel> model(const std::filesystem::path& folder);
  // The adapters of the folder's model; shared by all who draw with it.
  std::shared_ptr<LoraSet> adapters(const std::filesystem::path& folder);
  // What fine-tunes drew with the folder's model as it is.
  std::shared_ptr<FrozenPictures> frozenPictures(const std::filesystem::path& folder);
  Generator& generator(const std::filesystem::path& folder);
  // Draws one picture at a time, soonest done; its pictures are not those of generator() to the last bit.
  Generator& quickGenerator(const std::filesystem::path& folder);
  // The name under which requests to the folder's generator dial this adapter (a file or a folder that holds
  // one); loaded once, off until a request names it.
  std::string adapter(const std::filesystem::path& folder, const std::filesystem::path& file);
  std::shared_ptr<const reward::FeatureExtractor> features(const std::filesystem::path& folder);

 private:
  struct Loaded;
  Loaded& loaded(const std::filesystem::path& folder);

  std::string device_;
  int threads_ = 0;
  std::map<std::string, std::unique_ptr<Loaded>> models_;
};

}  // namespace plumbline
