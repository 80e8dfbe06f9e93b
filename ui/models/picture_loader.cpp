#include "ui/models/picture_loader.h"

#include <QBuffer>
#include <QCoreApplication>
#include <QImageReader>

#include "core/types/error.h"
#include "db/project.h"

namespace plumbline {
namespace {

constexpr int kCacheKilobytes = 256 * 1024;
constexpr int kLargestSide = 16384;

LoadedPicture unusable(const QString& hash, const char* reason) {
  return {{}, QCoreApplication::translate("PictureLoader", reason).arg(hash.left(12))};
}

LoadedPicture decode(Project& project, const QString& hash) {
  try {
    const LoadedImage loaded = project.images().load(hash.toStdString());
    if (loaded.state == ImageState::kMissing) {
      return unusable(hash,
                      QT_TRANSLATE_NOOP("PictureLoader", "Picture %1 is missing from the project's folder."));
    }
    if (loaded.state == ImageState::kCorrupt) {
      return unusable(hash, QT_TRANSLATE_NOOP("PictureLoader", "Picture %1 is damaged on disk."));
    }
    QByteArray bytes = QByteArray::fromRawData(loaded.png.data(), qsizetype(loaded.png.size()));
    QBuffer buffer(&bytes);
    QImageReader reader(&buffer, "png");
    const QSize size = reader.size();
    if (size.width() > kLargestSide || size.height() > kLargestSide) {
      return unusable(hash, QT_TRANSLATE_NOOP("PictureLoader", "Picture %1 is too large to show."));
    }
    QImage image = reader.read();
    if (image.isNull()) {
      return unusable(hash, QT_TRANSLATE_NOOP("PictureLoader", "Picture %1 cannot be decoded."));
    }
    image.setDevicePixelRatio(1);
    return {image.convertToFormat(QImage::Format_RGB32), {}};
  } catch (const Error& e) {
    return {{}, QString::fromStdString(e.message())};
  }
}

}  // namespace

PictureLoader::PictureLoader(Project& project, QObject* parent)
    : QObject(parent), project_(project), cache_(kCacheKilobytes) {
  // One thread: the other core belongs to the generator.
  pool_.setMaxThreadCount(1);
  pool_.setExpiryTimeout(-1);
}

PictureLoader::~PictureLoader() {
  pool_.clear();
  pool_.waitForDone();
}

const LoadedPicture* PictureLoader::cached(const QString& hash) const {
  return cache_.object(hash);
}

void PictureLoader::load(const QString& hash, QObject* receiver,
                         std::function<void(const LoadedPicture&)> then, Urgency urgency) {
  if (const LoadedPicture* known = cache_.object(hash)) {
    then(LoadedPicture(*known));
    return;
  }
  std::vector<Waiting>& list = waiting_[hash];
  list.push_back({receiver, std::move(then)});
  if (list.size() > 1) return;
  pool_.start(
      [this, hash] {
        LoadedPicture picture = decode(project_, hash);
        QMetaObject::invokeMethod(
            this, [this, hash, picture = std::move(picture)] { finish(hash, picture); },
            Qt::QueuedConnection);
      },
      int(urgency));
}

void PictureLoader::finish(const QString& hash, const LoadedPicture& picture) {
  // A broken one is not kept: it may be repaired while the window is open.
  if (picture.ok()) {
    cache_.insert(hash, new LoadedPicture(picture),
                  std::max<qsizetype>(1, picture.image.sizeInBytes() / 1024));
  } else if (!reported_.contains(hash)) {
    reported_.insert(hash);
    Q_EMIT broken(picture.error);
  }
  const std::vector<Waiting> list = waiting_.take(hash);
  for (const Waiting& waiting : list) {
    if (waiting.receiver) waiting.then(picture);
  }
}

void PictureLoader::clear() {
  cache_.clear();
  reported_.clear();
}

}  // namespace plumbline
