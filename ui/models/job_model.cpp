#include "ui/models/job_model.h"

#include <QDateTime>
#include <QLocale>
#include <algorithm>
#include <utility>

#include "db/project.h"
#include "ui/jobs/host_client.h"
#include "ui/models/db_thread.h"
#include "ui/models/job_text.h"

namespace plumbline {
namespace {

constexpr int kTickMs = 1000;
constexpr std::int64_t kShortestPaceMs = 500;  // shorter spans say nothing about speed
constexpr double kPaceMemory = 0.7;            // weight of what was known before

int rank(JobState state) {
  switch (state) {
    case JobState::kInterrupted:
      return 0;
    case JobState::kRunning:
      return 1;
    case JobState::kQueued:
    case JobState::kWaiting:
    case JobState::kPaused:
      return 2;
    default:
      return 3;
  }
}

bool passes(JobModel::Filter filter, JobState state) {
  switch (filter) {
    case JobModel::Filter::kOpen:
      return !jobStateIsFinal(state);
    case JobModel::Filter::kDone:
      return state == JobState::kSucceeded;
    case JobModel::Filter::kFailed:
      return state == JobState::kFailed || state == JobState::kCancelled;
    default:
      return true;
  }
}

}  // namespace

void JobPace::note(const QString& phase, std::int64_t done, std::int64_t nowMs) {
  if (phase != phase_ || done < done_ || ms_ == 0) {
    *this = {};
    phase_ = phase;
  } else if (done > done_ && nowMs >= ms_ + kShortestPaceMs) {
    const double fresh = double(done - done_) * 1000 / double(nowMs - ms_);
    perSecond_ = perSecond_ > 0 ? kPaceMemory * perSecond_ + (1 - kPaceMemory) * fresh : fresh;
  } else {
    return;  // no news: the clock goes on from the last count
  }
  done_ = done;
  ms_ = nowMs;
}

double JobItem::fraction() const {
  if (row.state == JobState::kSucceeded) return 1;
  return row.progress.total > 0 ? std::clamp(double(row.progress.done) / double(row.progress.total), 0.0, 1.0)
                                : -1;
}

QString JobItem::progressText() const {
  if (row.state == JobState::kSucceeded || row.progress.total <= 0) return {};
  QStringList parts;
  parts << JobModel::tr("%1 %2 of %3")
               .arg(job_text::phase(QString::fromStdString(row.progress.phase)))
               .arg(row.progress.done)
               .arg(row.progress.total)
               .trimmed();
  if (row.state != JobState::kRunning) return parts.join(", ");
  if (pace.perSecond() > 0) parts << job_text::rate(pace.perSecond());
  int left = secondsLeft;
  if (left < 0 && pace.perSecond() > 0)
    left = int(double(row.progress.total - row.progress.done) / pace.perSecond());
  if (left >= 0) parts << JobModel::tr("%1 left").arg(job_text::duration(std::int64_t(left) * 1000));
  return parts.join(", ");
}

std::int64_t JobItem::elapsedMs() const {
  if (!row.startedMs) return 0;
  std::int64_t end = QDateTime::currentMSecsSinceEpoch();
  if (row.finishedMs) {
    end = *row.finishedMs;
  } else if (row.state != JobState::kRunning) {
    end = row.heartbeatMs.value_or(*row.startedMs);  // it has not worked since
  }
  return std::max<std::int64_t>(0, end - *row.startedMs);
}

JobModel::JobModel(StudioContext& context, QObject* parent) : QAbstractTableModel(parent), context_(context) {
  connect(&tick_, &QTimer::timeout, this, &JobModel::tick);
  tick_.start(kTickMs);
  watchHost();
}

void JobModel::watchHost() {
  if (!context_.host) return;
  HostClient* host = context_.host;
  connect(host, &HostClient::ready, this, &JobModel::hostGone);  // a new process holds nothing yet
  connect(host, &HostClient::gone, this, &JobModel::hostGone);
  connect(host, &HostClient::accepted, this, [this](qint64 job) { setAtHost(job, true); });
  connect(host, &HostClient::progress, this, &JobModel::progressed);
  connect(host, &HostClient::succeeded, this, [this](qint64 job) { setAtHost(job, false); });
  connect(host, &HostClient::failed, this, [this](qint64 job) { setAtHost(job, false); });
  connect(host, &HostClient::cancelled, this, [this](qint64 job) { setAtHost(job, false); });
}

void JobModel::reload() {
  if (loading_) {
    again_ = true;
    return;
  }
  loading_ = true;
  context_.database->run(
      this, [](Project& p) { return p.jobs().list(); },
      [this](std::vector<JobRow> rows) {
        loading_ = false;
        take(std::move(rows));
        if (std::exchange(again_, false)) reload();
      },
      [this](const Error& e) {
        loading_ = false;
        Q_EMIT context_.database->failed(QString::fromStdString(e.message()));
      });
}

void JobModel::take(std::vector<JobRow> rows) {
  std::stable_sort(rows.begin(), rows.end(),
                   [](const JobRow& a, const JobRow& b) { return rank(a.state) < rank(b.state); });
  const std::int64_t now = QDateTime::currentMSecsSinceEpoch();
  const bool same = rows.size() == all_.size() &&
                    std::equal(rows.begin(), rows.end(), all_.begin(), [](const JobRow& a, const JobItem& b) {
                      return a.id == b.row.id && a.state == b.row.state;
                    });
  std::vector<JobItem> items;
  for (JobRow& row : rows) {
    JobItem item;
    if (const JobItem* old = find(row.id)) {
      item.pace = old->pace;
      item.secondsLeft = old->secondsLeft;
      // An event may be ahead of the heartbeat that was read.
      const bool ahead = old->row.state == row.state && old->row.progress.phase == row.progress.phase &&
                         old->row.progress.done > row.progress.done;
      if (ahead) row.progress = old->row.progress;
    }
    item.atHost = atHost_.value(row.id, false);
    if (row.state == JobState::kRunning)
      item.pace.note(QString::fromStdString(row.progress.phase), row.progress.done,
                     row.heartbeatMs.value_or(now));
    item.row = std::move(row);
    items.push_back(std::move(item));
  }
  loaded_ = true;
  if (same) {  // what is selected and where it is scrolled stays
    all_ = std::move(items);
    if (!shown_.empty()) Q_EMIT dataChanged(index(0, 0), index(rowCount() - 1, kColumns - 1));
  } else {
    beginResetModel();
    all_ = std::move(items);
    applyFilter();
    endResetModel();
  }
  Q_EMIT reloaded();
}

void JobModel::setFilter(Filter filter) {
  if (filter == filter_) return;
  beginResetModel();
  filter_ = filter;
  applyFilter();
  endResetModel();
  Q_EMIT reloaded();
}

void JobModel::applyFilter() {
  shown_.clear();
  for (std::size_t i = 0; i < all_.size(); ++i) {
    if (passes(filter_, all_[i].row.state)) shown_.push_back(int(i));
  }
}

void JobModel::progressed(qint64 job, const QString& phase, qint64 done, qint64 total, int secondsLeft) {
  atHost_[job] = true;
  JobItem* item = findMutable(job);
  if (!item) return;
  item->atHost = true;
  item->row.progress = {phase.toStdString(), done, total};
  item->secondsLeft = secondsLeft;
  item->pace.note(phase, done, QDateTime::currentMSecsSinceEpoch());
  rowChanged(job);
}

void JobModel::setAtHost(qint64 job, bool atHost) {
  if (job <= 0) return;
  atHost_[job] = atHost;
  if (JobItem* item = findMutable(job)) {
    item->atHost = atHost;
    rowChanged(job);
  }
}

void JobModel::hostGone() {
  for (const qint64 job : atHost_.keys(true)) setAtHost(job, false);
}

const JobItem* JobModel::item(const QModelIndex& index) const {
  if (!index.isValid() || index.row() >= int(shown_.size())) return nullptr;
  return &all_[std::size_t(shown_[std::size_t(index.row())])];
}

const JobItem* JobModel::find(std::int64_t job) const {
  const auto found =
      std::find_if(all_.begin(), all_.end(), [job](const JobItem& item) { return item.row.id == job; });
  return found == all_.end() ? nullptr : &*found;
}

JobItem* JobModel::findMutable(std::int64_t job) {
  return const_cast<JobItem*>(std::as_const(*this).find(job));
}

QModelIndex JobModel::indexOf(std::int64_t job) const {
  for (std::size_t i = 0; i < shown_.size(); ++i) {
    if (all_[std::size_t(shown_[i])].row.id == job) return index(int(i), 0);
  }
  return {};
}

void JobModel::rowChanged(std::int64_t job) {
  const QModelIndex first = indexOf(job);
  if (first.isValid()) Q_EMIT dataChanged(first, first.siblingAtColumn(kColumns - 1));
  Q_EMIT itemChanged(job);
}

void JobModel::tick() {
  for (std::size_t i = 0; i < shown_.size(); ++i) {
    if (all_[std::size_t(shown_[i])].row.state != JobState::kRunning) continue;
    Q_EMIT dataChanged(index(int(i), kDuration), index(int(i), kDuration));
  }
}

int JobModel::rowCount(const QModelIndex& parent) const {
  return parent.isValid() ? 0 : int(shown_.size());
}

int JobModel::columnCount(const QModelIndex& parent) const {
  return parent.isValid() ? 0 : kColumns;
}

QString JobModel::text(const JobItem& item, int column) const {
  switch (column) {
    case kNumber:
      return QString::number(item.row.id);
    case kWhat: {
      const QString title = QString::fromStdString(item.row.title);
      return title.isEmpty() ? job_text::kind(item.row.kind) : title;
    }
    case kState:
      return job_text::state(item.row);
    case kProgress:
      return item.progressText();
    case kStarted:
      return item.row.startedMs ? job_text::time(*item.row.startedMs) : QString();
    case kDuration:
      return item.row.startedMs ? job_text::duration(item.elapsedMs()) : QString();
    case kOutcome:
      return job_text::outcome(item.row);
    default:
      return {};
  }
}

QVariant JobModel::data(const QModelIndex& index, int role) const {
  const JobItem* item = this->item(index);
  if (!item) return {};
  switch (role) {
    case Qt::DisplayRole:
      return text(*item, index.column());
    case Qt::ToolTipRole: {
      if (index.column() == kWhat) return job_text::kind(item->row.kind);
      if (index.column() == kStarted && item->row.startedMs) {
        return QLocale().toString(QDateTime::fromMSecsSinceEpoch(*item->row.startedMs), QLocale::LongFormat);
      }
      return text(*item, index.column());
    }
    case kFraction:
      return item->fraction();
    case kStateColor:
      return job_text::stateColor(item->row.state, QPalette());
    case kKind:
      return QString::fromStdString(item->row.kind);
    default:
      return {};
  }
}

QVariant JobModel::headerData(int section, Qt::Orientation orientation, int role) const {
  if (orientation != Qt::Horizontal || section < 0 || section >= kColumns) return {};
  if (role == Qt::TextAlignmentRole)
    return QVariant::fromValue(Qt::Alignment(Qt::AlignLeft | Qt::AlignVCenter));
  if (role != Qt::DisplayRole) return {};
  const QString titles[] = {tr("No."),     tr("What"), tr("State"), tr("Progress"),
                            tr("Started"), tr("Took"), tr("Result")};
  return titles[section];
}

}  // namespace plumbline
