#include "app/cli/stored_picture.h"

#include "core/image/png.h"
#include "core/types/error.h"

namespace plumbline {

Picture loadStoredPicture(Project& project, const std::string& hash) {
  const LoadedImage loaded = project.images().load(hash);
  if (loaded.state != ImageState::kOk) {
    throw Error(ErrorKind::kCorrupt, "picture " + hash.substr(0, 12) + " is " + imageStateName(loaded.state) +
                                         "; run 'plumbline check DIR --repair'");
  }
  return decodePng(loaded.png);
}

std::string pngFromFile(std::string_view bytes) {
  const Picture picture = decodePicture(bytes);
  return bytes.starts_with("\x89PNG") ? std::string(bytes) : encodePng(picture);
}

}  // namespace plumbline
