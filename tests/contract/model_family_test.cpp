// What every model family must do, whichever families there are.
#include "core/models/model_family.h"

#include <QtTest>

#include "core/models/config_file.h"
#include "core/models/tiny_model.h"
#include "core/types/error.h"

using namespace plumbline;

class ModelFamilyTest : public QObject {
  Q_OBJECT

 private Q_SLOTS:
  void initTestCase() { model_family::registerAll(families_); }
  void descriptorsAreComplete();
  void eachPipelineHasOneFamily();
  void strangersAreLeftAlone();
  void savesWhatItLoads();

 private:
  model_family::Registry families_{"model family"};
};

void ModelFamilyTest::descriptorsAreComplete() {
  QVERIFY(!families_.all().empty());
  for (const auto& family : families_.all()) {
    const Descriptor& d = family->descriptor;
    QVERIFY2(!d.id.empty() && !d.title.empty() && !d.help.empty() && !d.paper.empty(), d.id.c_str());
    QVERIFY2(d.extra.contains("pipelines") && !d.extra["pipelines"].empty(), d.id.c_str());
    QVERIFY2(family->accepts && family->load && family->save, d.id.c_str());
  }
}

void ModelFamilyTest::eachPipelineHasOneFamily() {
  for (const auto& family : families_.all()) {
    for (const Json& pipeline : family->descriptor.extra["pipelines"]) {
      int takers = 0;
      for (const auto& other : families_.all()) takers += other->accepts({{"_class_name", pipeline}});
      QVERIFY2(takers == 1 && family->accepts({{"_class_name", pipeline}}), pipeline.dump().c_str());
    }
  }
}

void ModelFamilyTest::strangersAreLeftAlone() {
  for (const auto& family : families_.all()) {
    for (const Json& index :
         {Json::object(), Json{{"_class_name", 3}}, Json{{"_class_name", "SomethingElse"}}}) {
      QVERIFY2(!family->accepts(index), family->descriptor.id.c_str());
    }
  }
}

void ModelFamilyTest::savesWhatItLoads() {
  QTemporaryDir scratch;
  const std::string first = scratch.filePath("first").toStdString();
  writeTinyModel(first, 5);
  const Json index = readConfig(first + "/model_index.json");
  for (const auto& family : families_.all()) {
    if (!family->accepts(index)) continue;
    const auto model = family->load(first, index, Precision::kFloat32);
    QVERIFY(model->unet && model->vae && model->textEncoder && model->tokenizer);
    const std::string second = scratch.filePath(QString::fromStdString(family->descriptor.id)).toStdString();
    family->save(*model, second);
    const auto again = family->load(second, index, Precision::kFloat32);
    const auto a = model->unet->parameters(), b = again->unet->parameters();
    QCOMPARE(a.size(), b.size());
    for (std::size_t i = 0; i < a.size(); ++i) QVERIFY(at::equal(a[i], b[i]));
    QVERIFY_EXCEPTION_THROWN(
        family->load(scratch.filePath("absent").toStdString(), index, Precision::kFloat32), Error);
  }
}

QTEST_GUILESS_MAIN(ModelFamilyTest)
#include "model_family_test.moc"
