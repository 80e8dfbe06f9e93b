#include "db/stores/feature_store.h"

#include <bit>
#include <cstring>

#include "core/types/error.h"
#include "db/database.h"

namespace plumbline {
namespace {

static_assert(std::endian::native == std::endian::little, "vectors are stored little-endian");

Feature read(const Statement& row, int shapeColumn, int blobColumn) {
  Feature feature;
  feature.shape = row.json(shapeColumn).get<std::vector<std::int64_t>>();
  const std::string bytes = row.blob(blobColumn);
  feature.values.resize(bytes.size() / sizeof(float));
  std::memcpy(feature.values.data(), bytes.data(), feature.values.size() * sizeof(float));
  return feature;
}

std::int64_t volume(const Feature& feature) {
  std::int64_t n = 1;
  for (const std::int64_t side : feature.shape) n *= side;
  return n;
}

}  // namespace

void FeatureStore::put(const std::string& extractor, const std::map<std::string, Feature>& features) {
  Transaction transaction(database_);
  for (const auto& [image, feature] : features) {
    if (volume(feature) != static_cast<std::int64_t>(feature.values.size())) {
      throw Error(ErrorKind::kInternal, "a feature vector's length does not match its shape");
    }
    Statement(database_,
              "INSERT INTO feature (extractor, image_hash, shape_json, vector) VALUES (?, ?, ?, ?) "
              "ON CONFLICT (extractor, image_hash) DO UPDATE SET shape_json = excluded.shape_json, "
              "vector = excluded.vector")
        .bind(extractor)
        .bind(image)
        .bind(nlohmann::json(feature.shape))
        .bindBlob(feature.values.data(), feature.values.size() * sizeof(float))
        .run();
  }
  transaction.commit();
}

std::optional<Feature> FeatureStore::get(const std::string& extractor, const std::string& image) {
  Statement row(database_, "SELECT shape_json, vector FROM feature WHERE extractor = ? AND image_hash = ?");
  row.bind(extractor).bind(image);
  if (!row.next()) return std::nullopt;
  return read(row, 0, 1);
}

std::map<std::string, Feature> FeatureStore::get(const std::string& extractor,
                                                 const std::vector<std::string>& images) {
  Transaction transaction(database_, Transaction::Kind::kRead);
  std::map<std::string, Feature> features;
  for (const std::string& image : images) {
    if (auto feature = get(extractor, image)) features.emplace(image, std::move(*feature));
  }
  transaction.commit();
  return features;
}

std::int64_t FeatureStore::count(const std::string& extractor) {
  Statement row(database_, "SELECT COUNT(*) FROM feature WHERE extractor = ?");
  row.bind(extractor).next();
  return row.int64(0);
}

void FeatureStore::remove(const std::string& extractor) {
  Transaction transaction(database_);
  Statement(database_, "DELETE FROM feature WHERE extractor = ?").bind(extractor).run();
  transaction.commit();
}

}  // namespace plumbline
