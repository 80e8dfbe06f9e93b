// Captions and pictures read together: what is padding is not read, captions do not see each other, and the
// gradient reaches the patches.
#include "core/nn/match_reader.h"

#include <QtTest>

#include "core/tensor/noise.h"
#include "core/types/error.h"

using namespace plumbline;

namespace {

at::Tensor random(std::uint64_t stream, std::vector<std::int64_t> shape) {
  return noiseFor(5, stream, 0, NoisePurpose::kWeightInit, shape);
}

}  // namespace

class MatchReaderTest : public QObject {
  Q_OBJECT

  nn::MatchReader reader_{16, 12, 4};
  at::Tensor pictures_ = random(4, {2, 3, 12, 12}), patches_ = random(1, {2, 9, 16}),
             words_ = random(2, {2, 3, 5, 12}), isWord_ = at::ones({2, 3, 5});

 private Q_SLOTS:
  void initTestCase() {
    nn::initialise(*reader_, 7);
    // What begins at zero, so that it changes nothing before it has learnt.
    torch::NoGradGuard noGrad;
    for (auto& item : reader_->named_parameters()) {
      if (item.key().find("counted.weight") != std::string::npos || item.key() == "stem_in.weight")
        item.value().copy_(0.2 * random(9, item.value().sizes().vec()));
    }
    isWord_.select(2, 0).zero_();
    isWord_[0][1].slice(0, 3).zero_();
  }

  void answersForEachCaption() {
    const auto answers = reader_->forward(pictures_, patches_, words_, isWord_);
    QVERIFY((answers.sizes() == at::IntArrayRef({2, 3, nn::kMatchAnswers})));
    for (std::int64_t c = 0; c < 3; ++c) {
      const auto alone =
          reader_->forward(pictures_, patches_, words_.slice(1, c, c + 1), isWord_.slice(1, c, c + 1))
              .squeeze(1);
      QVERIFY(at::allclose(answers.select(1, c), alone, 1e-4, 1e-5));
    }
    QVERIFY((answers.select(1, 0) - answers.select(1, 2)).abs().max().item<double>() > 1e-3);
    const auto otherPictures = reader_->forward(pictures_, patches_.flip(0), words_, isWord_);
    QVERIFY((answers - otherPictures).abs().max().item<double>() > 1e-3);
  }

  void doesNotReadWhatIsNoWord() {
    const auto answers = reader_->forward(pictures_, patches_, words_, isWord_);
    auto other = words_.clone();
    other[0][1].slice(0, 3).fill_(9);
    other.select(2, 0).fill_(-4);
    QVERIFY(at::allclose(reader_->forward(pictures_, patches_, other, isWord_), answers, 1e-4, 1e-5));
    const auto longer = at::constant_pad_nd(words_, {0, 0, 0, 4}, 3.0);
    QVERIFY(at::allclose(reader_->forward(pictures_, patches_, longer, at::constant_pad_nd(isWord_, {0, 4})),
                         answers, 1e-4, 1e-5));
  }

  // Pictures show four things in any places; a caption of two words names two of them, or one and one that is
  // not there.
  void learnsWhatIsShown() {
    const auto things = random(3, {8, 16});
    nn::MatchReader reader(16, 16, 2);
    const auto blank = at::zeros({64, 3, 6, 6});
    nn::initialise(*reader, 9);
    torch::optim::Adam optimizer(reader->parameters(), 3e-3);
    constexpr std::int64_t kLearning = 600;
    double right = 0;
    for (std::int64_t step = 0; step < kLearning + 20; ++step) {
      auto generator = at::detail::createCPUGenerator(std::uint64_t(step));
      const at::Tensor order = std::get<1>(at::rand({64, 8}, generator, at::kFloat).sort(1));
      const auto places = std::get<1>(at::rand({64, 9}, generator, at::kFloat).sort(1)).slice(1, 0, 4);
      auto patches = 0.3 * at::randn({64, 9, 16}, generator, at::kFloat);
      patches.scatter_(1, places.unsqueeze(2).expand({64, 4, 16}), things.index({order.slice(1, 0, 4)}));
      const auto all = at::stack({order.slice(1, 0, 2), order.slice(1, 3, 5)}, 1);  // 64 2 2
      const auto logits = reader->forward(blank, patches, things.index({all}), at::ones({64, 2, 2}));
      const auto target = torch::tensor({1.0F, 0.0F}).expand({64, 2});
      optimizer.zero_grad();
      at::binary_cross_entropy_with_logits(logits.select(2, 1), target).backward();
      optimizer.step();
      const auto better = logits.detach().select(2, 1);
      if (step >= kLearning)
        right += (better.select(1, 0) > better.select(1, 1)).to(at::kFloat).mean().item<double>();
    }
    QVERIFY2(right / 20 > 0.9, qPrintable(QString::number(right / 20)));
  }

  // Nothing but the number tells two alike patches from three, and nothing but the pixels dark from light.
  void learnsToCountAndToLook() {
    const auto thing = random(5, {16}), word = random(6, {1, 1, 1, 16});
    nn::MatchReader reader(16, 16, 2);
    nn::initialise(*reader, 9);
    torch::optim::Adam optimizer(reader->parameters(), 3e-3);
    constexpr std::int64_t kLearning = 300;
    double counted = 0, looked = 0;
    for (std::int64_t step = 0; step < kLearning + 20; ++step) {
      auto generator = at::detail::createCPUGenerator(std::uint64_t(step));
      const auto three = at::rand({64}, generator, at::kFloat) > 0.5,
                 light = at::rand({64}, generator, at::kFloat) > 0.5;
      const auto order = std::get<1>(at::rand({64, 16}, generator, at::kFloat).sort(1));
      const auto shown = order < 2 + three.to(at::kLong).unsqueeze(1);
      const auto patches = at::where(shown.unsqueeze(2), thing, at::zeros({16}));
      const auto pictures =
          at::randn({64, 3, 8, 8}, generator, at::kFloat) + light.to(at::kFloat).view({64, 1, 1, 1});
      const auto logits =
          reader->forward(pictures, patches, word.expand({64, 1, 1, 16}), at::ones({64, 1, 1})).squeeze(1);
      const auto target = at::stack({three, light}, 1);
      optimizer.zero_grad();
      at::binary_cross_entropy_with_logits(logits, target.to(at::kFloat)).backward();
      optimizer.step();
      const auto right = ((logits.detach() > 0) == target).to(at::kFloat).mean(0);
      if (step >= kLearning) counted += right[0].item<double>() / 20, looked += right[1].item<double>() / 20;
    }
    QVERIFY2(counted > 0.95, qPrintable(QString::number(counted)));
    QVERIFY2(looked > 0.95, qPrintable(QString::number(looked)));
  }

  void leadsTheGradientToPatchesAndPixels() {
    const auto patches = patches_.clone().requires_grad_(), pictures = pictures_.clone().requires_grad_();
    reader_->forward(pictures, patches, words_, isWord_).sum().backward();
    QVERIFY(patches.grad().abs().sum(-1).min().item<double>() > 0);
    QVERIFY(pictures.grad().abs().sum(1).min().item<double>() > 0);
  }

  void refusesPatchesThatHalvingDoesNotReach() {
    QVERIFY_EXCEPTION_THROWN(nn::MatchReader(16, 12, 6), Error);
  }
};

QTEST_GUILESS_MAIN(MatchReaderTest)
#include "match_reader_test.moc"
