#include "ui/widgets/shortcut_editor.h"

#include <QHeaderView>
#include <QKeyEvent>
#include <QKeySequenceEdit>
#include <QLabel>
#include <QPushButton>
#include <QStyledItemDelegate>
#include <QTableWidget>
#include <QVBoxLayout>

#include "core/types/error.h"
#include "ui/commands/shortcut_table.h"
#include "ui/theme.h"

namespace plumbline {
namespace {

enum Column { kContext, kTitle, kFirst, kSecond, kColumns };

// One key, not a chain of them; done as soon as it is pressed.
class KeyDelegate : public QStyledItemDelegate {
 public:
  using QStyledItemDelegate::QStyledItemDelegate;

  QWidget* createEditor(QWidget* parent, const QStyleOptionViewItem&,
                        const QModelIndex& index) const override {
    if (index.column() < kFirst) return nullptr;
    auto* editor = new QKeySequenceEdit(parent);
    auto* self = const_cast<KeyDelegate*>(this);
    QObject::connect(editor, &QKeySequenceEdit::keySequenceChanged, editor,
                     [self, editor](const QKeySequence& keys) {
                       if (keys.isEmpty()) return;
                       if (keys.count() > 1) editor->setKeySequence(QKeySequence(keys[0]));
                       Q_EMIT self->commitData(editor);
                       Q_EMIT self->closeEditor(editor);
                     });
    return editor;
  }
  void setEditorData(QWidget*, const QModelIndex&) const override {}
  void setModelData(QWidget* editor, QAbstractItemModel* model, const QModelIndex& index) const override {
    const QKeySequence keys = static_cast<QKeySequenceEdit*>(editor)->keySequence();
    if (!keys.isEmpty()) model->setData(index, keys.toString(QKeySequence::PortableText), Qt::UserRole);
  }
};

QString contextTitle(const QString& context) {
  if (context == "pair") return ShortcutEditor::tr("Pair");
  if (context == "binary") return ShortcutEditor::tr("Binary");
  if (context == "mask") return ShortcutEditor::tr("Mask");
  return ShortcutEditor::tr("Always");
}

}  // namespace

ShortcutEditor::ShortcutEditor(ShortcutTable& table, QWidget* parent)
    : QWidget(parent), table_(table), rows_(new QTableWidget), problem_(new QLabel) {
  rows_->setColumnCount(kColumns);
  rows_->setHorizontalHeaderLabels({tr("Where"), tr("Action"), tr("Key"), tr("Second key")});
  rows_->verticalHeader()->hide();
  rows_->verticalHeader()->setDefaultSectionSize(3 * kGrid);
  rows_->horizontalHeader()->setSectionResizeMode(kTitle, QHeaderView::Stretch);
  rows_->horizontalHeader()->setDefaultAlignment(Qt::AlignLeft | Qt::AlignVCenter);
  rows_->horizontalHeader()->setHighlightSections(false);
  rows_->setShowGrid(false);
  rows_->setAlternatingRowColors(true);
  rows_->setSelectionMode(QAbstractItemView::SingleSelection);
  rows_->setItemDelegate(new KeyDelegate(rows_));
  rows_->installEventFilter(this);
  problem_->setWordWrap(true);
  auto* restore = new QPushButton(tr("Restore all"));
  auto* hint = new QLabel(tr("Double click a key to change it, Delete clears it."));
  hint->setProperty("role", "quiet");
  auto* foot = new QHBoxLayout;
  foot->addWidget(hint);
  foot->addWidget(problem_, 1);
  foot->addWidget(restore);
  auto* layout = new QVBoxLayout(this);
  layout->setContentsMargins(0, 0, 0, 0);
  layout->addWidget(rows_, 1);
  layout->addLayout(foot);
  connect(rows_, &QTableWidget::itemChanged, this, &ShortcutEditor::take);
  connect(&table_, &ShortcutTable::changed, this, &ShortcutEditor::fill, Qt::QueuedConnection);
  connect(restore, &QPushButton::clicked, &table_, &ShortcutTable::restoreDefaults);
  fill();
}

void ShortcutEditor::fill() {
  filling_ = true;
  rows_->setRowCount(int(table_.actions().size()));
  int row = 0;
  for (const ShortcutAction& action : table_.actions()) {
    const QString texts[] = {contextTitle(action.context), action.title,
                             action.keys[0].toString(QKeySequence::NativeText),
                             action.keys[1].toString(QKeySequence::NativeText)};
    for (int column = 0; column < kColumns; ++column) {
      auto* item = new QTableWidgetItem(texts[column]);
      if (column < kFirst) item->setFlags(Qt::ItemIsEnabled | Qt::ItemIsSelectable);
      rows_->setItem(row, column, item);
    }
    rows_->item(row, kContext)->setData(Qt::UserRole, action.id);
    ++row;
  }
  filling_ = false;
}

void ShortcutEditor::take(QTableWidgetItem* item) {
  if (filling_ || item->column() < kFirst) return;
  const QString id = rows_->item(item->row(), kContext)->data(Qt::UserRole).toString();
  const ShortcutAction* action = table_.find(id);
  if (!action) return;
  std::array<QKeySequence, 2> keys = action->keys;
  keys[std::size_t(item->column() - kFirst)] =
      QKeySequence(item->data(Qt::UserRole).toString(), QKeySequence::PortableText);
  try {
    table_.setKeys(id, keys);
    problem_->clear();
  } catch (const Error& e) {
    problem_->setText(QString::fromStdString(e.message()));
    fill();
  }
}

bool ShortcutEditor::eventFilter(QObject* watched, QEvent* event) {
  if (watched == rows_ && event->type() == QEvent::KeyPress) {
    const int key = static_cast<QKeyEvent*>(event)->key();
    QTableWidgetItem* item = rows_->currentItem();
    if (key == Qt::Key_Delete && item && item->column() >= kFirst) {
      item->setData(Qt::UserRole, QString());
      take(item);
      return true;
    }
  }
  return QWidget::eventFilter(watched, event);
}

}  // namespace plumbline
