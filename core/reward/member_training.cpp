#include "core/reward/member_training.h"

#include <algorithm>
#include <cmath>
#include <memory>
#include <optional>

#include "core/tensor/noise.h"

namespace plumbline::reward {
namespace {

constexpr int64_t kHidden = 12;
constexpr double kMomentum = 0.9;
constexpr int kPatience = 40;  // epochs without a better held-out likelihood
// Standard deviations in the first fit, around where things start: of the logarithm of how much a part
// counts, and of the heads' own numbers, which nothing else holds where all answers are alike.
constexpr double kPartWidth = 1, kHeadWidth = 1;

struct Targets {
  reward_head::ComparisonTargets comparisons;
  reward_head::LevelTargets levels;
  int64_t size() const { return comparisons.winner.numel() + levels.picture.numel(); }
};

class Member {
 public:
  Member(const at::Tensor& features, const ObservationTable& table, const std::string& criterion,
         const PriorTerm& prior, const RewardConfig& config, int number)
      : features_(features), prior_(prior), config_(config) {
    const auto weights = bootstrapWeights(table, criterion, number);
    const bool pairs = criterion == "overall";
    training_ = {pairs ? comparisonTargets(table, number, false, weights) : comparisonTargets({}, -1, false),
                 levelTargets(table, criterion, number, false, weights)};
    heldOut_ = {pairs ? comparisonTargets(table, number, true) : comparisonTargets({}, -1, false),
                levelTargets(table, criterion, number, true)};
    if (training_.size() == 0) std::swap(training_, heldOut_);
    start(number);
    reward_head::Registry heads("reward head");
    reward_head::registerAll(heads);
    const Json noise{{"noise", config.answerNoise}};
    comparison_ =
        heads.get("comparison").create(heads.get("comparison").descriptor.parameters.complete(noise));
    level_ = heads.get("level").create(heads.get("level").descriptor.parameters.complete(noise));
  }

  std::vector<at::Tensor> parameters() const {
    std::vector<at::Tensor> all{offset_, inner_, innerBias_, outer_};
    for (const auto& p : headParameters()) all.push_back(p);
    return all;
  }

  // Leaves the weights, and what they are held at, where each part counts as much as the answers say. None
  // changes its sign: few answers do not make a danger good.
  void weighParts() {
    const auto counts = at::zeros({prior_.parts}).requires_grad_(true);  // logarithms
    const auto weights = [&] { return prior_.mean * counts.exp().index_select(0, prior_.part); };
    const auto free = freePart().detach();
    std::vector<at::Tensor> fitted{counts}, starts;
    for (const auto& p : headParameters()) {
      fitted.push_back(p);
      starts.push_back(p.detach().clone());
    }
    torch::optim::LBFGS optimizer(fitted,
                                  torch::optim::LBFGSOptions(1).max_iter(60).line_search_fn("strong_wolfe"));
    optimizer.step([&] {
      optimizer.zero_grad();
      auto held = (counts / kPartWidth).square().sum();
      for (std::size_t i = 0; i < starts.size(); ++i)
        held = held + ((fitted[i + 1] - starts[i]) / kHeadWidth).square().sum();
      const auto scores = at::matmul(features_, weights()) + free;
      const auto loss = likelihoodLoss(training_, scores) + 0.5 * held / trainingSize();
      loss.backward();
      return loss;
    });
    torch::NoGradGuard noGrad;
    prior_.mean = weights();
  }

  at::Tensor trainingLoss() { return likelihoodLoss(training_, scores()) + penalty() / trainingSize(); }
  double heldOutLoss() {
    torch::NoGradGuard noGrad;
    return likelihoodLoss(heldOut_, scores()).item<double>();
  }
  bool hasHeldOut() const { return heldOut_.size() > 0; }
  int64_t heldOutSize() const { return heldOut_.size(); }

  std::vector<HeldOutAnswer> heldOutComparisons() const {
    torch::NoGradGuard noGrad;
    const auto s = scores();
    const auto d =
        s.index_select(0, heldOut_.comparisons.winner) - s.index_select(0, heldOut_.comparisons.loser);
    std::vector<HeldOutAnswer> answers;
    for (int64_t i = 0; i < d.size(0); ++i) {
      answers.push_back({d[i].item<double>(), heldOut_.comparisons.tie[i].item<double>() > 0.5});
    }
    return answers;
  }
  std::vector<double> heldOutMargins() const {
    torch::NoGradGuard noGrad;
    const auto s = scores().index_select(0, heldOut_.levels.picture) - bar();
    std::vector<double> margins;
    for (int64_t i = 0; i < s.size(0); ++i) {
      margins.push_back(s[i].item<double>() * (heldOut_.levels.value[i].item<double>() > 0.5 ? 1 : -1));
    }
    return margins;
  }

