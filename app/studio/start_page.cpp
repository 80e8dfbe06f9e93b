#include "app/studio/start_page.h"

#include <QDir>
#include <QFileDialog>
#include <QHBoxLayout>
#include <QLabel>
#include <QListWidget>
#include <QPushButton>
#include <QVBoxLayout>

#include "db/project.h"
#include "ui/theme.h"

namespace plumbline {
namespace {

constexpr const char* kRecentKey = "recent_projects";
constexpr int kRecentCount = 8;

}  // namespace

StartPage::StartPage(QSettings& settings, QString worker, QWidget* parent)
    : QDialog(parent),
      settings_(settings),
      worker_(std::move(worker)),
      list_(new QListWidget),
      problem_(new QLabel),
      open_(new QPushButton(tr("Open another..."))),
      create_(new QPushButton(tr("New project..."))) {
  setWindowTitle(tr("Plumbline"));
  resize(640, 420);
  auto* title = new QLabel(tr("Plumbline"));
  title->setProperty("role", "title");
  auto* text = new QLabel(tr("Choose a project. A project is a folder with its pictures, answers and runs."));
  text->setProperty("role", "quiet");
  text->setWordWrap(true);
  problem_->setWordWrap(true);
  problem_->hide();
  create_->setProperty("role", "primary");
  auto* buttons = new QHBoxLayout;
  buttons->addWidget(open_);
  buttons->addStretch(1);
  buttons->addWidget(create_);
  auto* layout = new QVBoxLayout(this);
  layout->setContentsMargins(3 * kGrid, 3 * kGrid, 3 * kGrid, 3 * kGrid);
  layout->setSpacing(kGrid);
  layout->addWidget(title);
  layout->addWidget(text);
  layout->addWidget(list_, 1);
  layout->addWidget(problem_);
  layout->addLayout(buttons);
  for (const QString& folder : recent(settings_)) {
    auto* item = new QListWidgetItem(
        QStringLiteral("%1\n%2").arg(QDir(folder).dirName(), QDir::toNativeSeparators(folder)));
    item->setData(Qt::UserRole, folder);
    list_->addItem(item);
  }
  if (list_->count() > 0) list_->setCurrentRow(0);
  connect(list_, &QListWidget::itemActivated, this,
          [this](QListWidgetItem* item) { choose(item->data(Qt::UserRole).toString()); });
  connect(open_, &QPushButton::clicked, this, &StartPage::openOther);
  connect(create_, &QPushButton::clicked, this, &StartPage::makeNew);
  connect(&process_, &QProcess::finished, this, &StartPage::newFinished);
  connect(&process_, &QProcess::errorOccurred, this, [this](QProcess::ProcessError error) {
    if (error == QProcess::FailedToStart) newFinished(-1);
  });
}

StartPage::~StartPage() {
  if (process_.state() == QProcess::NotRunning) return;
  process_.disconnect(this);
  process_.terminate();
  process_.waitForFinished(3000);
}

QStringList StartPage::recent(const QSettings& settings) {
  QStringList list;
  for (const QString& folder : settings.value(kRecentKey).toStringList()) {
    if (Project::existsAt(folder.toStdString())) list << folder;
  }
  return list;
}

void StartPage::remember(QSettings& settings, const QString& folder) {
  QStringList list = settings.value(kRecentKey).toStringList();
  list.removeAll(folder);
  list.prepend(folder);
  settings.setValue(kRecentKey, QStringList(list.mid(0, kRecentCount)));
}

void StartPage::showProblem(const QString& text) {
  problem_->setText(text);
  problem_->setVisible(!text.isEmpty());
}

void StartPage::choose(const QString& folder) {
  folder_ = folder;
  accept();
}

void StartPage::openOther() {
  const QString folder = QFileDialog::getExistingDirectory(this, tr("Open a project"));
  if (folder.isEmpty()) return;
  if (!Project::existsAt(folder.toStdString())) {
    return showProblem(
        tr("There is no project in %1. Choose a folder that holds a project.db, or make a new project.")
            .arg(QDir::toNativeSeparators(folder)));
  }
  choose(folder);
}

void StartPage::makeNew() {
  const QString folder = QFileDialog::getSaveFileName(this, tr("Folder of the new project"));
  if (folder.isEmpty()) return;
  coming_ = folder;
  create_->setEnabled(false);
  showProblem(tr("Making the project..."));
  process_.start(worker_, {"init", folder});
}

void StartPage::newFinished(int code) {
  create_->setEnabled(true);
  if (code == 0) return choose(coming_);
  const QString reason = QString::fromLocal8Bit(process_.readAllStandardError()).trimmed().section('\n', -1);
  showProblem(reason.isEmpty() ? tr("The plumbline program could not be started; build it, or reinstall.")
                               : reason);
}

}  // namespace plumbline
