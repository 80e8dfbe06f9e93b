#include "ui/widgets/answer_bar.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QResizeEvent>

#include "ui/theme.h"
#include "ui/widgets/key_button.h"

namespace plumbline {
namespace {

QHBoxLayout* rowOf(QWidget* widget) {
  auto* row = new QHBoxLayout(widget);
  row->setContentsMargins(0, 0, 0, 0);
  row->setSpacing(kGrid);
  return row;
}

}  // namespace

AnswerBar::AnswerBar(ShortcutTable& shortcuts, QWidget* parent)
    : QWidget(parent), shortcuts_(shortcuts), layout_(new QHBoxLayout(this)) {
  layout_->setContentsMargins(0, 0, 0, 0);
  layout_->setSpacing(kGrid);
  layout_->addStretch(1);
  layout_->addStretch(1);
  setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Fixed);
}

void AnswerBar::setType(const query_view::QueryViewType& type) {
  delete answers_;
  delete reasons_;
  buttons_.clear();
  reasonButtons_.clear();
  answers_ = new QWidget(this);
  reasons_ = new QWidget(this);
  QHBoxLayout* answers = rowOf(answers_);
  for (const QString& id : type.answers) {
    const ShortcutAction* action = shortcuts_.find(id);
    if (action) addButton(answers, id, action->title, false);
  }
  addButton(answers, "annotate.skip", tr("Skip"), false);
  QHBoxLayout* reasons = rowOf(reasons_);
  if (!type.reasons.empty()) {
    auto* why = new QLabel(tr("why:"));
    why->setProperty("role", "quiet");
    reasons->addWidget(why);
  }
  const QString context = QString::fromStdString(type.descriptor.id);
  for (std::size_t i = 0; i < type.reasons.size(); ++i) {
    KeyButton* button = addButton(reasons, QStringLiteral("%1.reason_%2").arg(context).arg(i + 1),
                                  type.reasons[i].title, true);
    reasonButtons_.emplace_back(type.reasons[i].id, button);
  }
  // Between the two stretches of the constructor.
  layout_->insertWidget(1, reasons_, 0, Qt::AlignHCenter);
  layout_->insertWidget(1, answers_, 0, Qt::AlignHCenter);
  arrange();
}

KeyButton* AnswerBar::addButton(QBoxLayout* row, const QString& action, const QString& text, bool reason) {
  auto* button = new KeyButton(reason ? KeyButton::Shape::kReason : KeyButton::Shape::kAnswer);
  button->setText(text);
  button->setObjectName("key_" + action);
  button->setCheckable(reason);
  const auto showKey = [this, button, action, text] {
    button->setKey(shortcuts_.firstKeyText(action));
    button->setToolTip(tr("%1 (%2)").arg(text, shortcuts_.keysText(action)));
  };
  showKey();
  connect(&shortcuts_, &ShortcutTable::changed, button, showKey);
  if (!reason) connect(button, &QAbstractButton::clicked, this, [this, action] { Q_EMIT chosen(action); });
  row->addWidget(button);
  buttons_.insert(action, button);
  return button;
}

QStringList AnswerBar::chosenReasons() const {
  QStringList list;
  for (const auto& [id, button] : reasonButtons_) {
    if (button->isChecked()) list << id;
  }
  return list;
}

void AnswerBar::setChosenReasons(const QStringList& ids) {
  for (const auto& [id, button] : reasonButtons_) button->setChecked(ids.contains(id));
}

void AnswerBar::toggleReason(int index) {
  if (index >= 0 && index < int(reasonButtons_.size())) reasonButtons_[std::size_t(index)].second->toggle();
}

void AnswerBar::flash(const QString& action) {
  if (KeyButton* button = buttons_.value(action)) button->flash();
}

void AnswerBar::setAnswersEnabled(bool enabled) {
  if (answers_) answers_->setEnabled(enabled);
}

void AnswerBar::resizeEvent(QResizeEvent* event) {
  QWidget::resizeEvent(event);
  arrange();
}

void AnswerBar::arrange() {
  if (!answers_) return;
  const int needed = answers_->sizeHint().width() + reasons_->sizeHint().width() + 2 * kGrid;
  const auto direction = needed <= width() ? QBoxLayout::LeftToRight : QBoxLayout::TopToBottom;
  if (layout_->direction() != direction) layout_->setDirection(direction);
}

}  // namespace plumbline
