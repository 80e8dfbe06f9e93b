// The left side of the Reward page: what a training would learn from, its settings, the button that starts
// it; while it runs how far it is, how long it will take, and the button that stops it. UI thread.
#pragma once

#include <QWidget>
#include <nlohmann/json.hpp>

class QLabel;
class QProgressBar;
class QPushButton;
class QVBoxLayout;

namespace plumbline {

class SchemaForm;
struct RewardFacts;

class RewardTrainingPanel : public QWidget {
  Q_OBJECT

 public:
  explicit RewardTrainingPanel(QWidget* parent = nullptr);

  // Null: the settings are not known (yet); training uses the defaults.
  void setSchema(const nlohmann::json& descriptor);
  void setFacts(const RewardFacts& facts);
  // News between two readings of the rows.
  void setProgress(const QString& phase, qint64 done, qint64 total, int secondsLeft);

 Q_SIGNALS:
  void trainChosen(const nlohmann::json& settings);
  void cancelChosen();
  void resumeChosen();
  void annotateChosen();

 private:
  QWidget* buildData();
  QWidget* buildRunning();
  void showData(const RewardFacts& facts);
  void showOutcome(const RewardFacts& facts);
  void refreshButtons();

  QLabel *counts_, *since_, *outcome_, *settingsNote_, *phase_;
  QWidget* running_;
  QProgressBar* bar_;
  QPushButton *train_, *cancel_, *resume_, *annotate_;
  QVBoxLayout* formPlace_;
  SchemaForm* form_ = nullptr;
  bool training_ = false, enough_ = false;
};

}  // namespace plumbline
