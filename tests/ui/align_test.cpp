// The align page on a real project: what is missing and where to get it, starting, curves while a run goes
// on, pictures before and after with masks, pause, stop and save, resume, earlier runs.
#include <QAbstractItemView>
#include <QCheckBox>
#include <QComboBox>
#include <QDateTime>
#include <QLabel>
#include <QListWidget>
#include <QMessageBox>
#include <QPushButton>
#include <QSlider>
#include <QSpinBox>
#include <QStandardPaths>
#include <QTest>
#include <QTranslator>

#include "db/database.h"
#include "tests/ui/align_room.h"
#include "ui/data_hub.h"
#include "ui/theme.h"
#include "ui/widgets/align_setup.h"
#include "ui/widgets/empty_state.h"
#include "ui/widgets/metric_chart.h"
#include "ui/widgets/run_view.h"
#include "ui/widgets/sample_grid.h"
#include "ui/widgets/schema_form.h"

using namespace plumbline;
using namespace plumbline::test;

class AlignTest : public QObject {
  Q_OBJECT

 private Q_SLOTS:
  void initTestCase() {
    QStandardPaths::setTestModeEnabled(true);  // the catalogue is cached
    applyTheme(*qApp, Appearance::kLight);
  }

  void whatIsMissingIsSaidWithTheWayThere() {
    AlignRoom room;
    QTRY_COMPARE(room.page->findChildren<QLabel*>("needUnmet").size(), 2);
    QVERIFY(room.texts("needUnmet").contains("No reward model yet"));
    QVERIFY(room.texts("needUnmet").contains("No masks yet"));
    QVERIFY(room.texts("needMet").contains("Prompts to learn from: 2"));
    QVERIFY(!room.button("start")->isEnabled());
    QVERIFY(room.find<EmptyState>()->isVisible());
    QTest::mouseClick(room.button("lead_reward"), Qt::LeftButton);
    QCOMPARE(room.window->currentPage(), QString("reward"));
    room.window->showPage("align");
    QTest::mouseClick(room.button("lead_annotate"), Qt::LeftButton);
    QCOMPARE(room.window->currentPage(), QString("annotate"));
    room.window->showPage("align");
    room.project().settings().set("model", {{"path", "models/gone"}});
    Q_EMIT room.studio->context().hub->jobsChanged();
    QTRY_VERIFY(room.texts("needUnmet").contains("models/gone"));
  }

  void aMissingProgramIsSaid() {
    AlignRoom room({}, {}, false);
    QTRY_VERIFY(room.find<QLabel>("alignNote")->text().contains("plumbline program"));
    QVERIFY(!room.button("start")->isEnabled());
  }

  void whileTheCatalogueIsReadThatIsSaid() {
    AlignRoom room(addReward);
    QVERIFY(room.find<QLabel>("alignNote")->text().contains("Reading"));
    QVERIFY(room.find<QLabel>("alignNote")->isVisible());
    QVERIFY(!room.button("start")->isEnabled());
    QTRY_VERIFY(room.find<SchemaForm>());
    QVERIFY(!room.find<QLabel>("alignNote")->text().contains("Reading"));
  }

  // Jobs may be read before any run is shown.
  void progressOfNothingShowsNothing() {
    AlignRoom room(addReward);
    auto* view = room.page->findChild<RunView*>();
    QVERIFY(view);
    const auto texts = [&] {
      QStringList all;
      for (const QLabel* label : view->findChildren<QLabel*>()) all << label->text();
      return all;
    };
    const QStringList before = texts();
    view->showProgress(nullptr);
    QCOMPARE(texts(), before);
  }

