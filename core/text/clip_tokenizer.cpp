#include "core/text/clip_tokenizer.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <limits>
#include <nlohmann/json.hpp>
#include <sstream>

#include "core/text/clip_words.h"
#include "core/types/error.h"

namespace plumbline {
namespace {

using nlohmann::json;

std::string readFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) throw Error(ErrorKind::kNotFound, "tokenizer file missing: " + path);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

json readJson(const std::string& path) {
  const json parsed = json::parse(readFile(path), nullptr, false);
  if (!parsed.is_object()) throw Error(ErrorKind::kCorrupt, path + " is not a JSON object");
  return parsed;
}

// Special tokens stand as plain text or as {"content": text}; empty if absent.
std::string tokenText(const json& config, const std::string& key) {
  const auto found = config.find(key);
  if (found == config.end()) return "";
  if (found->is_string()) return found->get<std::string>();
  if (found->is_object() && found->contains("content") && (*found)["content"].is_string()) {
    return (*found)["content"].get<std::string>();
  }
  return "";
}

}  // namespace

ClipTokenizer ClipTokenizer::load(const std::string& folder) {
  ClipTokenizer tokenizer;
  tokenizer.readVocabulary(folder + "/vocab.json");
  tokenizer.readMerges(folder + "/merges.txt");
  tokenizer.readConfig(folder);
  return tokenizer;
}

void ClipTokenizer::readVocabulary(const std::string& path) {
  const json vocabulary = readJson(path);
  for (const auto& [token, id] : vocabulary.items()) {
    if (!id.is_number_integer() || id.get<std::int64_t>() < 0) {
      throw Error(ErrorKind::kCorrupt, path + ": the id of '" + token + "' is not a whole number");
    }
    vocabulary_[token] = id.get<std::int64_t>();
  }
  if (vocabulary_.empty()) throw Error(ErrorKind::kCorrupt, path + " holds no tokens");
}

void ClipTokenizer::readMerges(const std::string& path) {
  std::istringstream lines(readFile(path));
  std::string line;
  bool first = true;
  while (std::getline(lines, line)) {
    if (!line.empty() && line.back() == '\r') line.pop_back();
    const bool header = first && line.rfind("#version", 0) == 0;
    first = false;
    if (line.empty() || header) continue;
    const std::size_t blank = line.find(' ');
    if (blank == 0 || blank == std::string::npos || line.find(' ', blank + 1) != std::string::npos) {
      throw Error(ErrorKind::kCorrupt, path + ": a merge is two tokens, got '" + line + "'");
    }
    mergeRanks_.emplace(line, int(mergeRanks_.size()));
  }
}

void ClipTokenizer::readConfig(const std::string& folder) {
  json config = readJson(folder + "/tokenizer_config.json");
  const std::string special = folder + "/special_tokens_map.json";
  if (std::filesystem::exists(special)) {
    const json map = readJson(special);
    for (const auto& [key, value] : map.items()) {
      if (tokenText(config, key).empty()) config[key] = value;
    }
  }
  const auto orElse = [&](const char* key, const std::string& fallback) {
    const std::string text = tokenText(config, key);
    return text.empty() ? fallback : text;
  };
  startToken_ = orElse("bos_token", startToken_);
  endToken_ = orElse("eos_token", endToken_);
  startId_ = idOf(startToken_, "bos_token");
  endId_ = idOf(endToken_, "eos_token");
  padId_ = idOf(orElse("pad_token", endToken_), "pad_token");
  unknownId_ = idOf(orElse("unk_token", endToken_), "unk_token");
  const auto length = config.find("model_max_length");
  if (length != config.end() && length->is_number()) {
    // Some folders write 1e30 for "no limit".
    const double value = length->get<double>();
    if (value >= 2 && value <= 1e6) maxLength_ = static_cast<std::int64_t>(value);
  }
}

std::int64_t ClipTokenizer::idOf(const std::string& token, const std::string& role) const {
  const auto found = vocabulary_.find(token);
  if (found == vocabulary_.end()) {
    throw Error(ErrorKind::kCorrupt, "tokenizer: the " + role + " '" + token + "' is not in vocab.json");
  }
  return found->second;
}

void ClipTokenizer::appendWord(std::string_view word, std::vector<std::int64_t>& ids) const {
  std::vector<std::string> parts;
  for (const char byte : word) parts.push_back(byteSymbol(static_cast<std::uint8_t>(byte)));
  if (parts.empty()) return;
  parts.back() += kWordEnd;
  while (parts.size() > 1) {
    int best = std::numeric_limits<int>::max();
    std::size_t at = 0;
    for (std::size_t i = 0; i + 1 < parts.size(); ++i) {
      const auto rank = mergeRanks_.find(parts[i] + " " + parts[i + 1]);
      if (rank != mergeRanks_.end() && rank->second < best) {
        best = rank->second;
        at = i;
      }
    }
    if (best == std::numeric_limits<int>::max()) break;
    parts[at] += parts[at + 1];
    parts.erase(parts.begin() + std::ptrdiff_t(at) + 1);
  }
  for (const std::string& part : parts) {
    const auto id = vocabulary_.find(part);
    ids.push_back(id == vocabulary_.end() ? unknownId_ : id->second);
  }
}

std::vector<std::int64_t> ClipTokenizer::tokens(std::string_view text) const {
  std::vector<std::int64_t> ids;
  std::string_view rest = text;
  while (!rest.empty()) {
    const std::size_t start = rest.find(startToken_), end = rest.find(endToken_);
    const std::size_t special = std::min(start, end);
    for (const std::string& word : splitWords(cleanText(rest.substr(0, special)))) appendWord(word, ids);
    if (special == std::string_view::npos) break;
    const bool isStart = start < end;
    ids.push_back(isStart ? startId_ : endId_);
    rest.remove_prefix(special + (isStart ? startToken_ : endToken_).size());
  }
  return ids;
}

std::vector<std::int64_t> ClipTokenizer::encode(std::string_view text) const {
  std::vector<std::int64_t> ids = tokens(text);
  ids.resize(std::min<std::size_t>(ids.size(), std::size_t(maxLength_) - 2));
  ids.insert(ids.begin(), startId_);
  ids.push_back(endId_);
  ids.resize(std::size_t(maxLength_), padId_);
  return ids;
}

}  // namespace plumbline
