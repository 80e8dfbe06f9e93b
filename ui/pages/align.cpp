// Fine-tunes of the generator: the earlier runs on the left, one of them with curves and pictures in the
// middle, a new one on the right. Starting one writes a job row; everything shown is read back from rows and
// files, and the device host's events only fill the time between two readings.
#include <QHBoxLayout>
#include <QLabel>
#include <QListWidget>
#include <QPainter>
#include <QPushButton>
#include <QSettings>
#include <QStackedWidget>
#include <QTimer>
#include <QVBoxLayout>
#include <functional>

#include "db/project.h"
#include "ui/data_hub.h"
#include "ui/jobs/host_client.h"
#include "ui/jobs/stop_question.h"
#include "ui/jobs/variant_catalog.h"
#include "ui/models/align_overview.h"
#include "ui/models/db_thread.h"
#include "ui/models/job_model.h"
#include "ui/models/job_text.h"
#include "ui/models/variant_text.h"
#include "ui/pages/page.h"
#include "ui/theme.h"
#include "ui/widgets/align_setup.h"
#include "ui/widgets/empty_state.h"
#include "ui/widgets/run_view.h"

namespace plumbline::page {
namespace {

constexpr int kSettleMs = 200;  // several changes in a row make one reading
constexpr int kMostSamples = 8;
constexpr int kColorRole = Qt::UserRole;  // of the dot in the list

QIcon dot(const QColor& color) {
  QPixmap pixmap(20, 20);
  pixmap.fill(Qt::transparent);
  QPainter painter(&pixmap);
  painter.setRenderHint(QPainter::Antialiasing);
  painter.setPen(QPen(Qt::white, 1.5));  // seen on the selected row too
  painter.setBrush(color);
  painter.drawEllipse(QRectF(4, 4, 12, 12));
  return QIcon(pixmap);
}

class AlignPage : public Page {
  Q_OBJECT

 public:
  AlignPage(StudioContext& context, QWidget* parent)
      : Page(parent),
        context_(context),
        catalog_(context.host ? context.host->program() : QString()),
        jobs_(context),
        actions_(context),
        list_(new QListWidget),
        middle_(new QStackedWidget),
        empty_(new EmptyState("align")),
        view_(new RunView),
        setup_(new AlignSetup) {
    buildLayout();
    connectParts();
    connectData();
  }

  void activate() override {
    active_ = true;
    if (!catalog_.isReady()) {
      setup_->setReading();  // the first start of a build takes its time
      catalog_.load();
    }
    read();
  }
  void deactivate() override { active_ = false; }

 private:
  void buildLayout();
  void connectParts();
  void connectData();
  void readSoon() {
    if (active_ && !settle_.isActive()) settle_.start();
  }
  void read();
  void take(AlignFacts facts);
  void fillList();
  void choose(int row);
  void showChosen();
  void readDetail();
  void readSamples(int step);
  void start(const QString& method, const QString& title, const nlohmann::json& settings, qint64 reward);
  void evaluate();
  void enqueue(const JobRow& job, std::function<void(qint64)> then = {});
  void stop(JobStop how);
  QString methodTitle(const AlignEntry& entry) const;
  const AlignEntry* chosen() const { return facts_.find(job_, run_); }
  const JobItem* jobItem() const { return job_ > 0 ? jobs_.find(job_) : nullptr; }

