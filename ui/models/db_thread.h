// The one thread that reads the project's database for the window (the store gives each thread its own
// connection). run() posts a function; its result comes back on the thread that owns this object, the UI
// thread. Functions run one after another, in order. A function that throws ends in `onError` (or, without
// one, in the signal failed()). Nothing is delivered to a receiver that has been destroyed. The destructor
// finishes the function at work and drops the rest.
#pragma once

#include <QObject>
#include <QPointer>
#include <QString>
#include <QThread>
#include <atomic>
#include <functional>
#include <memory>
#include <type_traits>

#include "core/types/error.h"

namespace plumbline {

class Project;

class DbThread : public QObject {
  Q_OBJECT

 public:
  using Failed = std::function<void(const Error&)>;

  // The project must outlive this object.
  explicit DbThread(Project& project, QObject* parent = nullptr);
  ~DbThread() override;

  // work: R(Project&), on the database thread. then: void(R) or void(), on the UI thread.
  template <class Work, class Then>
  void run(QObject* receiver, Work work, Then then, Failed onError = {}) {
    using R = std::invoke_result_t<Work, Project&>;
    QPointer<QObject> alive(receiver);
    post([this, alive, work = std::move(work), then = std::move(then),
          onError = std::move(onError)](Project& project) mutable {
      try {
        if constexpr (std::is_void_v<R>) {
          work(project);
          deliver([alive, then = std::move(then)]() mutable {
            if (alive) then();
          });
        } else {
          auto result = std::make_shared<R>(work(project));
          deliver([alive, result, then = std::move(then)]() mutable {
            if (alive) then(std::move(*result));
          });
        }
      } catch (const Error& e) {
        reportFailure(alive, onError, e);
      } catch (const std::exception& e) {
        reportFailure(alive, onError, Error(ErrorKind::kInternal, e.what()));
      }
    });
  }

 Q_SIGNALS:
  void failed(const QString& message);

 private:
  using Task = std::function<void(Project&)>;
  void post(Task task);
  void deliver(std::function<void()> call);
  void reportFailure(const QPointer<QObject>& alive, const Failed& onError, const Error& error);

  Project& project_;
  QThread thread_;
  QObject* worker_;
  std::atomic<bool> closing_{false};
};

}  // namespace plumbline
