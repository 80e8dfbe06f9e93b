// The gallery: filters, what is known about a picture, decoding only what is seen, damaged pictures.
#include <QAbstractItemModelTester>
#include <QBuffer>
#include <QCheckBox>
#include <QComboBox>
#include <QLabel>
#include <QLineEdit>
#include <QListView>
#include <QPersistentModelIndex>
#include <QPushButton>
#include <QScrollBar>
#include <QSignalSpy>
#include <QSlider>
#include <QTest>

#include "core/types/coco_rle.h"
#include "tests/ui/demo_project.h"
#include "ui/data_hub.h"
#include "ui/main_window.h"
#include "ui/models/gallery_model.h"
#include "ui/widgets/empty_state.h"
#include "ui/widgets/inspector.h"
#include "ui/widgets/layered_picture.h"

using namespace plumbline;

namespace {

struct Room {
  std::unique_ptr<test::DemoProject> demo;
  std::unique_ptr<Studio> studio;
  std::unique_ptr<MainWindow> window;
  page::Page* page = nullptr;
  QListView* grid = nullptr;

  explicit Room(int queries, std::function<void(Project&, const test::DemoProject&)> before = {})
      : demo(test::makeDemoProject(QStringList(queries, "pair"), 32)) {
    studio = test::openStudio(*demo);
    if (before) before(*studio->context().project, *demo);
    window = std::make_unique<MainWindow>(studio->context(), studio->pages());
    window->resize(1280, 720);
    window->show();
    window->showPage("gallery");
    page = window->pageWidget("gallery");
    grid = page->findChild<QListView*>();
  }
};

void answerMask(Project& project, const std::string& image, std::int64_t annotator) {
  QueryRow query;
  query.type = "mask";
  query.images = {image};
  const std::int64_t id = project.queries().enqueue(query);
  Mask mask(32, 32);
  mask.at(4, 5) = 1;
  AnswerDraft draft;
  draft.query = id;
  draft.annotator = annotator;
  draft.value = {{"choice", "done"}, {"regions", {{{"category", "artifact"}, {"mask", cocoEncode(mask)}}}}};
  project.answers().record(draft);
}

void addPicture(Project& project, int number) {
  QByteArray png;
  QBuffer buffer(&png);
  buffer.open(QIODevice::WriteOnly);
  test::drawScene(number, 32).save(&buffer, "png");
  project.images().add(std::string_view(png.constData(), std::size_t(png.size())), ImageRow{});
}

}  // namespace

class GalleryTest : public QObject {
  Q_OBJECT

 private Q_SLOTS:
  void showsAllAndFilters() {
    Room room(6, [](Project& p, const test::DemoProject& demo) {
      answerMask(p, demo.images[3], p.annotators().ensure({.name = "bob"}));
    });
    auto* model = room.grid->model();
    QAbstractItemModelTester tester(model, QAbstractItemModelTester::FailureReportingMode::QtTest);
    QTRY_COMPARE(model->rowCount(), 12);
    auto* words = room.page->findChild<QLineEdit*>("words");
    words->setText("RED large");
    int expected = 0;
    for (int i = 0; i < 6; ++i)
      expected += 2 * (test::sceneText(2 * i).contains("red") && test::sceneText(2 * i).contains("large"));
    QVERIFY(expected > 0 && expected < 12);
    QCOMPARE(model->rowCount(), expected);
    words->clear();
    room.page->findChild<QComboBox*>("answered")->setCurrentIndex(1);
    QCOMPARE(model->rowCount(), 1);
    QCOMPARE(model->index(0, 0).data(GalleryModel::kHash).toString().toStdString(), room.demo->images[3]);
    words->setText("no such word");
    auto* empty = room.page->findChild<EmptyState*>();
    QVERIFY(empty->isVisible());
    QTest::mouseClick(empty->button(), Qt::LeftButton);
    QCOMPARE(model->rowCount(), 12);
  }

  void inspectorTellsWhatIsKnown() {
    Room room(2, [](Project& p, const test::DemoProject& demo) {
      answerMask(p, demo.images[3], p.annotators().ensure({.name = "bob"}));
    });
    QTRY_COMPARE(room.grid->model()->rowCount(), 4);
    auto* model = qobject_cast<GalleryModel*>(room.grid->model());
    room.grid->setCurrentIndex(model->indexOf(QString::fromStdString(room.demo->images[3])));
    auto* inspector = room.page->findChild<Inspector*>();
    QCOMPARE(inspector->shownHash().toStdString(), room.demo->images[3]);
    auto* picture = inspector->findChild<LayeredPicture*>();
    QTRY_VERIFY(picture->hasLayer(1));
    QVERIFY(!picture->hasLayer(0));
    QString all;
    for (const QLabel* label : inspector->findChildren<QLabel*>()) all += label->text() + "\n";
    for (const char* fact : {"bob", "103, picture 1", "ddim, 20 steps, guidance 5",
                             "begins after 40 % of the steps", "32 x 32"}) {
      QVERIFY2(all.contains(fact), qPrintable(all));
    }
    QVERIFY(all.contains(test::sceneText(2)));
    QVERIFY(!all.contains("eta"));
    // Layers can be switched.
    const QImage with = picture->grab().toImage();
    for (QCheckBox* box : inspector->findChildren<QCheckBox*>()) box->setChecked(false);
    QVERIFY(picture->grab().toImage() != with);
  }

