// Learns a small byte-pair vocabulary from captions and writes it as a tokenizer folder that ClipTokenizer
// (and any other CLIP tokenizer) reads. Deterministic: the same captions give the same files.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace plumbline {

struct VocabularyOptions {
  std::int64_t maxLength = 24;          // model_max_length of the written tokenizer
  std::size_t maximumVocabulary = 599;  // entries at most, start and end included
};

struct VocabularyResult {
  std::size_t entries = 0;              // size of the vocabulary
  std::vector<std::string> splitWords;  // words of the captions that still need more than one token
};

// Merges until every word of the captions is one token or the vocabulary is full. Bytes that can never occur
// in cleaned UTF-8 text (capitals, blanks, invalid bytes) get no entry. Throws Error(kInvalidInput) without
// captions.
VocabularyResult trainVocabulary(const std::vector<std::string>& captions, const std::string& folder,
                                 const VocabularyOptions& options = {});

}  // namespace plumbline
