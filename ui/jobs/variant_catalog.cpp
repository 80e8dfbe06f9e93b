#include "ui/jobs/variant_catalog.h"

#include <QCryptographicHash>
#include <QDateTime>
#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QSaveFile>
#include <QStandardPaths>
#include <QTimer>

namespace plumbline {

VariantCatalog::VariantCatalog(QString program, QObject* parent)
    : QObject(parent), program_(std::move(program)) {
  connect(&process_, &QProcess::finished, this, &VariantCatalog::finished);
  connect(&process_, &QProcess::errorOccurred, this, [this](QProcess::ProcessError error) {
    if (error == QProcess::FailedToStart) finished(-1);
  });
}

VariantCatalog::~VariantCatalog() {
  process_.disconnect(this);
  if (process_.state() == QProcess::NotRunning) return;
  process_.kill();  // it only prints
  process_.waitForFinished(1000);
}

void VariantCatalog::load() {
  if (pending_) return;
  pending_ = true;
  if (isReady() || readCache()) {
    QTimer::singleShot(0, this, [this] {
      pending_ = false;
      Q_EMIT ready();
    });
    return;
  }
  if (program_.isEmpty()) {
    QTimer::singleShot(0, this, [this] { finished(-1); });
    return;
  }
  process_.start(program_, {"describe", "--json"});
}

// Named after what a new build changes: the program's place, size and time.
QString VariantCatalog::cacheFile() const {
  const QFileInfo program(program_);
  if (!program.exists()) return {};
  const QString build = QStringLiteral("%1 %2 %3")
                            .arg(program.canonicalFilePath())
                            .arg(program.size())
                            .arg(program.lastModified().toMSecsSinceEpoch());
  const QByteArray name =
      QCryptographicHash::hash(build.toUtf8(), QCryptographicHash::Sha256).toHex().left(16);
  const QDir folder(QStandardPaths::writableLocation(QStandardPaths::GenericCacheLocation) + "/plumbline");
  return folder.filePath("catalog_" + QString::fromLatin1(name) + ".json");
}

bool VariantCatalog::readCache() {
  QFile file(cacheFile());
  if (file.fileName().isEmpty() || !file.open(QIODevice::ReadOnly)) return false;
  take(file.readAll());
  return isReady();
}

void VariantCatalog::take(const QByteArray& output) {
  nlohmann::json parsed = nlohmann::json::parse(output.begin(), output.end(), nullptr, false);
  if (parsed.is_object() && parsed.contains("job_kind")) all_ = std::move(parsed);
}

void VariantCatalog::finished(int code) {
  pending_ = false;
  const QByteArray output = process_.isOpen() ? process_.readAllStandardOutput() : QByteArray();
  if (code == 0) take(output);
  if (!isReady()) {
    Q_EMIT failed(tr("The plumbline program could not say what it can do; build it, or reinstall."));
    return;
  }
  const QString path = cacheFile();
  QDir().mkpath(QFileInfo(path).path());
  QSaveFile file(path);  // without a cache the program is asked again, so a failure is of no consequence
  if (file.open(QIODevice::WriteOnly) && file.write(output) == output.size()) file.commit();
  Q_EMIT ready();
}

nlohmann::json VariantCatalog::family(const std::string& name) const {
  const auto found = isReady() ? all_.find(name) : all_.end();
  return found != all_.end() && found->is_array() ? *found : nlohmann::json::array();
}

nlohmann::json VariantCatalog::variant(const std::string& familyName, const std::string& id) const {
  for (const nlohmann::json& one : family(familyName)) {
    if (one.value("id", "") == id) return one;
  }
  return nullptr;
}

}  // namespace plumbline
