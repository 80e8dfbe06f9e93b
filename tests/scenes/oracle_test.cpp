// The oracle against the renderer on a few hundred scenes, after blur, and at half size. The full counts are
// in oracle_slow_test and in `plumbline scenes measure`.
#include <QTest>
#include <algorithm>
#include <cmath>
#include <map>
#include <opencv2/imgproc.hpp>

#include "core/scenes/oracle/accuracy.h"
#include "core/scenes/oracle/analysis.h"
#include "core/scenes/oracle/glitch_detector.h"
#include "core/scenes/oracle/glitch_fit.h"
#include "core/scenes/renderer.h"
#include "core/types/error.h"

using namespace plumbline;
using namespace plumbline::scenes;

namespace {

Scene sceneOf(const char* text, std::uint64_t index, Faults faults = {}) {
  SceneRng rng(31, index);
  return sampleScene(parsePrompt(text), rng, faults);
}

// What a decoder does to a picture, roughly: soft edges, faint noise, shifted tones.
std::vector<Picture> softened(const std::vector<Picture>& pictures) {
  std::vector<Picture> result = pictures;
  std::uint64_t index = 0;
  for (Picture& picture : result) {
    SceneRng rng(77, index++);
    const cv::Mat bytes(picture.height, picture.width, CV_8UC3, picture.rgb.data());
    cv::Mat3f soft;
    bytes.convertTo(soft, CV_32F);
    cv::GaussianBlur(soft, soft, {0, 0}, 1.0);
    const double shift[3] = {rng.uniform(-4, 4), rng.uniform(-4, 4), rng.uniform(-4, 4)};
    for (int y = 0; y < picture.height; ++y) {
      for (int x = 0; x < picture.width; ++x) {
        for (int c = 0; c < 3; ++c) {
          picture.at(x, y)[c] =
              cv::saturate_cast<std::uint8_t>(double(soft(y, x)[c]) + shift[c] + 2 * rng.normal());
        }
      }
    }
  }
  return result;
}

// A grey picture with a square of pale upright bars, each of one of so many hues: what an autoencoder makes
// of colour noise on grey.
Picture paleBars(int hues) {
  Picture picture(128, 128);
  std::fill(picture.rgb.begin(), picture.rgb.end(), std::uint8_t(128));
  for (int y = 50; y < 74; ++y) {
    for (int x = 44; x < 68; ++x) {
      const double hue = 2 * M_PI * ((x - 44) / 3 % hues) / hues;
      for (int c = 0; c < 3; ++c)
        picture.at(x, y)[c] = std::uint8_t(std::lround(128 + 24 * std::cos(hue - 2 * M_PI * c / 3)));
    }
  }
  return picture;
}

// Every row moved sideways along a slow wave: outlines sway, nothing else is wrong.
Picture swaying(const Picture& picture, double pixels, double phase) {
  Picture result = picture;
  for (int y = 0; y < picture.height; ++y) {
    const double shift = pixels * std::sin(phase + 2 * M_PI * y / 34.0);
    for (int x = 0; x < picture.width; ++x) {
      const double from = std::clamp(x + shift, 0.0, double(picture.width - 1));
      const int left = int(from), right = std::min(left + 1, picture.width - 1);
      for (int c = 0; c < 3; ++c) {
        const double a = picture.at(left, y)[c], b = picture.at(right, y)[c];
        result.at(x, y)[c] = std::uint8_t(std::lround(a + (b - a) * (from - left)));
      }
    }
  }
  return result;
}

// What an autoencoder of few latents leaves of a patch of noise: grey, here lighter, there darker.
Picture greyed(const Picture& picture, const Glitch& patch) {
  Picture result = picture;
  cv::Mat bytes(result.height, result.width, CV_8UC3, result.rgb.data());
  cv::Mat inside = bytes(cv::Rect(patch.left, patch.top, patch.width, patch.height)), grey;
  cv::cvtColor(inside, grey, cv::COLOR_RGB2GRAY);
  cv::GaussianBlur(grey, grey, {0, 0}, 2.5);
  grey.convertTo(grey, CV_8U, 2, 145 - 2 * 127.5);
  cv::cvtColor(grey, inside, cv::COLOR_GRAY2RGB);
  return softened({result})[0];
}

OracleAccuracy accuracy(const AccuracyRequest& request) {
  SilentSink sink;
  return measureAccuracy(request, sink, {});
}

std::string report(const OracleAccuracy& a) {
  std::string text = "right " + std::to_string(a.right) + " of " + std::to_string(a.scenes);
  for (const auto& [what, n] : a.wrong) text += ", " + what + " " + std::to_string(n);
  text += "; unchanged " + std::to_string(a.unchanged) + " of " + std::to_string(a.roundTrips);
  for (const auto& [what, n] : a.changed) text += ", " + what + " " + std::to_string(n);
  return text;
}

}  // namespace

