// The right side of the Reward page: the figures of one trained model as cards, its learning curve, how far
// its confidence can be trusted, and the list of all models, from which one is chosen to be looked at. UI
// thread.
#pragma once

#include <QWidget>
#include <vector>

#include "db/stores/reward_model_store.h"
#include "db/stores/run_store.h"

class QLabel;
class QTableWidget;

namespace plumbline {

class FigureCard;
class MetricChart;
struct RewardFacts;

class RewardResults : public QWidget {
  Q_OBJECT

 public:
  explicit RewardResults(QWidget* parent = nullptr);
  void setFacts(const RewardFacts& facts);
  void addLivePoint(const QString& metric, double step, double value);

 private:
  QWidget* buildCards();
  QWidget* buildTable();
  void fillTable();
  void fillRow(int row, const RewardModelRow& model);
  void showChosen();
  void showFigures(const RewardModelRow& model);
  void showReliability(const nlohmann::json& report);
  void showCurve(const nlohmann::json& report);
  void showLive(const std::vector<MetricRow>& metrics);

  FigureCard *answers_, *accuracy_, *levels_, *calibration_, *regions_;
  MetricChart *curve_, *reliability_;
  QLabel* order_;
  QTableWidget* table_;
  std::vector<RewardModelRow> models_;
  bool live_ = false;
};

}  // namespace plumbline
