// The studio's window: the rail on the left, the bar on top, the shown page, the status bar. It knows pages
// only through their registry, creates each when it is first shown, and closes only after the last answer is
// committed.
#pragma once

#include <QMainWindow>
#include <QMap>
#include <string>
#include <vector>

#include "ui/pages/page.h"

class QLabel;
class QMessageBox;
class QStackedWidget;

namespace plumbline {

class NoticeBar;
class Rail;
class TopBar;

class MainWindow : public QMainWindow {
  Q_OBJECT

 public:
  MainWindow(StudioContext& context, const page::Registry& pages, QWidget* parent = nullptr);
  ~MainWindow() override;

  // Unknown ids are reported in the notice bar.
  void showPage(const QString& id);
  QString currentPage() const { return current_; }
  page::Page* pageWidget(const QString& id);  // created if need be; null if unknown
  // Where it stood last time; a fitting size the first time.
  void restoreGeometryFrom(const QSettings& settings);

 protected:
  void closeEvent(QCloseEvent* event) override;

 private:
  void buildShell();
  void buildStatusBar();
  void addPageShortcuts();
  void refreshTopBar();
  void watchHost();
  void askToClose();

  StudioContext& context_;
  const page::Registry& pages_;
  QMap<QString, page::Page*> created_;
  QString current_;
  Rail* rail_ = nullptr;
  TopBar* topBar_ = nullptr;
  NoticeBar* notices_ = nullptr;
  QStackedWidget* stack_ = nullptr;
  std::vector<std::string> trainings_;  // titles of those that closing would pause
  QMessageBox* question_ = nullptr;     // while it is asked whether to close
  bool refreshing_ = false, again_ = false, closing_ = false;
};

}  // namespace plumbline
