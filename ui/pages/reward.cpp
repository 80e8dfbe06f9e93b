// Trains the reward from the answers and says how far it can be trusted: what it learns from, its settings,
// progress; figures, curve and calibration of every trained model. A training is a job row; what is shown
// comes from rows, and the host's events only fill the time between two readings.
#include <QHBoxLayout>
#include <QStackedWidget>
#include <QTimer>
#include <QVBoxLayout>

#include "ui/data_hub.h"
#include "ui/jobs/host_client.h"
#include "ui/jobs/variant_catalog.h"
#include "ui/models/reward_overview.h"
#include "ui/pages/page.h"
#include "ui/theme.h"
#include "ui/widgets/empty_state.h"
#include "ui/widgets/reward_results.h"
#include "ui/widgets/reward_training_panel.h"

namespace plumbline::page {
namespace {

constexpr int kSettleMs = 250;  // several changes in a row make one reading

class RewardPage : public Page {
  Q_OBJECT

 public:
  RewardPage(StudioContext& context, QWidget* parent)
      : Page(parent),
        context_(context),
        overview_(context),
        catalog_(context.host ? context.host->program() : QString()),
        stack_(new QStackedWidget),
        blank_(new QWidget),
        empty_(new EmptyState("reward")),
        panel_(new RewardTrainingPanel),
        results_(new RewardResults),
        untrained_(new EmptyState("reward")),
        right_(new QStackedWidget) {
    buildLayout();
    connectAll();
  }

  void activate() override {
    if (!catalog_.isReady()) catalog_.load();
    overview_.refresh();
  }

 private:
  void buildLayout() {
    empty_->setObjectName("rewardEmpty");
    untrained_->setContent(tr("No reward model yet"),
                           tr("A reward learns from your answers what is preferred and where faults are. It "
                              "then chooses what to ask next, and the generator is tuned with it. Training "
                              "takes about a minute."));
    right_->addWidget(untrained_);
    right_->addWidget(results_);
    auto* working = new QWidget;
    auto* columns = new QHBoxLayout(working);
    columns->setContentsMargins(2 * kGrid, 2 * kGrid, 2 * kGrid, 2 * kGrid);
    columns->setSpacing(3 * kGrid);
    columns->addWidget(panel_);
    columns->addWidget(right_, 1);
    for (QWidget* part : {blank_, static_cast<QWidget*>(empty_), working}) stack_->addWidget(part);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(stack_);
    settle_.setSingleShot(true);
    settle_.setInterval(kSettleMs);
  }

  void connectAll() {
    const auto toAnnotate = [this] { Q_EMIT context_.hub->pageRequested("annotate"); };
    connect(&overview_, &RewardOverview::changed, this, &RewardPage::showFacts);
    connect(&catalog_, &VariantCatalog::ready, this,
            [this] { panel_->setSchema(catalog_.variant("job_kind", "reward_train")); });
    connect(empty_, &EmptyState::actionChosen, this, toAnnotate);
    connect(panel_, &RewardTrainingPanel::annotateChosen, this, toAnnotate);
    connect(panel_, &RewardTrainingPanel::trainChosen, &overview_, &RewardOverview::train);
    connect(panel_, &RewardTrainingPanel::cancelChosen, &overview_, &RewardOverview::cancel);
    connect(panel_, &RewardTrainingPanel::resumeChosen, &overview_, &RewardOverview::resume);
    connect(&settle_, &QTimer::timeout, &overview_, &RewardOverview::refresh);
    const auto readSoon = [this] {
      if (isVisible() && !settle_.isActive()) settle_.start();
    };
    for (auto signal : {&DataHub::answersChanged, &DataHub::jobsChanged, &DataHub::rewardChanged}) {
      connect(context_.hub, signal, this, readSoon);
    }
    if (context_.host) connectHost(*context_.host);
  }

  void connectHost(HostClient& host) {
    connect(&host, &HostClient::progress, this,
            [this](qint64 job, const QString& phase, qint64 done, qint64 total, int secondsLeft) {
              if (isOurs(job)) panel_->setProgress(phase, done, total, secondsLeft);
            });
    connect(&host, &HostClient::metric, this,
            [this](qint64 job, const QString& name, qint64 step, double value) {
              if (isOurs(job)) results_->addLivePoint(name, double(step), value);
            });
  }

  bool isOurs(qint64 job) const {
    const RewardFacts& facts = overview_.facts();
    return facts.training() && facts.job->id == job;
  }

  void showFacts() {
    const RewardFacts& facts = overview_.facts();
    const std::int64_t missing = RewardOverview::kFewestAnswers - facts.usable();
    const bool nothing = facts.models.empty() && !facts.training() && missing > 0;
    if (nothing) {
      empty_->setContent(tr("A reward needs %1 more answers").arg(missing),
                         tr("It learns from your answers what is preferred and where faults are. There are "
                            "%1 of at least %2; better still are a few hundred.")
                             .arg(facts.usable())
                             .arg(RewardOverview::kFewestAnswers),
                         tr("Answer questions"));
      stack_->setCurrentWidget(empty_);
      return;
    }
    panel_->setFacts(facts);
    results_->setFacts(facts);
    const bool anything = !facts.models.empty() || facts.training();
    right_->setCurrentWidget(anything ? static_cast<QWidget*>(results_) : untrained_);
    stack_->setCurrentIndex(2);
  }

  StudioContext& context_;
  RewardOverview overview_;
  VariantCatalog catalog_;
  QStackedWidget* stack_;
  QWidget* blank_;
  EmptyState* empty_;
  RewardTrainingPanel* panel_;
  RewardResults* results_;
  EmptyState* untrained_;
  QStackedWidget* right_;
  QTimer settle_;
};

}  // namespace

void register_reward(Registry& registry) {
  PageType type;
  type.descriptor = {"reward", QT_TRANSLATE_NOOP("page", "Reward"),
                     "Trains what people prefer from their answers, and says how far it can be trusted.",
                     "none"};
  type.icon = "reward";
  type.order = 4;
  type.create = [](StudioContext& context, QWidget* parent) { return new RewardPage(context, parent); };
  registry.add(std::move(type));
}

}  // namespace plumbline::page

#include "reward.moc"
