// plumbline-studio [PROJECT]: opens the project's window, or a start page. LibTorch lives in the device host,
// a process of its own.
#include <QApplication>
#include <QCommandLineParser>
#include <QDir>
#include <QFileInfo>
#include <QLibraryInfo>
#include <QMessageBox>
#include <QTranslator>
#include <cstdio>

#include "app/studio/start_page.h"
#include "core/types/error.h"
#include "ui/jobs/host_bridge.h"
#include "ui/jobs/host_client.h"
#include "ui/main_window.h"
#include "ui/studio.h"
#include "ui/theme.h"

namespace plumbline {
namespace {

std::unique_ptr<QSettings> openSettings() {
  return std::make_unique<QSettings>(QSettings::IniFormat, QSettings::UserScope, "plumbline", "studio");
}

QString workerProgram() {
  const QDir here(QCoreApplication::applicationDirPath());
  // Installed side by side, or each in its folder of the build.
  for (const char* place : {"plumbline", "../cli/plumbline"}) {
    const QFileInfo file(here.filePath(place));
    if (file.isFile() && file.isExecutable()) return file.canonicalFilePath();
  }
  return QStringLiteral("plumbline");
}

void loadTranslations(QApplication& application) {
  for (const char* texts : {"plumbline", "variants"}) {
    auto* own = new QTranslator(&application);
    if (own->load(QLocale(), texts, "_", ":/translations")) QCoreApplication::installTranslator(own);
  }
  auto* qt = new QTranslator(&application);
  if (qt->load(QLocale(), "qtbase", "_", QLibraryInfo::path(QLibraryInfo::TranslationsPath))) {
    QCoreApplication::installTranslator(qt);
  }
}

// The project that was asked for, or the one that the person chooses; empty if he gives up.
QString chooseFolder(const QString& problem) {
  const auto settings = openSettings();
  StartPage start(*settings, workerProgram());
  start.showProblem(problem);
  return start.exec() == QDialog::Accepted ? start.folder() : QString();
}

int runWindow(QApplication& application, const QString& folder) {
  Studio studio(folder, openSettings());
  StartPage::remember(*studio.context().settings, QFileInfo(folder).absoluteFilePath());
  HostClient::Launch launch;
  launch.program = workerProgram();
  launch.project = QFileInfo(folder).absoluteFilePath();
  HostClient host(launch);
  studio.setHost(&host);
  HostBridge bridge(studio.context());
  host.start();
  MainWindow window(studio.context(), studio.pages());
  window.restoreGeometryFrom(*studio.context().settings);
  window.show();
  return application.exec();
}

int run(QApplication& application) {
  QCommandLineParser parser;
  parser.setApplicationDescription("Compare pictures, train a reward model, align the generator.");
  parser.addHelpOption();
  parser.addVersionOption();
  parser.addPositionalArgument("project", "Folder of the project; without it a start page is shown.",
                               "[PROJECT]");
  parser.process(application);
  applyTheme(application, appearanceFromName(openSettings()->value("appearance", "system").toString()));
  loadTranslations(application);
  const QStringList given = parser.positionalArguments();
  QString folder = given.value(0), problem;
  for (;;) {
    if (folder.isEmpty()) folder = chooseFolder(problem);
    if (folder.isEmpty()) return 0;
    try {
      return runWindow(application, QDir::cleanPath(folder));
    } catch (const Error& e) {
      // Named on the command line: say it there too and stop, so that scripts see it.
      if (!given.isEmpty()) {
        std::fprintf(stderr, "plumbline-studio: %s\n", e.message().c_str());
        if (QGuiApplication::platformName() != "offscreen") {
          QMessageBox::critical(nullptr, "Plumbline", QString::fromStdString(e.message()));
        }
        return 1;
      }
      problem = QString::fromStdString(e.message());
      folder.clear();
    }
  }
}

}  // namespace
}  // namespace plumbline

int main(int argc, char** argv) {
  QApplication application(argc, argv);
  QApplication::setApplicationName("plumbline-studio");
  QApplication::setApplicationVersion(PLUMBLINE_VERSION);
  QApplication::setDesktopFileName("plumbline-studio");
  return plumbline::run(application);
}