  StudioContext& context_;
  VariantCatalog catalog_;
  JobModel jobs_;
  JobActions actions_;
  AlignFacts facts_;
  qint64 job_ = 0, run_ = 0;  // which one is shown
  QListWidget* list_;
  QStackedWidget* middle_;
  EmptyState* empty_;
  RunView* view_;
  AlignSetup* setup_;
  QTimer settle_;
  bool active_ = false, reading_ = false, again_ = false;
};

void AlignPage::buildLayout() {
  list_->setObjectName("runs");
  list_->setFixedWidth(27 * kGrid);
  list_->setFrameShape(QFrame::NoFrame);
  list_->setWordWrap(true);
  list_->setTextElideMode(Qt::ElideRight);
  list_->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
  setup_->setFixedWidth(42 * kGrid);
  empty_->setContent(tr("No fine-tune yet"),
                     tr("A fine-tune teaches the generator what people preferred, and repairs the places "
                        "where they saw faults. Choose a method on the right and start it."));
  middle_->addWidget(empty_);
  middle_->addWidget(view_);
  auto* title = new QLabel(tr("Runs"));
  title->setProperty("role", "section");
  auto* left = new QVBoxLayout;
  left->setSpacing(kGrid);
  left->addWidget(title);
  left->addWidget(list_, 1);
  auto* layout = new QHBoxLayout(this);
  layout->setContentsMargins(2 * kGrid, 2 * kGrid, 2 * kGrid, 2 * kGrid);
  layout->setSpacing(2 * kGrid);
  layout->addLayout(left);
  layout->addWidget(middle_, 1);
  layout->addWidget(setup_);
  settle_.setSingleShot(true);
  settle_.setInterval(kSettleMs);
}

void AlignPage::connectParts() {
  connect(list_, &QListWidget::currentRowChanged, this, &AlignPage::choose);
  connect(setup_, &AlignSetup::startChosen, this, &AlignPage::start);
  connect(setup_, &AlignSetup::pageWanted, context_.hub, &DataHub::pageRequested);
  connect(view_, &RunView::pauseChosen, this, [this] { actions_.pause(job_); });
  connect(view_, &RunView::finishChosen, this, [this] { stop(JobStop::kFinish); });
  connect(view_, &RunView::resumeChosen, this, [this] { actions_.resume(job_); });
  connect(view_, &RunView::cancelChosen, this, [this] { stop(JobStop::kCancel); });
  connect(view_, &RunView::exportChosen, this, [this] {
    context_.settings->setValue("export/run", run_);  // the Export page takes it up when it is shown
    Q_EMIT context_.hub->pageRequested("export");
  });
  connect(view_, &RunView::evaluateChosen, this, &AlignPage::evaluate);
  connect(view_, &RunView::settingsChosen, this, [this] {
    if (const AlignEntry* entry = chosen()) setup_->useSettings(entry->method(), entry->settings());
  });
  connect(view_, &RunView::samplesWanted, this, &AlignPage::readSamples);
  connect(&catalog_, &VariantCatalog::ready, this, [this] {
    setup_->setMethods(catalog_.family("alignment_method"));
    setup_->chooseMethod(context_.settings->value("align/method").toString());
    fillList();  // titles are known now
    showChosen();
  });
  connect(&catalog_, &VariantCatalog::failed, setup_, &AlignSetup::setUnavailable);
}

void AlignPage::connectData() {
  connect(&settle_, &QTimer::timeout, this, &AlignPage::read);
  for (auto signal :
       {&DataHub::jobsChanged, &DataHub::runsChanged, &DataHub::rewardChanged, &DataHub::answersChanged}) {
    connect(context_.hub, signal, this, &AlignPage::readSoon);
  }
  connect(&jobs_, &JobModel::reloaded, this, [this] { view_->showProgress(jobItem()); });
  connect(&jobs_, &JobModel::itemChanged, this, [this](qint64 job) {
    if (job == job_ && chosen()) view_->showProgress(jobItem());
  });
  if (!context_.host) return;
  connect(context_.host, &HostClient::metric, this,
          [this](qint64 job, const QString& name, qint64 step, double value) {
            if (job == job_ && chosen()) view_->addLivePoint(name, double(step), value);
          });
  connect(context_.host, &HostClient::artifact, this,
          [this](qint64 job, const QString& kind, const QString&) {
            if (job == job_ && (kind == "strip" || kind == "sample")) readSoon();
          });
}

void AlignPage::read() {
  if (reading_) {
    again_ = true;
    return;
  }
  reading_ = true;
  context_.database->run(
      this, &AlignFacts::read,
      [this](AlignFacts facts) {
        reading_ = false;
        take(std::move(facts));
        if (std::exchange(again_, false)) read();
      },
      [this](const Error& e) {
        reading_ = false;
        Q_EMIT context_.hub->failure(QString::fromStdString(e.message()));
      });
  jobs_.reload();
}

void AlignPage::take(AlignFacts facts) {
  facts_ = std::move(facts);
  setup_->setFacts(facts_);
  if (!chosen() && !facts_.entries.empty()) {
    job_ = facts_.entries.front().jobId();
    run_ = facts_.entries.front().runId();
  }
  if (const AlignEntry* entry = chosen()) run_ = entry->runId();  // its run may have begun meanwhile
  fillList();
  showChosen();
  readDetail();
}

QString AlignPage::methodTitle(const AlignEntry& entry) const {
  const nlohmann::json method = catalog_.variant("alignment_method", entry.method().toStdString());
  return method.is_object() ? variant_text::title(method) : entry.method();
}

// In place: what has not changed stays, and with it the scrolling.
void AlignPage::fillList() {
  const QSignalBlocker quiet(list_);
  const int count = int(facts_.entries.size());
  while (list_->count() > count) delete list_->takeItem(list_->count() - 1);
  while (list_->count() < count) list_->addItem(new QListWidgetItem);
  int current = -1;
  for (int row = 0; row < count; ++row) {
    const AlignEntry& entry = facts_.entries[std::size_t(row)];
    if (&entry == chosen()) current = row;
    const QString number = entry.runId() > 0 ? tr("#%1").arg(entry.runId()) : tr("new");
    QStringList lines{number + ' ' + methodTitle(entry)};
    const QString changed = job_text::changedSettings(
        catalog_.variant("alignment_method", entry.method().toStdString()), entry.settings());
    if (!changed.isEmpty()) lines << changed;
    const QString state = entry.job ? job_text::state(*entry.job) : job_text::state(entry.state());
    lines << QStringLiteral("%1, %2").arg(state, job_text::time(entry.createdMs()));
    QListWidgetItem* item = list_->item(row);
    item->setText(lines.join('\n'));
    item->setToolTip(entry.job ? job_text::outcome(*entry.job) : QString());
    const QColor color = job_text::stateColor(entry.state(), palette());
    if (item->data(kColorRole) == color) continue;
    item->setData(kColorRole, color);
    item->setIcon(dot(color));
  }
  if (list_->currentRow() != current) list_->setCurrentRow(current);
}

void AlignPage::choose(int row) {
  if (row < 0 || row >= int(facts_.entries.size())) return;
  job_ = facts_.entries[std::size_t(row)].jobId();
  run_ = facts_.entries[std::size_t(row)].runId();
  showChosen();
  readDetail();
}

void AlignPage::showChosen() {
  const AlignEntry* entry = chosen();
  middle_->setCurrentWidget(entry ? static_cast<QWidget*>(view_) : empty_);
  if (!entry) return;
  view_->showEntry(*entry, methodTitle(*entry), jobItem());
  view_->setEvaluationProblem(evaluationProblem(facts_, run_));
}

void AlignPage::readDetail() {
  if (run_ <= 0) return;
  context_.database->run(
      this, [run = run_](Project& p) { return RunDetail::read(p, run); },
      [this, run = run_](const RunDetail& detail) {
        if (run != run_) return;
        view_->setDetail(detail);
        readSamples(view_->wantedStep());
      });
}

void AlignPage::readSamples(int step) {
  if (run_ <= 0) return;
  context_.database->run(
      this,
      [run = run_, step, known = view_->samplesStamp()](Project& p) {
        return plumbline::readSamples(p, run, step, kMostSamples, known);
      },
      [this, run = run_](std::optional<SampleSet> samples) {
        if (run == run_ && samples) view_->setSamples(std::move(*samples));
      });
}

void AlignPage::start(const QString& method, const QString& title, const nlohmann::json& settings,
                      qint64 reward) {
  JobRow job;
  job.kind = "align";
  job.title = title.toStdString();
  job.spec = {{"method", method.toStdString()}, {"settings", settings}, {"reward_model", reward}};
  job.priority = JobPriority::kTraining;
  context_.settings->setValue("align/method", method);
  enqueue(job, [this](qint64 id) {
    job_ = id;
    run_ = 0;
  });
}

void AlignPage::evaluate() {
  JobRow job;
  job.kind = "evaluate";
  job.title = tr("Evaluation of run %1").arg(run_).toStdString();
  job.spec = {{"run", run_}};
  job.priority = JobPriority::kScoring;
  enqueue(job);
}

void AlignPage::enqueue(const JobRow& job, std::function<void(qint64)> then) {
  context_.database->run(
      this, [job](Project& p) { return p.jobs().enqueue(job); },
      [this, then = std::move(then)](std::int64_t id) {
        if (then) then(id);
        Q_EMIT context_.hub->jobsChanged();
        read();
        if (!context_.host || !context_.host->isReady())
          Q_EMIT context_.hub->message(tr("Job %1 starts as soon as the device host runs.").arg(id));
      });
}

void AlignPage::stop(JobStop how) {
  if (const JobItem* item = jobItem()) stopJobs(this, actions_, how, {item});
}

}  // namespace

void register_align(Registry& registry) {
  PageType type;
  type.descriptor = {"align", QT_TRANSLATE_NOOP("page", "Align"),
                     "Fine-tunes the generator with what people said, and shows what became of it.", "none"};
  type.icon = "align";
  type.order = 5;
  type.create = [](StudioContext& context, QWidget* parent) { return new AlignPage(context, parent); };
  registry.add(std::move(type));
}

}  // namespace plumbline::page

#include "align.moc"
