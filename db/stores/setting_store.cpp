#include "db/stores/setting_store.h"

#include "db/database.h"

namespace plumbline {

std::optional<nlohmann::json> SettingStore::get(const std::string& key) {
  Statement row(database_, "SELECT value_json FROM setting WHERE key = ?");
  row.bind(key);
  if (!row.next()) return std::nullopt;
  return row.json(0);
}

nlohmann::json SettingStore::get(const std::string& key, const nlohmann::json& otherwise) {
  auto value = get(key);
  return value ? *value : otherwise;
}

void SettingStore::set(const std::string& key, const nlohmann::json& value) {
  Transaction transaction(database_);
  Statement(database_,
            "INSERT INTO setting (key, value_json) VALUES (?, ?) "
            "ON CONFLICT (key) DO UPDATE SET value_json = excluded.value_json")
      .bind(key)
      .bind(value)
      .run();
  transaction.commit();
}

void SettingStore::remove(const std::string& key) {
  Transaction transaction(database_);
  Statement(database_, "DELETE FROM setting WHERE key = ?").bind(key).run();
  transaction.commit();
}

std::map<std::string, nlohmann::json> SettingStore::all() {
  Statement row(database_, "SELECT key, value_json FROM setting");
  std::map<std::string, nlohmann::json> values;
  while (row.next()) values.emplace(row.text(0), row.json(1));
  return values;
}

}  // namespace plumbline
