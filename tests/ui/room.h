// A window on one page of a demo project, with a device host where a test brings one.
#pragma once

#include <QDir>
#include <QLabel>
#include <QPushButton>
#include <QTest>
#include <functional>
#include <memory>

#include "tests/ui/demo_project.h"
#include "ui/jobs/host_bridge.h"
#include "ui/jobs/host_client.h"
#include "ui/main_window.h"

namespace plumbline::test {

struct RoomPlan {
  QStringList queries;
  int pictureSize = 32;
  std::function<void(Project&, const DemoProject&)> before;  // what else stands in the project
  QString hostProgram;                                       // empty: no host
};

struct Room {
  std::unique_ptr<DemoProject> demo;
  std::unique_ptr<Studio> studio;
  std::unique_ptr<HostClient> host;
  std::unique_ptr<HostBridge> bridge;
  std::unique_ptr<MainWindow> window;
  page::Page* page = nullptr;

  Room(const QString& pageId, const RoomPlan& plan) : demo(makeDemoProject(plan.queries, plan.pictureSize)) {
    if (plan.before) plan.before(*Project::open(demo->path().toStdString()), *demo);
    studio = openStudio(*demo);
    if (!plan.hostProgram.isEmpty()) {
      host = std::make_unique<HostClient>(
          HostClient::Launch{.program = plan.hostProgram, .project = demo->path(), .patienceMs = 3000});
      studio->setHost(host.get());
      bridge = std::make_unique<HostBridge>(studio->context());
    }
    window = std::make_unique<MainWindow>(studio->context(), studio->pages());
    window->resize(1280, 720);
    window->show();
    window->activateWindow();
    window->showPage(pageId);
    page = window->pageWidget(pageId);
  }
  ~Room() {
    // For the eye: PLUMBLINE_SHOTS=folder keeps what each test has last shown.
    const QString folder = qEnvironmentVariable("PLUMBLINE_SHOTS");
    if (!folder.isEmpty())
      window->grab().save(QDir(folder).filePath(QString(QTest::currentTestFunction()) + ".png"));
    if (host) host->shutdown();
  }
  Room(const Room&) = delete;
  Room& operator=(const Room&) = delete;

  Project& project() { return *studio->context().project; }
  template <class Widget>
  Widget* find(const char* name = "") {
    return page->findChild<Widget*>(QString::fromLatin1(name));
  }
  QPushButton* button(const char* name) { return find<QPushButton>(name); }
};

}  // namespace plumbline::test
