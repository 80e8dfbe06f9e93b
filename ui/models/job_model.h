// All jobs of the project as a table: interrupted ones on top, then what runs or waits, then what is over,
// newest first. Rows come from the store; between two readings the device host's events move the bars. UI
// thread.
#pragma once

#include <QAbstractTableModel>
#include <QMap>
#include <QTimer>
#include <vector>

#include "db/stores/job_store.h"
#include "ui/studio_context.h"

namespace plumbline {

// How fast a phase goes, from the counts that are seen at times.
class JobPace {
 public:
  void note(const QString& phase, std::int64_t done, std::int64_t nowMs);
  double perSecond() const { return perSecond_; }

 private:
  QString phase_;
  std::int64_t done_ = 0, ms_ = 0;
  double perSecond_ = 0;
};

struct JobItem {
  JobRow row;
  JobPace pace;
  int secondsLeft = -1;
  bool atHost = false;  // this window's host works on it: it can be told to stop and save

  double fraction() const;       // 0 to 1, negative while unknown
  QString progressText() const;  // "training 12 of 48, 3.1 /s, 2 min left"
  std::int64_t elapsedMs() const;
};

class JobModel : public QAbstractTableModel {
  Q_OBJECT

 public:
  enum Column { kNumber, kWhat, kState, kProgress, kStarted, kDuration, kOutcome, kColumns };
  enum Role { kFraction = Qt::UserRole, kStateColor, kKind };
  enum class Filter { kAll, kOpen, kDone, kFailed };

  explicit JobModel(StudioContext& context, QObject* parent = nullptr);

  void reload();
  void setFilter(Filter filter);
  bool loaded() const { return loaded_; }
  int total() const { return int(all_.size()); }
  const JobItem* item(const QModelIndex& index) const;
  const JobItem* find(std::int64_t job) const;
  QModelIndex indexOf(std::int64_t job) const;

  int rowCount(const QModelIndex& parent = {}) const override;
  int columnCount(const QModelIndex& parent = {}) const override;
  QVariant data(const QModelIndex& index, int role) const override;
  QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

 Q_SIGNALS:
  void reloaded();
  void itemChanged(qint64 job);  // its progress moved

 private:
  void watchHost();
  void take(std::vector<JobRow> rows);
  void applyFilter();
  void progressed(qint64 job, const QString& phase, qint64 done, qint64 total, int secondsLeft);
  void setAtHost(qint64 job, bool atHost);
  void hostGone();
  JobItem* findMutable(std::int64_t job);
  void rowChanged(std::int64_t job);
  void tick();
  QString text(const JobItem& item, int column) const;

  StudioContext& context_;
  std::vector<JobItem> all_;
  std::vector<int> shown_;  // indices into all_
  QMap<qint64, bool> atHost_;
  Filter filter_ = Filter::kAll;
  bool loaded_ = false, loading_ = false, again_ = false;
  QTimer tick_;
};

}  // namespace plumbline
