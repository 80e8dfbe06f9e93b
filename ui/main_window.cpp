#include "ui/main_window.h"

#include <QCloseEvent>
#include <QCoreApplication>
#include <QDir>
#include <QHBoxLayout>
#include <QLabel>
#include <QMessageBox>
#include <QPushButton>
#include <QScreen>
#include <QSettings>
#include <QShortcut>
#include <QStackedWidget>
#include <QStatusBar>
#include <QVBoxLayout>
#include <algorithm>
#include <utility>

#include "db/project.h"
#include "ui/data_hub.h"
#include "ui/jobs/host_client.h"
#include "ui/models/db_thread.h"
#include "ui/models/job_text.h"
#include "ui/theme.h"
#include "ui/widgets/notice_bar.h"
#include "ui/widgets/rail.h"
#include "ui/widgets/saved_tick.h"
#include "ui/widgets/top_bar.h"

namespace plumbline {
namespace {

QFrame* hairline(Qt::Orientation orientation) {
  auto* line = new QFrame;
  line->setProperty("role", "line");
  if (orientation == Qt::Horizontal) {
    line->setFixedHeight(1);
  } else {
    line->setFixedWidth(1);
  }
  return line;
}

std::vector<const page::PageType*> inOrder(const page::Registry& pages) {
  std::vector<const page::PageType*> list;
  for (const auto& type : pages.all()) list.push_back(type.get());
  std::stable_sort(list.begin(), list.end(),
                   [](const auto* a, const auto* b) { return a->order < b->order; });
  return list;
}

// Jobs of this process that take hours, and that people wait for. Titles.
std::vector<std::string> trainingsOf(Project& project, qint64 process) {
  std::vector<std::string> titles;
  if (process <= 0) return titles;
  for (const JobRow& job : project.jobs().list({JobState::kRunning})) {
    const bool training = job.kind == "align" || job.kind == "reward_train";
    if (!training || job.pid != process || job.cancelRequested || job.pauseRequested) continue;
    titles.push_back(job.title.empty() ? job_text::kind(job.kind).toStdString() : job.title);
  }
  return titles;
}

}  // namespace

MainWindow::MainWindow(StudioContext& context, const page::Registry& pages, QWidget* parent)
    : QMainWindow(parent), context_(context), pages_(pages) {
  setWindowTitle(tr("%1 - Plumbline").arg(QDir(context.projectPath).dirName()));
  buildShell();
  buildStatusBar();
  addPageShortcuts();
  connect(context_.hub, &DataHub::pageRequested, this, &MainWindow::showPage);
  connect(context_.hub, &DataHub::failure, notices_, &NoticeBar::showFailure);
  connect(context_.hub, &DataHub::answersChanged, this, &MainWindow::refreshTopBar);
  connect(context_.hub, &DataHub::queriesChanged, this, &MainWindow::refreshTopBar);
  connect(context_.hub, &DataHub::jobsChanged, this, &MainWindow::refreshTopBar);
  watchHost();
  refreshTopBar();
  if (!rail_->pages().isEmpty()) showPage(rail_->pages().first());
}

MainWindow::~MainWindow() = default;

void MainWindow::buildShell() {
  rail_ = new Rail;
  topBar_ = new TopBar;
  notices_ = new NoticeBar;
  stack_ = new QStackedWidget;
  auto* right = new QVBoxLayout;
  right->setSpacing(0);
  right->addWidget(topBar_);
  right->addWidget(hairline(Qt::Horizontal));
  right->addWidget(notices_);
  right->addWidget(stack_, 1);
  auto* whole = new QWidget;
  auto* layout = new QHBoxLayout(whole);
  layout->setContentsMargins(0, 0, 0, 0);
  layout->setSpacing(0);
  layout->addWidget(rail_);
  layout->addWidget(hairline(Qt::Vertical));
  layout->addLayout(right, 1);
  setCentralWidget(whole);

  int number = 0;
  for (const page::PageType* type : inOrder(pages_)) {
    const QString keys = type->atBottom ? QString() : tr("Ctrl+%1").arg(++number);
    rail_->addPage(QString::fromStdString(type->descriptor.id),
                   QCoreApplication::translate("page", type->descriptor.title.c_str()), type->icon, keys,
                   type->atBottom);
  }
  topBar_->setProject(QDir(context_.projectPath).dirName(), context_.projectPath);
  topBar_->setAnnotator(context_.annotator);
  connect(rail_, &Rail::pageChosen, this, &MainWindow::showPage);
  connect(topBar_, &TopBar::jobsClicked, this, [this] { showPage("jobs"); });
  connect(context_.hub, &DataHub::jobProgress, topBar_, &TopBar::setJobs);
  connect(context_.hub, &DataHub::deviceChanged, topBar_, &TopBar::setDevice);
  connect(context_.hub, &DataHub::generatorChanged, topBar_, &TopBar::setGenerator);
}

void MainWindow::buildStatusBar() {
  auto* tick = new SavedTick;
  auto* session = new QLabel;
  session->setObjectName("sessionCounts");
  session->setProperty("role", "quiet");
  statusBar()->setSizeGripEnabled(false);
  statusBar()->addPermanentWidget(session);
  statusBar()->addPermanentWidget(tick);
  DataHub* hub = context_.hub;
  connect(hub, &DataHub::message, this,
          [this](const QString& text) { statusBar()->showMessage(text, 8000); });
  connect(hub, &DataHub::answerSaving, tick, &SavedTick::setSaving);
  connect(hub, &DataHub::answerSaved, tick, &SavedTick::setSaved);
  connect(hub, &DataHub::answerLost, tick, &SavedTick::setFailed);
  connect(hub, &DataHub::sessionChanged, session, [session](int answers, double perMinute) {
    QString text = tr("answered in this session: %1").arg(answers);
    if (perMinute > 0) text = tr("%1, %2 per minute").arg(text).arg(perMinute, 0, 'f', 1);
    session->setText(text);
  });
}

void MainWindow::addPageShortcuts() {
  int number = 0;
  for (const page::PageType* type : inOrder(pages_)) {
    if (type->atBottom || ++number > 9) continue;
    const QString id = QString::fromStdString(type->descriptor.id);
    auto* shortcut = new QShortcut(QKeySequence(QStringLiteral("Ctrl+%1").arg(number)), this);
    connect(shortcut, &QShortcut::activated, this, [this, id] { showPage(id); });
  }
}

page::Page* MainWindow::pageWidget(const QString& id) {
  if (page::Page* known = created_.value(id)) return known;
  const page::PageType* type = pages_.find(id.toStdString());
  if (!type) return nullptr;
  page::Page* created = type->create(context_, stack_);
  created->setObjectName("page_" + id);
  created_.insert(id, created);
  stack_->addWidget(created);
  return created;
}

void MainWindow::showPage(const QString& id) {
  page::Page* shown = pageWidget(id);
  if (!shown) {
    notices_->showFailure(tr("This build has no page \"%1\".").arg(id));
    return;
  }
  if (id == current_) return;
  if (page::Page* previous = created_.value(current_)) previous->deactivate();
  current_ = id;
  stack_->setCurrentWidget(shown);
  rail_->setCurrent(id);
  shown->activate();
  shown->setFocus();
}

void MainWindow::watchHost() {
  HostClient* host = context_.host;
  if (!host) return;
  connect(host, &HostClient::lost, this, [this, host](const QString& reason) {
    notices_->showRemedy(reason, tr("Start again"), [host] { host->startAgain(); });
  });
}

void MainWindow::refreshTopBar() {
  if (refreshing_) {
    again_ = true;
    return;
  }
  refreshing_ = true;
  struct Facts {
    std::int64_t open;
    std::string model;
    std::vector<std::string> trainings;
  };
  context_.database->run(
      this,
      [annotator = context_.annotatorId,
       process = context_.host ? context_.host->processId() : 0](Project& p) {
        const nlohmann::json model = p.settings().get("model", nlohmann::json::object());
        return Facts{p.queries().openFor(annotator), model.value("name", ""), trainingsOf(p, process)};
      },
      [this](const Facts& facts) {
        refreshing_ = false;
        trainings_ = facts.trainings;
        topBar_->setQueue(int(facts.open));
        if (!facts.model.empty()) topBar_->setBase(QString::fromStdString(facts.model));
        if (std::exchange(again_, false)) refreshTopBar();
      },
      [this](const Error& e) {
        refreshing_ = false;
        notices_->showFailure(QString::fromStdString(e.message()));
      });
}

void MainWindow::restoreGeometryFrom(const QSettings& settings) {
  if (restoreGeometry(settings.value("window").toByteArray())) return;
  const QSize room = screen()->availableSize();
  resize(room.boundedTo(QSize(1600, 1000)) * 0.95);
}

// Closing ends the host, and with it pauses a training that was meant to run over night.
void MainWindow::askToClose() {
  if (question_) return question_->raise();
  question_ = new QMessageBox(
      QMessageBox::Question, QString(),
      tr("\"%1\" is still at work. Pause it and close?").arg(QString::fromStdString(trainings_.front())),
      QMessageBox::NoButton, this);
  question_->setObjectName("closeQuestion");
  question_->setAttribute(Qt::WA_DeleteOnClose);
  question_->setInformativeText(tr(
      "It runs only while this window is open. Paused, it keeps all it has done; Resume on Jobs lets it go "
      "on."));
  QPushButton* yes = question_->addButton(tr("Pause and close"), QMessageBox::AcceptRole);
  yes->setObjectName("pauseAndClose");
  QPushButton* no = question_->addButton(tr("Keep open"), QMessageBox::RejectRole);
  no->setObjectName("keepOpen");
  question_->setDefaultButton(no);
  question_->setEscapeButton(no);
  connect(question_, &QObject::destroyed, this, [this] { question_ = nullptr; });
  connect(yes, &QPushButton::clicked, this, [this] {
    closing_ = true;
    QMetaObject::invokeMethod(this, &QWidget::close, Qt::QueuedConnection);  // after the question is gone
  });
  question_->open();
}

void MainWindow::closeEvent(QCloseEvent* event) {
  if (!trainings_.empty() && !closing_) {
    event->ignore();
    return askToClose();
  }
  if (page::Page* shown = created_.value(current_)) shown->deactivate();
  context_.settings->setValue("window", saveGeometry());
  QMainWindow::closeEvent(event);
}

}  // namespace plumbline
