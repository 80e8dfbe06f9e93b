// A vocabulary learned from captions: one token per word, every other text still encodable, same files every
// time.
#include <QTemporaryDir>
#include <QTest>
#include <fstream>
#include <sstream>

#include "core/text/clip_tokenizer.h"
#include "core/text/vocabulary_trainer.h"
#include "core/types/error.h"

using namespace plumbline;

namespace {

const std::vector<std::string> kCaptions = {"a large red circle above two small blue squares",
                                            "three yellow triangles on a dark background",
                                            "a green star left of a purple ring, photo"};

std::string contents(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

}  // namespace

class VocabularyTrainerTest : public QObject {
  Q_OBJECT

 private Q_SLOTS:
  void givesEveryWordOneToken() {
    QTemporaryDir folder;
    const std::string path = folder.path().toStdString();
    const VocabularyResult result = trainVocabulary(kCaptions, path);
    QVERIFY(result.splitWords.empty());
    const ClipTokenizer tokenizer = ClipTokenizer::load(path);
    QCOMPARE(tokenizer.vocabularySize(), result.entries);
    QVERIFY(result.entries < 600);
    QCOMPARE(tokenizer.tokens(kCaptions[0]).size(), std::size_t(9));
    QCOMPARE(tokenizer.tokens("RED").size(), std::size_t(1));
    QCOMPARE(tokenizer.maxLength(), std::int64_t(24));
    QCOMPARE(tokenizer.encode(kCaptions[2]).size(), std::size_t(24));
  }

  void encodesAnyOtherText() {
    QTemporaryDir folder;
    const std::string path = folder.path().toStdString();
    trainVocabulary(kCaptions, path);
    const ClipTokenizer tokenizer = ClipTokenizer::load(path);
    for (const std::string text : {"zebra", "\u00e9\u4e2d\U0001f642", "{}~0123456789", "\x7f\x01"}) {
      const auto ids = tokenizer.tokens(text);
      QVERIFY(!ids.empty());
      for (const std::int64_t id : ids) QVERIFY2(id != tokenizer.endId(), text.c_str());
    }
  }

  void isDeterministicAndBounded() {
    QTemporaryDir first, second;
    trainVocabulary(kCaptions, first.path().toStdString());
    trainVocabulary(kCaptions, second.path().toStdString());
    for (const std::string name : {"/vocab.json", "/merges.txt", "/tokenizer_config.json"}) {
      QCOMPARE(contents(first.path().toStdString() + name), contents(second.path().toStdString() + name));
    }
    VocabularyOptions tight;
    tight.maximumVocabulary = 400;
    const VocabularyResult result = trainVocabulary(kCaptions, first.path().toStdString(), tight);
    QCOMPARE(result.entries, std::size_t(400));
    QVERIFY(!result.splitWords.empty());
    QVERIFY_EXCEPTION_THROWN(trainVocabulary({}, first.path().toStdString()), Error);
  }
};

QTEST_GUILESS_MAIN(VocabularyTrainerTest)
#include "vocabulary_trainer_test.moc"