  // A running job changes the database every second.
  void nothingMovesUnderThePointerWhileAJobRuns() {
    std::int64_t job = 0, shown = 0;
    AlignRoom room([&](Project& p) {
      addReward(p);
      addReward2(p);
      shown = addFinishedRun(p);
      addStrips(p, shown, {8, 16});
      addFinishedRun(p);
      addRun(p, &job);
    });
    auto* list = room.find<QListWidget>("runs");
    QTRY_COMPARE(list->count(), 3);
    QTRY_VERIFY(room.find<SchemaForm>());
    list->setCurrentRow(2);
    auto* grid = room.page->findChild<SampleGrid*>();
    QTRY_COMPARE(grid->count(), 4);
    const QListWidgetItem* item = list->item(1);
    auto* lead = room.button("lead_annotate");
    QVERIFY(lead);
    auto* reward = room.find<QComboBox>("rewardModel");
    reward->setCurrentIndex(1);
    reward->showPopup();
    // Pictures that are there are not decoded again: nothing else would notice that this one is broken.
    const QString file =
        QString::fromStdString((room.project().runFolder(shown) / "strips" / "step-16" / "0.png").string());
    const QDateTime then = QFileInfo(file).lastModified();
    write(file, QByteArray(QFileInfo(file).size(), 'x'));
    QFile touched(file);
    QVERIFY(touched.open(QIODevice::ReadWrite));
    QVERIFY(touched.setFileTime(then, QFileDevice::FileModificationTime));
    touched.close();
    for (int beat = 0; beat < 3; ++beat) {
      room.project().jobs().heartbeat(job, {"training", 21 + beat, 48});
      for (auto signal : {&DataHub::jobsChanged, &DataHub::runsChanged, &DataHub::rewardChanged})
        Q_EMIT(room.studio->context().hub->*signal)();
      QTest::qWait(400);
    }
    QVERIFY(list->item(1) == item);
    QCOMPARE(list->currentRow(), 2);
    QVERIFY(reward->view()->isVisible());
    QCOMPARE(reward->currentIndex(), 1);
    QVERIFY(room.button("lead_annotate") == lead);
    QCOMPARE(grid->count(), 4);
    reward->hidePopup();
    // News are shown, and the run that was chosen stays chosen.
    addFinishedRun(room.project());
    Q_EMIT room.studio->context().hub->runsChanged();
    QTRY_COMPARE(list->count(), 4);
    QCOMPARE(list->currentRow(), 3);
    addStrips(room.project(), shown, {16});
    Q_EMIT room.studio->context().hub->runsChanged();
    QTest::qWait(400);
    QCOMPARE(grid->count(), 4);
    addStrips(room.project(), shown, {16}, true);
    Q_EMIT room.studio->context().hub->runsChanged();
    QTRY_VERIFY(grid->hasMasks());  // other files are read
  }

  void runsAreToldApartAndUsedAgain() {
    AlignRoom room([](Project& p) {
      addReward(p);
      addFinishedRun(p);
      addFinishedRun(p, {{"beta", 0.3}, {"steps", 96}, {"mask_source", "both"}, {"rank", 16}});
      addFinishedRun(p, {{"mask_source", "people"}, {"rank", 8}});
    });
    auto* list = room.find<QListWidget>("runs");
    QTRY_VERIFY(list->count() == 3 && room.find<SchemaForm>());
    QVERIFY2(list->item(1)->text().contains("Beta 0.3, 96 steps\n") ||
                 list->item(1)->text().contains("96 steps, Beta 0.3\n"),
             qPrintable(list->item(1)->text()));
    QVERIFY(list->item(0)->text().contains("Mask source people, Rank 8"));
    QCOMPARE(list->item(2)->text().count('\n'), 1);  // nothing differs
    auto* form = room.page->findChild<SchemaForm*>();
    form->setValues({{"rank", 64}, {"mask_source", "head"}});
    QVERIFY(!room.find<QPushButton>("useSettings")->isHidden());
    list->setCurrentRow(1);
    QTest::mouseClick(room.button("useSettings"), Qt::LeftButton);
    QVERIFY(form->values() ==
            nlohmann::json({{"steps", 96}, {"beta", 0.3}, {"mask_source", "both"}, {"rank", 16}}));
    list->setCurrentRow(0);
    QTest::mouseClick(room.button("useSettings"), Qt::LeftButton);
    QVERIFY(form->values() ==  // what the run does not name has its default again
            nlohmann::json({{"steps", 48}, {"beta", 0.1}, {"mask_source", "people"}, {"rank", 8}}));
    list->setCurrentRow(2);
    QVERIFY(!room.button("useSettings")->isVisible());
  }

