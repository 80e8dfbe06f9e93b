// One parameter of a schema form: its words, its editor, and what is wrong with the value. Numbers are typed,
// not clamped: a value out of range stays as typed and is explained. UI thread.
#pragma once

#include <QWidget>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

class QCheckBox;
class QComboBox;
class QHBoxLayout;
class QLabel;
class QLineEdit;
class QToolButton;

namespace plumbline {

class SchemaField : public QWidget {
  Q_OBJECT

 public:
  explicit SchemaField(nlohmann::json parameter, QWidget* parent = nullptr);

  std::string name() const { return parameter_.value("name", ""); }
  bool isExpert() const { return parameter_.value("expert", false); }
  const nlohmann::json& defaultValue() const { return parameter_.at("default"); }
  // Nothing if what is typed is no valid value.
  std::optional<nlohmann::json> value() const;
  void setValue(const nlohmann::json& value);
  bool isDefault() const;

 Q_SIGNALS:
  void edited();

 private:
  bool isNumber() const;
  bool isInteger() const { return parameter_.value("type", "") == "integer"; }
  QWidget* buildEditor();
  QString explanation() const;
  QString rangeText() const;
  QString problem() const;  // empty if the value is valid
  void refresh();

  nlohmann::json parameter_;
  QLineEdit* line_ = nullptr;
  QCheckBox* check_ = nullptr;
  QComboBox* choice_ = nullptr;
  QToolButton* reset_;
  QLabel* problem_;
};

}  // namespace plumbline
