// What a person can do to a job row, and when. Each request goes to the row, which any worker obeys within a
// second, and to this window's host, which obeys at once. UI thread.
#pragma once

#include <QObject>
#include <functional>

#include "db/stores/job_store.h"
#include "ui/studio_context.h"

namespace plumbline {

class JobActions : public QObject {
  Q_OBJECT

 public:
  explicit JobActions(StudioContext& context, QObject* parent = nullptr);

  static bool mayPause(const JobRow& job);
  static bool mayResume(const JobRow& job);  // paused, interrupted or waiting: goes on from what is saved
  static bool mayRetry(const JobRow& job);   // failed or cancelled
  static bool mayCancel(const JobRow& job);
  // Only a fine-tune that this window's host works on: the row knows no such request.
  static bool mayFinish(const JobRow& job, bool atHost);
  // Cancelling gives up so much work that it should not happen by a slip.
  static bool worthAsking(const JobRow& job, std::int64_t workedMs);

  void pause(std::int64_t job);
  void resume(std::int64_t job);  // also retries
  void cancel(std::int64_t job);
  void finish(std::int64_t job);

 private:
  bool hostReady() const;
  void change(void (JobStore::*request)(std::int64_t), std::int64_t job, std::function<void()> then);

  StudioContext& context_;
};

}  // namespace plumbline
