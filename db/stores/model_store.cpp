#include "db/stores/model_store.h"

#include "db/database.h"

namespace plumbline {
namespace {

constexpr const char* kColumns = "SELECT id, name, path, hash, adapters_json, created_ms FROM model ";

ModelRow read(const Statement& row) {
  return {row.int64(0), row.text(1), row.text(2), row.text(3), row.json(4), row.int64(5)};
}

}  // namespace

std::int64_t ModelStore::ensure(const ModelRow& model) {
  Transaction transaction(database_);
  Statement existing(database_, "SELECT id FROM model WHERE hash = ? AND adapters_json = ?");
  existing.bind(model.hash).bind(model.adapters);
  if (existing.next()) {
    transaction.commit();
    return existing.int64(0);
  }
  Statement insert(database_,
                   "INSERT INTO model (name, path, hash, adapters_json, created_ms) VALUES (?, ?, ?, ?, ?)");
  insert.bind(model.name).bind(model.path).bind(model.hash).bind(model.adapters).bind(nowMs()).run();
  transaction.commit();
  return insert.insertedId();
}

std::optional<ModelRow> ModelStore::find(std::int64_t id) {
  Statement row(database_, std::string(kColumns) + "WHERE id = ?");
  row.bind(id);
  if (!row.next()) return std::nullopt;
  return read(row);
}

std::vector<ModelRow> ModelStore::list() {
  Statement row(database_, std::string(kColumns) + "ORDER BY id");
  std::vector<ModelRow> models;
  while (row.next()) models.push_back(read(row));
  return models;
}

}  // namespace plumbline
