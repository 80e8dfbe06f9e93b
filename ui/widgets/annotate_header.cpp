#include "ui/widgets/annotate_header.h"

#include <QGridLayout>
#include <QLabel>

#include "ui/theme.h"

namespace plumbline {

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
  QFont large = font();
  large.setPointSizeF(large.pointSizeF() * 1.5);
  prompt_->setFont(large);
  prompt_->setTextFormat(Qt::PlainText);
  prompt_->setWordWrap(true);
  prompt_->setMaximumHeight(2 * QFontMetrics(large).lineSpacing() + 2);
  prompt_->setAlignment(Qt::AlignLeft | Qt::AlignVCenter);
  question_->setProperty("role", "quiet");
  speed_->setProperty("role", "quiet");
  counts_->setAlignment(Qt::AlignRight | Qt::AlignVCenter);
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
  prompt_->setText(prompt);
  prompt_->setToolTip(prompt);
  question_->setText(question);
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

QString AnnotateHeader::prompt() const {
  return prompt_->text();
}
QString AnnotateHeader::counts() const {
  return counts_->text();
}

}  // namespace plumbline
