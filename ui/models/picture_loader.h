// Pictures of the project for the screen: read, verified against their hash and decoded on a thread of their
// own, the latest kept decoded. A damaged or missing picture is a state, never an exception. UI thread for
// all calls; callbacks come on the UI thread, and not to receivers that are gone.
#pragma once

#include <QCache>
#include <QHash>
#include <QImage>
#include <QObject>
#include <QPointer>
#include <QSet>
#include <QString>
#include <QThreadPool>
#include <functional>
#include <vector>

namespace plumbline {

class Project;

struct LoadedPicture {
  QImage image;   // null if it cannot be shown
  QString error;  // then: one line that says why
  bool ok() const { return !image.isNull(); }
};

class PictureLoader : public QObject {
  Q_OBJECT

 public:
  // The project must outlive the loader.
  explicit PictureLoader(Project& project, QObject* parent = nullptr);
  ~PictureLoader() override;

  // Decoded already? Null otherwise; never touches the disk.
  const LoadedPicture* cached(const QString& hash) const;
  // Calls back at once if cached, else when decoded. Several requests for one picture decode it once.
  // Urgent ones, which a person is about to look at alone, are decoded before thumbnails.
  enum class Urgency { kThumbnail, kNext };
  void load(const QString& hash, QObject* receiver, std::function<void(const LoadedPicture&)> then,
            Urgency urgency = Urgency::kNext);
  // Forget what was decoded, for example after a repair.
  void clear();

 Q_SIGNALS:
  // Said once for each picture that cannot be shown, whoever asked for it; before the callbacks.
  void broken(const QString& error);

 private:
  struct Waiting {
    QPointer<QObject> receiver;
    std::function<void(const LoadedPicture&)> then;
  };
  void finish(const QString& hash, const LoadedPicture& picture);

  Project& project_;
  QThreadPool pool_;
  QCache<QString, LoadedPicture> cache_;
  QHash<QString, std::vector<Waiting>> waiting_;
  QSet<QString> reported_;
};

}  // namespace plumbline
