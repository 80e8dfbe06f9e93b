// A form made from a parameter schema, as ParameterSchema::toJson() prints it (and `plumbline describe` shows
// it): a labelled field for each parameter with its unit, range, default and explanation; expert parameters
// in a section that is folded until asked for. A value outside its range is marked in words beside the field,
// never silently changed. UI thread.
#pragma once

#include <QWidget>
#include <memory>
#include <nlohmann/json.hpp>
#include <vector>

class QPushButton;
class QToolButton;
class QVBoxLayout;

namespace plumbline {

class SchemaField;

class SchemaForm : public QWidget {
  Q_OBJECT

 public:
  // schema: the list of parameters, or a descriptor with such a list under "parameters".
  explicit SchemaForm(const nlohmann::json& schema, QWidget* parent = nullptr);
  ~SchemaForm() override;

  // One entry for each parameter, defaults included; of a field that is invalid, its default.
  nlohmann::json values() const;
  // Sets the parameters that are named; unknown names are left alone, what is out of range is marked.
  void setValues(const nlohmann::json& values);
  bool isValid() const;

 Q_SIGNALS:
  void changed();

 private:
  void addField(const nlohmann::json& parameter, QVBoxLayout* into);
  void buildFoot(bool hasExpert, QWidget* expert, QVBoxLayout* layout);
  void resetToDefaults();
  void fieldChanged();

  std::vector<SchemaField*> fields_;
  QToolButton* fold_ = nullptr;
  QPushButton* reset_ = nullptr;
};

}  // namespace plumbline
