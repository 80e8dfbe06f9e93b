#include "ui/widgets/job_details.h"

#include <QDateTime>
#include <QFile>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QLocale>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QScrollBar>
#include <QTabWidget>
#include <QTableWidget>
#include <QVBoxLayout>

#include "db/project.h"
#include "ui/data_hub.h"
#include "ui/jobs/host_client.h"
#include "ui/models/db_thread.h"
#include "ui/models/job_text.h"
#include "ui/theme.h"

namespace plumbline {
namespace {

constexpr qint64 kLogTail = 32 * 1024;  // the end is what people look for
constexpr int kMostWarnings = 200;

QTableWidget* makeTable(const QStringList& titles) {
  auto* table = new QTableWidget(0, int(titles.size()));
  table->setHorizontalHeaderLabels(titles);
  table->verticalHeader()->hide();
  table->verticalHeader()->setDefaultSectionSize(3 * kGrid);
  table->setEditTriggers(QAbstractItemView::NoEditTriggers);
  table->setSelectionMode(QAbstractItemView::NoSelection);
  table->setShowGrid(false);
  table->setFrameShape(QFrame::NoFrame);
  table->setAlternatingRowColors(true);
  table->horizontalHeader()->setDefaultAlignment(Qt::AlignLeft | Qt::AlignVCenter);
  table->horizontalHeader()->setHighlightSections(false);
  table->horizontalHeader()->setStretchLastSection(true);
  table->horizontalHeader()->resizeSection(0, 30 * kGrid);
  return table;
}

void fill(QTableWidget* table, const QList<QStringList>& rows) {
  const int at = table->verticalScrollBar()->value();
  table->setRowCount(int(rows.size()));
  for (int r = 0; r < rows.size(); ++r) {
    for (int c = 0; c < rows[r].size(); ++c) table->setItem(r, c, new QTableWidgetItem(rows[r][c]));
  }
  table->verticalScrollBar()->setValue(at);
}

QString tailOf(const QString& path) {
  QFile file(path);
  if (!file.open(QIODevice::ReadOnly)) return {};
  const bool cut = file.size() > kLogTail;
  if (cut) file.seek(file.size() - kLogTail);
  QByteArray text = file.readAll();
  if (cut) text.remove(0, text.indexOf('\n') + 1);
  return QString::fromUtf8(text).trimmed();
}

// Where the job's results are shown.
QString pageOf(const std::string& kind) {
  if (kind == "align" || kind == "evaluate") return "align";
  if (kind == "reward_train") return "reward";
  if (kind == "export_data") return "export";
  return "gallery";
}

}  // namespace

JobDetails::JobDetails(StudioContext& context, QWidget* parent)
    : QWidget(parent),
      context_(context),
      title_(new QLabel),
      tabs_(new QTabWidget),
      log_(new QPlainTextEdit),
      parameters_(makeTable({tr("Parameter"), tr("Value")})),
      metrics_(makeTable({tr("Measured"), tr("Step"), tr("Last value")})),
      open_(new QPushButton(tr("Show results"))) {
  auto* layout = new QVBoxLayout(this);
  layout->setContentsMargins(0, kGrid, 0, 0);
  layout->setSpacing(kGrid);
  auto* head = new QHBoxLayout;
  title_->setProperty("role", "section");
  head->addWidget(title_, 1);
  head->addWidget(open_);
  layout->addLayout(head);
  layout->addWidget(tabs_, 1);
  log_->setReadOnly(true);
  log_->setFrameShape(QFrame::NoFrame);
  tabs_->addTab(log_, tr("What happened"));
  tabs_->addTab(parameters_, tr("Parameters"));
  tabs_->addTab(metrics_, tr("Metrics"));
  tabs_->setDocumentMode(true);
  connect(open_, &QPushButton::clicked, this, [this] { Q_EMIT context_.hub->pageRequested(page_); });
  if (context.host) {
    connect(context.host, &HostClient::warning, this, [this](qint64 job, const QString& message) {
      QStringList& list = warnings_[job];
      list << tr("%1  Warning: %2").arg(QLocale().toString(QTime::currentTime(), "HH:mm:ss"), message);
      if (list.size() > kMostWarnings) list.removeFirst();
      if (job == shown_) {
        story_ = story(item_);
        refresh(item_.row);
      }
    });
  }
  showJob(nullptr);
}

void JobDetails::showJob(const JobItem* item) {
  const bool other = !item || item->row.id != shown_;
  shown_ = item ? item->row.id : 0;
  tabs_->setEnabled(item);
  open_->setEnabled(item);
  if (!item) {
    title_->setText(tr("No job is chosen"));
    story_.clear();
    return showFacts({});
  }
  const QString title = QString::fromStdString(item->row.title);
  title_->setText(
      tr("Job %1: %2").arg(item->row.id).arg(title.isEmpty() ? job_text::kind(item->row.kind) : title));
  page_ = pageOf(item->row.kind);
  item_ = *item;
  story_ = story(item_);
  if (other) {
    QList<QStringList> rows;
    for (const auto& [name, value] : job_text::parameters(item->row.spec)) rows << QStringList{name, value};
    fill(parameters_, rows);
    showFacts({});
  }
  refresh(item->row);
}

QString JobDetails::story(const JobItem& item) const {
  const JobRow& job = item.row;
  const auto at = [](std::int64_t ms) {
    return QLocale().toString(QDateTime::fromMSecsSinceEpoch(ms), QLocale::ShortFormat);
  };
  QStringList lines{tr("%1  Asked for (%2)").arg(at(job.createdMs), job_text::kind(job.kind))};
  if (job.startedMs) {
    lines << (job.host.empty() ? tr("%1  Started").arg(at(*job.startedMs))
                               : tr("%1  Started; last on %2, process %3")
                                     .arg(at(*job.startedMs), QString::fromStdString(job.host))
                                     .arg(job.pid));
  }
  if (job.attempts > 1) lines << tr("Begun %1 times, each time from what was saved").arg(job.attempts);
  if (job.run) lines << tr("Belongs to run %1").arg(*job.run);
  lines += warnings_.value(job.id);
  const QString outcome = job_text::outcome(job);
  const QString state = job_text::state(job);
  const QString end = outcome.isEmpty() ? state : tr("%1: %2").arg(state, outcome);
  lines << (job.finishedMs ? QStringLiteral("%1  %2").arg(at(*job.finishedMs), end) : end);
  if (job.result.is_object() && job.result.contains("notes") && job.result["notes"].is_array()) {
    for (const auto& note : job.result["notes"]) {
      if (note.is_string()) lines << QString::fromStdString(note.get<std::string>());
    }
  }
  return lines.join('\n');
}

JobDetails::Facts JobDetails::read(Project& project, const JobRow& job) {
  Facts facts;
  if (!job.run) return facts;
  facts.log = tailOf(QString::fromStdString((project.runFolder(*job.run) / "log.jsonl").string()));
  for (const std::string& name : project.runs().metricNames(*job.run)) {
    const std::vector<MetricRow> rows = project.runs().metrics(*job.run, name);
    if (rows.empty()) continue;
    facts.metrics << QStringList{QString::fromStdString(name), QString::number(rows.back().step),
                                 QLocale().toString(rows.back().value, 'g', 5)};
  }
  return facts;
}

void JobDetails::refresh(const JobRow& job) {
  context_.database->run(
      this, [job](Project& p) { return read(p, job); },
      [this, id = job.id](const Facts& facts) {
        if (id == shown_) showFacts(facts);
      });
}

void JobDetails::showFacts(const Facts& facts) {
  const QString text = facts.log.isEmpty() ? story_ : story_ + "\n\n" + facts.log;
  if (log_->toPlainText() != text) {
    const QScrollBar* bar = log_->verticalScrollBar();
    const bool atEnd = bar->value() == bar->maximum() && bar->maximum() > 0;
    const int where = bar->value();
    log_->setPlainText(text);
    log_->verticalScrollBar()->setValue(atEnd ? log_->verticalScrollBar()->maximum() : where);
  }
  fill(metrics_, facts.metrics);
  if (shown_ == 0) parameters_->setRowCount(0);
}

}  // namespace plumbline