  void aFinishedRunIsEvaluated() {
    std::int64_t run = 0;
    AlignRoom room([&](Project& p) { run = addFinishedRun(p); });
    room.host->start();
    QTRY_VERIFY(room.button("evaluateRun")->isVisible());
    QVERIFY(!room.button("evaluateRun")->isEnabled());
    QVERIFY(room.button("evaluateRun")->toolTip().contains("reward model"));
    addReward(room.project());
    Q_EMIT room.studio->context().hub->rewardChanged();
    QTRY_VERIFY(room.button("evaluateRun")->toolTip().contains("held-out prompts"));
    QVERIFY(!room.button("evaluateRun")->isEnabled());
    room.project().prompts().ensure({.text = "two blue rings", .split = "held_out"});
    Q_EMIT room.studio->context().hub->runsChanged();
    QTRY_VERIFY(room.button("evaluateRun")->isEnabled());
    QTest::mouseClick(room.button("evaluateRun"), Qt::LeftButton);
    QTRY_COMPARE(room.project().jobs().list({JobState::kQueued}).size(), std::size_t(1));
    const JobRow job = room.project().jobs().list({JobState::kQueued}).front();
    QCOMPARE(job.kind, std::string("evaluate"));
    QVERIFY(job.spec == nlohmann::json({{"run", run}}));
    QTRY_VERIFY(room.script->seen().contains("\"run\""));
    QVERIFY(room.script->seen().contains(QStringLiteral("\"job\":%1").arg(job.id)));
    QTRY_VERIFY(!room.button("evaluateRun")->isEnabled());
    QVERIFY(room.button("evaluateRun")->toolTip().contains("being evaluated"));
    QCOMPARE(room.find<QListWidget>("runs")->count(), 1);
    room.project().jobs().claimJob(job.id);  // as its worker would
    addEvaluation(room.project(), run);
    room.project().jobs().succeed(job.id, {{"run", run}, {"folder", "eval"}});
    Q_EMIT room.studio->context().hub->jobsChanged();
    QTRY_COMPARE(room.find<QComboBox>("samples")->count(), 2);
    QVERIFY(room.button("evaluateRun")->isEnabled());
  }

  void hoursOfWorkDoNotEndByASlip() {
    std::int64_t job = 0;
    AlignRoom room(
        [&](Project& p) {
          addReward(p);
          addRun(p, &job);
          const std::int64_t before = QDateTime::currentMSecsSinceEpoch() - 2 * 3600 * 1000;
          Statement(p.database(), "UPDATE job SET started_ms = ? WHERE id = ?").bind(before).bind(job).run();
        },
        "{\"event\":\"accepted\",\"job\":1}\n");
    room.host->start();
    QTRY_VERIFY(room.button("pauseRun")->isVisible() && room.button("finishRun")->isEnabled());
    const auto box = [&] { return room.page->findChild<QMessageBox*>(); };
    QTest::mouseClick(room.button("finishRun"), Qt::LeftButton);
    QTRY_VERIFY(box());
    QVERIFY(box()->text().contains("2 h"));
    QTest::keyClick(box(), Qt::Key_Escape);
    QTRY_VERIFY(!box());
    QVERIFY(!room.script->seen().contains("\"finish\""));
    QTest::mouseClick(room.button("finishRun"), Qt::LeftButton);
    QTRY_VERIFY(box());
    QTest::mouseClick(box()->findChild<QPushButton*>("reallyFinish"), Qt::LeftButton);
    QTRY_VERIFY(room.script->seen().contains("\"finish\""));
    QTRY_VERIFY(!box());
    QTest::mouseClick(room.button("finishRun"), Qt::LeftButton);
    QTRY_VERIFY(box());
    QTest::mouseClick(box()->findChild<QPushButton*>("pauseInstead"), Qt::LeftButton);
    QTRY_VERIFY(room.project().jobs().find(job)->pauseRequested);
    QCOMPARE(room.script->seen().count("\"finish\""), 1);
  }

