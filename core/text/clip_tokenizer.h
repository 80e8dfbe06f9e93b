// CLIP's byte-pair tokenizer, read from a diffusers `tokenizer` folder (vocab.json, merges.txt,
// tokenizer_config.json). Text is NFC-normalised, whitespace collapsed and lower-cased before it is split.
// Immutable after load and safe to share between threads. Throws Error when the folder is not usable.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace plumbline {

class ClipTokenizer {
 public:
  static ClipTokenizer load(const std::string& folder);

  // Start, the text's tokens, end, then padding; cut so that the end token always stands within maxLength().
  std::vector<std::int64_t> encode(std::string_view text) const;
  // The text's tokens alone: no start, end or padding, not cut.
  std::vector<std::int64_t> tokens(std::string_view text) const;

  std::int64_t maxLength() const { return maxLength_; }
  std::int64_t startId() const { return startId_; }
  std::int64_t endId() const { return endId_; }
  std::int64_t padId() const { return padId_; }
  std::size_t vocabularySize() const { return vocabulary_.size(); }

 private:
  void readVocabulary(const std::string& path);
  void readMerges(const std::string& path);
  void readConfig(const std::string& folder);
  std::int64_t idOf(const std::string& token, const std::string& role) const;
  void appendWord(std::string_view word, std::vector<std::int64_t>& ids) const;

  std::unordered_map<std::string, std::int64_t> vocabulary_;
  std::unordered_map<std::string, int> mergeRanks_;  // "left right" -> rank, lower merges first
  std::string startToken_ = "<|startoftext|>";
  std::string endToken_ = "<|endoftext|>";
  std::int64_t startId_ = 0, endId_ = 0, padId_ = 0, unknownId_ = 0;
  std::int64_t maxLength_ = 77;
};

}  // namespace plumbline
