#include "core/types/parameter_schema.h"

#include <algorithm>
#include <cmath>

#include "core/types/error.h"

namespace plumbline {
namespace {

constexpr const char* kTypeNames[] = {"integer", "real", "boolean", "text", "choice"};

[[noreturn]] void refuse(const Parameter& p, const std::string& why) {
  throw Error(ErrorKind::kInvalidInput, "parameter '" + p.name + "' " + why);
}

void checkNumber(const Parameter& p, double value) {
  if (!std::isfinite(value)) refuse(p, "must be a finite number");
  if (value < p.minimum || value > p.maximum) {
    refuse(p, "must lie between " + Json(p.minimum).dump() + " and " + Json(p.maximum).dump() + ", got " +
                  Json(value).dump());
  }
}

Json checked(const Parameter& p, const Json& value) {
  switch (p.type) {
    case ParameterType::kInteger:
      if (!value.is_number() || value.get<double>() != std::floor(value.get<double>())) refuse(p, "must be a whole number");
      checkNumber(p, value.get<double>());
      return value.is_number_integer() ? value : Json(value.get<std::int64_t>());
    case ParameterType::kReal:
      if (!value.is_number()) refuse(p, "must be a number");
      checkNumber(p, value.get<double>());
      return Json(value.get<double>());
    case ParameterType::kBoolean:
      if (!value.is_boolean()) refuse(p, "must be true or false");
      return value;
    case ParameterType::kText:
      if (!value.is_string()) refuse(p, "must be a text");
      return value;
    case ParameterType::kChoice:
      if (!value.is_string() || std::find(p.choices.begin(), p.choices.end(), value.get<std::string>()) == p.choices.end()) {
        refuse(p, "must be one of " + Json(p.choices).dump() + ", got " + value.dump());
      }
      return value;
  }
  refuse(p, "has an unknown type");
}

Json parsed(const Parameter& p, const std::string& text) {
  switch (p.type) {
    case ParameterType::kInteger:
    case ParameterType::kReal: {
      const Json value = Json::parse(text, nullptr, false);
      if (!value.is_number()) refuse(p, "must be a number, got '" + text + "'");
      return value;
    }
    case ParameterType::kBoolean:
      if (text == "true" || text == "1" || text == "yes") return true;
      if (text == "false" || text == "0" || text == "no") return false;
      refuse(p, "must be true or false, got '" + text + "'");
    default: return text;
  }
}

}  // namespace

void ParameterSchema::add(Parameter parameter) {
  if (find(parameter.name)) refuse(parameter, "is declared twice");
  parameter.defaultValue = checked(parameter, parameter.defaultValue);
  parameters_.push_back(std::move(parameter));
}

const Parameter* ParameterSchema::find(const std::string& name) const {
  const auto it = std::find_if(parameters_.begin(), parameters_.end(), [&](const Parameter& p) { return p.name == name; });
  return it == parameters_.end() ? nullptr : &*it;
}

Json ParameterSchema::complete(const Json& given) const {
  if (!given.is_object() && !given.is_null()) throw Error(ErrorKind::kInvalidInput, "parameters must be a JSON object");
  for (const auto& item : given.items()) {
    if (find(item.key())) continue;
    std::string known;
    for (const Parameter& p : parameters_) known += (known.empty() ? "" : ", ") + p.name;
    throw Error(ErrorKind::kInvalidInput, "unknown parameter '" + item.key() + "'; known are: " + known);
  }
  Json full = Json::object();
  for (const Parameter& p : parameters_) full[p.name] = given.contains(p.name) ? checked(p, given.at(p.name)) : p.defaultValue;
  return full;
}

Json ParameterSchema::parseValue(const std::string& name, const std::string& text) const {
  const Parameter* p = find(name);
  if (!p) return complete(Json{{name, text}});  // throws with the known names
  return checked(*p, parsed(*p, text));
}

Json ParameterSchema::toJson() const {
  Json list = Json::array();
  for (const Parameter& p : parameters_) {
    Json j{{"name", p.name}, {"type", kTypeNames[static_cast<int>(p.type)]}, {"default", p.defaultValue},
           {"unit", p.unit}, {"help", p.help}, {"expert", p.expert}};
    const bool isNumber = p.type == ParameterType::kInteger || p.type == ParameterType::kReal;
    if (isNumber && std::isfinite(p.minimum)) j["minimum"] = p.minimum;
    if (isNumber && std::isfinite(p.maximum)) j["maximum"] = p.maximum;
    if (p.type == ParameterType::kChoice) j["choices"] = p.choices;
    list.push_back(std::move(j));
  }
  return list;
}

ParameterSchema ParameterSchema::fromJson(const Json& json) {
  ParameterSchema schema;
  for (const Json& j : json) {
    Parameter p;
    p.name = j.at("name").get<std::string>();
    const auto type = std::find(std::begin(kTypeNames), std::end(kTypeNames), j.at("type").get<std::string>());
    if (type == std::end(kTypeNames)) refuse(p, "has an unknown type");
    p.type = static_cast<ParameterType>(type - std::begin(kTypeNames));
    p.defaultValue = j.at("default");
    p.minimum = j.value("minimum", p.minimum);
    p.maximum = j.value("maximum", p.maximum);
    p.choices = j.value("choices", p.choices);
    p.unit = j.value("unit", "");
    p.help = j.value("help", "");
    p.expert = j.value("expert", false);
    schema.add(std::move(p));
  }
  return schema;
}

}  // namespace plumbline
