#include "ui/widgets/reward_training_panel.h"

#include <QLabel>
#include <QProgressBar>
#include <QPushButton>
#include <QScrollArea>
#include <QVBoxLayout>

#include "ui/models/reward_overview.h"
#include "ui/theme.h"
#include "ui/widgets/job_chip.h"
#include "ui/widgets/schema_form.h"

namespace plumbline {
namespace {

constexpr int kPanelWidth = 42 * kGrid;

QLabel* quietLabel(const char* name) {
  auto* label = new QLabel;
  label->setObjectName(name);
  label->setProperty("role", "quiet");
  label->setWordWrap(true);
  return label;
}

QLabel* sectionLabel(const QString& text) {
  auto* label = new QLabel(text);
  label->setProperty("role", "section");
  return label;
}

}  // namespace

RewardTrainingPanel::RewardTrainingPanel(QWidget* parent)
    : QWidget(parent),
      counts_(new QLabel),
      since_(quietLabel("sinceNewest")),
      outcome_(quietLabel("trainingOutcome")),
      settingsNote_(quietLabel("settingsNote")),
      phase_(quietLabel("trainingPhase")),
      train_(new QPushButton(tr("Train the reward"))),
      resume_(new QPushButton(tr("Go on with it"))),
      annotate_(new QPushButton(tr("Answer more"))),
      formPlace_(new QVBoxLayout) {
  setFixedWidth(kPanelWidth);
  auto* scrolled = new QWidget;
  auto* inside = new QVBoxLayout(scrolled);
  inside->setContentsMargins(0, 0, kGrid * 3 / 2, 0);
  inside->setSpacing(kGrid);
  inside->addWidget(buildData());
  inside->addSpacing(kGrid);
  inside->addWidget(sectionLabel(tr("Settings")));
  inside->addWidget(settingsNote_);
  formPlace_->setContentsMargins(0, 0, 0, 0);
  inside->addLayout(formPlace_);
  inside->addStretch(1);
  auto* area = new QScrollArea;
  area->setWidget(scrolled);
  area->setWidgetResizable(true);
  area->setFrameShape(QFrame::NoFrame);
  area->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
  train_->setObjectName("trainReward");
  train_->setProperty("role", "primary");
  resume_->setObjectName("resumeReward");
  running_ = buildRunning();
  auto* layout = new QVBoxLayout(this);
  layout->setContentsMargins(0, 0, 0, 0);
  layout->setSpacing(kGrid);
  layout->addWidget(area, 1);
  layout->addWidget(outcome_);
  layout->addWidget(resume_);
  layout->addWidget(running_);
  layout->addWidget(train_);
  connect(train_, &QPushButton::clicked, this,
          [this] { Q_EMIT trainChosen(form_ ? form_->values() : nlohmann::json::object()); });
  connect(cancel_, &QPushButton::clicked, this, &RewardTrainingPanel::cancelChosen);
  connect(resume_, &QPushButton::clicked, this, &RewardTrainingPanel::resumeChosen);
  connect(annotate_, &QPushButton::clicked, this, &RewardTrainingPanel::annotateChosen);
  running_->hide();
  resume_->hide();
  outcome_->hide();
  setSchema(nullptr);
}

QWidget* RewardTrainingPanel::buildData() {
  auto* part = new QWidget;
  counts_->setObjectName("answerCounts");
  counts_->setTextFormat(Qt::RichText);
  annotate_->setObjectName("answerMore");
  auto* layout = new QVBoxLayout(part);
  layout->setContentsMargins(0, 0, 0, 0);
  layout->setSpacing(kGrid);
  layout->addWidget(sectionLabel(tr("What it learns from")));
  layout->addWidget(counts_);
  layout->addWidget(since_);
  layout->addWidget(annotate_, 0, Qt::AlignLeft);
  return part;
}

QWidget* RewardTrainingPanel::buildRunning() {
  auto* running = new QWidget;
  bar_ = new QProgressBar;
  bar_->setTextVisible(false);
  bar_->setFixedHeight(kGrid);
  cancel_ = new QPushButton(tr("Cancel"));
  cancel_->setObjectName("cancelReward");
  auto* layout = new QVBoxLayout(running);
  layout->setContentsMargins(0, 0, 0, 0);
  layout->setSpacing(kGrid);
  layout->addWidget(phase_);
  layout->addWidget(bar_);
  layout->addWidget(cancel_);
  return running;
}

void RewardTrainingPanel::setSchema(const nlohmann::json& descriptor) {
  delete form_;
  form_ = nullptr;
  if (descriptor.is_object()) {
    form_ = new SchemaForm(descriptor);
    formPlace_->addWidget(form_);
    connect(form_, &SchemaForm::changed, this, &RewardTrainingPanel::refreshButtons);
  }
  settingsNote_->setText(
      tr("The settings are not known without the device host; training uses the defaults."));
  settingsNote_->setVisible(!form_);
  refreshButtons();
}

void RewardTrainingPanel::setFacts(const RewardFacts& facts) {
  const bool began = facts.training() && !training_;
  training_ = facts.training();
  enough_ = facts.usable() >= RewardOverview::kFewestAnswers;
  showData(facts);
  showOutcome(facts);
  running_->setVisible(training_);
  train_->setVisible(!training_);
  if (training_ && (began || facts.job->state != JobState::kRunning)) {
    setProgress(QString::fromStdString(facts.job->progress.phase), facts.job->progress.done,
                facts.job->progress.total, -1);
  }
  refreshButtons();
}

void RewardTrainingPanel::showData(const RewardFacts& facts) {
  const auto row = [](const QString& what, std::int64_t count) {
    return QStringLiteral("<tr><td>%1</td><td align=\"right\"><b>&nbsp;&nbsp;%2</b></td></tr>")
        .arg(what)
        .arg(count);
  };
  QString table = row(tr("Comparisons"), facts.pairs) + row(tr("Good or bad"), facts.binaries) +
                  row(tr("Painted masks"), facts.masks);
  if (facts.others > 0) table += row(tr("Other answers"), facts.others);
  if (facts.skipped > 0) table += row(tr("of them skipped"), facts.skipped);
  counts_->setText("<table cellspacing=\"2\">" + table + "</table>");
  QStringList notes;
  if (!facts.models.empty()) {
    notes << (facts.fresh > 0 ? tr("New since the model in use: %1.").arg(facts.fresh)
                              : tr("The model in use knows them all."));
  }
  if (!enough_) {
    notes << tr("At least %1 are needed, %2 more.")
                 .arg(RewardOverview::kFewestAnswers)
                 .arg(RewardOverview::kFewestAnswers - facts.usable());
  }
  if (facts.heldOut > 0) notes << tr("What was said about held-out prompts is left out.");
  since_->setText(notes.join(' '));
  since_->setVisible(!notes.isEmpty());
}

void RewardTrainingPanel::showOutcome(const RewardFacts& facts) {
  QString text;
  bool canGoOn = false;
  if (facts.job && !facts.training()) {
    const QString why = QString::fromStdString(facts.job->error);
    canGoOn = facts.job->state == JobState::kInterrupted || facts.job->state == JobState::kPaused;
    if (facts.job->state == JobState::kFailed) text = tr("The last training failed: %1").arg(why);
    if (facts.job->state == JobState::kCancelled) text = tr("The last training was cancelled.");
    if (facts.job->state == JobState::kInterrupted) text = tr("The last training was interrupted.");
    if (facts.job->state == JobState::kPaused) text = tr("The last training is paused.");
  }
  outcome_->setText(text);
  outcome_->setVisible(!text.isEmpty());
  resume_->setVisible(canGoOn);
}

void RewardTrainingPanel::setProgress(const QString& phase, qint64 done, qint64 total, int secondsLeft) {
  QString what = phase;
  if (phase.isEmpty()) what = tr("Waiting for the device");
  if (phase == "features") what = tr("Looking at the pictures");
  if (phase == "region map") what = tr("Learning where faults are");
  if (phase == "reward heads") what = tr("Learning what is preferred");
  if (total > 0) what = tr("%1: %2 of %3").arg(what).arg(done).arg(total);
  const QString left = durationText(secondsLeft);
  phase_->setText(left.isEmpty() ? what : tr("%1, %2 left").arg(what, left));
  bar_->setRange(0, total > 0 ? 1000 : 0);
  if (total > 0) bar_->setValue(int(1000 * done / total));
}

void RewardTrainingPanel::refreshButtons() {
  const bool valid = !form_ || form_->isValid();
  train_->setEnabled(!training_ && enough_ && valid);
  train_->setToolTip(!enough_ ? tr("There are not enough answers yet.")
                     : !valid ? tr("One of the settings is out of range.")
                              : QString());
}

}  // namespace plumbline
