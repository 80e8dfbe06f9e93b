// The right side of the Align page: which method, what it does, what it needs and whether that is there, its
// settings, the reward it follows, and the button that starts it. Forms come from the worker's catalogue, so
// a new method needs no change here. UI thread.
#pragma once

#include <QWidget>
#include <nlohmann/json.hpp>

#include "ui/models/align_overview.h"

class QComboBox;
class QLabel;
class QPushButton;
class QVBoxLayout;

namespace plumbline {

class SchemaForm;

class AlignSetup : public QWidget {
  Q_OBJECT

 public:
  explicit AlignSetup(QWidget* parent = nullptr);

  void setMethods(const nlohmann::json& methods);  // descriptors of the family alignment_method
  void setReading();                               // the catalogue comes; until then the note says so
  void setUnavailable(const QString& reason);      // the catalogue could not be read
  void setFacts(const AlignFacts& facts);
  void chooseMethod(const QString& method);
  // Fills the form; what is not named gets its default. Does nothing for a method that is not known here.
  void useSettings(const QString& method, const nlohmann::json& settings);
  QString method() const;

 Q_SIGNALS:
  void startChosen(const QString& method, const QString& title, const nlohmann::json& settings,
                   qint64 rewardModel);
  void pageWanted(const QString& page);

 private:
  void buildLayout();
  void showMethod();
  void showNeeds();
  std::vector<MethodNeed> needs() const;
  void addNeed(const MethodNeed& need);
  void refresh();
  nlohmann::json descriptor() const;

  nlohmann::json methods_ = nlohmann::json::array();
  AlignFacts facts_;
  bool haveFacts_ = false;
  std::vector<MethodNeed> shownNeeds_;
  QComboBox* method_;
  QLabel* help_;
  QWidget* needs_;
  QComboBox* reward_;
  QVBoxLayout* formPlace_;
  SchemaForm* form_ = nullptr;
  QLabel* note_;
  QPushButton* start_;
};

}  // namespace plumbline
