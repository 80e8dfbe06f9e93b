#include "db/stores/image_store.h"

#include "core/types/error.h"
#include "core/types/sha256.h"
#include "db/atomic_file.h"
#include "db/database.h"
#include "db/png_frame.h"

namespace plumbline {
namespace {

constexpr const char* kColumns =
    "SELECT hash, prompt_id, model_id, run_id, negative_prompt, seed, image_index, sampler, steps, guidance, "
    "width, "
    "height, fingerprint, source, extra_json, state, created_ms FROM image ";

std::string orderClause(ImageOrder order) {
  if (order == ImageOrder::kNewestFirst) return "ORDER BY created_ms DESC, hash DESC ";
  if (order == ImageOrder::kByNoise) return "ORDER BY seed, image_index, hash ";
  return "ORDER BY created_ms, hash ";
}

ImageState stateFromName(const std::string& name) {
  for (const ImageState state : {ImageState::kOk, ImageState::kCorrupt, ImageState::kMissing}) {
    if (imageStateName(state) == name) return state;
  }
  throw Error(ErrorKind::kCorrupt, "unknown image state '" + name + "': run plumbline check");
}

ImageRow read(const Statement& row) {
  ImageRow image;
  image.hash = row.text(0);
  image.prompt = row.optionalInt64(1);
  image.model = row.optionalInt64(2);
  image.run = row.optionalInt64(3);
  image.negativePrompt = row.text(4);
  image.seed = row.int64(5);
  image.imageIndex = row.int64(6);
  image.sampler = row.text(7);
  image.steps = row.integer(8);
  image.guidance = row.real(9);
  image.width = row.integer(10);
  image.height = row.integer(11);
  image.fingerprint = row.text(12);
  image.source = row.text(13);
  image.extra = row.json(14);
  image.state = stateFromName(row.text(15));
  image.createdMs = row.int64(16);
  return image;
}

std::string whereClause(const ImageFilter& filter) {
  std::string where = "WHERE 1 = 1 ";
  if (filter.prompt) where += "AND prompt_id = ? ";
  if (filter.model) where += "AND model_id = ? ";
  if (filter.run) where += "AND run_id = ? ";
  if (!filter.source.empty()) where += "AND source = ? ";
  if (filter.state) where += "AND state = ? ";
  return where;
}

void bindFilter(Statement& statement, const ImageFilter& filter) {
  for (const auto& id : {filter.prompt, filter.model, filter.run}) {
    if (id) statement.bind(*id);
  }
  if (!filter.source.empty()) statement.bind(filter.source);
  if (filter.state) statement.bind(imageStateName(*filter.state));
}

}  // namespace

std::string imageStateName(ImageState state) {
  switch (state) {
    case ImageState::kOk:
      return "ok";
    case ImageState::kCorrupt:
      return "corrupt";
    case ImageState::kMissing:
      return "missing";
  }
  return "corrupt";
}

ImageStore::ImageStore(Database& database, std::filesystem::path folder)
    : database_(database), folder_(std::move(folder)) {}

std::filesystem::path ImageStore::path(const std::string& hash) const {
  // A hash comes from files too: it must not lead out of the folder.
  if (hash.size() != 64 || hash.find_first_not_of("0123456789abcdef") != std::string::npos) {
    throw Error(ErrorKind::kInvalidInput, "'" + hash.substr(0, 80) + "' is not the name of a picture");
  }
  return folder_ / hash.substr(0, 2) / (hash + ".png");
}

std::string ImageStore::writeFile(std::string_view png) const {
  const std::string hash = sha256Hex(png);
  const std::filesystem::path file = path(hash);
  std::error_code code;
  if (std::filesystem::file_size(file, code) == png.size() && !code && sha256Hex(readWhole(file)) == hash)
    return hash;
  if (std::filesystem::create_directories(file.parent_path(), code)) syncPath(folder_);
  writeAtomically(file, png);
  return hash;
}

void ImageStore::insertRow(const std::string& hash, std::string_view png, const ImageRow& row) {
  const PngSize size = readPngSize(png);
  Statement(database_,
            "INSERT INTO image (hash, prompt_id, model_id, run_id, negative_prompt, seed, image_index, "
            "sampler, steps, "
            "guidance, width, height, fingerprint, source, extra_json, state, created_ms) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'ok', ?) "
            "ON CONFLICT (hash) DO UPDATE SET state = 'ok'")
      .bind(hash)
      .bind(row.prompt)
      .bind(row.model)
      .bind(row.run)
      .bind(row.negativePrompt)
      .bind(row.seed)
      .bind(row.imageIndex)
      .bind(row.sampler)
      .bind(row.steps)
      .bind(row.guidance)
      .bind(size.width)
      .bind(size.height)
      .bind(row.fingerprint)
      .bind(row.source)
      .bind(row.extra)
      .bind(row.createdMs ? row.createdMs : nowMs())
      .run();
}

std::string ImageStore::add(std::string_view png, const ImageRow& row) {
  readPngSize(png);
  const std::string hash = writeFile(png);  // before the transaction: nobody waits for this file's disk
  Transaction transaction(database_);
  insertRow(hash, png, row);
  transaction.commit();
  return hash;
}

std::vector<std::string> ImageStore::add(const std::vector<NewImage>& images) {
  std::vector<std::string> hashes;
  for (const NewImage& image : images) readPngSize(image.png);
  for (const NewImage& image : images) hashes.push_back(writeFile(image.png));
  Transaction transaction(database_);
  for (std::size_t i = 0; i < images.size(); ++i) insertRow(hashes[i], images[i].png, images[i].row);
  transaction.commit();
  return hashes;
}

LoadedImage ImageStore::load(const std::string& hash) {
  LoadedImage loaded;
  try {
    loaded.png = readWhole(path(hash));
    loaded.state = sha256Hex(loaded.png) == hash ? ImageState::kOk : ImageState::kCorrupt;
  } catch (const Error& error) {
    loaded.state = error.kind() == ErrorKind::kNotFound ? ImageState::kMissing : ImageState::kCorrupt;
  }
  if (loaded.state != ImageState::kOk) loaded.png.clear();
  bool differs = false;
  {
    // Ended before the write: an open read would pin an old snapshot, and SQLite then refuses to write at
    // once.
    Statement row(database_, "SELECT state FROM image WHERE hash = ?");
    row.bind(hash);
    differs = row.next() && row.text(0) != imageStateName(loaded.state);
  }
  if (differs) setState(hash, loaded.state);
  return loaded;
}

void ImageStore::setState(const std::string& hash, ImageState state) {
  Transaction transaction(database_);
  Statement(database_, "UPDATE image SET state = ? WHERE hash = ?")
      .bind(imageStateName(state))
      .bind(hash)
      .run();
  transaction.commit();
}

std::optional<ImageRow> ImageStore::find(const std::string& hash) {
  Statement row(database_, std::string(kColumns) + "WHERE hash = ?");
  row.bind(hash);
  if (!row.next()) return std::nullopt;
  return read(row);
}

std::vector<ImageRow> ImageStore::list(const ImageFilter& filter) {
  Statement row(database_, kColumns + whereClause(filter) + orderClause(filter.order) + "LIMIT ? OFFSET ?");
  bindFilter(row, filter);
  row.bind(filter.limit < 0 ? std::int64_t{1} << 60 : filter.limit).bind(filter.offset);
  std::vector<ImageRow> images;
  while (row.next()) images.push_back(read(row));
  return images;
}

std::int64_t ImageStore::count(const ImageFilter& filter) {
  Statement row(database_, "SELECT COUNT(*) FROM image " + whereClause(filter));
  bindFilter(row, filter);
  row.next();
  return row.int64(0);
}

}  // namespace plumbline
