#include "ui/widgets/schema_form.h"

#include <QHBoxLayout>
#include <QPushButton>
#include <QToolButton>
#include <QVBoxLayout>
#include <algorithm>

#include "ui/theme.h"
#include "ui/widgets/schema_field.h"

namespace plumbline {

SchemaForm::SchemaForm(const nlohmann::json& schema, QWidget* parent) : QWidget(parent) {
  const nlohmann::json list =
      schema.is_object() ? schema.value("parameters", nlohmann::json::array()) : schema;
  auto* layout = new QVBoxLayout(this);
  layout->setContentsMargins(0, 0, 0, 0);
  layout->setSpacing(2 * kGrid);
  auto* expert = new QWidget;
  auto* expertLayout = new QVBoxLayout(expert);
  expertLayout->setContentsMargins(0, 0, 0, 0);
  expertLayout->setSpacing(2 * kGrid);
  bool hasExpert = false;
  for (const nlohmann::json& parameter : list) {
    const bool isExpert = parameter.value("expert", false);
    hasExpert = hasExpert || isExpert;
    addField(parameter, isExpert ? expertLayout : layout);
  }
  buildFoot(hasExpert, expert, layout);
  fieldChanged();
}

SchemaForm::~SchemaForm() = default;

void SchemaForm::addField(const nlohmann::json& parameter, QVBoxLayout* into) {
  auto* field = new SchemaField(parameter);
  into->addWidget(field);
  fields_.push_back(field);
  connect(field, &SchemaField::edited, this, [this] {
    fieldChanged();
    Q_EMIT changed();
  });
}

void SchemaForm::buildFoot(bool hasExpert, QWidget* expert, QVBoxLayout* layout) {
  fold_ = new QToolButton;
  fold_->setObjectName("advanced");
  fold_->setText(tr("Advanced"));
  fold_->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
  fold_->setArrowType(Qt::RightArrow);
  fold_->setCheckable(true);
  fold_->setAutoRaise(true);
  fold_->setVisible(hasExpert);
  reset_ = new QPushButton(tr("Reset to defaults"));
  reset_->setObjectName("resetForm");
  reset_->setFlat(true);
  reset_->setVisible(!fields_.empty());
  auto* row = new QHBoxLayout;
  row->setContentsMargins(0, 0, 0, 0);
  row->addWidget(fold_);
  row->addStretch(1);
  row->addWidget(reset_);
  layout->addLayout(row);
  layout->addWidget(expert);
  layout->addStretch(1);
  expert->hide();
  connect(fold_, &QToolButton::toggled, this, [this, expert](bool open) {
    fold_->setArrowType(open ? Qt::DownArrow : Qt::RightArrow);
    expert->setVisible(open);
  });
  connect(reset_, &QPushButton::clicked, this, &SchemaForm::resetToDefaults);
}

void SchemaForm::resetToDefaults() {
  for (SchemaField* field : fields_) field->setValue(field->defaultValue());
}

void SchemaForm::fieldChanged() {
  reset_->setEnabled(!std::all_of(fields_.begin(), fields_.end(),
                                  [](const SchemaField* field) { return field->isDefault(); }));
  // What keeps a form from being used must not hide.
  for (const SchemaField* field : fields_) {
    if (field->isExpert() && !field->value()) fold_->setChecked(true);
  }
}

nlohmann::json SchemaForm::values() const {
  nlohmann::json all = nlohmann::json::object();
  for (const SchemaField* field : fields_)
    all[field->name()] = field->value().value_or(field->defaultValue());
  return all;
}

void SchemaForm::setValues(const nlohmann::json& values) {
  if (!values.is_object()) return;
  for (SchemaField* field : fields_) {
    const auto found = values.find(field->name());
    if (found != values.end()) field->setValue(*found);
  }
  fieldChanged();
}

bool SchemaForm::isValid() const {
  return std::all_of(fields_.begin(), fields_.end(),
                     [](const SchemaField* field) { return field->value().has_value(); });
}

}  // namespace plumbline
