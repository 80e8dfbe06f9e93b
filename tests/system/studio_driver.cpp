// The real window with a hand that never rests: opens a project as the studio does, answers whatever is asked
// with keys and mouse, and takes up interrupted jobs again, as a person would press Resume. Says on stdout
// what the window promised, line by line; tests run and kill it.
//   studio_driver PROJECT PLUMBLINE        ends in good order when its input does
// Lines: "worker PID" when a device host has greeted; "saved CHOICE PROMPT" once the tick shows it.
#include <unistd.h>
#include <QApplication>
#include <QSocketNotifier>
#include <QTemporaryDir>
#include <QTimer>
#include <cstdio>

#include "db/project.h"
#include "tests/system/scripted_hand.h"
#include "ui/data_hub.h"
#include "ui/jobs/host_bridge.h"
#include "ui/jobs/host_client.h"
#include "ui/models/db_thread.h"
#include "ui/studio.h"
#include "ui/theme.h"
#include "ui/widgets/saved_tick.h"

using namespace plumbline;

namespace {

constexpr int kLookMs = 15;     // between two looks at the screen
constexpr int kResumeMs = 400;  // between two looks at the jobs

void say(const QByteArray& line) {
  std::fwrite((line + "\n").constData(), 1, std::size_t(line.size() + 1), stdout);
  std::fflush(stdout);
}

class Answering : public QObject {
  Q_OBJECT

 public:
  Answering(MainWindow& window, StudioContext& context) : window_(window), context_(context), hand_(window) {
    connect(context.hub, &DataHub::answerSaving, this, [this] { accepted_ = true; });
    connect(context.hub, &DataHub::answerSaved, this, &Answering::noteTick);
    connect(&look_, &QTimer::timeout, this, &Answering::look);
    connect(&resume_, &QTimer::timeout, this, &Answering::resumeJobs);
    window.showPage("annotate");
    look_.start(kLookMs);
    resume_.start(kResumeMs);
  }

 private:
  void noteTick() {
    // The tick is what a person sees; the signal only says when to look.
    if (waiting_.isEmpty() || window_.findChild<SavedTick*>()->state() != SavedTick::State::kSaved) return;
    say("saved " + waiting_);
    waiting_.clear();
  }

  void look() {
    if (!waiting_.isEmpty() || hand_.shownType().isEmpty()) return;
    const QString prompt = hand_.shownPrompt();
    accepted_ = false;
    // The tick may come from within, so what it is for must be known before.
    waiting_ = (test::scriptedChoice(hand_.shownType(), prompt) + " " + prompt).toUtf8();
    hand_.answer();
    if (!accepted_) waiting_.clear();  // the next query was not there yet
  }

  void resumeJobs() {
    context_.database->run(
        this,
        [](Project& p) {
          p.jobs().markInterrupted();
          const auto stopped = p.jobs().list({JobState::kInterrupted, JobState::kPaused});
          for (const JobRow& job : stopped) p.jobs().resume(job.id);
          return !stopped.empty();
        },
        [this](bool any) {
          if (any) Q_EMIT context_.hub->jobsChanged();
        });
  }

  MainWindow& window_;
  StudioContext& context_;
  test::ScriptedHand hand_;
  QTimer look_, resume_;
  QByteArray waiting_;  // given, its tick not seen yet
  bool accepted_ = false;
};

int run(QApplication& application, const QString& folder, const QString& program) {
  QTemporaryDir own;
  auto settings = std::make_unique<QSettings>(own.filePath("settings.ini"), QSettings::IniFormat);
  settings->setValue("annotator", "hand");
  Studio studio(folder, std::move(settings));
  HostClient host({.program = program, .project = folder, .queueTarget = 0});
  studio.setHost(&host);
  HostBridge bridge(studio.context());
  QObject::connect(&host, &HostClient::ready, &host,
                   [&host] { say("worker " + QByteArray::number(host.processId())); });
  host.start();
  MainWindow window(studio.context(), studio.pages());
  window.resize(1280, 720);
  window.show();
  Answering answering(window, studio.context());
  QSocketNotifier input(STDIN_FILENO, QSocketNotifier::Read);
  QObject::connect(&input, &QSocketNotifier::activated, &application, &QApplication::quit);
  return application.exec();
}

}  // namespace

int main(int argc, char** argv) {
  QApplication application(argc, argv);
  if (argc != 3) return 2;
  applyTheme(application, Appearance::kLight);
  try {
    return run(application, QString::fromLocal8Bit(argv[1]), QString::fromLocal8Bit(argv[2]));
  } catch (const Error& error) {
    std::fprintf(stderr, "%s\n", error.message().c_str());
    return 1;
  }
}

#include "studio_driver.moc"
