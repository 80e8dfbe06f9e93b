#include "core/reward/calibration.h"

#include <algorithm>
#include <cmath>

namespace plumbline::reward {
namespace {

double negativeLogLikelihood(const std::vector<double>& differences, double factor) {
  double sum = 0;
  for (const double d : differences) {
    const double x = -factor * d;  // log(1 + e^x) without overflow
    sum += std::max(x, 0.0) + std::log1p(std::exp(-std::abs(x)));
  }
  return sum;
}

}  // namespace

double agreement(const std::vector<double>& differences) {
  if (differences.empty()) return 0;
  double right = 0;
  for (const double d : differences) right += d > 0 ? 1 : (d == 0 ? 0.5 : 0);
  return right / double(differences.size());
}

double bestTemperature(const std::vector<double>& differences) {
  if (differences.empty()) return 1;
  double best = 1, lowest = negativeLogLikelihood(differences, 1);
  constexpr int kSteps = 200;
  for (int i = 0; i <= kSteps; ++i) {
    const double factor = 0.1 * std::pow(50.0, double(i) / kSteps);
    const double value = negativeLogLikelihood(differences, factor);
    if (value < lowest) lowest = value, best = factor;
  }
  return best;
}

nlohmann::json reliability(const std::vector<double>& differences, int bins) {
  std::vector<double> confidence(std::size_t(bins), 0), right(std::size_t(bins), 0);
  std::vector<int> count(std::size_t(bins), 0);
  for (const double d : differences) {
    const double p = 1 / (1 + std::exp(-std::abs(d)));
    const auto bin = std::size_t(std::min(bins - 1, int((p - 0.5) * 2 * bins)));
    confidence[bin] += p;
    right[bin] += d > 0 ? 1 : (d == 0 ? 0.5 : 0);
    ++count[bin];
  }
  auto list = nlohmann::json::array();
  for (std::size_t b = 0; b < std::size_t(bins); ++b) {
    if (count[b] == 0) continue;
    list.push_back(
        {{"confidence", confidence[b] / count[b]}, {"accuracy", right[b] / count[b]}, {"n", count[b]}});
  }
  return list;
}

double calibrationError(const nlohmann::json& reliability) {
  double sum = 0, n = 0;
  for (const auto& bin : reliability) {
    sum += bin.at("n").get<double>() *
           std::abs(bin.at("confidence").get<double>() - bin.at("accuracy").get<double>());
    n += bin.at("n").get<double>();
  }
  return n > 0 ? sum / n : 0;
}

}  // namespace plumbline::reward
