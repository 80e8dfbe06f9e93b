// The queue: what runs, waits or is over, and everything a person can do about it.
#include <QComboBox>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QPushButton>
#include <QShortcut>
#include <QSplitter>
#include <QStackedWidget>
#include <QTableView>
#include <QTimer>
#include <QVBoxLayout>

#include "ui/data_hub.h"
#include "ui/jobs/stop_question.h"
#include "ui/models/job_model.h"
#include "ui/models/job_text.h"
#include "ui/pages/page.h"
#include "ui/theme.h"
#include "ui/widgets/empty_state.h"
#include "ui/widgets/job_delegate.h"
#include "ui/widgets/job_details.h"

namespace plumbline::page {
namespace {

constexpr int kSettleMs = 150;  // several changes in a row make one reading

class JobsPage : public Page {
  Q_OBJECT

 public:
  JobsPage(StudioContext& context, QWidget* parent)
      : Page(parent),
        context_(context),
        model_(context),
        actions_(context),
        table_(new QTableView),
        stack_(new QStackedWidget),
        empty_(new EmptyState("jobs")),
        details_(new JobDetails(context)),
        split_(new QSplitter(Qt::Vertical)) {
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(2 * kGrid, kGrid, 2 * kGrid, 2 * kGrid);
    layout->setSpacing(kGrid);
    layout->addWidget(buildBar());
    layout->addWidget(stack_, 1);
    buildTable();
    buildKeys();
    setFocusProxy(table_);
    settle_.setSingleShot(true);
    settle_.setInterval(kSettleMs);
    connect(&settle_, &QTimer::timeout, &model_, &JobModel::reload);
    connect(&model_, &JobModel::reloaded, this, &JobsPage::afterReload);
    connect(&model_, &JobModel::itemChanged, this, &JobsPage::afterProgress);
    connect(&model_, &JobModel::modelAboutToBeReset, this, [this] { chosen_ = chosenJobs(); });
    connect(context.hub, &DataHub::jobsChanged, this, [this] {
      if (active_) settle_.start();
    });
  }

  void activate() override {
    active_ = true;
    model_.reload();
    table_->setFocus();
  }
  void deactivate() override { active_ = false; }

 private:
  QWidget* buildBar();
  QPushButton* addButton(QHBoxLayout* layout, const char* name, const QString& text, const QKeySequence& key,
                         const QString& tip, std::function<void()> act);
  void buildTable();
  void buildKeys();
  QList<std::int64_t> chosenJobs() const;
  template <class May, class Do>
  void forChosen(May may, Do act);
  void stopChosen(JobStop how);
  void afterReload();
  void afterProgress(qint64 job);
  void showChosen();
  void refreshButtons();

