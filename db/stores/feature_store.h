// Feature vectors of pictures, cached per extractor (a string that names backbone, hash and layer), as
// float32 with a shape. Threads: any. Failures: plumbline::Error.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace plumbline {

class Database;

struct Feature {
  std::vector<std::int64_t> shape;
  std::vector<float> values;  // row-major, as many as the shape says
};

class FeatureStore {
 public:
  explicit FeatureStore(Database& database) : database_(database) {}

  // Replaces what was there; all in one transaction. Keys are image hashes.
  void put(const std::string& extractor, const std::map<std::string, Feature>& features);
  std::optional<Feature> get(const std::string& extractor, const std::string& image);
  // Those of the images that are there.
  std::map<std::string, Feature> get(const std::string& extractor, const std::vector<std::string>& images);
  std::int64_t count(const std::string& extractor);
  void remove(const std::string& extractor);

 private:
  Database& database_;
};

}  // namespace plumbline
