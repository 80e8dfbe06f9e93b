#include "ui/models/db_thread.h"

namespace plumbline {

DbThread::DbThread(Project& project, QObject* parent)
    : QObject(parent), project_(project), worker_(new QObject) {
  thread_.setObjectName("database");
  worker_->moveToThread(&thread_);
  thread_.start();
}

DbThread::~DbThread() {
  closing_ = true;
  thread_.quit();
  thread_.wait();
  delete worker_;
}

void DbThread::post(Task task) {
  QMetaObject::invokeMethod(
      worker_,
      [this, task = std::move(task)]() mutable {
        if (!closing_) task(project_);
      },
      Qt::QueuedConnection);
}

void DbThread::deliver(std::function<void()> call) {
  QMetaObject::invokeMethod(this, std::move(call), Qt::QueuedConnection);
}

void DbThread::reportFailure(const QPointer<QObject>& alive, const Failed& onError, const Error& error) {
  deliver([this, alive, onError, error] {
    if (onError) {
      if (alive) onError(error);
    } else {
      Q_EMIT failed(QString::fromStdString(error.message()));
    }
  });
}

}  // namespace plumbline