  StudioContext& context_;
  JobModel model_;
  JobActions actions_;
  QTableView* table_;
  QStackedWidget* stack_;
  EmptyState* empty_;
  JobDetails* details_;
  QSplitter* split_;
  QComboBox* filter_ = nullptr;
  QLabel* count_ = nullptr;
  QPushButton *pause_ = nullptr, *resume_ = nullptr, *retry_ = nullptr, *finish_ = nullptr,
              *cancel_ = nullptr, *show_ = nullptr;
  QList<std::int64_t> chosen_;  // across a reset of the model
  QTimer settle_;
  bool active_ = false;
};

QPushButton* JobsPage::addButton(QHBoxLayout* layout, const char* name, const QString& text,
                                 const QKeySequence& key, const QString& tip, std::function<void()> act) {
  auto* button = new QPushButton(text);
  button->setObjectName(name);
  button->setFocusPolicy(Qt::TabFocus);  // the table keeps the keys
  const QString keyText = key.toString(QKeySequence::NativeText);
  button->setToolTip(tr("%1 (%2)").arg(tip, keyText));
  layout->addWidget(button);
  connect(button, &QPushButton::clicked, this, act);
  auto* shortcut = new QShortcut(key, this);
  shortcut->setContext(Qt::WidgetWithChildrenShortcut);
  connect(shortcut, &QShortcut::activated, this, [button, act = std::move(act)] {
    if (button->isEnabled()) act();
  });
  return button;
}

QWidget* JobsPage::buildBar() {
  auto* bar = new QWidget;
  auto* layout = new QHBoxLayout(bar);
  layout->setContentsMargins(0, 0, 0, 0);
  layout->setSpacing(kGrid);
  filter_ = new QComboBox;
  filter_->setObjectName("filter");
  filter_->addItems({tr("All jobs"), tr("Not yet over"), tr("Done"), tr("Failed or cancelled")});
  connect(filter_, &QComboBox::currentIndexChanged, this,
          [this](int index) { model_.setFilter(JobModel::Filter(index)); });
  count_ = new QLabel;
  count_->setProperty("role", "quiet");
  layout->addWidget(filter_);
  layout->addWidget(count_);
  layout->addStretch(1);
  resume_ = addButton(layout, "resume", tr("Resume"), Qt::Key_R, tr("Go on from what the job has saved"),
                      [this] { forChosen(&JobActions::mayResume, &JobActions::resume); });
  pause_ = addButton(layout, "pause", tr("Pause"), Qt::Key_P,
                     tr("Save, and give the device back until you resume the job"),
                     [this] { forChosen(&JobActions::mayPause, &JobActions::pause); });
  finish_ = addButton(layout, "finish", tr("Stop and save"), Qt::CTRL | Qt::Key_S,
                      tr("End the fine-tune after this step and keep what it has learned"),
                      [this] { stopChosen(JobStop::kFinish); });
  retry_ =
      addButton(layout, "retry", tr("Try again"), Qt::Key_T, tr("Queue a failed or cancelled job once more"),
                [this] { forChosen(&JobActions::mayRetry, &JobActions::resume); });
  cancel_ = addButton(layout, "cancel", tr("Cancel"), Qt::Key_Delete, tr("Stop the job within one step"),
                      [this] { stopChosen(JobStop::kCancel); });
  show_ = addButton(layout, "details", tr("Details"), Qt::Key_D, tr("Show or hide what is known of the job"),
                    [this] { details_->setVisible(!details_->isVisible()); });
  return bar;
}

void JobsPage::buildTable() {
  table_->setObjectName("jobs");
  table_->setModel(&model_);
  table_->setItemDelegate(new JobDelegate(table_));
  table_->setSelectionBehavior(QAbstractItemView::SelectRows);
  table_->setSelectionMode(QAbstractItemView::ExtendedSelection);
  table_->setEditTriggers(QAbstractItemView::NoEditTriggers);
  table_->setAlternatingRowColors(true);
  table_->setShowGrid(false);
  table_->setWordWrap(false);
  table_->setTabKeyNavigation(false);
  table_->setFrameShape(QFrame::NoFrame);
  table_->verticalHeader()->hide();
  table_->verticalHeader()->setDefaultSectionSize(5 * kGrid);
  QHeaderView* header = table_->horizontalHeader();
  header->setHighlightSections(false);
  header->setSectionResizeMode(QHeaderView::Interactive);
  header->setMinimumSectionSize(4 * kGrid);
  const int widths[] = {6, 22, 18, 32, 11, 11};  // grid units; the last column takes the rest
  for (int i = 0; i < JobModel::kColumns - 1; ++i) header->resizeSection(i, widths[i] * kGrid);
  header->setStretchLastSection(true);
  split_->addWidget(table_);
  split_->addWidget(details_);
  split_->setStretchFactor(0, 3);
  split_->setStretchFactor(1, 2);
  split_->setChildrenCollapsible(false);
  stack_->addWidget(split_);
  stack_->addWidget(empty_);
  connect(table_->selectionModel(), &QItemSelectionModel::selectionChanged, this, &JobsPage::showChosen);
  connect(empty_, &EmptyState::actionChosen, this, [this] {
    if (model_.total() == 0) {
      Q_EMIT context_.hub->pageRequested("annotate");
    } else {
      filter_->setCurrentIndex(0);
    }
  });
}

void JobsPage::buildKeys() {
  for (const Qt::Key key : {Qt::Key_Return, Qt::Key_Enter}) {
    auto* shortcut = new QShortcut(key, table_);
    shortcut->setContext(Qt::WidgetShortcut);
    connect(shortcut, &QShortcut::activated, show_, &QPushButton::click);
  }
}

QList<std::int64_t> JobsPage::chosenJobs() const {
  QList<std::int64_t> jobs;
  for (const QModelIndex& row : table_->selectionModel()->selectedRows()) {
    if (const JobItem* item = model_.item(row)) jobs << item->row.id;
  }
  return jobs;
}

template <class May, class Do>
void JobsPage::forChosen(May may, Do act) {
  for (const std::int64_t id : chosenJobs()) {
    const JobItem* item = model_.find(id);
    if (item && may(item->row)) (actions_.*act)(id);
  }
}

void JobsPage::stopChosen(JobStop how) {
  QList<const JobItem*> jobs;
  for (const std::int64_t id : chosenJobs()) {
    if (const JobItem* item = model_.find(id)) jobs << item;
  }
  stopJobs(this, actions_, how, jobs);
}

void JobsPage::afterReload() {
  QItemSelection selection;
  const QList<std::int64_t> wanted = chosen_.isEmpty() ? chosenJobs() : std::exchange(chosen_, {});
  for (const std::int64_t id : wanted) {
    const QModelIndex index = model_.indexOf(id);
    if (index.isValid()) selection.select(index, index.siblingAtColumn(JobModel::kColumns - 1));
  }
  if (selection.isEmpty() && model_.rowCount() > 0) {
    table_->setCurrentIndex(model_.index(0, JobModel::kNumber));
  } else {
    table_->selectionModel()->select(selection, QItemSelectionModel::ClearAndSelect);
  }
  const int shown = model_.rowCount();
  count_->setText(shown == model_.total() ? tr("Jobs: %1").arg(shown)
                                          : tr("%1 of %2").arg(shown).arg(model_.total()));
  if (model_.total() == 0) {
    empty_->setContent(
        tr("No jobs yet"),
        tr("Long work, such as drawing pictures, training or exporting, is listed here and can "
           "be paused, stopped and resumed."),
        tr("Go to Annotate"));
  } else {
    empty_->setContent(tr("No such job"),
                       tr("None of the project's %1 jobs is in this state.").arg(model_.total()),
                       tr("Show all"));
  }
  stack_->setCurrentWidget(shown > 0 ? static_cast<QWidget*>(split_) : empty_);
  showChosen();
}

void JobsPage::afterProgress(qint64 job) {
  if (job == details_->shown()) refreshButtons();
}

void JobsPage::showChosen() {
  const QList<std::int64_t> jobs = chosenJobs();
  details_->showJob(jobs.size() == 1 ? model_.find(jobs.first()) : nullptr);
  refreshButtons();
}

void JobsPage::refreshButtons() {
  bool pause = false, resume = false, retry = false, cancel = false, finish = false;
  for (const std::int64_t id : chosenJobs()) {
    const JobItem* item = model_.find(id);
    if (!item) continue;
    pause |= JobActions::mayPause(item->row);
    resume |= JobActions::mayResume(item->row);
    retry |= JobActions::mayRetry(item->row);
    cancel |= JobActions::mayCancel(item->row);
    finish |= JobActions::mayFinish(item->row, item->atHost);
  }
  pause_->setEnabled(pause);
  resume_->setEnabled(resume);
  retry_->setEnabled(retry);
  cancel_->setEnabled(cancel);
  finish_->setEnabled(finish);
  show_->setEnabled(model_.rowCount() > 0);
}

}  // namespace

void register_jobs(Registry& registry) {
  PageType type;
  type.descriptor = {"jobs", QT_TRANSLATE_NOOP("page", "Jobs"),
                     "Long work: what runs, how far, how long; pause, resume, stop, try again.", "none"};
  type.icon = "jobs";
  type.order = 8;
  type.create = [](StudioContext& context, QWidget* parent) { return new JobsPage(context, parent); };
  registry.add(std::move(type));
}

}  // namespace plumbline::page

#include "jobs.moc"
