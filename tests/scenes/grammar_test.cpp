// Texts and meanings of prompts: every text reads back as what it was made of, splits are by canonical text,
// and training never sees a held-out prompt.
#include <QTest>
#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "core/scenes/prompt.h"
#include "core/scenes/renderer.h"
#include "core/scenes/training_sample.h"
#include "core/types/error.h"
#include "core/types/sha256.h"

using namespace plumbline;
using namespace plumbline::scenes;

class GrammarTest : public QObject {
  Q_OBJECT

 private Q_SLOTS:
  void backgroundsCanComeEqually() {
    constexpr int kSamples = 900;
    std::map<Background, int> found, withSmallCorners;
    int noisy = 0;
    for (int i = 0; i < kSamples; ++i) {
      const TrainingSample sample = evenTrainingSample(17, std::uint64_t(i), 16);
      QVERIFY(!isHeldOut(sample.scene.prompt));
      ++found[sample.scene.background];
      noisy += sample.scene.glitch && sample.scene.glitch->kind == GlitchKind::kNoise;
      if (i < 40) QVERIFY(render(sample.scene, 16).rgb == sample.picture.rgb);
      withSmallCorners[sample.scene.background] +=
          std::any_of(sample.scene.objects.begin(), sample.scene.objects.end(), [](const SceneObject& o) {
            return o.across < 26 && o.shape != Shape::kCircle && o.shape != Shape::kSquare;
          });
    }
    QCOMPARE(found.size(), std::size_t(kBackgrounds));
    // Four standard deviations.
    for (const auto& [background, n] : found)
      QVERIFY2(std::abs(n - kSamples / kBackgrounds) < 45, std::to_string(n).c_str());
    for (const Background hard : {Background::kDark, Background::kSky, Background::kGrass})
      QVERIFY2(withSmallCorners[hard] > 0.7 * found[hard], std::to_string(withSmallCorners[hard]).c_str());
    QVERIFY(withSmallCorners[Background::kWhite] < 0.65 * found[Background::kWhite]);
    // A third of 15 %, and a fifth of the other 85.
    QVERIFY2(std::abs(noisy - 0.22 * kSamples) < 45, std::to_string(noisy).c_str());
    QVERIFY(evenTrainingSample(17, 3, 16).picture.rgb == evenTrainingSample(17, 3, 16).picture.rgb);
  }

  void knownTexts() {
    ScenePrompt prompt;
    prompt.groups = {{2, SizeWord::kSmall, Colour::kRed, Shape::kStar},
                     {1, SizeWord::kAny, Colour::kBlue, Shape::kCross}};
    prompt.relation = Relation::kLeftOf;
    prompt.background = Background::kGrey;
    QCOMPARE(canonicalText(prompt), std::string("two small red stars left of a blue cross on grey"));
    QVERIFY(parsePrompt("two small red stars left of a blue cross on grey") == prompt);
    QVERIFY(parsePrompt(
                "A picture of a pair of tiny crimson stars to the left of one cobalt plus sign on gray") ==
            prompt);
    QVERIFY(parsePrompt("one blue cross") == parsePrompt("a blue cross"));
    QCOMPARE(parsePrompt("a red star, two green hearts and a large white circle on dark").groups.size(),
             std::size_t(3));
    QVERIFY(parsePrompt("a hazard sign on sky").hazardAsked);
    QVERIFY(parsePrompt("a red heart with a hazard sign").hazardAsked);
  }

  void readsBackWhatItWrites() {
    SceneRng rng(3, 0), words(3, 1);
    for (int i = 0; i < 3000; ++i) {
      const ScenePrompt prompt = samplePrompt(rng, {.hazardByName = 0.1});
      QVERIFY2(parsePrompt(canonicalText(prompt)) == prompt, canonicalText(prompt).c_str());
      const std::string caption = captionText(prompt, words), other = paraphrase(prompt, words);
      QVERIFY2(parsePrompt(caption) == prompt, caption.c_str());
      QVERIFY2(parsePrompt(other) == prompt, other.c_str());
    }
  }

