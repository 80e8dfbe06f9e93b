#include "ui/models/variant_text.h"

#include <QCoreApplication>

namespace plumbline::variant_text {
namespace {

QString translated(const QString& text) {
  return text.isEmpty() ? text : QCoreApplication::translate("variant", text.toUtf8().constData());
}

QString entry(const nlohmann::json& object, const char* name) {
  const auto found = object.is_object() ? object.find(name) : object.end();
  return found != object.end() && found->is_string() ? QString::fromStdString(found->get<std::string>())
                                                     : QString();
}

}  // namespace

QString title(const nlohmann::json& descriptor) {
  return translated(entry(descriptor, "title"));
}

QString help(const nlohmann::json& descriptorOrParameter) {
  return translated(entry(descriptorOrParameter, "help"));
}

QString label(const nlohmann::json& parameter) {
  QString text = entry(parameter, "name").replace('_', ' ');
  if (!text.isEmpty()) text[0] = text[0].toUpper();
  return translated(text);
}

QString unit(const nlohmann::json& parameter) {
  return translated(entry(parameter, "unit"));
}

QString choice(const std::string& value) {
  return translated(QString::fromStdString(value));
}

}  // namespace plumbline::variant_text
