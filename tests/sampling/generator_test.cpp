// The reproducibility contract on a tiny model: a request gives the same bytes alone, in company, in any
// order, in one go or interleaved, with adapters coming and going; and different requests give different
// pictures.
#include <torch/torch.h>

#include <QTemporaryDir>
#include <QTest>

#include "core/lora/lora.h"
#include "core/models/tiny_model.h"
#include "core/sampling/generator.h"
#include "core/tensor/threads.h"
#include "core/types/error.h"

using namespace plumbline;

namespace {

SampleRequest request(const std::string& prompt, int seed, int index = 0) {
  SampleRequest r;
  r.prompt = prompt;
  r.seed = std::uint64_t(seed);
  r.imageIndex = std::uint64_t(index);
  r.steps = 4;
  return r;
}

Picture one(Generator& generator, const SampleRequest& r) {
  SilentSink sink;
  return generator.generate({r}, sink)[0];
}

}  // namespace

class GeneratorTest : public QObject {
  Q_OBJECT

  QTemporaryDir folder_;
  std::shared_ptr<DiffusionModel> model_;

 private Q_SLOTS:
  void initTestCase() {
    useThreads(2);
    writeTinyModel(folder_.path().toStdString(), 11);
    model_ = loadModel(folder_.path().toStdString());
  }

  void aloneOrInCompanyTheBytesAreTheSame_data() {
    QTest::addColumn<int>("microBatch");
    QTest::newRow("whole") << 4;
    QTest::newRow("in shards") << Generator::kMicroBatch;
  }
  void aloneOrInCompanyTheBytesAreTheSame() {
    QFETCH(int, microBatch);
    Generator generator(model_, nullptr, microBatch);
    const SampleRequest mine = request("a red circle", 5, 3);
    const Picture alone = one(generator, mine);
    QCOMPARE(alone.width, int(model_->pictureSize()));
    std::vector<SampleRequest> crowd;
    for (int i = 0; i < microBatch + 2; ++i) crowd.push_back(request("two blue squares", 100 + i));
    SampleRequest other = request("a red circle", 5, 3);
    other.steps = 3;
    crowd.push_back(other);
    for (std::size_t place : {0u, 2u, 5u}) {
      auto requests = crowd;
      requests.insert(requests.begin() + std::ptrdiff_t(place), mine);
      SilentSink sink;
      QVERIFY(generator.generate(requests, sink)[place] == alone);
    }
    Generator fresh(model_, nullptr, microBatch);
    QVERIFY(one(fresh, mine) == alone);
  }

  void everyPartOfTheRequestMatters() {
    Generator generator(model_, nullptr, 2);
    const SampleRequest base = request("a red circle", 5);
    const Picture picture = one(generator, base);
    std::vector<SampleRequest> others(9, base);
    others[0].prompt = "two blue squares";
    others[1].negativePrompt = "dark";
    others[2].seed = 6;
    others[3].imageIndex = 1;
    others[4].steps = 5;
    others[5].guidance = base.guidance + 1;
    others[6].eta = 1;
    others[7].sampler = "dpmpp_2m";
    others[8].guidanceStart = 0.25;
    for (const SampleRequest& other : others) QVERIFY(!(one(generator, other) == picture));
  }

  void guidanceBeginsWhereItIsToldTo() {
    Generator generator(model_, nullptr, 2);
    SampleRequest late = request("a red circle", 5);
    late.guidance = 4;
    late.guidanceStart = 1;
    SampleRequest none = late;
    none.guidance = 1;
    none.guidanceStart = 0;
    QVERIFY(one(generator, late) == one(generator, none));
    none.guidanceStart = 0.2;  // says nothing where there is no guidance, and may share a batch
    SilentSink sink;
    const auto both = generator.generate({none, late}, sink);
    QVERIFY(both[0] == one(generator, none) && both[1] == both[0]);
    QCOMPARE(generator.start({none, late}, false)->total(), std::int64_t(4));
    late.guidanceStart = 0.5;
    const PreparedBatch batch = generator.prepare({late});
    for (int i = 0; i < batch.steps(); ++i) QCOMPARE(batch.guided(i), 2 * i >= batch.steps());
    const at::Tensor x = batch.start().x;
    const PreparedBatch plain = generator.prepare({none});
    QVERIFY(at::equal(generator.predict(batch, 0, x), generator.predict(plain, 0, x)));
    QVERIFY(!at::equal(generator.predict(batch, batch.steps() - 1, x),
                       generator.predict(plain, batch.steps() - 1, x)));
  }

