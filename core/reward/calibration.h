// What held-out answers say of a model's confidence: temperature, expected calibration error, reliability.
// Pure functions on differences of scores, each oriented as answered (positive: the model agreed).
#pragma once

#include <nlohmann/json.hpp>
#include <vector>

namespace plumbline::reward {

// Share of agreements, zero differences half.
double agreement(const std::vector<double>& differences);
// The factor on scores at which sigma(factor * difference) is likeliest; between 0.1 and 5, 1 without data.
double bestTemperature(const std::vector<double>& differences);
// [{"confidence", "accuracy", "n"}] over bins of the confidence that the model has in its own choice (0.5 to
// 1).
nlohmann::json reliability(const std::vector<double>& differences, int bins = 5);
// Mean over answers of |confidence - accuracy| by bin.
double calibrationError(const nlohmann::json& reliability);

}  // namespace plumbline::reward
