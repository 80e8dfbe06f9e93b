#include <fcntl.h>
#include <unistd.h>

#include <cstdio>

#include "core/image/png.h"
#include "core/types/error.h"

namespace plumbline {

void writePng(const std::string& path, const Picture& picture) {
  const std::string bytes = encodePng(picture);
  const std::string temporary = path + ".part";
  const int file = ::open(temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
  std::size_t written = 0;
  while (file >= 0 && written < bytes.size()) {
    const ssize_t n = ::write(file, bytes.data() + written, bytes.size() - written);
    if (n <= 0) break;
    written += std::size_t(n);
  }
  const bool synced = file >= 0 && written == bytes.size() && ::fsync(file) == 0;
  if (file >= 0) ::close(file);
  if (!synced || std::rename(temporary.c_str(), path.c_str()) != 0) {
    std::remove(temporary.c_str());
    throw Error(ErrorKind::kInvalidInput, "cannot write " + path + ": check the folder and free space");
  }
}

std::string pngName(std::size_t i) {
  char name[40];
  std::snprintf(name, sizeof name, "%04zu.png", i);
  return name;
}

}  // namespace plumbline
