#include <QTemporaryDir>
#include <QtTest>

#include "core/nn/clip_text_model.h"
#include "core/scenes/training/caption_reading.h"
#include "core/scenes/training/training_state.h"
#include "core/text/clip_tokenizer.h"
#include "core/text/vocabulary_trainer.h"

using namespace plumbline;
using training::toldOfSides;

namespace {

enum { kLeft, kRight, kTop, kBottom };

double colour(const at::Tensor& told, int side, scenes::Colour of) {
  return told[side][int(of)].item<double>();
}

double count(const at::Tensor& told, int side, int of) {
  return told[side][training::kToldColours + training::kToldShapes + of - 1].item<double>();
}

}  // namespace

class CaptionReadingTest : public QObject {
  Q_OBJECT

 private Q_SLOTS:
  void aRelationSaysWhichGroupIsWhere_data() {
    QTest::addColumn<QString>("caption");
    QTest::addColumn<int>("first");
    QTest::addColumn<int>("second");
    QTest::newRow("left of") << "two red circles left of a blue square" << int(kLeft) << int(kRight);
    QTest::newRow("right of") << "two red circles right of a blue square" << int(kRight) << int(kLeft);
    QTest::newRow("above") << "two red circles above a blue square" << int(kTop) << int(kBottom);
    QTest::newRow("below") << "two red circles below a blue square" << int(kBottom) << int(kTop);
  }

  void aRelationSaysWhichGroupIsWhere() {
    QFETCH(QString, caption);
    QFETCH(int, first);
    QFETCH(int, second);
    const auto told = toldOfSides(caption.toStdString());
    QCOMPARE(colour(told, first, scenes::Colour::kRed), 1.0);
    QCOMPARE(count(told, first, 2), 1.0);
    QCOMPARE(colour(told, second, scenes::Colour::kBlue), 1.0);
    QCOMPARE(count(told, second, 1), 1.0);
    for (int side = 0; side < training::kSides; ++side) {
      if (side == first || side == second) continue;
      QCOMPARE(colour(told, side, scenes::Colour::kRed), 0.5);
      QCOMPARE(colour(told, side, scenes::Colour::kBlue), 0.5);
    }
  }

  void otherWordsForTheSameSayTheSame() {
    QVERIFY(at::equal(toldOfSides("a red circle left of a blue square"),
                      toldOfSides("a blue square right of a red circle")));
    scenes::SceneRng rng(4, 0);
    for (int i = 0; i < 50; ++i) {
      const auto prompt = scenes::sampleTrainingPrompt(rng);
      QVERIFY(at::equal(toldOfSides(prompt), toldOfSides(scenes::paraphrase(prompt, rng))));
    }
  }

  void everyQuestionsSharesAddUpToOne() {
    scenes::SceneRng rng(5, 0);
    for (int i = 0; i < 200; ++i) {
      const auto told = toldOfSides(scenes::sampleTrainingPrompt(rng, {.hazardByName = 0.2}));
      QVERIFY(at::allclose(told.sum(1), at::full({training::kSides}, 4.0)));
      QVERIFY((told >= 0).all().item<bool>());
    }
    const auto nothing = toldOfSides("");
    QCOMPARE(nothing[kLeft][training::kToldColours - 1].item<double>(), 1.0);
    QVERIFY(at::allclose(nothing.sum(1), at::full({training::kSides}, 4.0)));
  }

  // Captions whose words are the same and whose meaning is not: a text encoder that is asked learns to tell
  // them apart.
  void askedATextEncoderLearnsWhatIsWhere() {
    QTemporaryDir dir;
    std::vector<std::string> captions;
    for (const char* relation : {"left of", "right of", "above", "below"}) {
      captions.push_back(std::string("a red circle ") + relation + " a blue square");
      captions.push_back(std::string("a blue square ") + relation + " a red circle");
    }
    trainVocabulary(captions, dir.path().toStdString(), {.maxLength = 24});
    const auto tokenizer = ClipTokenizer::load(dir.path().toStdString());
    std::vector<at::Tensor> ids, told;
    for (const auto& caption : captions) {
      ids.push_back(torch::tensor(tokenizer.encode(caption), at::kLong));
      told.push_back(toldOfSides(caption));
    }
    nn::ClipTextModel text(nlohmann::json{{"hidden_size", 32},
                                          {"intermediate_size", 64},
                                          {"num_hidden_layers", 2},
                                          {"num_attention_heads", 2},
                                          {"hidden_act", "quick_gelu"},
                                          {"max_position_embeddings", 24},
                                          {"vocab_size", tokenizer.vocabularySize()},
                                          {"bos_token_id", tokenizer.startId()},
                                          {"eos_token_id", tokenizer.endId()},
                                          {"pad_token_id", tokenizer.padId()},
                                          {"layer_norm_eps", 1e-5}});
    training::SideReader reader(32);
    nn::initialise(*text, 1);
    nn::initialise(*reader, 2);
    auto parameters = training::namedParameters(*text, "text.");
    parameters.merge(training::namedParameters(*reader, "reader."));
    training::Optimizer optimizer(parameters, {.learningRate = 3e-3, .warmupSteps = 10});
    const auto features = [&] { return text->forward(at::stack(ids)).lastHiddenState; };
    for (int step = 0; step < 800; ++step) {
      reader->loss(features(), at::stack(told)).backward();
      optimizer.step(step / 800.0);
    }
    torch::NoGradGuard noGrad;
    const auto answers = reader(features()).slice(2, 0, training::kToldColours).softmax(-1);
    const auto asked = at::stack(told).slice(2, 0, training::kToldColours);
    const double off = (answers - asked).abs().amax().item<double>();
    QVERIFY2(off < 0.2, qPrintable(QString::number(off)));
  }
};

QTEST_GUILESS_MAIN(CaptionReadingTest)
#include "caption_reading_test.moc"
