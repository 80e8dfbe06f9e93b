#include "db/stores/reward_model_store.h"

#include "core/types/error.h"
#include "db/database.h"

namespace plumbline {
namespace {

constexpr const char* kColumns =
    "SELECT id, version, path, head, settings_json, metrics_json, up_to_answer, run_id, created_ms FROM "
    "reward_model ";

RewardModelRow read(const Statement& row) {
  return {row.int64(0), row.text(1),  row.text(2),          row.text(3), row.json(4),
          row.json(5),  row.int64(6), row.optionalInt64(7), row.int64(8)};
}

std::optional<RewardModelRow> readOne(Statement& row) {
  if (!row.next()) return std::nullopt;
  return read(row);
}

}  // namespace

RewardModelRow RewardModelStore::add(const RewardModelRow& model) {
  Transaction transaction(database_);
  std::string version = model.version;
  if (version.empty()) {
    Statement next(database_, "SELECT COALESCE(MAX(id), 0) + 1 FROM reward_model");
    next.next();
    version = "rm" + std::to_string(next.int64(0));
  }
  Statement insert(
      database_,
      "INSERT INTO reward_model (version, path, head, settings_json, metrics_json, up_to_answer, run_id, "
      "created_ms) VALUES (?, ?, ?, ?, ?, ?, ?, ?)");
  insert.bind(version).bind(model.path).bind(model.head).bind(model.settings).bind(model.metrics);
  insert.bind(model.upToAnswer).bind(model.run).bind(nowMs()).run();
  auto row = find(insert.insertedId());
  transaction.commit();
  return *row;
}

std::optional<RewardModelRow> RewardModelStore::latest() {
  Statement row(database_, std::string(kColumns) + "ORDER BY id DESC LIMIT 1");
  return readOne(row);
}

std::optional<RewardModelRow> RewardModelStore::find(std::int64_t id) {
  Statement row(database_, std::string(kColumns) + "WHERE id = ?");
  row.bind(id);
  return readOne(row);
}

std::optional<RewardModelRow> RewardModelStore::findVersion(const std::string& version) {
  Statement row(database_, std::string(kColumns) + "WHERE version = ?");
  row.bind(version);
  return readOne(row);
}

std::vector<RewardModelRow> RewardModelStore::list() {
  Statement row(database_, std::string(kColumns) + "ORDER BY id DESC");
  std::vector<RewardModelRow> models;
  while (row.next()) models.push_back(read(row));
  return models;
}

void RewardModelStore::setMetrics(std::int64_t id, const nlohmann::json& metrics) {
  Transaction transaction(database_);
  Statement(database_, "UPDATE reward_model SET metrics_json = ? WHERE id = ?").bind(metrics).bind(id).run();
  transaction.commit();
}

}  // namespace plumbline
