// The project's prompts: text (unique), tags, split. Threads: any. Failures: plumbline::Error.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace plumbline {

class Database;

struct Prompt {
  std::int64_t id = 0;
  std::string text;
  std::vector<std::string> tags;
  std::string split = "train";  // "train", "validation" or "held_out" (never labelled, never trained on)
  std::int64_t createdMs = 0;   // milliseconds since 1970, UTC, as all times here
};

class PromptStore {
 public:
  explicit PromptStore(Database& database) : database_(database) {}

  // The id of the prompt with this text; adds it if it is new (tags and split of an existing one stay).
  std::int64_t ensure(const Prompt& prompt);
  // All in one transaction; returns how many were new.
  std::int64_t add(const std::vector<Prompt>& prompts);
  std::optional<Prompt> find(std::int64_t id);
  std::optional<Prompt> findText(const std::string& text);
  // In the order in which they were added; split "" for all.
  std::vector<Prompt> list(const std::string& split = {});
  std::int64_t count(const std::string& split = {});
  void setTags(std::int64_t id, const std::vector<std::string>& tags);

 private:
  Database& database_;
};

}  // namespace plumbline
