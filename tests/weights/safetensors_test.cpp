// Round trip of every number type, and each way in which a file can lie about itself.
#include "core/weights/safetensors.h"

#include <QtTest>
#include <filesystem>
#include <fstream>

#include "core/types/error.h"

using namespace plumbline;

namespace {

std::string fileWith(const QTemporaryDir& folder, const std::string& header, std::size_t dataBytes,
                     const std::string& name = "x.safetensors") {
  const std::string path = folder.filePath(QString::fromStdString(name)).toStdString();
  std::ofstream stream(path, std::ios::binary);
  std::uint64_t length = header.size();
  for (int i = 0; i < 8; ++i) stream.put(char(length >> (8 * i)));
  stream << header << std::string(dataBytes, '\1');
  return path;
}

// The message of the Error that opening gives; empty if it opens.
std::string complaint(const std::string& path, ErrorKind kind = ErrorKind::kCorrupt) {
  try {
    SafetensorsFile::open(path);
  } catch (const Error& e) {
    if (e.kind() != kind || e.message().find('\n') != std::string::npos) return "wrong kind: " + e.message();
    return e.message();
  }
  return {};
}

bool mentions(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

class SafetensorsTest : public QObject {
  Q_OBJECT

 private Q_SLOTS:
  void roundTripKeepsEveryType();
  void viewsAreWrittenInRowMajorOrder();
  void copyIntoConverts();
  void failedWriteKeepsTheOldFile();
  void wholeFileOpens();
  void lies_data();
  void lies();
  void everyTruncationIsRefused();
  void pickleIsRefused();
  void missingFile();

 private:
  QTemporaryDir folder_;
  std::string path(const char* name) const { return folder_.filePath(name).toStdString(); }
};

void SafetensorsTest::roundTripKeepsEveryType() {
  std::map<std::string, at::Tensor> out;
  const at::Tensor base = torch::arange(-6, 6, at::kDouble).view({3, 4}) * 1.25;
  for (const auto type : {at::kDouble, at::kFloat, at::kHalf, at::kBFloat16, at::kLong, at::kInt, at::kShort,
                          at::kChar, at::kBool}) {
    out[std::string("t.") + c10::toString(type)] = base.to(type);
  }
  out["bytes"] = torch::arange(5, at::kByte);
  out["scalar"] = torch::tensor(2.5f);
  out["empty"] = torch::zeros({0, 7});
  writeSafetensors(path("all.safetensors"), out, {{"made_by", "a test"}});
  const auto file = SafetensorsFile::open(path("all.safetensors"));
  QCOMPARE(file.names().size(), out.size());
  QCOMPARE(file.metadata().at("format"), std::string("pt"));
  QCOMPARE(file.metadata().at("made_by"), std::string("a test"));
  for (const auto& [name, tensor] : out) {
    const at::Tensor in = file.tensor(name);
    QVERIFY2(in.scalar_type() == tensor.scalar_type() && in.sizes() == tensor.sizes(), name.c_str());
    QVERIFY2(at::equal(in, tensor), name.c_str());
  }
  QVERIFY(!std::filesystem::exists(path("all.safetensors.partial")));
}

void SafetensorsTest::viewsAreWrittenInRowMajorOrder() {
  const at::Tensor view = torch::arange(6, at::kFloat).view({2, 3}).t();
  writeSafetensors(path("view.safetensors"), {{"v", view}});
  QVERIFY(at::equal(SafetensorsFile::open(path("view.safetensors")).tensor("v"), view));
}

void SafetensorsTest::copyIntoConverts() {
  const at::Tensor half = torch::tensor({1.5f, -2.0f}).to(at::kHalf);
  writeSafetensors(path("half.safetensors"), {{"h", half}});
  at::Tensor target = torch::zeros({2});
  SafetensorsFile::open(path("half.safetensors")).copyInto("h", target);
  QVERIFY(at::equal(target, torch::tensor({1.5f, -2.0f})));
  at::Tensor wrong = torch::zeros({3});
  QVERIFY_EXCEPTION_THROWN(SafetensorsFile::open(path("half.safetensors")).copyInto("h", wrong), Error);
}

void SafetensorsTest::failedWriteKeepsTheOldFile() {
  writeSafetensors(path("kept.safetensors"), {{"a", torch::ones({2})}});
  QVERIFY_EXCEPTION_THROWN(writeSafetensors(path("kept.safetensors"), {{"a", at::Tensor()}}), Error);
  QVERIFY_EXCEPTION_THROWN(writeSafetensors(path("no/such/folder.safetensors"), {{"a", torch::ones({2})}}),
                           Error);
  QVERIFY(at::equal(SafetensorsFile::open(path("kept.safetensors")).tensor("a"), torch::ones({2})));
}

void SafetensorsTest::wholeFileOpens() {
  QCOMPARE(complaint(fileWith(folder_, R"({"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}})", 8)),
           std::string());
}

void SafetensorsTest::lies_data() {
  QTest::addColumn<QString>("header");
  QTest::addColumn<int>("bytes");
  QTest::addColumn<QString>("says");
  const auto row = [](const char* name, const char* header, int bytes, const char* says) {
    QTest::newRow(name) << QString(header) << bytes << QString(says);
  };
  row("outside", R"({"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}})", 7, "outside the file");
  row("far outside",
      R"({"a":{"dtype":"U8","shape":[1],"data_offsets":[18446744073709551614,18446744073709551615]}})", 8,
      "outside the file");
  row("backwards", R"({"a":{"dtype":"F32","shape":[2],"data_offsets":[8,0]}})", 8, "outside the file");
  row("negative", R"({"a":{"dtype":"F32","shape":[2],"data_offsets":[-8,0]}})", 8, "data_offsets");
  row("overlap",
      R"({"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"b":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}})",
      8, "overlap");
  row("hole",
      R"({"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"b":{"dtype":"U8","shape":[1],"data_offsets":[2,3]}})",
      3, "belong to no tensor");
  row("rest", R"({"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}})", 9, "belong to no tensor");
  row("shape and range", R"({"a":{"dtype":"F32","shape":[3],"data_offsets":[0,8]}})", 8,
      "its type and shape need");
  row("shape overflow",
      R"({"a":{"dtype":"F32","shape":[281474976710656,281474976710656],"data_offsets":[0,8]}})", 8,
      "impossible");
  row("negative shape", R"({"a":{"dtype":"F32","shape":[-2],"data_offsets":[0,8]}})", 8, "needs dtype");
  row("twice",
      R"({"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}})",
      1, "twice");
  row("no json", "{\"a\":", 0, "not valid JSON");
  row("a list", "[1,2]", 0, "does not start with {");
  row("deep", R"({"a":{"dtype":{"x":{"y":{"z":1}}}}})", 0, "nested");
  row("no shape", R"({"a":{"dtype":"F32","data_offsets":[0,8]}})", 8, "needs dtype");
  row("metadata of numbers", R"({"__metadata__":{"n":1}})", 0, "text to text");
}

