#include "ui/models/variant_text.h"

#include <QCoreApplication>

#include "ui/json_values.h"

namespace plumbline::variant_text {
namespace {

QString translated(const QString& text) {
  return text.isEmpty() ? text : QCoreApplication::translate("variant", text.toUtf8().constData());
}

}  // namespace

QString title(const nlohmann::json& descriptor) {
  return translated(jsonText(descriptor, "title"));
}

QString help(const nlohmann::json& descriptorOrParameter) {
  return translated(jsonText(descriptorOrParameter, "help"));
}

QString label(const nlohmann::json& parameter) {
  QString text = jsonText(parameter, "name").replace('_', ' ');
  if (!text.isEmpty()) text[0] = text[0].toUpper();
  return translated(text);
}

QString unit(const nlohmann::json& parameter) {
  return translated(jsonText(parameter, "unit"));
}

QString choice(const std::string& value) {
  return translated(QString::fromStdString(value));
}

}  // namespace plumbline::variant_text
