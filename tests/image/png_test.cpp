// PNG bytes: deterministic, exact, and refused with one clear line when damaged in any place.
#include <QImage>
#include <QTemporaryDir>
#include <QTest>
#include <fstream>

#include "core/image/png.h"
#include "core/types/error.h"

using namespace plumbline;

namespace {

Picture sample() {
  Picture picture(37, 21);
  for (std::size_t i = 0; i < picture.rgb.size(); ++i) picture.rgb[i] = std::uint8_t(i * i % 251);
  return picture;
}

}  // namespace

class PngTest : public QObject {
  Q_OBJECT

 private Q_SLOTS:
  void comesBackExactly() {
    const Picture picture = sample();
    const std::string bytes = encodePng(picture);
    QVERIFY(bytes == encodePng(picture));
    QVERIFY(decodePng(bytes) == picture);
    QVERIFY(decodePicture(bytes) == picture);
    Mask mask(9, 4);
    mask.at(3, 2) = 1;
    QVERIFY(decodePngMask(encodePng(mask)) == mask);
  }

  // Red stays red for other readers.
  void anotherReaderAgrees() {
    const std::string bytes = encodePng(sample());
    QImage image;
    QVERIFY(image.loadFromData(QByteArray(bytes.data(), int(bytes.size()))));
    const QRgb pixel = image.pixel(5, 3);
    const Picture picture = sample();
    QCOMPARE(qRed(pixel), int(picture.at(5, 3)[0]));
    QCOMPARE(qBlue(pixel), int(picture.at(5, 3)[2]));
  }

  void refusesEveryFlippedByteAndEveryCut() {
    const std::string bytes = encodePng(sample());
    for (std::size_t i = 0; i < bytes.size(); i += 3) {
      std::string damaged = bytes;
      damaged[i] = char(damaged[i] ^ 0x10);
      QVERIFY_EXCEPTION_THROWN(decodePng(damaged), Error);
      QVERIFY_EXCEPTION_THROWN(decodePng(std::string_view(bytes).substr(0, i)), Error);
    }
    QVERIFY_EXCEPTION_THROWN(decodePicture("GIF89a"), Error);
    QVERIFY_EXCEPTION_THROWN(decodePicture(""), Error);
    QVERIFY_EXCEPTION_THROWN(decodePicture("\xff\xd8\xff\xe0"), Error);
  }

  void readsJpegAndRefusesAbsurdSizes() {
    QTemporaryDir folder;
    const std::string path = folder.filePath("a.jpg").toStdString();
    QImage image(20, 10, QImage::Format_RGB32);
    image.fill(QColor(200, 30, 30));
    if (!image.save(QString::fromStdString(path), "JPG", 95)) QSKIP("Qt writes no JPEG here");
    const Picture picture = readPicture(path);
    QCOMPARE(picture.width, 20);
    QVERIFY(picture.at(3, 3)[0] > 180 && picture.at(3, 3)[2] < 60);

    std::ifstream file(path, std::ios::binary);
    std::string bytes((std::istreambuf_iterator<char>(file)), {});
    const std::size_t frame = bytes.find(std::string("\xff\xc0", 2));
    QVERIFY(frame != std::string::npos);
    bytes[frame + 5] = bytes[frame + 7] = '\xff';
    QVERIFY_EXCEPTION_THROWN(decodePicture(bytes), Error);
  }

  void writesWholeFilesOrNone() {
    QTemporaryDir folder;
    const std::string path = folder.filePath("p.png").toStdString();
    writePng(path, sample());
    QVERIFY(readPicture(path) == sample());
    QVERIFY_EXCEPTION_THROWN(writePng(folder.filePath("none/p.png").toStdString(), sample()), Error);
    try {
      readPicture(folder.filePath("missing.png").toStdString());
      QFAIL("no error");
    } catch (const Error& e) {
      QVERIFY(e.message().find("missing.png") != std::string::npos);
    }
  }
};

QTEST_GUILESS_MAIN(PngTest)
#include "png_test.moc"
