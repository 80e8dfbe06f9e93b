// Pictures survive the way to a tensor and back, and tensors are clamped and rounded on the way out.
#include <torch/torch.h>

#include <QTest>

#include "core/tensor/picture_tensor.h"
#include "core/types/error.h"

using namespace plumbline;

class PictureTensorTest : public QObject {
  Q_OBJECT

 private Q_SLOTS:
  void everyValueComesBack() {
    Picture picture(16, 48);
    for (std::size_t i = 0; i < picture.rgb.size(); ++i) picture.rgb[i] = std::uint8_t(i * 7 % 256);
    const at::Tensor tensor = toTensor(picture);
    QVERIFY(tensor.sizes() == at::IntArrayRef({3, 48, 16}));
    QVERIFY(tensor.min().item<float>() >= -1 && tensor.max().item<float>() <= 1);
    QCOMPARE(tensor[1][2][3].item<float>(), float(picture.at(3, 2)[1] / 127.5 - 1));
    QVERIFY(toPicture(tensor) == picture);
    QVERIFY(toPictures(toTensor(std::vector<Picture>{picture, picture}))[1] == picture);
  }

  void clampsAndRounds() {
    const at::Tensor tensor = torch::tensor({-5.0f, 5.0f, 0.003f}).view({3, 1, 1});
    QVERIFY((toPicture(tensor).rgb == std::vector<std::uint8_t>{0, 255, 128}));
  }

  void masksComeBack() {
    Mask mask(5, 3);
    mask.at(4, 2) = 1;
    mask.at(0, 1) = 1;
    QVERIFY(toMask(maskTensor(mask)) == mask);
    QCOMPARE(maskTensor(mask).sum().item<float>(), 2.0f);
  }

  void resizesBilinearly() {
    const at::Tensor ramp = torch::arange(4, at::kFloat).view({1, 1, 1, 4}).expand({2, 3, 4, 4}).contiguous();
    QVERIFY(resizedTo(ramp, 4, 4).is_same(ramp));
    // Pixel centres, not corners, keep their places: 2 of 4 columns lie half way between two of them.
    const at::Tensor smaller = resizedTo(ramp, 2, 2);
    QVERIFY(smaller.sizes() == at::IntArrayRef({2, 3, 2, 2}));
    QVERIFY(at::allclose(smaller[1][2][0], torch::tensor({0.5f, 2.5f})));
    QVERIFY(at::allclose(resizedTo(ramp, 4, 8)[0][0][0].slice(0, 0, 4),
                         torch::tensor({0.0f, 0.25f, 0.75f, 1.25f})));
    const at::Tensor free = torch::zeros({1, 1, 2, 2}, at::TensorOptions().requires_grad(true));
    resizedTo(free, 4, 6).sum().backward();
    QVERIFY(at::allclose(free.grad(), torch::full({1, 1, 2, 2}, 6.0f)));
  }

  void refusesWhatIsNoPicture() {
    QVERIFY_EXCEPTION_THROWN(toTensor(Picture()), Error);
    QVERIFY_EXCEPTION_THROWN(toTensor(std::vector<Picture>{Picture(2, 2), Picture(3, 2)}), Error);
    QVERIFY_EXCEPTION_THROWN(toPicture(torch::zeros({1, 4, 4})), Error);
  }
};

QTEST_GUILESS_MAIN(PictureTensorTest)
#include "picture_tensor_test.moc"
