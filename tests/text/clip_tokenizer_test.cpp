// CLIP's tokenizer against recorded ids (where the reference folder is at hand) and against a hand-made
// vocabulary.
#include <QTemporaryDir>
#include <QTest>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "core/text/clip_tokenizer.h"
#include "core/text/clip_words.h"
#include "core/text/unicode.h"
#include "core/types/error.h"

using namespace plumbline;
using nlohmann::json;

namespace {

void write(const std::string& path, const std::string& text) {
  std::ofstream(path, std::ios::binary) << text;
}

// a b c, their word ends, "ab", "abc</w>", start and end.
void writeSmallVocabulary(const std::string& folder) {
  write(folder + "/vocab.json",
        R"({"a":0,"b":1,"c":2,"a</w>":3,"b</w>":4,"c</w>":5,"ab":6,"abc</w>":7,"!</w>":8,"<s>":9,"<e>":10})");
  write(folder + "/merges.txt", "#version: 0.2\na b\nab c</w>\n");
  write(folder + "/tokenizer_config.json",
        R"({"model_max_length":6,"bos_token":{"content":"<s>"},"eos_token":"<e>","pad_token":"!</w>"})");
}

std::string nfc(const std::string& text) {
  std::string bytes;
  for (const char32_t c : unicode::normalizedNfc(unicode::decodeUtf8(text))) unicode::appendUtf8(bytes, c);
  return bytes;
}

}  // namespace

class ClipTokenizerTest : public QObject {
  Q_OBJECT

 private Q_SLOTS:
  void matchesRecordedIds() {
    const std::string folder = std::string(qgetenv("PLUMBLINE_SOURCE_DIR")) + "/../shared/parity/tokenizer";
    if (!std::filesystem::exists(folder)) QSKIP("no reference vocabulary beside the project");
    const ClipTokenizer tokenizer = ClipTokenizer::load(folder + "/tokenizer");
    std::ifstream file(folder + "/expected.json");
    const json expected = json::parse(file);
    QCOMPARE(expected.size(), std::size_t(36));
    for (const json& entry : expected) {
      const auto text = entry["text"].get<std::string>();
      QVERIFY2(tokenizer.tokens(text) == entry["ids"].get<std::vector<std::int64_t>>(), text.c_str());
      QVERIFY2(tokenizer.encode(text) == entry["padded_77"].get<std::vector<std::int64_t>>(), text.c_str());
    }
  }

  void mergesByRankAndPads() {
    QTemporaryDir folder;
    writeSmallVocabulary(folder.path().toStdString());
    const ClipTokenizer tokenizer = ClipTokenizer::load(folder.path().toStdString());
    using Ids = std::vector<std::int64_t>;
    QCOMPARE(tokenizer.encode("ABC"), (Ids{9, 7, 10, 8, 8, 8}));
    QCOMPARE(tokenizer.encode("abb"), (Ids{9, 6, 4, 10, 8, 8}));
    QCOMPARE(tokenizer.encode(""), (Ids{9, 10, 8, 8, 8, 8}));
    // cut so that the end still fits
    QCOMPARE(tokenizer.encode("a b c a b c"), (Ids{9, 3, 4, 5, 3, 10}));
    // unknown bytes become the end token, special tokens stand for themselves
    QCOMPARE(tokenizer.tokens("z"), (Ids{10}));
    QCOMPARE(tokenizer.tokens("<s>a<e>"), (Ids{9, 3, 10}));
  }

  void splitsAsClipDoes() {
    using Words = std::vector<std::string>;
    QCOMPARE(splitWords("it's 42.5% off!"), (Words{"it", "'s", "4", "2", ".", "5", "%", "off", "!"}));
    QCOMPARE(cleanText("  A\t\nB\u00a0\u3000C "), std::string("a b c"));
    QCOMPARE(cleanText("\u00c9CLAIR E\u0301"), std::string("\u00e9clair \u00e9"));
    QCOMPARE(cleanText("a\xff\xc3"), std::string("a\ufffd\ufffd"));
  }

  void composesCanonically() {
    QCOMPARE(nfc("e\u0301"), std::string("\u00e9"));
    QCOMPARE(nfc("\u1112\u1161\u11ab"), std::string("\ud55c"));    // Hangul
    QCOMPARE(nfc("q\u0307\u0323"), std::string("q\u0323\u0307"));  // order of marks
    QCOMPARE(nfc("\u0958"), std::string("\u0915\u093c"));          // excluded from composition
    QCOMPARE(nfc("\u212b"), std::string("\u00c5"));                // singleton
    QCOMPARE(nfc("a\u0323\u0302"), std::string("\u1ead"));         // twice
    QCOMPARE(nfc("a\u0315\u0300"), std::string("\u00e0\u0315"));   // reordered, then composed
    QCOMPARE(nfc("\ufb01"), std::string("\ufb01"));                // compatibility forms stay
  }

  void refusesBrokenFolders() {
    QTemporaryDir folder;
    const std::string path = folder.path().toStdString();
    QVERIFY_EXCEPTION_THROWN(ClipTokenizer::load(path), Error);
    writeSmallVocabulary(path);
    write(path + "/merges.txt", "a b c\n");
    QVERIFY_EXCEPTION_THROWN(ClipTokenizer::load(path), Error);
    writeSmallVocabulary(path);
    write(path + "/vocab.json", "{\"a\":");
    QVERIFY_EXCEPTION_THROWN(ClipTokenizer::load(path), Error);
    writeSmallVocabulary(path);
    write(path + "/tokenizer_config.json", R"({"bos_token":"missing"})");
    QVERIFY_EXCEPTION_THROWN(ClipTokenizer::load(path), Error);
  }
};

QTEST_GUILESS_MAIN(ClipTokenizerTest)
#include "clip_tokenizer_test.moc"
