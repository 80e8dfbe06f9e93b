// The prompts of the project as a table, with a filter, adding one, and importing a file of them.
#include <QFileDialog>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QSortFilterProxyModel>
#include <QStackedWidget>
#include <QTableView>
#include <QVBoxLayout>

#include "db/import/import_format.h"
#include "db/project.h"
#include "ui/data_hub.h"
#include "ui/models/db_thread.h"
#include "ui/models/prompt_model.h"
#include "ui/pages/page.h"
#include "ui/theme.h"
#include "ui/widgets/empty_state.h"

namespace plumbline::page {
namespace {

class PromptsPage : public Page {
  Q_OBJECT

 public:
  PromptsPage(StudioContext& context, QWidget* parent)
      : Page(parent),
        context_(context),
        model_(context),
        table_(new QTableView),
        stack_(new QStackedWidget),
        empty_(new EmptyState("prompts")),
        count_(new QLabel) {
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(2 * kGrid, kGrid, 2 * kGrid, 2 * kGrid);
    layout->setSpacing(kGrid);
    layout->addWidget(buildBar());
    layout->addWidget(stack_, 1);
    buildTable();
    empty_->setContent(
        tr("No prompts yet"),
        tr("Prompts say what the generator shall draw. Type one above, or import a text file with one "
           "on each line, a CSV file or JSON lines."),
        tr("Import prompts..."));
    connect(empty_, &EmptyState::actionChosen, this, &PromptsPage::chooseFile);
    connect(&model_, &PromptModel::reloaded, this, &PromptsPage::showCount);
    connect(context.hub, &DataHub::queriesChanged, this, [this] {
      if (isVisible()) model_.reload();
    });
  }

  void activate() override { model_.reload(); }

 private:
  QWidget* buildBar() {
    auto* bar = new QWidget;
    auto* layout = new QHBoxLayout(bar);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(kGrid);
    auto* filter = new QLineEdit;
    filter->setObjectName("words");
    filter->setPlaceholderText(tr("Words of the prompt"));
    filter->setClearButtonEnabled(true);
    filter->addAction(studioIcon("search"), QLineEdit::LeadingPosition);
    filter->setMaximumWidth(36 * kGrid);
    connect(filter, &QLineEdit::textChanged, this, [this](const QString& text) {
      proxy_.setFilterFixedString(text);
      showCount();
    });
    auto* fresh = new QLineEdit;
    fresh->setObjectName("newPrompt");
    fresh->setPlaceholderText(tr("A new prompt"));
    auto* add = new QPushButton(tr("Add"));
    const auto addIt = [this, fresh] {
      addPrompt(fresh->text());
      fresh->clear();
    };
    connect(add, &QPushButton::clicked, this, addIt);
    connect(fresh, &QLineEdit::returnPressed, this, addIt);
    auto* import = new QPushButton(tr("Import..."));
    connect(import, &QPushButton::clicked, this, &PromptsPage::chooseFile);
    count_->setProperty("role", "quiet");
    layout->addWidget(filter, 1);
    layout->addWidget(count_);
    layout->addStretch(1);
    layout->addWidget(fresh, 2);
    layout->addWidget(add);
    layout->addWidget(import);
    return bar;
  }

  void buildTable() {
    proxy_.setSourceModel(&model_);
    proxy_.setFilterCaseSensitivity(Qt::CaseInsensitive);
    table_->setModel(&proxy_);
    table_->setSortingEnabled(true);
    table_->sortByColumn(-1, Qt::AscendingOrder);
    table_->setSelectionBehavior(QAbstractItemView::SelectRows);
    table_->setEditTriggers(QAbstractItemView::NoEditTriggers);
    table_->setAlternatingRowColors(true);
    table_->setShowGrid(false);
    table_->setFrameShape(QFrame::NoFrame);
    table_->verticalHeader()->hide();
    table_->verticalHeader()->setDefaultSectionSize(3 * kGrid);
    QHeaderView* header = table_->horizontalHeader();
    header->setDefaultAlignment(Qt::AlignLeft | Qt::AlignVCenter);
    header->setHighlightSections(false);
    header->setSectionResizeMode(QHeaderView::Interactive);
    header->setSectionResizeMode(PromptModel::kText, QHeaderView::Stretch);
    header->resizeSection(PromptModel::kTags, 22 * kGrid);
    stack_->addWidget(table_);
    stack_->addWidget(empty_);
  }

  void showCount() {
    const int all = model_.rowCount(), shown = proxy_.rowCount();
    count_->setText(all == shown ? tr("Prompts: %1").arg(all) : tr("%1 of %2").arg(shown).arg(all));
    stack_->setCurrentWidget(all > 0 ? static_cast<QWidget*>(table_) : empty_);
  }

  void addPrompt(const QString& text) {
    const QString wanted = text.simplified();
    if (wanted.isEmpty()) return;
    context_.database->run(
        this,
        [wanted](Project& p) {
          return p.prompts().add({{0, wanted.toStdString(), {}, "train", 0}});
        },
        [this, wanted](std::int64_t added) {
          if (added == 0) Q_EMIT context_.hub->message(tr("This prompt is there already."));
          model_.reload();
        });
  }

  void chooseFile() {
    const QString file = QFileDialog::getOpenFileName(this, tr("Import prompts"), {},
                                                      tr("Prompts (*.txt *.csv *.jsonl);;All files (*)"));
    if (!file.isEmpty()) importFile(file);
  }

  void importFile(const QString& file) {
    context_.database->run(
        this,
        [file](Project& p) {
          import_format::Registry formats("import format");
          import_format::registerAll(formats);
          SilentSink sink;
          const auto& format = formats.get("prompts");
          return import_format::run(formats, "prompts", p, file.toStdString(),
                                    format.descriptor.parameters.complete(nlohmann::json::object()), sink,
                                    {});
        },
        [this](const import_format::ImportResult& result) {
          const auto count = [&result](const char* name) {
            const auto found = result.counts.find(name);
            return found == result.counts.end() ? std::int64_t(0) : found->second;
          };
          Q_EMIT context_.hub->message(
              tr("%1 prompts imported, %2 of them held out for evaluation; %3 rows skipped.")
                  .arg(count("prompts"))
                  .arg(count("held_out"))
                  .arg(count("skipped")));
          model_.reload();
        });
  }

  StudioContext& context_;
  PromptModel model_;
  QSortFilterProxyModel proxy_;
  QTableView* table_;
  QStackedWidget* stack_;
  EmptyState* empty_;
  QLabel* count_;
};

}  // namespace

void register_prompts(Registry& registry) {
  PageType type;
  type.descriptor = {"prompts", QT_TRANSLATE_NOOP("page", "Prompts"),
                     "What the generator shall draw, and what came of each prompt.", "none"};
  type.icon = "prompts";
  type.order = 3;
  type.create = [](StudioContext& context, QWidget* parent) { return new PromptsPage(context, parent); };
  registry.add(std::move(type));
}

}  // namespace plumbline::page

#include "prompts.moc"