  void asksAboutAPicture() {
    Room room(2);
    QTRY_COMPARE(room.grid->model()->rowCount(), 4);
    auto* model = qobject_cast<GalleryModel*>(room.grid->model());
    room.grid->setCurrentIndex(model->indexOf(QString::fromStdString(room.demo->images[2])));
    QTest::mouseClick(room.page->findChild<Inspector*>()->findChild<QPushButton*>(), Qt::LeftButton);
    QTRY_COMPARE(room.studio->context().project->queries().counts().openByType["mask"], 1);
    const auto next =
        room.studio->context().project->queries().next(room.studio->context().annotatorId, 1, 0);
    QCOMPARE(next.front().type, std::string("mask"));
    QCOMPARE(next.front().images, std::vector<std::string>{room.demo->images[2]});
  }

  // A running job changes the database every second.
  void staysWhereItIsWhileAJobRuns() {
    Room room(30);
    room.page->findChild<QSlider*>("size")->setValue(300);
    auto* model = qobject_cast<GalleryModel*>(room.grid->model());
    QAbstractItemModelTester tester(model, QAbstractItemModelTester::FailureReportingMode::QtTest);
    QTRY_COMPARE(model->rowCount(), 60);
    QScrollBar* bar = room.grid->verticalScrollBar();
    QTRY_VERIFY(bar->maximum() > 1000);
    const QModelIndex chosen = model->index(1, 0);
    const QString hash = chosen.data(GalleryModel::kHash).toString();
    room.grid->setCurrentIndex(chosen);
    bar->setValue(1000);
    const QPersistentModelIndex seen = room.grid->indexAt(QPoint(150, 150));
    const int y = room.grid->visualRect(seen).top();
    QSignalSpy reset(model, &GalleryModel::modelReset), reloaded(model, &GalleryModel::reloaded);
    DataHub* hub = room.studio->context().hub;
    Q_EMIT hub->imagesChanged();
    QTest::qWait(800);
    QCOMPARE(reloaded.size(), 0);  // nothing new was read
    QCOMPARE(bar->value(), 1000);
    for (int number = 1000; number < 1007; ++number) addPicture(*room.studio->context().project, number);
    Q_EMIT hub->imagesChanged();
    QTRY_COMPARE(model->rowCount(), 67);
    QCOMPARE(reset.size(), 0);
    QCOMPARE(room.grid->currentIndex().data(GalleryModel::kHash).toString(), hash);
    QCOMPARE(room.grid->currentIndex().row(), 8);
    QVERIFY(bar->value() > 1000);
    QCOMPARE(room.grid->visualRect(seen).top(), y);  // what one looks at stays under the eye
    // What was said about the chosen one is shown.
    answerMask(*room.studio->context().project, hash.toStdString(), room.studio->context().annotatorId);
    Q_EMIT hub->answersChanged();
    QTRY_COMPARE(room.grid->currentIndex().data(GalleryModel::kAnswers).toInt(), 1);
    auto* picture = room.page->findChild<Inspector*>()->findChild<LayeredPicture*>();
    QTRY_VERIFY(picture->hasLayer(1));
    QCOMPARE(room.grid->visualRect(seen).top(), y);
    QCOMPARE(reset.size(), 0);
  }

  void decodesOnlyWhatIsSeen() {
    Room room(150);
    QTRY_COMPARE(room.grid->model()->rowCount(), 300);
    room.page->findChild<QSlider*>("size")->setValue(200);
    QTest::qWait(400);
    PictureLoader* pictures = room.studio->context().pictures;
    int decoded = 0;
    for (const std::string& hash : room.demo->images)
      decoded += pictures->cached(QString::fromStdString(hash)) != nullptr;
    QVERIFY(decoded > 4);
    QVERIFY2(decoded < 120, qPrintable(QString::number(decoded)));
  }

  void aDamagedPictureIsShownAsSuch() {
    Room room(2, [](Project& p, const test::DemoProject& demo) {
      QFile file(QString::fromStdString(p.images().path(demo.images[1]).string()));
      QVERIFY(file.remove());
    });
    QTRY_COMPARE(room.grid->model()->rowCount(), 4);
    auto* model = qobject_cast<GalleryModel*>(room.grid->model());
    const QModelIndex index = model->indexOf(QString::fromStdString(room.demo->images[1]));
    QTRY_VERIFY(index.data(GalleryModel::kState).toInt() != int(ImageState::kOk));
    room.grid->setCurrentIndex(index);
    QTest::qWait(100);
    QVERIFY(!room.page->findChild<LayeredPicture*>()->grab().isNull());
  }
};

QTEST_MAIN(GalleryTest)
#include "gallery_test.moc"
