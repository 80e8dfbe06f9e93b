#include "ui/jobs/host_bridge.h"

#include <utility>
#include <vector>

#include "db/project.h"
#include "ui/data_hub.h"
#include "ui/jobs/host_client.h"
#include "ui/models/db_thread.h"

namespace plumbline {

HostBridge::HostBridge(StudioContext& context, QObject* parent) : QObject(parent), context_(context) {
  HostClient* host = context.host;
  DataHub* hub = context.hub;
  connect(hub, &DataHub::jobsChanged, this, &HostBridge::dispatch);
  connect(host, &HostClient::ready, this,
          [this](const QString& device, const QString& model, const QString&) {
            // What a host that died was asked to do is asked again.
            handedOver_.clear();
            live_.clear();
            showChip();
            Q_EMIT context_.hub->deviceChanged(device, {});
            Q_EMIT context_.hub->generatorChanged(model, {});
            dispatch();
          });
  connect(host, &HostClient::gone, this, &HostBridge::hostGone);
  connect(host, &HostClient::accepted, this, [this](qint64 job) {
    live_[job];
    showChip();
  });
  connect(host, &HostClient::progress, this,
          [this](qint64 job, const QString& phase, qint64 done, qint64 total, int secondsLeft) {
            Live& live = live_[job];
            live.phase = phase;
            live.fraction = total > 0 ? double(done) / double(total) : -1;
            live.secondsLeft = secondsLeft;
            showChip();
          });
  connect(host, &HostClient::succeeded, this, &HostBridge::ended);
  connect(host, &HostClient::cancelled, this, &HostBridge::ended);
  connect(host, &HostClient::failed, this, [this](qint64 job, const QString& message) {
    ended(job);
    if (job > 0) Q_EMIT context_.hub->failure(message);  // else a request that came too late
  });
  connect(host, &HostClient::queueChanged, hub, &DataHub::queriesChanged);
}

void HostBridge::dispatch() {
  if (!context_.host->isReady()) return;
  if (looking_) {
    again_ = true;
    return;
  }
  looking_ = true;
  context_.database->run(
      this,
      [](Project& p) {
        return p.jobs().list({JobState::kQueued, JobState::kRunning});
      },
      [this](const std::vector<JobRow>& jobs) {
        looking_ = false;
        for (auto job = jobs.rbegin(); job != jobs.rend(); ++job) {  // oldest first
          if (live_.contains(job->id)) live_[job->id].title = QString::fromStdString(job->title);
          if (job->state != JobState::kQueued || handedOver_.contains(job->id)) continue;
          handedOver_.insert(job->id);
          context_.host->run(job->id);
        }
        showChip();
        if (std::exchange(again_, false)) dispatch();
      },
      [this](const Error&) { looking_ = false; });
}

void HostBridge::hostGone() {
  handedOver_.clear();
  live_.clear();
  showChip();
  Q_EMIT context_.hub->deviceChanged({}, {});
  context_.database->run(
      this, [](Project& p) { return p.jobs().markInterrupted(); },
      [this](const std::vector<std::int64_t>&) { Q_EMIT context_.hub->jobsChanged(); });
}

void HostBridge::ended(qint64 job) {
  live_.remove(job);
  handedOver_.remove(job);  // a resumed job is queued again
  showChip();
  Q_EMIT context_.hub->jobsChanged();
  Q_EMIT context_.hub->queriesChanged();
  Q_EMIT context_.hub->imagesChanged();
}

void HostBridge::showChip() {
  if (live_.isEmpty()) {
    Q_EMIT context_.hub->jobProgress(0, {}, -1, -1);
    return;
  }
  // The oldest is what people wait for longest.
  const Live& first = live_.first();
  const QString title =
      first.title.isEmpty() ? (first.phase.isEmpty() ? tr("Working") : first.phase) : first.title;
  Q_EMIT context_.hub->jobProgress(int(live_.size()), title, first.fraction, first.secondsLeft);
}

}  // namespace plumbline
