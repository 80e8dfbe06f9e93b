#include "core/select/batch_spread.h"

#include <algorithm>
#include <cmath>

namespace plumbline {
namespace {

constexpr double kSamePrompt = 0.7;  // how alike two queries of one prompt are at least

double norm(const std::vector<float>& v) {
  double square = 0;
  for (const float x : v) square += double(x) * x;
  return std::sqrt(square);
}

// 0 to 1. Directions that point apart are simply not alike.
double likeness(const acquisition::Candidate& a, double normA, const acquisition::Candidate& b,
                double normB) {
  double alike = a.prompt == b.prompt ? kSamePrompt : 0;
  if (a.features.size() == b.features.size() && normA > 0 && normB > 0) {
    double dot = 0;
    for (std::size_t i = 0; i < a.features.size(); ++i) dot += double(a.features[i]) * b.features[i];
    alike = std::max(alike, dot / (normA * normB));
  }
  return std::clamp(alike, 0.0, 1.0);
}

}  // namespace

double lot(std::uint64_t seed, const std::string& id) {
  std::uint64_t h = 1469598103934665603ULL ^ seed;  // FNV-1a, then splitmix's finish for its weak high bits
  for (const char c : id) h = (h ^ std::uint8_t(c)) * 1099511628211ULL;
  h = (h ^ (h >> 30)) * 0xbf58476d1ce4e5b9ULL;
  h = (h ^ (h >> 27)) * 0x94d049bb133111ebULL;
  return double((h ^ (h >> 31)) >> 11) * 0x1.0p-53;
}

std::vector<acquisition::Pick> spreadBatch(const acquisition::Pool& pool, const std::vector<double>& values,
                                           std::size_t count, const SpreadSettings& settings,
                                           const std::string& acquisition, const std::stop_token& stop) {
  const auto& candidates = pool.candidates;
  std::vector<double> lots, norms, repeats(candidates.size(), 0);
  for (const auto& c : candidates) {
    lots.push_back(lot(settings.seed, c.id));
    norms.push_back(norm(c.features));
  }
  // Where nothing is worth more than anything else, spread alone decides.
  const double top = values.empty() ? 0 : *std::max_element(values.begin(), values.end());
  const double floor = top > 0 ? 1e-3 * top : 1;
  std::vector<char> taken(candidates.size(), 0);
  std::vector<acquisition::Pick> picks;
  while (picks.size() < std::min(count, candidates.size())) {
    throwIfStopped(stop);
    std::size_t best = candidates.size();
    std::pair<double, double> bestRank;
    for (std::size_t i = 0; i < candidates.size(); ++i) {
      if (taken[i]) continue;
      const std::pair rank((values[i] + floor) * (1 - settings.diversity * repeats[i]), lots[i]);
      if (best == candidates.size() || rank > bestRank) best = i, bestRank = rank;
    }
    taken[best] = 1;
    picks.push_back({best, values[best], acquisition, pool.modelVersion});
    for (std::size_t i = 0; i < candidates.size(); ++i) {
      if (!taken[i])
        repeats[i] = std::max(repeats[i], likeness(candidates[i], norms[i], candidates[best], norms[best]));
    }
  }
  return picks;
}

}  // namespace plumbline
