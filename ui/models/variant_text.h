// What the worker's catalogue says of variants and their parameters (VariantCatalog), in the language of the
// window. The worker speaks English; translations are filed by hand under the context "variant" in
// resources/translations/variants_*.ts, because lupdate sees none of these texts. What is not there stays
// English, so that a new variant needs none. Pure functions; null or missing entries give empty texts.
#pragma once

#include <QString>
#include <nlohmann/json.hpp>
#include <string>

namespace plumbline::variant_text {

QString title(const nlohmann::json& descriptor);
QString help(const nlohmann::json& descriptorOrParameter);
QString label(const nlohmann::json& parameter);  // "learning_rate" as people read it: "Learning rate"
QString unit(const nlohmann::json& parameter);
QString choice(const std::string& value);  // one of a parameter's choices

}  // namespace plumbline::variant_text
