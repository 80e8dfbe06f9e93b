#include "core/select/information.h"

#include <algorithm>
#include <cmath>

namespace plumbline {
namespace {

double entropy(const std::vector<double>& p) {
  double h = 0;
  for (const double x : p) h -= x > 0 ? x * std::log(x) : 0;
  return h;
}

double sigmoid(double x) {
  return 1 / (1 + std::exp(-x));
}

// One number per member, the first if there are fewer than members.
double perMember(const std::vector<double>& values, std::size_t member, double otherwise) {
  if (values.empty()) return otherwise;
  return values[std::min(member, values.size() - 1)];
}

std::vector<double> pairOutcome(double difference, double tie) {
  // Shifted by the larger half so that no exponential overflows.
  const double half = std::abs(difference) / 2;
  const double win = std::exp(difference / 2 - half), lose = std::exp(-difference / 2 - half),
               even = tie * std::exp(-half);
  const double sum = win + lose + even;
  return {win / sum, lose / sum, even / sum};
}

double deviation(const std::vector<double>& values) {
  double mean = 0, square = 0;
  for (const double v : values) mean += v / double(values.size());
  for (const double v : values) square += (v - mean) * (v - mean) / double(values.size());
  return std::sqrt(square);
}

// Each member's probability of one category, as seen.
std::vector<double> faultOf(const PicturePosterior& picture, std::size_t category) {
  std::vector<double> p;
  for (const auto& member : picture.fault) {
    if (category < member.size()) p.push_back(member[category]);
  }
  return p;
}

std::size_t categories(const PicturePosterior& picture) {
  std::size_t n = 0;
  for (const auto& member : picture.fault) n = std::max(n, member.size());
  return n;
}

double pairInformation(const acquisition::Candidate& candidate, const AnswerModel& answers) {
  const auto &a = candidate.pictures[0].score, &b = candidate.pictures[1].score;
  std::vector<std::vector<double>> members;
  for (std::size_t m = 0; m < std::min(a.size(), b.size()); ++m) {
    members.push_back(pairOutcome(a[m] - b[m], perMember(answers.tie, m, 0.4)));
  }
  return mutualInformation(members);
}

double binaryInformation(const acquisition::Candidate& candidate, const AnswerModel& answers) {
  std::vector<std::vector<double>> members;
  const auto& scores = candidate.pictures[0].score;
  for (std::size_t m = 0; m < scores.size(); ++m) {
    const double p = sigmoid(scores[m] - perMember(answers.bar, m, 0));
    members.push_back({p, 1 - p});
  }
  return mutualInformation(members);
}

// A mask of a rare fault teaches more than one more of a common one: whether it is there is one bit in both
// cases, but where it is was hardly shown yet.
double rarity(const std::vector<double>& painted, std::size_t category) {
  // What nobody ever painted is not a fault of these pictures, and the heads' opinion of it means nothing.
  if (category >= painted.size() || painted[category] == 0) return 1;
  return (1 + *std::max_element(painted.begin(), painted.end())) / (1 + painted[category]);
}

// Where a fault is tells more than that it is there, and only a picture that has it tells that: chosen by the
// members' disagreement alone, masks came back empty as often as at random.
constexpr double kPlaces = 20;  // in which a fault may be, about

double maskInformation(const acquisition::Candidate& candidate, const AnswerModel& answers) {
  double sum = 0;
  for (std::size_t k = 0; k < categories(candidate.pictures[0]); ++k) {
    std::vector<std::vector<double>> members;
    double present = 0;
    const auto fault = faultOf(candidate.pictures[0], k);
    for (const double p : fault) {
      members.push_back({p, 1 - p});
      present += p / double(fault.size());
    }
    const bool known = k < answers.painted.size() && answers.painted[k] > 0;
    const double where = known ? present * std::log(kPlaces) : 0;
    sum += rarity(answers.painted, k) * (mutualInformation(members) + where);
  }
  return sum;
}

}  // namespace

double mutualInformation(const std::vector<std::vector<double>>& members) {
  if (members.empty()) return 0;
  std::vector<double> mean(members.front().size(), 0);
  double within = 0;
  for (const auto& p : members) {
    for (std::size_t i = 0; i < mean.size(); ++i) mean[i] += p[i] / double(members.size());
    within += entropy(p) / double(members.size());
  }
  return std::max(0.0, entropy(mean) - within);
}

double expectedInformation(const acquisition::Candidate& candidate, const AnswerModel& answers) {
  if (candidate.pictures.empty()) return 0;
  if (candidate.pictures.size() >= 2) return pairInformation(candidate, answers);
  return candidate.type == "mask" ? maskInformation(candidate, answers)
                                  : binaryInformation(candidate, answers);
}

double disagreement(const acquisition::Candidate& candidate) {
  if (candidate.pictures.empty()) return 0;
  const auto& first = candidate.pictures[0];
  if (candidate.pictures.size() >= 2) {
    std::vector<double> differences;
    const auto& second = candidate.pictures[1].score;
    for (std::size_t m = 0; m < std::min(first.score.size(), second.size()); ++m) {
      differences.push_back(first.score[m] - second[m]);
    }
    return differences.empty() ? 0 : deviation(differences);
  }
  if (candidate.type != "mask") return first.score.empty() ? 0 : deviation(first.score);
  const std::size_t n = categories(first);
  double sum = 0;
  for (std::size_t k = 0; k < n; ++k) sum += deviation(faultOf(first, k));
  return n > 0 ? sum / double(n) : 0;
}

double answerSeconds(const acquisition::Candidate& candidate) {
  if (candidate.seconds > 0) return candidate.seconds;
  if (candidate.type == "mask") return 12;
  return candidate.type == "binary" ? 2 : 3.5;
}

}  // namespace plumbline