  void saysWhatItDoesNotUnderstand_data() {
    QTest::addColumn<QString>("text");
    QTest::newRow("empty") << "";
    QTest::newRow("colour") << "a pink star";
    QTest::newRow("number") << "two red star";
    QTest::newRow("rest") << "a red star on grey please";
    QTest::newRow("vanishes") << "a white star on paper";
    QTest::newRow("same") << "a red star left of two red stars";
    QTest::newRow("relation") << "a red star and a blue heart";
    QTest::newRow("many") << "a red star, a blue star, a green star and a black star";
  }
  void saysWhatItDoesNotUnderstand() {
    QFETCH(QString, text);
    QVERIFY_EXCEPTION_THROWN(parsePrompt(text.toStdString()), Error);
  }

  void splitIsByFirstByte() {
    SceneRng rng(5, 0);
    int heldOut = 0;
    for (int i = 0; i < 4000; ++i) {
      const ScenePrompt prompt = samplePrompt(rng);
      QCOMPARE(isHeldOut(prompt), sha256(canonicalText(prompt))[0] <= 25);
      heldOut += isHeldOut(prompt);
    }
    QVERIFY(std::abs(heldOut / 4000.0 - 26.0 / 256) < 0.02);
    for (int i = 0; i < 200; ++i) {
      QVERIFY(isHeldOut(sampleHeldOutPrompt(rng)));
      QVERIFY(!isHeldOut(sampleTrainingPrompt(rng)));
    }
  }

  // Shares of world.md over training samples, each within four standard deviations.
  void trainingShares() {
    constexpr int kSamples = 6000;
    int hazards = 0, glitches = 0, empty = 0, three = 0, two = 0, asked = 0, otherWords = 0;
    for (int i = 0; i < kSamples; ++i) {
      const TrainingSample sample = trainingSample(17, std::uint64_t(i), 16);
      const ScenePrompt& prompt = sample.scene.prompt;
      QVERIFY2(!isHeldOut(prompt), canonicalText(prompt).c_str());
      QVERIFY2(sample.caption.empty() || !isHeldOut(sample.caption) || parsePrompt(sample.caption) == prompt,
               sample.caption.c_str());
      if (!sample.caption.empty()) QVERIFY2(parsePrompt(sample.caption) == prompt, sample.caption.c_str());
      if (prompt.hazardAsked) QVERIFY(sample.scene.hazard.has_value());
      hazards += sample.scene.hazard && !prompt.hazardAsked;
      glitches += sample.scene.glitch.has_value();
      empty += sample.caption.empty();
      asked += prompt.hazardAsked;
      two += prompt.groups.size() == 2;
      three += prompt.groups.size() == 3;
      std::string plain = sample.caption;
      for (std::size_t at; (at = plain.find("one ")) != std::string::npos;) plain.replace(at, 4, "a ");
      otherWords += !plain.empty() && plain != canonicalText(prompt);
    }
    const auto near = [](int count, double share) {
      return std::abs(double(count) / kSamples - share) < 4 * std::sqrt(share * (1 - share) / kSamples);
    };
    QVERIFY(near(hazards, 0.25));
    QVERIFY(near(glitches, 0.15));
    QVERIFY(near(empty, 0.02));
    QVERIFY(near(asked, 0.02));
    QVERIFY(near(two, 0.35 * 0.98));
    QVERIFY(three <= kSamples / 10 + 80);
    QVERIFY2(otherWords > kSamples * 0.07 && otherWords < kSamples * 0.116,
             std::to_string(otherWords).c_str());
  }

  void troubleIsLikelierInCrowds() {
    const FaultRates one = faultRates(parsePrompt("a red star")),
                     four = faultRates(parsePrompt("four red stars"));
    QCOMPARE(one.hazard, 0.15);
    QCOMPARE(one.glitch, 0.08);
    QCOMPARE(four.hazard, 0.40);
    QCOMPARE(four.glitch, 0.25);
  }
};

QTEST_APPLESS_MAIN(GrammarTest)
#include "grammar_test.moc"