class OracleTest : public QObject {
  Q_OBJECT

 private Q_SLOTS:
  void judgesPartByPart() {
    const Picture picture = render(sceneOf("two small red stars left of a large blue heart on grey", 1));
    const Verdict right =
        measure(picture, parsePrompt("two small red stars left of a large blue heart on grey"));
    QVERIFY(right.correct);
    QCOMPARE(right.correctShare, 1.0);
    QVERIFY(right.reading.cleanliness > 0.85);
    QVERIFY(!right.reading.hazard && !right.reading.glitch);

    const Verdict count =
        measure(picture, parsePrompt("three small red stars left of a large blue heart on grey"));
    QVERIFY(!count.correct && !count.groups[0].countRight && count.groups[0].colourRight &&
            count.groups[1].right());
    const Verdict colour =
        measure(picture, parsePrompt("two small red stars left of a large green heart on grey"));
    QVERIFY(!colour.groups[1].colourRight && colour.groups[1].shapeRight && colour.groups[1].sizeRight);
    const Verdict shape =
        measure(picture, parsePrompt("two small red crosses left of a large blue heart on grey"));
    QVERIFY(!shape.groups[0].shapeRight && !shape.groups[0].found && shape.groups[0].colourRight);
    const Verdict size =
        measure(picture, parsePrompt("two large red stars left of a large blue heart on grey"));
    QVERIFY(!size.groups[0].sizeRight && size.groups[0].found);
    const Verdict relation =
        measure(picture, parsePrompt("two small red stars right of a large blue heart on grey"));
    QVERIFY(!relation.relationHolds && relation.groups[0].right());
    const Verdict ground =
        measure(picture, parsePrompt("two small red stars left of a large blue heart on dark"));
    QVERIFY(!ground.backgroundRight);
    const Verdict extra = measure(picture, parsePrompt("a large blue heart on grey"));
    QVERIFY(!extra.nothingExtra && extra.groups[0].right());
    for (const Verdict* verdict : {&count, &colour, &shape, &size, &relation, &ground, &extra}) {
      QVERIFY(!verdict->correct && verdict->correctShare < 1 && verdict->correctShare > 0.4);
    }
  }

  void hazardByName() {
    const ScenePrompt asked = parsePrompt("a green circle with a hazard sign on white");
    const Verdict shown = measure(render(sceneOf("a green circle with a hazard sign on white", 2)), asked);
    QVERIFY(shown.reading.hazard && shown.hazardAsAsked && shown.correct);
    const Verdict missing = measure(render(sceneOf("a green circle on white", 2)), asked);
    QVERIFY(!missing.reading.hazard && !missing.hazardAsAsked && !missing.correct);
  }

  void masksLieOnTheFaults() {
    for (std::uint64_t i = 0; i < 10; ++i) {
      const Scene scene = sceneOf("a large purple square on sky", i, {true, true});
      const Reading reading = readPicture(render(scene));
      const Mask truth = hazardMask(scene);
      std::size_t both = 0;
      for (std::size_t p = 0; p < truth.data.size(); ++p)
        both += truth.data[p] != 0 && reading.hazardMask.data[p] != 0;
      QVERIFY(reading.hazard && both * 10 > truth.area() * 8);
    }
  }

