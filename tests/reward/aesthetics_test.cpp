#include "core/reward/aesthetics.h"

#include <torch/torch.h>

#include <QtTest>
#include <cmath>

using namespace plumbline;

namespace {

constexpr std::int64_t kSide = 64;

at::Tensor colour(double red, double green, double blue) {
  return torch::tensor({red, green, blue}, at::kFloat).view({1, 3, 1, 1}) * 2 - 1;
}

// A square of 24 pixels in the middle.
at::Tensor onGround(const at::Tensor& figure, const at::Tensor& ground) {
  auto picture = ground.expand({1, 3, kSide, kSide}).clone();
  picture.slice(2, 20, 44).slice(3, 20, 44).copy_(figure.expand({1, 3, 24, 24}));
  return picture;
}

at::Tensor blurred(const at::Tensor& picture, int times) {
  auto x = picture;
  for (int i = 0; i < times; ++i) x = at::avg_pool2d(at::replication_pad2d(x, {1, 1, 1, 1}), {3, 3}, {1, 1});
  return x;
}

double contrast(const at::Tensor& picture) {
  return reward::aesthetics(picture)[0][0].item<double>();
}
double sharpness(const at::Tensor& picture) {
  return reward::aesthetics(picture)[0][1].item<double>();
}

class AestheticsTest : public QObject {
  Q_OBJECT

  const at::Tensor white_ = colour(1, 1, 1), black_ = colour(0, 0, 0);

 private Q_SLOTS:
  void contrastIsTheDistanceInLab() {
    QVERIFY(std::abs(contrast(onGround(black_, white_)) - 1) < 0.01);
    // Grey of 119 of 255 has the lightness 50.
    const auto grey = colour(119.0 / 255, 119.0 / 255, 119.0 / 255);
    QVERIFY(std::abs(contrast(onGround(grey, white_)) - 0.5) < 0.01);
    // Red lies 53 in lightness below white, 80 and 67 aside of it.
    QVERIFY(std::abs(contrast(onGround(colour(1, 0, 0), white_)) - 1) < 0.01);
  }

  void howLargeTheFigureIsDoesNotCount() {
    auto large = white_.expand({1, 3, kSide, kSide}).clone();
    large.slice(2, 4, 60).slice(3, 4, 60).zero_().sub_(1);
    QVERIFY(std::abs(contrast(large) - contrast(onGround(black_, white_))) < 0.01);
  }

  void whatStandsOutNowhereHasNone() {
    QVERIFY(contrast(white_.expand({1, 3, kSide, kSide})) < 0.01);
    QVERIFY(contrast(onGround(colour(0.9, 0.9, 0.9), white_)) < 0.01);
  }

  void blurIsLessSharp() {
    const auto picture = onGround(black_, white_);
    QVERIFY(sharpness(picture) > 0.99);
    QVERIFY(sharpness(blurred(picture, 1)) < sharpness(picture) - 0.05);
    QVERIFY(sharpness(blurred(picture, 4)) < sharpness(blurred(picture, 1)) - 0.1);
    // Not because there is less contrast.
    QVERIFY(sharpness(onGround(colour(0.5, 0.5, 0.5), white_)) > 0.99);
    QCOMPARE(sharpness(white_.expand({1, 3, kSide, kSide})), 0.0);
  }

  void gradientsReachThePixelsAndAreFinite() {
    auto picture = blurred(onGround(colour(0.4, 0.5, 0.6), white_), 1).requires_grad_(true);
    reward::aesthetics(picture).sum().backward();
    QVERIFY(at::isfinite(picture.grad()).all().item<bool>());
    QVERIFY(picture.grad().abs().sum().item<double>() > 0);
    auto plain = white_.expand({1, 3, kSide, kSide}).clone().requires_grad_(true);
    reward::aesthetics(plain).sum().backward();
    QVERIFY(at::isfinite(plain.grad()).all().item<bool>());
  }

  void picturesDoNotDependOnEachOther() {
    const auto one = onGround(black_, white_), other = onGround(colour(0.2, 0.4, 0.8), black_);
    const auto both = reward::aesthetics(at::cat({one, other}));
    QVERIFY(at::allclose(both, at::cat({reward::aesthetics(one), reward::aesthetics(other)}), 1e-6, 1e-6));
  }
};

}  // namespace

QTEST_GUILESS_MAIN(AestheticsTest)
#include "aesthetics_test.moc"
