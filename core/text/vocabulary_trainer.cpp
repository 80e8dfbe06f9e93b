#include "core/text/vocabulary_trainer.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <utility>

#include "core/text/clip_words.h"
#include "core/types/error.h"

namespace plumbline {
namespace {

using nlohmann::ordered_json;

const std::string kStart = "<|startoftext|>";
const std::string kEnd = "<|endoftext|>";

struct Word {
  std::vector<std::string> parts;
  std::int64_t count = 0;
};

bool occurs(int byte) {
  const bool blank = (byte >= 0x09 && byte <= 0x0d) || byte == 0x20;
  const bool capital = byte >= 'A' && byte <= 'Z';
  const bool invalid = byte == 0xc0 || byte == 0xc1 || byte >= 0xf5;
  return !blank && !capital && !invalid;
}

std::vector<std::string> baseSymbols() {
  std::vector<std::string> symbols;
  for (int byte = 0; byte < 256; ++byte) {
    if (occurs(byte)) symbols.push_back(byteSymbol(std::uint8_t(byte)));
  }
  // The last byte of a word is never the first byte of a longer UTF-8 sequence.
  for (int byte = 0; byte < 0xc0; ++byte) {
    if (occurs(byte)) symbols.push_back(byteSymbol(std::uint8_t(byte)) + kWordEnd);
  }
  return symbols;
}

std::vector<Word> countWords(const std::vector<std::string>& captions) {
  std::map<std::string, std::int64_t> counts;
  for (const std::string& caption : captions) {
    for (std::string& word : splitWords(cleanText(caption))) ++counts[std::move(word)];
  }
  std::vector<Word> words;
  for (const auto& [text, count] : counts) {
    Word word;
    word.count = count;
    for (const char byte : text) word.parts.push_back(byteSymbol(static_cast<std::uint8_t>(byte)));
    word.parts.back() += kWordEnd;
    words.push_back(std::move(word));
  }
  return words;
}

using Merge = std::pair<std::string, std::string>;

// The most frequent neighbours; of equals the first in order of text, so that the result does not depend on
// chance.
bool mostFrequentPair(const std::vector<Word>& words, Merge& best) {
  std::map<Merge, std::int64_t> counts;
  for (const Word& word : words) {
    for (std::size_t i = 0; i + 1 < word.parts.size(); ++i)
      counts[{word.parts[i], word.parts[i + 1]}] += word.count;
  }
  std::int64_t most = 0;
  for (const auto& [pair, count] : counts) {
    if (count > most) {
      most = count;
      best = pair;
    }
  }
  return most > 0;
}

void applyMerge(std::vector<Word>& words, const Merge& merge) {
  for (Word& word : words) {
    for (std::size_t i = 0; i + 1 < word.parts.size(); ++i) {
      if (word.parts[i] != merge.first || word.parts[i + 1] != merge.second) continue;
      word.parts[i] += word.parts[i + 1];
      word.parts.erase(word.parts.begin() + std::ptrdiff_t(i) + 1);
    }
  }
}

void writeFile(const std::string& path, const std::string& text) {
  std::ofstream file(path, std::ios::binary);
  file << text;
  file.close();
  if (!file)
    throw Error(ErrorKind::kInvalidInput, "cannot write " + path + ": check the folder and free space");
}

void writeFolder(const std::string& folder, const std::vector<std::string>& tokens,
                 const std::vector<Merge>& merges, std::int64_t maxLength) {
  std::filesystem::create_directories(folder);
  ordered_json vocabulary = ordered_json::object();
  for (const std::string& token : tokens) vocabulary[token] = vocabulary.size();
  writeFile(folder + "/vocab.json", vocabulary.dump());
  std::string lines = "#version: 0.2\n";
  for (const auto& [left, right] : merges) lines += left + " " + right + "\n";
  writeFile(folder + "/merges.txt", lines);
  const ordered_json special{
      {"bos_token", kStart}, {"eos_token", kEnd}, {"pad_token", kEnd}, {"unk_token", kEnd}};
  writeFile(folder + "/special_tokens_map.json", special.dump(2));
  ordered_json config{{"tokenizer_class", "CLIPTokenizer"}, {"model_max_length", maxLength}};
  config.update(special);
  config["do_lower_case"] = true;
  config["add_prefix_space"] = false;
  writeFile(folder + "/tokenizer_config.json", config.dump(2));
}

}  // namespace

VocabularyResult trainVocabulary(const std::vector<std::string>& captions, const std::string& folder,
                                 const VocabularyOptions& options) {
  std::vector<Word> words = countWords(captions);
  if (words.empty()) throw Error(ErrorKind::kInvalidInput, "no words to learn a vocabulary from");
  std::vector<std::string> tokens = baseSymbols();
  std::set<std::string> known(tokens.begin(), tokens.end());
  if (options.maximumVocabulary < tokens.size() + 2) {
    throw Error(ErrorKind::kInvalidInput, "a vocabulary needs at least " + std::to_string(tokens.size() + 2) +
                                              " entries for all bytes");
  }
  std::vector<Merge> merges;
  Merge merge;
  while (tokens.size() + 2 < options.maximumVocabulary && mostFrequentPair(words, merge)) {
    applyMerge(words, merge);
    merges.push_back(merge);
    // Two ways of merging can end in the same token.
    if (known.insert(merge.first + merge.second).second) tokens.push_back(merge.first + merge.second);
  }
  tokens.push_back(kStart);
  tokens.push_back(kEnd);
  writeFolder(folder, tokens, merges, options.maxLength);

  VocabularyResult result;
  result.entries = tokens.size();
  for (const Word& word : words) {
    if (word.parts.size() == 1) continue;
    std::string text;
    for (const std::string& part : word.parts) text += part;
    result.splitWords.push_back(text.substr(0, text.size() - std::string(kWordEnd).size()));
  }
  return result;
}

}  // namespace plumbline
