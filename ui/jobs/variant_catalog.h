// What the worker knows: every family's variants with their parameters, as `plumbline describe --json` prints
// them. The window builds its forms from this and so needs no change for a new method. Read once for each
// build of the program and kept in a file beside other caches. UI thread; the program runs beside it.
#pragma once

#include <QObject>
#include <QProcess>
#include <nlohmann/json.hpp>

namespace plumbline {

class VariantCatalog : public QObject {
  Q_OBJECT

 public:
  // program: the plumbline program; empty: there is none, and load() ends in failed().
  explicit VariantCatalog(QString program, QObject* parent = nullptr);
  ~VariantCatalog() override;

  // ready() or failed() follows, always after this has returned. Does nothing while one is under way.
  void load();
  bool isReady() const { return all_.is_object(); }

  // Descriptors of "alignment_method", "job_kind", "export_format" ...; an empty list if unknown.
  nlohmann::json family(const std::string& name) const;
  // One of them; null if unknown.
  nlohmann::json variant(const std::string& familyName, const std::string& id) const;

 Q_SIGNALS:
  void ready();
  void failed(const QString& reason);  // one line that says what to do

 private:
  QString cacheFile() const;
  bool readCache();
  void take(const QByteArray& output);
  void finished(int code);

  QString program_;
  QProcess process_;
  nlohmann::json all_;
  bool pending_ = false;
};

}  // namespace plumbline
