#include "ui/widgets/run_view.h"

#include <QCheckBox>
#include <QComboBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QLocale>
#include <QProgressBar>
#include <QPushButton>
#include <QSignalBlocker>
#include <QSlider>
#include <QVBoxLayout>
#include <algorithm>
#include <utility>

#include "ui/jobs/job_actions.h"
#include "ui/models/job_text.h"
#include "ui/theme.h"
#include "ui/widgets/combo_items.h"
#include "ui/widgets/metric_chart.h"
#include "ui/widgets/sample_grid.h"

namespace plumbline {
namespace {

constexpr const char* kRewardCurves[] = {"strip_reward", "strip_reward_held_out"};

struct Words {
  const char* id;
  const char* text;
};

constexpr Words kMetrics[] = {
    {"strip_reward", QT_TRANSLATE_NOOP("plumbline::RunView", "trained reward")},
    {"strip_reward_held_out", QT_TRANSLATE_NOOP("plumbline::RunView", "held-out reward")},
    {"distance_to_reference", QT_TRANSLATE_NOOP("plumbline::RunView", "Distance to the base (of 255)")},
    {"diversity", QT_TRANSLATE_NOOP("plumbline::RunView", "Diversity")},
    {"loss", QT_TRANSLATE_NOOP("plumbline::RunView", "Loss")},
    {"reward", QT_TRANSLATE_NOOP("plumbline::RunView", "Reward of the training pictures")},
    {"region_loss", QT_TRANSLATE_NOOP("plumbline::RunView", "Region loss")},
    {"region_remaining", QT_TRANSLATE_NOOP("plumbline::RunView", "Wrong regions that remain")},
    {"penalty", QT_TRANSLATE_NOOP("plumbline::RunView", "Penalty for changes outside")},
    {"outside_change", QT_TRANSLATE_NOOP("plumbline::RunView", "Change outside the masks (of 255)")},
    {"inside_change", QT_TRANSLATE_NOOP("plumbline::RunView", "Change inside the masks (of 255)")},
    {"gradient_norm", QT_TRANSLATE_NOOP("plumbline::RunView", "Gradient norm")},
};

QString metricTitle(const QString& id) {
  for (const Words& metric : kMetrics) {
    if (id == QLatin1String(metric.id)) return RunView::tr(metric.text);
  }
  return id;  // of a newer worker
}

bool isRewardCurve(const QString& id) {
  return std::any_of(std::begin(kRewardCurves), std::end(kRewardCurves),
                     [&id](const char* name) { return id == QLatin1String(name); });
}

QLabel* section(const QString& words) {
  auto* label = new QLabel(words);
  label->setProperty("role", "section");
  return label;
}

}  // namespace

RunView::RunView(QWidget* parent)
    : QWidget(parent),
      title_(new QLabel),
      state_(new QLabel),
      stepText_(new QLabel),
      changeText_(new QLabel),
      bar_(new QProgressBar),
      reward_(new MetricChart({})),
      other_(new MetricChart({})),
      metric_(new QComboBox),
      source_(new QComboBox),
      step_(new QSlider(Qt::Horizontal)),
      masks_(new QCheckBox(tr("Masks"))),
      grid_(new SampleGrid) {
  auto* layout = new QVBoxLayout(this);
  layout->setContentsMargins(0, 0, 0, 0);
  layout->setSpacing(kGrid);
  layout->addWidget(buildHead());
  layout->addWidget(buildCharts(), 2);
  layout->addWidget(buildSampleBar());
  layout->addWidget(grid_, 3);
}

QPushButton* RunView::addButton(QHBoxLayout* layout, const char* name, const QString& text,
                                const QString& tip, void (RunView::*signal)()) {
  auto* button = new QPushButton(text);
  button->setObjectName(name);
  button->setToolTip(tip);
  button->hide();  // all of them at once would make the window wider
  layout->addWidget(button);
  connect(button, &QPushButton::clicked, this, signal);
  return button;
}

QWidget* RunView::buildHead() {
  auto* head = new QWidget;
  auto* layout = new QVBoxLayout(head);
  layout->setContentsMargins(0, 0, 0, 0);
  layout->setSpacing(kGrid / 2);
  auto* top = new QHBoxLayout;
  top->setSpacing(kGrid);
  title_->setProperty("role", "section");
  title_->setWordWrap(true);
  top->addWidget(title_, 1);
  resume_ =
      addButton(top, "resumeRun", tr("Resume"), tr("Go on from the last checkpoint"), &RunView::resumeChosen);
  pause_ = addButton(top, "pauseRun", tr("Pause"), tr("Save a checkpoint and give the device back"),
                     &RunView::pauseChosen);
  finish_ = addButton(top, "finishRun", tr("Stop and save"),
                      tr("End after this step and keep what was learned"), &RunView::finishChosen);
  cancel_ = addButton(top, "cancelRun", tr("Cancel"), tr("Stop within one step"), &RunView::cancelChosen);
  evaluate_ = addButton(top, "evaluateRun", tr("Evaluate"), {}, &RunView::evaluateChosen);
  setEvaluationProblem({});
  export_ = addButton(top, "exportRun", tr("Export LoRA..."), tr("Write the adapter for other tools"),
                      &RunView::exportChosen);
  layout->addLayout(top);
  state_->setObjectName("runState");
  state_->setWordWrap(true);
  bar_->setTextVisible(false);
  bar_->setFixedHeight(kGrid / 2 + 2);
  auto* below = new QHBoxLayout;
  below->setSpacing(kGrid);
  below->addWidget(state_, 1);
  settings_ =
      addButton(below, "useSettings", tr("Use its settings"),
                tr("Fill the form on the right with the settings of this run"), &RunView::settingsChosen);
  layout->addLayout(below);
  layout->addWidget(bar_);
  return head;
}

QWidget* RunView::buildCharts() {
  auto* charts = new QWidget;
  auto* layout = new QHBoxLayout(charts);
  layout->setContentsMargins(0, 0, 0, 0);
  layout->setSpacing(2 * kGrid);
  metric_->setObjectName("metric");
  metric_->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
  QLabel* rewardTitle = section(tr("Reward"));
  rewardTitle->setFixedHeight(metric_->sizeHint().height());
  const auto add = [layout](QWidget* title, MetricChart* chart) {
    auto* column = new QVBoxLayout;
    column->setSpacing(kGrid / 2);
    column->addWidget(title);
    column->addWidget(chart, 1);
    layout->addLayout(column, 1);
  };
  add(rewardTitle, reward_);
  add(metric_, other_);
  reward_->setObjectName("rewardChart");
  other_->setObjectName("otherChart");
  connect(metric_, &QComboBox::currentIndexChanged, this, &RunView::showOtherCurve);
  return charts;
}

QWidget* RunView::buildSampleBar() {
  auto* bar = new QWidget;
  auto* layout = new QHBoxLayout(bar);
  layout->setContentsMargins(0, 0, 0, 0);
  layout->setSpacing(kGrid);
  source_->setObjectName("samples");
  step_->setObjectName("step");
  step_->setMinimumWidth(12 * kGrid);
  stepText_->setMinimumWidth(9 * kGrid);
  masks_->setObjectName("masks");
  masks_->setChecked(true);
  masks_->setEnabled(false);
  changeText_->setProperty("role", "quiet");
  layout->addWidget(source_);
  layout->addWidget(step_, 1);
  layout->addWidget(stepText_);
  layout->addWidget(changeText_);
  layout->addWidget(masks_);
  connect(masks_, &QCheckBox::toggled, grid_, &SampleGrid::setMasksShown);
  connect(source_, &QComboBox::currentIndexChanged, this, [this] {
    showStepText();
    Q_EMIT samplesWanted(wantedStep());
  });
  connect(step_, &QSlider::valueChanged, this, [this](int value) {
    followNewest_ = value == step_->maximum();
    showStepText();
    Q_EMIT samplesWanted(wantedStep());
  });
  return bar;
}

void RunView::showEntry(const AlignEntry& entry, const QString& methodTitle, const JobItem* item) {
  const bool other = entry.jobId() != job_ || entry.runId() != run_;
  job_ = entry.jobId();
  run_ = entry.runId();
  entry_ = entry;
  title_->setText(run_ > 0 ? tr("Run %1: %2").arg(run_).arg(methodTitle) : methodTitle);
  if (other) {
    reward_->clear();
    other_->clear();
    followNewest_ = true;
    setDetail({});
    setSamples({wantedStep(), {}, {}});
  }
  showState(entry, item);
}

void RunView::showState(const AlignEntry& entry, const JobItem* item) {
  JobRow row = item ? item->row : entry.job.value_or(JobRow{});
  if (!item && !entry.job) row.state = entry.run->state;
  const bool hasJob = item || entry.job;
  QStringList words{job_text::state(row)};
  const QString progress = item ? item->progressText() : QString();
  if (!progress.isEmpty()) words << progress;
  const QString outcome = hasJob ? job_text::outcome(row) : QString();
  if (!outcome.isEmpty()) words << outcome;
  state_->setText(words.join(QStringLiteral("  \u00b7  ")));
  const bool live = row.state == JobState::kRunning;
  const double fraction = item ? item->fraction() : -1;
  bar_->setVisible(live);
  bar_->setRange(0, fraction < 0 ? 0 : 1000);
  if (fraction >= 0) bar_->setValue(int(fraction * 1000));
  resume_->setText(JobActions::mayRetry(row) ? tr("Try again") : tr("Resume"));
  finish_->setEnabled(item && JobActions::mayFinish(row, item->atHost));
  const bool done = run_ > 0 && row.state == JobState::kSucceeded;
  const std::pair<QPushButton*, bool> buttons[] = {
      {resume_, hasJob && (JobActions::mayResume(row) || JobActions::mayRetry(row))},
      {pause_, hasJob && JobActions::mayPause(row)},
      {finish_, live},
      {cancel_, hasJob && JobActions::mayCancel(row)},
      {evaluate_, done},
      {export_, done},
      {settings_, !entry.settings().empty()}};
  // Hidden first: with all of them there for a moment, the window would grow and stay so.
  for (const bool shown : {false, true}) {
    for (const auto& [button, wanted] : buttons) {
      if (wanted == shown) button->setVisible(shown);
    }
  }
  grid_->setNothingText(jobStateIsFinal(row.state)
                            ? tr("This run has left no pictures.")
                            : tr("Pictures at fixed seeds appear here while the run goes on."));
}

void RunView::showProgress(const JobItem* item) {
  if (entry_.job || entry_.run) showState(entry_, item);
}

void RunView::setEvaluationProblem(const QString& reason) {
  evaluate_->setEnabled(reason.isEmpty());
  evaluate_->setToolTip(
      reason.isEmpty() ? tr("Draw held-out prompts with the base and with this run, and compare") : reason);
}

void RunView::setDetail(const RunDetail& detail) {
  detail_ = detail;
  for (const char* name : kRewardCurves) {
    const Curve curve = detail.curves.value(name);
    if (!curve.steps.isEmpty()) reward_->setSeries(metricTitle(name), curve.steps, curve.values);
  }
  const QString distance = "distance_to_reference";
  ComboItems metrics;
  for (const QString& name : detail.curves.keys()) {
    if (!isRewardCurve(name)) metrics << qMakePair(metricTitle(name), name);
  }
  if (metrics.isEmpty()) metrics << qMakePair(metricTitle(distance), distance);
  setComboItems(*metric_, metrics, distance);
  showOtherCurve();
  ComboItems sources{{tr("Training prompts"), 0}};
  if (detail.hasJudged) sources << qMakePair(tr("Held-out prompts"), kJudged);
  setComboItems(*source_, sources);
  {
    const QSignalBlocker quiet(step_);
    const int last = std::max(0, int(detail.strips.size()) - 1);
    const int value = followNewest_ ? last : std::min(step_->value(), last);
    step_->setRange(0, last);
    step_->setValue(value);
  }
  showStepText();
}

void RunView::showOtherCurve() {
  const QString name = metric_->currentData().toString();
  other_->clear();
  const Curve curve = detail_.curves.value(name);
  if (!curve.steps.isEmpty()) other_->setSeries(metricTitle(name), curve.steps, curve.values);
}

void RunView::showStepText() {
  const int wanted = wantedStep();
  step_->setEnabled(wanted != kJudged && detail_.strips.size() > 1);
  stepText_->setText(wanted == kJudged          ? tr("evaluated")
                     : detail_.strips.isEmpty() ? QString()
                                                : tr("step %1").arg(wanted));
}

int RunView::wantedStep() const {
  if (source_->currentData().toInt() == kJudged) return kJudged;
  return detail_.strips.value(step_->value(), 0);
}

void RunView::setSamples(SampleSet samples) {
  if (samples.step != wantedStep()) return;  // another step was chosen meanwhile
  samplesStamp_ = samples.stamp;
  grid_->setSamples(std::move(samples.pairs));
  masks_->setEnabled(grid_->hasMasks());
  if (grid_->count() == 0) return changeText_->clear();
  const QString amount = QLocale().toString(grid_->change(), 'f', 1);
  changeText_->setText(grid_->hasMasks() ? tr("outside: %1 of 255").arg(amount)
                                         : tr("change: %1 of 255").arg(amount));
}

void RunView::addLivePoint(const QString& metric, double step, double value) {
  Curve& curve = detail_.curves[metric];
  curve.steps << step;
  curve.values << value;
  if (isRewardCurve(metric)) {
    reward_->addPoint(metricTitle(metric), step, value);
  } else if (metric == metric_->currentData().toString()) {
    other_->addPoint(metricTitle(metric), step, value);
  }
}

}  // namespace plumbline
