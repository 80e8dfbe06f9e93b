// Pictures, content addressed: the PNG's bytes lie at images/ab/<sha256>.png, written to a temporary name,
// synced and renamed, before the row is committed; the row says how the picture came about. A damaged or
// absent file is a state found by hash, never an exception of load(). Threads: any. Failures:
// plumbline::Error.
#pragma once

#include <cstdint>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace plumbline {

class Database;

enum class ImageState { kOk, kCorrupt, kMissing };
std::string imageStateName(ImageState state);  // "ok", "corrupt", "missing"

struct ImageRow {
  std::string hash;  // SHA-256 of the PNG bytes, lower-case hex; filled by add()
  std::optional<std::int64_t> prompt;
  std::optional<std::int64_t> model;
  std::optional<std::int64_t> run;  // the run whose strip or evaluation it belongs to
  std::string negativePrompt;
  std::int64_t seed = 0;
  std::int64_t imageIndex = 0;
  std::string sampler;
  int steps = 0;
  double guidance = 0;
  int width = 0;                                    // filled by add() from the PNG
  int height = 0;                                   // likewise
  std::string fingerprint;                          // engine fingerprint (DESIGN section 6)
  std::string source = "generated";                 // "generated" or "imported"
  nlohmann::json extra = nlohmann::json::object();  // micro-batch, eta, file name of an import ...
  ImageState state = ImageState::kOk;
  std::int64_t createdMs = 0;
};

struct NewImage {
  std::string png;  // the encoded bytes
  ImageRow row;
};

struct LoadedImage {
  ImageState state = ImageState::kMissing;
  std::string png;  // empty unless state is kOk
};

// kByNoise: by seed and index, for what is computed from the order: that must not depend on the clock.
enum class ImageOrder { kOldestFirst, kNewestFirst, kByNoise };

struct ImageFilter {
  std::optional<std::int64_t> prompt, model, run;
  std::string source;  // "" for any
  std::optional<ImageState> state;
  std::int64_t limit = -1, offset = 0;
  ImageOrder order = ImageOrder::kOldestFirst;
};

class ImageStore {
 public:
  ImageStore(Database& database, std::filesystem::path folder);

  // Returns the hash. Bytes that are stored already keep their row; a damaged file is healed by them.
  // Throws Error(kInvalidInput) if the bytes are not a PNG.
  std::string add(std::string_view png, const ImageRow& row);
  std::vector<std::string> add(const std::vector<NewImage>& images);  // one transaction

  // images/ab/<hash>.png; says nothing about whether the file is there.
  std::filesystem::path path(const std::string& hash) const;
  // Reads and verifies; a state that differs from the row's is written to the row.
  LoadedImage load(const std::string& hash);
  void setState(const std::string& hash, ImageState state);

  std::optional<ImageRow> find(const std::string& hash);
  std::vector<ImageRow> list(const ImageFilter& filter = {});
  std::int64_t count(const ImageFilter& filter = {});

 private:
  std::string writeFile(std::string_view png) const;
  void insertRow(const std::string& hash, std::string_view png, const ImageRow& row);

  Database& database_;
  std::filesystem::path folder_;
};

}  // namespace plumbline
