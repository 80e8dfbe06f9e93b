#include "db/stores/prompt_store.h"

#include "core/types/error.h"
#include "db/database.h"

namespace plumbline {
namespace {

constexpr const char* kColumns = "SELECT id, text, tags_json, split, created_ms FROM prompt ";

Prompt read(const Statement& row) {
  return {row.int64(0), row.text(1), row.json(2).get<std::vector<std::string>>(), row.text(3), row.int64(4)};
}

}  // namespace

std::int64_t PromptStore::ensure(const Prompt& prompt) {
  if (prompt.text.empty()) throw Error(ErrorKind::kInvalidInput, "a prompt must not be empty");
  Transaction transaction(database_);
  Statement existing(database_, "SELECT id FROM prompt WHERE text = ?");
  existing.bind(prompt.text);
  if (existing.next()) {
    transaction.commit();
    return existing.int64(0);
  }
  Statement insert(database_, "INSERT INTO prompt (text, tags_json, split, created_ms) VALUES (?, ?, ?, ?)");
  insert.bind(prompt.text).bind(nlohmann::json(prompt.tags)).bind(prompt.split).bind(nowMs()).run();
  transaction.commit();
  return insert.insertedId();
}

std::int64_t PromptStore::add(const std::vector<Prompt>& prompts) {
  Transaction transaction(database_);
  const std::int64_t before = count();
  for (const Prompt& prompt : prompts) ensure(prompt);
  const std::int64_t added = count() - before;
  transaction.commit();
  return added;
}

std::optional<Prompt> PromptStore::find(std::int64_t id) {
  Statement row(database_, std::string(kColumns) + "WHERE id = ?");
  row.bind(id);
  if (!row.next()) return std::nullopt;
  return read(row);
}

std::optional<Prompt> PromptStore::findText(const std::string& text) {
  Statement row(database_, std::string(kColumns) + "WHERE text = ?");
  row.bind(text);
  if (!row.next()) return std::nullopt;
  return read(row);
}

std::vector<Prompt> PromptStore::list(const std::string& split) {
  Statement row(database_, std::string(kColumns) + "WHERE ? = '' OR split = ? ORDER BY id");
  row.bind(split).bind(split);
  std::vector<Prompt> prompts;
  while (row.next()) prompts.push_back(read(row));
  return prompts;
}

std::int64_t PromptStore::count(const std::string& split) {
  Statement row(database_, "SELECT COUNT(*) FROM prompt WHERE ? = '' OR split = ?");
  row.bind(split).bind(split).next();
  return row.int64(0);
}

void PromptStore::setTags(std::int64_t id, const std::vector<std::string>& tags) {
  Transaction transaction(database_);
  Statement(database_, "UPDATE prompt SET tags_json = ? WHERE id = ?")
      .bind(nlohmann::json(tags))
      .bind(id)
      .run();
  transaction.commit();
}

}  // namespace plumbline