  void findsEachKindOfGlitch() {
    std::map<GlitchKind, std::pair<int, int>> found;
    for (std::uint64_t i = 0; i < 240; ++i) {
      const Scene scene = sceneOf("three large blue hearts on grey", i, {false, true});
      auto& [called, all] = found[scene.glitch->kind];
      called += readPicture(render(scene)).glitch;
      ++all;
    }
    QCOMPARE(found.size(), std::size_t(3));
    for (const auto& [kind, count] : found) {
      QVERIFY2(count.first >= 0.93 * count.second,
               qPrintable(QString("kind %1: %2 of %3").arg(int(kind)).arg(count.first).arg(count.second)));
    }
  }

  // A smear draws a bar out of an object, which fits a square better than the rest fits what it was.
  void whatASmearDrawsOutIsNoSquare() {
    for (const char* shape : {"a blue circle", "a blue heart"}) {
      Scene scene = sceneOf(shape, 4);
      SceneObject& object = scene.objects[0];
      object.across = 22, object.x = 50, object.y = 60, object.angle = 0;
      scene.glitch = Glitch{.kind = GlitchKind::kSmear, .left = 54, .top = 44, .width = 20, .height = 30};
      const Verdict verdict = measure(render(scene), scene.prompt);
      QVERIFY2(verdict.correct, shape);
      QVERIFY2(verdict.reading.glitch, shape);
    }
  }

  void greyedNoiseIsAGlitchAndNoObject() {
    int patches = 0, objects = 0, glitches = 0;
    for (std::uint64_t i = 0; patches < 40; ++i) {
      const Scene scene = sceneOf("a large red star", i, {false, true});
      if (scene.glitch->kind != GlitchKind::kNoise || coveredShare(scene, scene.objects[0]) > 0) continue;
      const Reading reading = readPicture(greyed(render(scene), *scene.glitch));
      ++patches;
      objects += int(reading.objects.size());
      glitches += reading.glitch;
    }
    QCOMPARE(objects, 40);
    QVERIFY2(glitches >= 38, qPrintable(QString("%1 of 40 are called a glitch").arg(glitches)));
  }

  void malformedIsSeldomAGlitch() {
    int glitches = 0, unclean = 0;
    for (std::uint64_t i = 0; i < 60; ++i) {
      const Picture straight = render(sceneOf("a large red star left of a large green square", i));
      const Reading reading = readPicture(swaying(straight, 3, double(i)));
      glitches += reading.glitch;
      unclean += reading.cleanliness < readPicture(straight).cleanliness - 0.05;
    }
    QVERIFY2(glitches <= 12, qPrintable(QString("%1 of 60 are called a glitch").arg(glitches)));
    QVERIFY(unclean >= 55);  // it does see that something is wrong
  }

  void barsOfManyHuesAreColourNoise() {
    const auto seen = [](int hues) {
      const Analysis look = firstLook(paleBars(hues));
      std::vector<GlitchCandidate> found = glitchCandidates(look.lab, look.explanation);
      return found.size() == 1 ? found[0] : GlitchCandidate{};
    };
    const GlitchCandidate many = seen(4), two = seen(2);
    QVERIFY(many.box.area() > 300 && two.box.area() > 300);
    QVERIFY2(many.cues[kVariety] > 1, std::to_string(many.cues[kVariety]).c_str());
    QVERIFY2(two.cues[kVariety] < 0.3, std::to_string(two.cues[kVariety]).c_str());  // a blend lies on a line
    QVERIFY(readPicture(paleBars(4)).glitch);
  }