  void runsCanBeInterleavedStepByStep() {
    Generator generator(model_, nullptr, 2);
    const std::vector<SampleRequest> first = {request("a red circle", 1), request("a red circle", 2),
                                              request("a red circle", 3)};
    const std::vector<SampleRequest> second = {request("two blue squares", 4)};
    SilentSink sink;
    const auto expectedFirst = generator.generate(first, sink),
               expectedSecond = generator.generate(second, sink);

    const auto a = generator.start(first), b = generator.start(second);
    QCOMPARE(a->total(), std::int64_t(2 * (4 + 1)));
    std::map<std::size_t, Picture> fromA, fromB;
    bool moreA = true, moreB = true;
    while (moreA || moreB) {
      moreA = a->step();
      moreB = b->step();
      for (auto& [i, picture] : a->takeFinished()) fromA[i] = picture;
      for (auto& [i, picture] : b->takeFinished()) fromB[i] = picture;
    }
    QCOMPARE(a->done(), a->total());
    for (std::size_t i = 0; i < 3; ++i) QVERIFY(fromA.at(i) == expectedFirst[i]);
    QVERIFY(fromB.at(0) == expectedSecond[0]);
  }

  void latentsDecodeToThePictures() {
    Generator generator(model_, nullptr, 2);
    const std::vector<SampleRequest> requests = {request("a red circle", 1), request("a red circle", 2),
                                                 request("a red circle", 3)};
    SilentSink sink;
    const at::Tensor latents = generator.sampleLatents(requests, sink);
    QCOMPARE(latents.size(0), std::int64_t(3));
    QVERIFY(!latents.requires_grad());
    const at::Tensor pictures = generator.decode(latents);
    const Picture drawn = generator.generate(requests, sink)[2];
    const double red =
        std::clamp(std::nearbyint((pictures[2][0][3][4].item<double>() + 1) * 127.5), 0.0, 255.0);
    QVERIFY(std::abs(red - drawn.at(4, 3)[0]) <= 1);
  }

  void adaptersAreOnOnlyWhereAsked() {
    const auto adapters = std::make_shared<LoraSet>(model_);
    Generator generator(model_, adapters, 2);
    const SampleRequest plain = request("a red circle", 5);
    const Picture base = one(generator, plain);
    adapters->inject("policy", {.rank = 2, .seed = 3});
    SampleRequest tuned = plain;
    tuned.adapters["policy"] = 1.0;
    QVERIFY(one(generator, tuned) == base);  // a fresh adapter changes nothing
    for (at::Tensor& p : adapters->parameters("policy")) p.add_(0.3);
    const Picture changed = one(generator, tuned);
    QVERIFY(!(changed == base));
    QVERIFY(one(generator, plain) == base);
    SampleRequest half = tuned;
    half.adapters["policy"] = 0.5;
    SilentSink sink;
    const auto mixed = generator.generate({plain, tuned, half, plain}, sink);
    QVERIFY(mixed[0] == base && mixed[1] == changed && mixed[3] == base);
    QVERIFY(!(mixed[2] == base) && !(mixed[2] == changed));
    QCOMPARE(adapters->strength("policy"), 0.0);
    SampleRequest unknown = plain;
    unknown.adapters["nobody"] = 1;
    QVERIFY_EXCEPTION_THROWN(one(generator, unknown), Error);
  }

  void refusesNonsenseAndStops() {
    Generator generator(model_, nullptr, 2);
    SampleRequest bad = request("a", 1);
    bad.steps = 0;
    QVERIFY_EXCEPTION_THROWN(one(generator, bad), Error);
    bad = request("a", 1);
    bad.sampler = "magic";
    QVERIFY_EXCEPTION_THROWN(one(generator, bad), Error);
    bad = request("a", 1);
    bad.eta = 2;
    QVERIFY_EXCEPTION_THROWN(one(generator, bad), Error);
    bad = request("a", 1);
    bad.guidance = std::nan("");
    QVERIFY_EXCEPTION_THROWN(one(generator, bad), Error);
    bad = request("a", 1);
    bad.guidanceStart = 1.5;
    QVERIFY_EXCEPTION_THROWN(one(generator, bad), Error);
    std::stop_source stop;
    stop.request_stop();
    SilentSink sink;
    QVERIFY_EXCEPTION_THROWN(generator.generate({request("a", 1)}, sink, stop.get_token()), Error);
  }
};

QTEST_GUILESS_MAIN(GeneratorTest)
#include "generator_test.moc"