  void theLegendFitsANarrowChart() {
    for (const int width : {240, 300, 600}) {
      QWidget place;  // without a layout: it gives no more than this
      place.resize(width, 220);
      MetricChart chart({}, &place);
      chart.resize(place.size());
      chart.setSeries(QStringLiteral("trainierte Bewertung"), {0, 1, 2}, {1, 2, 3});
      chart.setSeries(QStringLiteral("zur\u00fcckgehaltene Bewertung"), {0, 1, 2}, {1, 1, 2});
      place.show();
      QTest::qWait(100);
      const QImage image = chart.grab().toImage();
      const QRgb back = image.pixel(image.width() - 1, 2);
      for (int y = 0; y < image.height(); ++y) {
        for (int x = image.width() - 3; x < image.width(); ++x) QCOMPARE(image.pixel(x, y), back);
      }
    }
  }

  // For the eye: several runs, in German too, where words are longest.
  void severalRunsFit() {
    QTranslator german;
    QVERIFY(german.load(":/translations/plumbline_de.qm"));
    for (const bool translated : {false, true}) {
      if (translated) QCoreApplication::installTranslator(&german);
      AlignRoom room([](Project& p) {
        addReward(p);
        addStrips(p, addFinishedRun(p), {8, 16}, true);
        addFinishedRun(p, {{"beta", 0.3}, {"steps", 96}});
        addFinishedRun(p, {{"mask_source", "people"}, {"rank", 8}, {"steps", 200}, {"beta", 2.5}});
        addRun(p);
      });
      auto* list = room.find<QListWidget>("runs");
      QTRY_VERIFY(list->count() == 4 && room.find<SchemaForm>());
      list->setCurrentRow(1);
      QTRY_VERIFY(hasPoints(room.find<MetricChart>("rewardChart")));
      QTest::qWait(300);
      QCOMPARE(room.window->size(), QSize(1280, 720));
      QVERIFY(room.page->rect().contains(
          QRect(room.button("start")->mapTo(room.page, QPoint()), room.button("start")->size())));
      const QString folder = qEnvironmentVariable("PLUMBLINE_SHOTS");
      if (!folder.isEmpty())
        room.window->grab().save(QDir(folder).filePath(translated ? "align_de.png" : "align_en.png"));
      list->setCurrentRow(3);
      QTRY_COMPARE(room.page->findChild<SampleGrid*>()->count(), 4);
      QTest::qWait(300);
      if (!folder.isEmpty() && translated) room.window->grab().save(QDir(folder).filePath("align_de2.png"));
      list->setCurrentRow(0);
      QTest::qWait(300);
      QCOMPARE(room.window->size(), QSize(1280, 720));
    }
    QCoreApplication::removeTranslator(&german);
  }

  void startWritesAJobThatTheHostIsAskedToRun() {
    AlignRoom room(addReward);
    room.host->start();
    QTRY_VERIFY(room.button("start")->isEnabled());
    QVERIFY(room.find<QComboBox>("rewardModel")->itemText(0).contains("87"));
    room.find<QComboBox>("rewardModel")->setCurrentIndex(1);
    auto* form = room.page->findChild<SchemaForm*>();
    form->setValues({{"steps", 12}, {"mask_source", "people"}});
    QTest::mouseClick(room.button("start"), Qt::LeftButton);
    QTRY_COMPARE(room.project().jobs().list().size(), std::size_t(1));
    const JobRow job = room.project().jobs().list().front();
    QCOMPARE(job.kind, std::string("align"));
    QVERIFY(job.spec.at("method") == "focus_n_fix");
    QVERIFY(job.spec.at("reward_model") == 1);
    QVERIFY(job.spec.at("settings").at("steps") == 12);
    QVERIFY(job.spec.at("settings").at("mask_source") == "people");
    QVERIFY(job.spec.at("settings").at("rank") == 16);
    QTRY_VERIFY(room.script->seen().contains("\"run\""));
    auto* list = room.find<QListWidget>("runs");
    QTRY_COMPARE(list->count(), 1);
    QVERIFY(list->item(0)->text().contains("In the queue"));
    QTRY_VERIFY(room.find<QLabel>("runState")->isVisible());
  }

