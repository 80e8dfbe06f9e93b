// Data sets and adapters for other tools: what, where to, with which options; below, the exports so far with
// their progress and the way to their folder.
#include <QDesktopServices>
#include <QDir>
#include <QFileInfo>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QPushButton>
#include <QSettings>
#include <QSortFilterProxyModel>
#include <QTableView>
#include <QTimer>
#include <QUrl>
#include <QVBoxLayout>

#include "db/export/export_format.h"
#include "db/project.h"
#include "ui/data_hub.h"
#include "ui/jobs/export_runner.h"
#include "ui/jobs/job_actions.h"
#include "ui/models/db_thread.h"
#include "ui/models/job_model.h"
#include "ui/pages/page.h"
#include "ui/theme.h"
#include "ui/widgets/export_form.h"
#include "ui/widgets/job_delegate.h"

namespace plumbline::page {
namespace {

constexpr int kSettleMs = 150;

nlohmann::json exportFormats() {
  export_format::Registry formats("export format");
  export_format::registerAll(formats);
  return formats.describe();
}

class OnlyExports : public QSortFilterProxyModel {
 protected:
  bool filterAcceptsRow(int row, const QModelIndex& parent) const override {
    return sourceModel()->index(row, 0, parent).data(JobModel::kKind).toString() == "export_data";
  }
};

class ExportPage : public Page {
  Q_OBJECT

 public:
  ExportPage(StudioContext& context, QWidget* parent)
      : Page(parent),
        context_(context),
        runner_(context),
        actions_(context),
        jobs_(context),
        form_(new ExportForm(exportFormats(), startFolder(), QDir(context.projectPath).dirName())),
        table_(new QTableView),
        none_(new QLabel(tr("No exports yet."))),
        open_(new QPushButton(tr("Open folder"))),
        cancel_(new QPushButton(tr("Cancel"))) {
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(3 * kGrid, 2 * kGrid, 3 * kGrid, 2 * kGrid);
    layout->setSpacing(kGrid);
    layout->addWidget(form_, 3);
    layout->addSpacing(kGrid);
    layout->addLayout(buildHead());
    layout->addWidget(none_);
    layout->addWidget(table_, 2);
    buildTable();
    settle_.setSingleShot(true);
    settle_.setInterval(kSettleMs);
    connect(&settle_, &QTimer::timeout, this, &ExportPage::read);
    connect(context.hub, &DataHub::jobsChanged, this, &ExportPage::readSoon);
    connect(context.hub, &DataHub::answersChanged, this, &ExportPage::readSoon);
    connect(&jobs_, &JobModel::reloaded, this, &ExportPage::afterReload);
    connect(form_, &ExportForm::startChosen, this, &ExportPage::start);
    connect(form_, &ExportForm::pageWanted, context.hub, &DataHub::pageRequested);
    connect(&runner_, &ExportRunner::started, this, [this](qint64 job) { wanted_ = job; });
    connect(&runner_, &ExportRunner::refused, context.hub, &DataHub::failure);
  }

  void activate() override {
    active_ = true;
    // Another page may have asked for a format, and for the run whose adapter is wanted.
    if (const int run = context_.settings->value("export/run").toInt(); run > 0) {
      context_.settings->remove("export/run");
      form_->choose("peft_lora");
      form_->setOptions({{"run", run}});
    }
    read();
  }
  void deactivate() override { active_ = false; }

 private:
  QString startFolder() const {
    const QString last = context_.settings->value("export/folder").toString();
    return last.isEmpty() || !QFileInfo(last).isDir()
               ? QDir::cleanPath(QFileInfo(context_.projectPath).absoluteFilePath() + "/exports")
               : last;
  }

  QLayout* buildHead() {
    auto* title = new QLabel(tr("Exports"));
    title->setProperty("role", "section");
    none_->setProperty("role", "quiet");
    open_->setObjectName("openFolder");
    open_->setIcon(studioIcon("folder"));
    cancel_->setObjectName("cancelExport");
    auto* head = new QHBoxLayout;
    head->addWidget(title);
    head->addStretch(1);
    head->addWidget(cancel_);
    head->addWidget(open_);
    connect(open_, &QPushButton::clicked, this, &ExportPage::openFolder);
    connect(cancel_, &QPushButton::clicked, this, [this] {
      if (const JobItem* item = chosen()) actions_.cancel(item->row.id);
    });
    return head;
  }

