// Declares each parameter of a variant once: name, default, range, unit, help. From the declaration come
// JSON in and out, validation, command-line flags, the form in the window and the row stored with a run.
// Value types; no thread rules. All functions throw Error(kInvalidInput) with the parameter's name.
#pragma once

#include <functional>
#include <limits>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace plumbline {

using Json = nlohmann::json;

enum class ParameterType { kInteger, kReal, kBoolean, kText, kChoice };

struct Parameter {
  std::string name;  // snake_case, as in JSON and as the command-line flag
  ParameterType type = ParameterType::kReal;
  Json defaultValue;
  double minimum = -std::numeric_limits<double>::infinity();  // inclusive, numbers only
  double maximum = std::numeric_limits<double>::infinity();   // inclusive, numbers only
  std::vector<std::string> choices;                           // kChoice only
  std::string unit;                                           // "", "px", "steps", "s", ...
  std::string help;
  bool expert = false;  // hidden in the form until the user asks for all parameters
};

class ParameterSchema {
 public:
  // Throws if the name is taken or the default is outside its own range.
  void add(Parameter parameter);

  const std::vector<Parameter>& parameters() const { return parameters_; }
  const Parameter* find(const std::string& name) const;

  // The full object: defaults filled in, every value checked, unknown names refused.
  Json complete(const Json& given) const;
  // One value from "name=text" as typed on a command line, converted to the parameter's type.
  Json parseValue(const std::string& name, const std::string& text) const;
  Json toJson() const;
  static ParameterSchema fromJson(const Json& json);

 private:
  std::vector<Parameter> parameters_;
};

// Binds each field of a plain config struct to its parameter, so that name, default and range stand in one line:
//   static const ConfigSchema<Config> kSchema = ConfigSchema<Config>()
//       .integer("rank", &Config::rank, 1, 256, "", "LoRA rank").real("beta", &Config::beta, 0, 1e6, "", "...");
// Defaults are the struct's own member initialisers.
template <class Config>
class ConfigSchema {
 public:
  template <class Int>
  ConfigSchema& integer(const std::string& name, Int Config::*field, double minimum, double maximum,
                        const std::string& unit, const std::string& help, bool expert = false) {
    return bind({name, ParameterType::kInteger, Json(Config{}.*field), minimum, maximum, {}, unit, help, expert},
                [field, name](Config& c, const Json& j) { c.*field = j.at(name).template get<Int>(); },
                [field, name](const Config& c, Json& j) { j[name] = c.*field; });
  }
  ConfigSchema& real(const std::string& name, double Config::*field, double minimum, double maximum,
                     const std::string& unit, const std::string& help, bool expert = false) {
    return bind({name, ParameterType::kReal, Json(Config{}.*field), minimum, maximum, {}, unit, help, expert},
                [field, name](Config& c, const Json& j) { c.*field = j.at(name).template get<double>(); },
                [field, name](const Config& c, Json& j) { j[name] = c.*field; });
  }
  ConfigSchema& boolean(const std::string& name, bool Config::*field, const std::string& help, bool expert = false) {
    return bind({name, ParameterType::kBoolean, Json(Config{}.*field), 0, 1, {}, "", help, expert},
                [field, name](Config& c, const Json& j) { c.*field = j.at(name).template get<bool>(); },
                [field, name](const Config& c, Json& j) { j[name] = c.*field; });
  }
  ConfigSchema& text(const std::string& name, std::string Config::*field, const std::string& help,
                     bool expert = false) {
    return bind({name, ParameterType::kText, Json(Config{}.*field), 0, 0, {}, "", help, expert},
                [field, name](Config& c, const Json& j) { c.*field = j.at(name).template get<std::string>(); },
                [field, name](const Config& c, Json& j) { j[name] = c.*field; });
  }
  ConfigSchema& choice(const std::string& name, std::string Config::*field, std::vector<std::string> choices,
                       const std::string& help, bool expert = false) {
    return bind({name, ParameterType::kChoice, Json(Config{}.*field), 0, 0, std::move(choices), "", help, expert},
                [field, name](Config& c, const Json& j) { c.*field = j.at(name).template get<std::string>(); },
                [field, name](const Config& c, Json& j) { j[name] = c.*field; });
  }

  const ParameterSchema& schema() const { return schema_; }
  // Missing names take their defaults; unknown names and bad values throw.
  Config fromJson(const Json& given) const {
    const Json full = schema_.complete(given);
    Config config;
    for (const auto& read : readers_) read(config, full);
    return config;
  }
  Json toJson(const Config& config) const {
    Json json = Json::object();
    for (const auto& write : writers_) write(config, json);
    return json;
  }

 private:
  ConfigSchema& bind(Parameter parameter, std::function<void(Config&, const Json&)> read,
                     std::function<void(const Config&, Json&)> write) {
    schema_.add(std::move(parameter));
    readers_.push_back(std::move(read));
    writers_.push_back(std::move(write));
    return *this;
  }

  ParameterSchema schema_;
  std::vector<std::function<void(Config&, const Json&)>> readers_;
  std::vector<std::function<void(const Config&, Json&)>> writers_;
};

}  // namespace plumbline