  void aSettingOutsideItsRangeCannotStart() {
    AlignRoom room(addReward);
    QTRY_VERIFY(room.button("start")->isEnabled());
    room.page->findChild<SchemaForm*>()->setValues({{"steps", "many"}});
    QTRY_VERIFY(!room.button("start")->isEnabled());
    QVERIFY(room.find<QLabel>("alignNote")->text().contains("outside its range"));
  }

  void curvesGrowWithTheHostsEvents() {
    AlignRoom room(
        [](Project& p) {
          addReward(p);
          addRun(p);
        },
        "{\"event\":\"accepted\",\"job\":1}\n"
        "{\"event\":\"progress\",\"job\":1,\"phase\":\"training\",\"done\":21,\"total\":48,\"seconds_left\":"
        "90}\n"
        "{\"event\":\"metric\",\"job\":1,\"name\":\"new_number\",\"step\":21,\"value\":0.5}\n");
    QTRY_VERIFY(hasPoints(room.find<MetricChart>("rewardChart")));
    auto* metric = room.find<QComboBox>("metric");
    QCOMPARE(metric->currentData().toString(), QString("distance_to_reference"));
    metric->setCurrentIndex(metric->findData("loss"));
    QVERIFY(hasPoints(room.find<MetricChart>("otherChart")));
    room.host->start();
    QTRY_VERIFY(room.find<QLabel>("runState")->text().contains("21 of 48"));
    // What the worker writes is read again.
    room.project().runs().addMetrics(1, {{"new_number", 21, 0.5, 0}});
    Q_EMIT room.studio->context().hub->runsChanged();
    QTRY_VERIFY(metric->findData("new_number") >= 0);
    QCOMPARE(metric->currentData().toString(), QString("loss"));  // the choice stays
  }

  void picturesBeforeAndAfter() {
    std::int64_t run = 0;
    AlignRoom room([&](Project& p) {
      addReward(p);
      run = addRun(p);
      addStrips(p, run, {8, 16});
    });
    auto* grid = room.page->findChild<SampleGrid*>();
    QTRY_COMPARE(grid->count(), 4);
    QVERIFY(grid->change() > 0.5);  // the newest step is shown
    auto* step = room.find<QSlider>("step");
    QCOMPARE(step->maximum(), 1);
    step->setFocus();
    QTest::keyClick(step, Qt::Key_Left);
    QTRY_VERIFY(grid->change() < 0.01);  // nothing had changed by step 8
    QVERIFY(!grid->hasMasks());
    QVERIFY(!room.find<QCheckBox>("masks")->isEnabled());
    addStrips(room.project(), run, {20});
    Q_EMIT room.studio->context().hub->runsChanged();
    QTRY_COMPARE(step->maximum(), 2);
    QCOMPARE(step->value(), 0);  // where the person left it
  }

  void masksAreOutlinedWhileARunGoesOn() {
    AlignRoom room([](Project& p) {
      addReward(p);
      addStrips(p, addRun(p), {16}, true);
    });
    auto* grid = room.page->findChild<SampleGrid*>();
    QTRY_COMPARE(grid->count(), 4);
    QVERIFY(grid->hasMasks());
    QVERIFY(room.find<QCheckBox>("masks")->isEnabled());
    const QImage with = grid->grab().toImage();
    QTest::mouseClick(room.find<QCheckBox>("masks"), Qt::LeftButton, {}, QPoint(8, 8));
    QVERIFY(grid->grab().toImage() != with);
  }

  void masksAreOutlinedOnWhatWasEvaluated() {
    AlignRoom room([](Project& p) {
      addReward(p);
      std::int64_t job = 0;
      const std::int64_t run = addRun(p, &job);
      addStrips(p, run, {16});
      p.jobs().succeed(job, {{"run", run}, {"steps", 48}, {"reason", ""}});
      p.runs().setState(run, JobState::kSucceeded);
      addEvaluation(p, run);
    });
    auto* grid = room.page->findChild<SampleGrid*>();
    auto* source = room.find<QComboBox>("samples");
    QTRY_COMPARE(source->count(), 2);
    source->setCurrentIndex(1);
    QTRY_COMPARE(grid->count(), 6);
    QVERIFY(grid->hasMasks());
    QVERIFY(grid->change() < 0.01);  // outside the masks nothing moved
    const QImage with = grid->grab().toImage();
    QTest::mouseClick(room.find<QCheckBox>("masks"), Qt::LeftButton, {}, QPoint(8, 8));
    QVERIFY(grid->grab().toImage() != with);
    QTest::mouseClick(room.find<QCheckBox>("masks"), Qt::LeftButton, {}, QPoint(8, 8));
    QCOMPARE(maskOutline(Mask(4, 4)).size(), 0);
    Mask one(4, 4);
    one.at(1, 1) = 1;
    QCOMPARE(maskOutline(one).size(), 4);
  }