  at::Tensor weight() const { return prior_.mean + prior_.width * offset_; }
  at::Tensor inner() const { return inner_; }
  at::Tensor innerBias() const { return innerBias_; }
  at::Tensor outer() const { return outer_; }
  at::Tensor tie() const { return comparison_->named_parameters()["log_tie"].exp(); }
  at::Tensor bar() const { return level_->named_parameters()["bar"]; }
  at::Tensor slope() const { return level_->named_parameters()["log_slope"].exp(); }

 private:
  // Exponential weights of mean 1: a smooth bootstrap that loses no answer altogether.
  std::vector<double> bootstrapWeights(const ObservationTable& table, const std::string& criterion,
                                       int number) const {
    const auto levels = table.levels.find(criterion);
    const auto count = table.comparisons.size() + (levels == table.levels.end() ? 0 : levels->second.size());
    NoiseStream random(std::uint64_t(config_.seed), std::uint64_t(number), 0, NoisePurpose::kBootstrap);
    std::vector<double> weights;
    for (std::size_t i = 0; i < count; ++i) weights.push_back(-std::log(1 - random.uniform()));
    return weights;
  }

  void start(int number) {
    const auto f = features_.size(1);
    const auto draw = [&](std::uint64_t which, at::IntArrayRef shape) {
      return noiseFor(std::uint64_t(config_.seed), std::uint64_t(number), which, NoisePurpose::kWeightInit,
                      shape);
    };
    offset_ = at::zeros({f}).requires_grad_(true);
    inner_ = (draw(1, {kHidden, f}) / std::sqrt(double(f))).detach().requires_grad_(true);
    innerBias_ = (0.3 * draw(2, {kHidden})).detach().requires_grad_(true);
    outer_ = at::zeros({kHidden}).requires_grad_(config_.residual > 0);
  }

  std::vector<at::Tensor> headParameters() const {
    std::vector<at::Tensor> all;
    for (const auto& head : {comparison_, level_}) {
      for (const auto& p : head->parameters()) all.push_back(p);
    }
    return all;
  }

  double trainingSize() const { return double(std::max<int64_t>(1, training_.size())); }

  at::Tensor freePart() const {
    return at::matmul(at::tanh(at::matmul(features_, inner_.t()) + innerBias_), outer_);
  }
  at::Tensor scores() const { return at::matmul(features_, weight()) + freePart(); }

  // The mean over answers, whatever their kind.
  at::Tensor likelihoodLoss(const Targets& targets, const at::Tensor& scores) {
    reward_head::HeadInput input;
    input.scores = scores;
    input.comparisons = targets.comparisons;
    input.levels = targets.levels;
    const double pairs = double(targets.comparisons.winner.numel()),
                 levels = double(targets.levels.picture.numel());
    return (pairs * comparison_->loss(input) + levels * level_->loss(input)) / std::max(1.0, pairs + levels);
  }

  at::Tensor penalty() const {
    // The free part is held at nothing: few answers should not bend the score.
    const auto free = inner_.square().sum() * 0.5 +
                      (config_.residual > 0 ? outer_.square().sum() / (config_.residual * config_.residual)
                                            : outer_.square().sum());
    return 0.5 * config_.prior * (offset_.square().sum() + free);
  }

  at::Tensor features_;
  PriorTerm prior_;
  const RewardConfig& config_;
  Targets training_, heldOut_;
  at::Tensor offset_;  // of the weights from prior_.mean, in widths
  at::Tensor inner_, innerBias_, outer_;
  std::shared_ptr<reward_head::HeadModule> comparison_, level_;
};

double decidedAccuracy(const std::vector<HeldOutAnswer>& answers) {
  double right = 0, all = 0;
  for (const auto& a : answers) {
    if (a.tie) continue;
    right += a.difference > 0 ? 1 : 0;
    ++all;
  }
  return all > 0 ? right / all : std::nan("");
}

// All members side by side, one step each per epoch, so that they stop together: a fifth of the answers is
// too noisy to stop one member on, all of them together are not. Steps are plain gradients: what the answers
// say nothing of stays where it is, and to stop early is to hold weights firmly. A step of Adam moves all
// alike, and the first moved a hundred features by chance.
class Ensemble {
 public:
  Ensemble(std::vector<Member> members, const RewardConfig& config) : members_(std::move(members)) {
    for (Member& member : members_) {
      std::vector<at::Tensor> trained;
      for (const auto& p : member.parameters()) {
        if (p.requires_grad()) trained.push_back(p);
      }
      optimizers_.push_back(std::make_unique<torch::optim::SGD>(
          trained, torch::optim::SGDOptions(config.learningRate).momentum(kMomentum)));
      trained_.push_back(std::move(trained));
    }
    keep();
  }