  void glitchDetectorIsFittedAnew() {
    SilentSink sink;
    const auto malformed = [](const std::vector<Picture>& pictures,
                              const std::vector<std::string>& captions) {
      std::vector<Picture> result;
      for (const Picture& picture : pictures) result.push_back(swaying(picture, 3, double(result.size())));
      return captions.size() == pictures.size() ? result : std::vector<Picture>();
    };
    const GlitchFit fit =
        fitGlitchDetector({.scenes = 80, .seed = 3, .roundTrip = softened, .redraw = malformed}, sink, {});
    int rendered = 0, called = 0, painted = 0;
    for (const char* kind : {"noise", "smear", "shift"}) {
      rendered += fit.counts.at(std::string("rendered_") + kind).all;
      called += fit.counts.at(std::string("rendered_") + kind).called;
      painted += fit.counts.at(std::string("redrawn_") + kind).all;
      QCOMPARE(fit.counts.at(std::string("decoded_") + kind).all,
               fit.counts.at(std::string("rendered_") + kind).all);
    }
    QCOMPARE(rendered, 40);
    QVERIFY2(called >= 36, std::to_string(called).c_str());
    QVERIFY2(painted >= 20 && painted <= 40, std::to_string(painted).c_str());
    QCOMPARE(fit.counts.at("redrawn").all, 40);
    // Of so few scenes the least called rendered glitch is the bound, so that some of the malformed ones
    // pass.
    QVERIFY2(fit.counts.at("redrawn").called <= 20, std::to_string(fit.counts.at("redrawn").called).c_str());
    QCOMPARE(fit.counts.at("rendered").called, 0);
  }

  void aRedrawingThatLosesPicturesIsRefused() {
    SilentSink sink;
    const auto nothing = [](const std::vector<Picture>&, const std::vector<std::string>&) {
      return std::vector<Picture>();
    };
    QVERIFY_THROWS_EXCEPTION(
        Error,
        fitGlitchDetector({.scenes = 8, .seed = 3, .roundTrip = softened, .redraw = nothing}, sink, {}));
  }

  void blurIsLessClean() {
    const Picture sharp = render(sceneOf("three small green crosses on paper", 3));
    const double before = readPicture(sharp).cleanliness,
                 after = readPicture(softened({sharp})[0]).cleanliness;
    QVERIFY2(after < before - 0.03, (std::to_string(before) + " " + std::to_string(after)).c_str());
    Mask none(128, 128), all(128, 128);
    std::fill(all.data.begin(), all.data.end(), std::uint8_t(1));
    QCOMPARE(cleanlinessInside(sharp, none), 1.0);
    QCOMPARE(cleanlinessInside(sharp, all), before);
  }

  void nonsenseIsNotRight() {
    Picture noise(128, 128);
    SceneRng rng(1, 1);
    for (std::uint8_t& v : noise.rgb) v = std::uint8_t(rng.below(256));
    const Verdict verdict = measure(noise, parsePrompt("a red star"));
    QVERIFY(!verdict.correct && verdict.reading.cleanliness < 0.3);
    const Verdict black = measure(Picture(128, 128), parsePrompt("a red star"));
    QVERIFY(!black.correct && !black.groups[0].found);
    QVERIFY_EXCEPTION_THROWN(readPicture(Picture(128, 64)), Error);
  }

  void cleanScenes() {
    const OracleAccuracy a = accuracy({.scenes = 250, .roundTrip = softened});
    QVERIFY2(a.right >= 247, report(a).c_str());
    QVERIFY2(a.unchanged >= 245, report(a).c_str());
    QCOMPARE(a.covered, 0);
  }

  void scenesWithFaults() {
    const OracleAccuracy a = accuracy({.scenes = 200, .faults = Planted::kAlways, .roundTrip = softened});
    QVERIFY2(a.right >= 194, report(a).c_str());
    // A displaced block whose straight edges are gone is taken for a badly drawn object.
    QVERIFY2(a.unchanged >= 184, report(a).c_str());
    QVERIFY2(a.covered < 40, report(a).c_str());
    QVERIFY2(a.hazardOverlap > 0.8, std::to_string(a.hazardOverlap).c_str());
    QVERIFY2(a.glitchOverlap > 0.5, std::to_string(a.glitchOverlap).c_str());
  }

  void faultsAsOftenAsInTraining() {
    const OracleAccuracy a = accuracy({.scenes = 120, .faults = Planted::kAsDrawn});
    QVERIFY2(a.hazards >= 12 && a.hazards <= 48, std::to_string(a.hazards).c_str());
    QVERIFY2(a.glitches >= 6 && a.glitches <= 36, std::to_string(a.glitches).c_str());
  }

  void halfSize() {
    const OracleAccuracy a = accuracy({.scenes = 120, .size = 64});
    QVERIFY2(a.right >= 115, report(a).c_str());
  }
};

QTEST_APPLESS_MAIN(OracleTest)
#include "oracle_test.moc"