  void pauseStopAndSaveResume() {
    std::int64_t job = 0;
    AlignRoom room(
        [&](Project& p) {
          addReward(p);
          addRun(p, &job);
        },
        "{\"event\":\"accepted\",\"job\":1}\n");
    QCOMPARE(job, 1);
    QTRY_VERIFY(room.button("pauseRun")->isVisible());
    QVERIFY(!room.button("finishRun")->isEnabled());
    QVERIFY(!room.button("resumeRun")->isVisible());
    room.host->start();
    QTRY_VERIFY(room.button("finishRun")->isEnabled());
    QTest::mouseClick(room.button("finishRun"), Qt::LeftButton);
    QTRY_VERIFY(room.script->seen().contains("\"finish\""));
    QTest::mouseClick(room.button("pauseRun"), Qt::LeftButton);
    QTRY_VERIFY(room.project().jobs().find(job)->pauseRequested);
    QTRY_VERIFY(room.script->seen().contains("\"pause\""));
    room.project().jobs().paused(job);  // as its worker would
    Q_EMIT room.studio->context().hub->jobsChanged();
    QTRY_VERIFY(room.button("resumeRun")->isVisible());
    QTest::mouseClick(room.button("resumeRun"), Qt::LeftButton);
    QTRY_COMPARE(room.project().jobs().find(job)->state, JobState::kQueued);
  }

  void anInterruptedRunIsShownAndResumes() {
    std::int64_t job = 0;
    AlignRoom room([&](Project& p) {
      addReward(p);
      addRun(p, &job);
      Statement(p.database(), "UPDATE job SET pid = 999999999 WHERE id = ?").bind(job).run();
    });
    QTRY_VERIFY(room.button("resumeRun")->isVisible());
    QVERIFY(room.find<QListWidget>("runs")->item(0)->text().contains("Interrupted"));
    QTest::mouseClick(room.button("resumeRun"), Qt::LeftButton);
    QTRY_COMPARE(room.project().jobs().find(job)->state, JobState::kQueued);
  }

  void earlierRunsAreListedAndExported() {
    std::int64_t first = 0;
    AlignRoom room([&](Project& p) {
      addReward(p);
      std::int64_t job = 0;
      first = addRun(p, &job);
      p.jobs().succeed(job, {{"run", first}, {"steps", 48}, {"reason", ""}});
      p.runs().setState(first, JobState::kSucceeded);
      p.runs().addCheckpoint({.run = first, .step = 48, .kind = "adapter", .path = "runs/1/adapter"});
      addRun(p, &job);
      p.jobs().fail(job, "no training picture has a region to fix");
    });
    auto* list = room.find<QListWidget>("runs");
    QTRY_COMPARE(list->count(), 2);
    QVERIFY(room.find<QLabel>("runState")->text().contains("no training picture has a region"));
    QVERIFY(!room.button("exportRun")->isVisible());
    QTest::keyClick(list, Qt::Key_Down);
    QVERIFY(list->item(1)->text().contains("Done"));
    QVERIFY(room.find<QLabel>("runState")->text().contains("48 steps"));
    QTest::mouseClick(room.button("exportRun"), Qt::LeftButton);
    QCOMPARE(room.window->currentPage(), QString("export"));
    auto* form = room.window->pageWidget("export")->findChild<SchemaForm*>();
    QVERIFY(form->values().at("run") == first);
  }
};

QTEST_MAIN(AlignTest)
#include "align_test.moc"