  double step() {
    double sum = 0;
    for (std::size_t m = 0; m < members_.size(); ++m) {
      optimizers_[m]->zero_grad();
      const auto loss = members_[m].trainingLoss();
      loss.backward();
      optimizers_[m]->step();
      sum += loss.item<double>();
    }
    return sum / double(members_.size());
  }
  // Per answer; none if nothing was held out.
  std::optional<double> heldOutLoss() {
    double sum = 0, n = 0;
    for (Member& member : members_) {
      if (!member.hasHeldOut()) continue;
      sum += member.heldOutLoss() * double(member.heldOutSize());
      n += double(member.heldOutSize());
    }
    if (n == 0) return std::nullopt;
    return sum / n;
  }
  double heldOutAccuracy() const {
    std::vector<HeldOutAnswer> all;
    for (const Member& member : members_) {
      if (!member.hasHeldOut()) continue;
      for (const auto& a : member.heldOutComparisons()) all.push_back(a);
    }
    return decidedAccuracy(all);
  }
  void keep() {
    kept_.clear();
    for (const auto& list : trained_) {
      for (const auto& p : list) kept_.push_back(p.detach().clone());
    }
  }
  void putBack() {
    torch::NoGradGuard noGrad;
    std::size_t next = 0;
    for (auto& list : trained_) {
      for (auto& p : list) p.copy_(kept_[next++]);
    }
  }
  const std::vector<Member>& members() const { return members_; }

 private:
  std::vector<Member> members_;
  std::vector<std::unique_ptr<torch::optim::SGD>> optimizers_;
  std::vector<std::vector<at::Tensor>> trained_;
  std::vector<at::Tensor> kept_;
};

// Returns the number of epochs that were best for the answers left out.
int fit(Ensemble& ensemble, const RewardConfig& config, Json& curve, ProgressSink& progress,
        const std::stop_token& stop) {
  double best = ensemble.heldOutLoss().value_or(0);
  int bestEpoch = 0;
  for (int epoch = 1; epoch <= config.epochs; ++epoch) {
    throwIfStopped(stop);
    const double loss = ensemble.step();
    Json row{{"epoch", epoch}, {"train_loss", loss}};
    progress.metric("train_loss", epoch, loss);
    if (const double accuracy = ensemble.heldOutAccuracy(); !std::isnan(accuracy)) {
      row["heldout_accuracy"] = accuracy;
      progress.metric("heldout_accuracy", epoch, accuracy);
    }
    const auto heldOut = ensemble.heldOutLoss();
    if (heldOut) row["heldout_loss"] = *heldOut;
    curve.push_back(row);
    if (!heldOut || *heldOut < best) {
      best = heldOut.value_or(0);
      bestEpoch = epoch;
      ensemble.keep();
    } else if (epoch - bestEpoch > kPatience) {
      break;
    }
    if (epoch % 10 == 0) progress.progress("reward heads", epoch, config.epochs);
  }
  ensemble.putBack();
  progress.progress("reward heads", config.epochs, config.epochs);
  return bestEpoch;
}

}  // namespace

EnsembleResult trainMembers(const at::Tensor& features, const ObservationTable& table,
                            const std::string& criterion, const PriorTerm& prior, const RewardConfig& config,
                            ProgressSink& progress, const std::stop_token& stop) {
  EnsembleResult result;
  std::vector<Member> made;
  for (int number = 0; number < config.members; ++number) {
    throwIfStopped(stop);
    made.emplace_back(features, table, criterion, prior, config, number);
    made.back().weighParts();
  }
  Ensemble ensemble(std::move(made), config);
  result.epochs = fit(ensemble, config, result.curve, progress, stop);
  std::vector<at::Tensor> weights, inners, biases, outers, ties, bars, slopes;
  for (const Member& member : ensemble.members()) {
    if (member.hasHeldOut()) {
      for (const auto& a : member.heldOutComparisons()) result.comparisons.push_back(a);
      for (const double m : member.heldOutMargins()) result.levelMargins.push_back(m);
    }
    weights.push_back(member.weight()), inners.push_back(member.inner()),
        biases.push_back(member.innerBias());
    outers.push_back(member.outer()), ties.push_back(member.tie()), bars.push_back(member.bar());
    slopes.push_back(member.slope());
  }
  const auto stacked = [](const std::vector<at::Tensor>& list) {
    return at::stack(list).detach().contiguous();
  };
  result.members = {stacked(weights), stacked(inners), stacked(biases), stacked(outers),
                    stacked(ties),    stacked(bars),   stacked(slopes)};
  return result;
}

}  // namespace plumbline::reward