  void buildTable() {
    proxy_.setSourceModel(&jobs_);
    table_->setObjectName("exports");
    table_->setModel(&proxy_);
    table_->setItemDelegate(new JobDelegate(table_));
    table_->setSelectionBehavior(QAbstractItemView::SelectRows);
    table_->setSelectionMode(QAbstractItemView::SingleSelection);
    table_->setEditTriggers(QAbstractItemView::NoEditTriggers);
    table_->setAlternatingRowColors(true);
    table_->setShowGrid(false);
    table_->setWordWrap(false);
    table_->setFrameShape(QFrame::NoFrame);
    table_->setTextElideMode(Qt::ElideMiddle);
    table_->verticalHeader()->hide();
    table_->verticalHeader()->setDefaultSectionSize(4 * kGrid);
    table_->horizontalHeader()->setHighlightSections(false);
    table_->hideColumn(JobModel::kDuration);
    const int widths[] = {6, 26, 18, 26, 11, 0};  // grid units; the last column takes the rest
    for (int i = 0; i < JobModel::kDuration; ++i) table_->setColumnWidth(i, widths[i] * kGrid);
    table_->horizontalHeader()->setStretchLastSection(true);
    connect(table_->selectionModel(), &QItemSelectionModel::selectionChanged, this,
            &ExportPage::refreshButtons);
    connect(table_, &QTableView::doubleClicked, this, &ExportPage::openFolder);
  }

  void readSoon() {
    if (active_) settle_.start();
  }

  void read() {
    jobs_.reload();
    context_.database->run(this, &ExportFacts::read,
                           [this](const ExportFacts& facts) { form_->setFacts(facts); });
  }

  void start() {
    const QString folder = form_->folder();
    if (!QDir().mkpath(folder)) {
      Q_EMIT context_.hub->failure(
          tr("The folder %1 cannot be made; choose another.").arg(QDir::toNativeSeparators(folder)));
      return;
    }
    context_.settings->setValue("export/folder", folder);
    runner_.start(form_->format(), form_->title(), form_->path(), form_->options());
  }

  const JobItem* chosen() const {
    const QModelIndexList rows = table_->selectionModel()->selectedRows();
    return rows.isEmpty() ? nullptr : jobs_.item(proxy_.mapToSource(rows.first()));
  }

  QString writtenPath(const JobItem* item) const {
    if (!item || item->row.state != JobState::kSucceeded || !item->row.result.is_object()) return {};
    return QString::fromStdString(item->row.result.value("path", std::string()));
  }

  void openFolder() {
    const QFileInfo written(writtenPath(chosen()));
    if (written.filePath().isEmpty()) return;
    const QString folder = written.isDir() ? written.absoluteFilePath() : written.absolutePath();
    if (QDir(folder).exists() && QDesktopServices::openUrl(QUrl::fromLocalFile(folder))) return;
    Q_EMIT context_.hub->failure(tr("The folder %1 cannot be opened.").arg(QDir::toNativeSeparators(folder)));
  }

  void afterReload() {
    const bool any = proxy_.rowCount() > 0;
    table_->setVisible(any);
    none_->setVisible(!any);
    const QModelIndex fresh = wanted_ > 0 ? proxy_.mapFromSource(jobs_.indexOf(wanted_)) : QModelIndex();
    if (fresh.isValid()) {
      table_->selectRow(fresh.row());
      if (jobStateIsFinal(jobs_.find(wanted_)->row.state)) {
        wanted_ = 0;
        form_->proposeName();  // the name is taken now
      }
    } else if (any && !chosen()) {
      table_->selectRow(0);
    }
    refreshButtons();
  }

  void refreshButtons() {
    const JobItem* item = chosen();
    open_->setEnabled(!writtenPath(item).isEmpty());
    cancel_->setEnabled(item && JobActions::mayCancel(item->row));
  }

  StudioContext& context_;
  ExportRunner runner_;
  JobActions actions_;
  JobModel jobs_;
  OnlyExports proxy_;
  ExportForm* form_;
  QTableView* table_;
  QLabel* none_;
  QPushButton* open_;
  QPushButton* cancel_;
  QTimer settle_;
  std::int64_t wanted_ = 0;  // the export that was just started
  bool active_ = false;
};

}  // namespace

void register_export(Registry& registry) {
  PageType type;
  type.descriptor = {"export", QT_TRANSLATE_NOOP("page", "Export"),
                     "Comparisons, masks and adapters in the forms that other tools read.", "none"};
  type.icon = "export";
  type.order = 7;
  type.create = [](StudioContext& context, QWidget* parent) { return new ExportPage(context, parent); };
  registry.add(std::move(type));
}

}  // namespace plumbline::page

#include "export.moc"
