#include "ui/widgets/annotate_header.h"

#include <QEvent>
#include <QGridLayout>
#include <QLabel>
#include <QTextLayout>

#include "ui/theme.h"

namespace plumbline {
namespace {

constexpr int kLargeLines = 2, kLines = 5;

struct Wrapped {
  QStringList lines;
  bool cut = false;
};

Wrapped wrap(QString text, const QFont& font, int width, int mostLines) {
  text.replace('\n', QChar::LineSeparator);
  QTextLayout layout(text, font);
  QTextOption option;
  option.setWrapMode(QTextOption::WrapAtWordBoundaryOrAnywhere);
  layout.setTextOption(option);
  Wrapped wrapped;
  layout.beginLayout();
  for (QTextLine line = layout.createLine(); line.isValid(); line = layout.createLine()) {
    line.setLineWidth(width);
    if (wrapped.lines.size() + 1 == mostLines) {
      const QString rest = text.mid(line.textStart()).replace(QChar::LineSeparator, ' ').trimmed();
      wrapped.lines << QFontMetrics(font).elidedText(rest, Qt::ElideRight, width);
      wrapped.cut = wrapped.lines.last() != rest;
      break;
    }
    wrapped.lines << text.mid(line.textStart(), line.textLength()).trimmed();
  }
  layout.endLayout();
  return wrapped;
}

}  // namespace

AnnotateHeader::AnnotateHeader(QWidget* parent)
    : QWidget(parent),
      prompt_(new QLabel),
      question_(new QLabel),
      note_(new QLabel),
      counts_(new QLabel),
      speed_(new QLabel) {
  auto* grid = new QGridLayout(this);
  grid->setContentsMargins(2 * kGrid, kGrid, 2 * kGrid, kGrid);
  grid->setHorizontalSpacing(2 * kGrid);
  grid->setVerticalSpacing(2);
  large_ = font();
  large_.setPointSizeF(large_.pointSizeF() * 1.5);
  prompt_->setObjectName("prompt");
  prompt_->setTextFormat(Qt::PlainText);
  prompt_->setAlignment(Qt::AlignLeft | Qt::AlignTop);
  // The lines are broken for the width there is; their own width must not hold it open.
  prompt_->setMinimumWidth(1);
  prompt_->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Fixed);
  prompt_->installEventFilter(this);
  question_->setProperty("role", "quiet");
  speed_->setProperty("role", "quiet");
  counts_->setAlignment(Qt::AlignRight | Qt::AlignTop);
  speed_->setAlignment(Qt::AlignRight | Qt::AlignVCenter);
  QFont bold = font();
  bold.setBold(true);
  note_->setFont(bold);
  note_->hide();
  grid->addWidget(prompt_, 0, 0, 1, 2);
  grid->addWidget(counts_, 0, 2);
  grid->addWidget(question_, 1, 0);
  grid->addWidget(note_, 1, 1);
  grid->addWidget(speed_, 1, 2);
  grid->setColumnStretch(1, 1);
}

void AnnotateHeader::setQuery(const QString& prompt, const QString& question) {
  text_ = prompt;
  prompt_->setToolTip(text_);
  fitPrompt();
  question_->setText(question);
}

bool AnnotateHeader::eventFilter(QObject* watched, QEvent* event) {
  if (watched == prompt_ && event->type() == QEvent::Resize) fitPrompt();
  return QWidget::eventFilter(watched, event);
}

void AnnotateHeader::fitPrompt() {
  QFont shown = large_;
  Wrapped wrapped = wrap(text_.trimmed(), shown, prompt_->width(), kLargeLines);
  if (wrapped.cut) {
    shown = font();
    wrapped = wrap(text_.trimmed(), shown, prompt_->width(), kLines);
  }
  prompt_->setFont(shown);
  prompt_->setText(wrapped.lines.join('\n'));
  prompt_->setFixedHeight(int(wrapped.lines.size()) * QFontMetrics(shown).lineSpacing() + 2);
  if (wrapped.cut == cut_) return;
  cut_ = wrapped.cut;
  Q_EMIT cutChanged();
}

void AnnotateHeader::setNote(const QString& note) {
  note_->setText(note);
  note_->setVisible(!note.isEmpty());
}

void AnnotateHeader::setCounts(qint64 answered, qint64 open, double perMinute) {
  counts_->setText(tr("%1 of %2").arg(answered).arg(answered + open));
  counts_->setToolTip(tr("%1 answered by you, %2 open").arg(answered).arg(open));
  speed_->setText(perMinute > 0 ? tr("%1 per minute").arg(perMinute, 0, 'f', 1) : QString());
}

QString AnnotateHeader::counts() const {
  return counts_->text();
}

}  // namespace plumbline