void SafetensorsTest::lies() {
  QFETCH(QString, header);
  QFETCH(int, bytes);
  QFETCH(QString, says);
  const std::string message = complaint(fileWith(folder_, header.toStdString(), std::size_t(bytes)));
  QVERIFY2(mentions(message, says.toStdString()), message.c_str());
}

void SafetensorsTest::everyTruncationIsRefused() {
  writeSafetensors(path("whole.safetensors"), {{"a", torch::ones({4})}, {"b", torch::ones({3}, at::kByte)}});
  const auto size = std::filesystem::file_size(path("whole.safetensors"));
  for (std::uintmax_t keep = 0; keep < size; ++keep) {
    const std::string cut = path("cut.safetensors");
    std::filesystem::copy_file(path("whole.safetensors"), cut,
                               std::filesystem::copy_options::overwrite_existing);
    std::filesystem::resize_file(cut, keep);
    QVERIFY2(!complaint(cut).empty(), std::to_string(keep).c_str());
  }
}

void SafetensorsTest::pickleIsRefused() {
  for (const char* name : {"m.bin", "m.ckpt", "m.pt", "m.pth"}) {
    const std::string message = complaint(fileWith(folder_, "{}", 0, name), ErrorKind::kUnsupported);
    QVERIFY2(mentions(message, "convert it to safetensors"), message.c_str());
  }
  // The same under a false name: a zip archive, and a bare pickle stream.
  for (const std::string& start :
       {std::string("PK\3\4\x14\0\0\0\x08\x08", 10), std::string("\x80\2}q\0(X\4\0\0\0", 11)}) {
    const std::string disguised = path("renamed.safetensors");
    std::ofstream(disguised, std::ios::binary) << start << std::string(64, '\0');
    const std::string message = complaint(disguised, ErrorKind::kUnsupported);
    QVERIFY2(mentions(message, "convert it to safetensors"), message.c_str());
  }
  QVERIFY(mentions(
      complaint(fileWith(folder_, R"({"a":{"dtype":"F8_E4M3","shape":[1],"data_offsets":[0,1]}})", 1),
                ErrorKind::kUnsupported),
      "F8_E4M3"));
}

void SafetensorsTest::missingFile() {
  QVERIFY(mentions(complaint(path("absent.safetensors"), ErrorKind::kNotFound), "cannot open"));
  QVERIFY(!complaint(folder_.path().toStdString(), ErrorKind::kInvalidInput).empty());
}

QTEST_GUILESS_MAIN(SafetensorsTest)
#include "safetensors_test.moc"
