#include "db/export/picture_copies.h"

#include "db/atomic_file.h"

namespace plumbline::export_format {

PictureCopies::PictureCopies(Project& project, const std::filesystem::path& folder)
    : project_(project), folder_(folder) {
  std::filesystem::create_directories(folder_ / "images");
}

bool PictureCopies::take(const std::string& hash) {
  const auto [at, isNew] = seen_.emplace(hash, false);
  if (!isNew) return at->second;
  const LoadedImage loaded = project_.images().load(hash);
  if (loaded.state != ImageState::kOk) return false;
  writePlain(folder_ / relativePath(hash), loaded.png);
  at->second = true;
  ++copied_;
  return true;
}

}  // namespace plumbline::export_format
