// Starts an export as a job row. The device host writes it if one runs; otherwise a thread of this window
// does, since an export needs no device. Either way the row tells how far it is, and cancel and pause work
// through the row. UI thread; the destructor stops what runs here and leaves its row paused.
#pragma once

#include <QObject>
#include <nlohmann/json.hpp>
#include <stop_token>
#include <thread>
#include <vector>

#include "ui/studio_context.h"

namespace plumbline {

class ExportRunner : public QObject {
  Q_OBJECT

 public:
  explicit ExportRunner(StudioContext& context, QObject* parent = nullptr);
  ~ExportRunner() override;

  // out must not exist yet. started() or refused() follows.
  void start(const QString& format, const QString& title, const QString& out, const nlohmann::json& settings);

 Q_SIGNALS:
  void started(qint64 job);
  void refused(const QString& reason);

 private:
  void runHere(std::int64_t job);

  StudioContext& context_;
  std::vector<std::jthread> threads_;
};

}  // namespace plumbline
