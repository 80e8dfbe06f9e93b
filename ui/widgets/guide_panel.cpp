#include "ui/widgets/guide_panel.h"

#include <QLabel>
#include <QScrollArea>
#include <QVBoxLayout>

#include "ui/theme.h"

namespace plumbline {

GuidePanel::GuidePanel(QWidget* parent) : QFrame(parent), text_(new QLabel) {
  setFixedWidth(32 * kGrid);
  auto* layout = new QVBoxLayout(this);
  layout->setContentsMargins(2 * kGrid, 2 * kGrid, 2 * kGrid, 2 * kGrid);
  auto* title = new QLabel(tr("Guideline"));
  title->setProperty("role", "title");
  layout->addWidget(title);
  text_->setWordWrap(true);
  text_->setTextFormat(Qt::MarkdownText);
  text_->setAlignment(Qt::AlignTop | Qt::AlignLeft);
  auto* scroll = new QScrollArea;
  scroll->setFrameShape(QFrame::NoFrame);
  scroll->setWidgetResizable(true);
  scroll->setFocusPolicy(Qt::NoFocus);
  scroll->setWidget(text_);
  scroll->viewport()->setAutoFillBackground(false);
  text_->setAutoFillBackground(false);
  layout->addWidget(scroll, 1);
}

void GuidePanel::setGuideline(const QString& text) {
  guideline_ = text;
  showText();
}

void GuidePanel::setType(const QString& queryType) {
  type_ = queryType;
  showText();
}

void GuidePanel::showText() {
  QString advice;
  if (type_ == "pair") {
    advice =
        tr("Choose the picture that follows the prompt better: what is there, how many, which colour, where. "
           "If both do equally well, look for damage.\n\n"
           "**Ties.** *Both good* if you would accept either, *both bad* if you would accept neither. "
           "Skip if you cannot tell.\n\n"
           "Reasons are optional: press them before the answer.");
  } else if (type_ == "binary") {
    advice =
        tr("Judge this picture alone, by this one question. *Good* means you would accept it as it is.\n\n"
           "Skip if you cannot tell.");
  } else if (type_ == "mask") {
    advice =
        tr("Paint every spot that is wrong, each in its category; what you leave unpainted counts as fine. "
           "A little over the edge is better than too little.\n\n"
           "**Unsafe**: should not be shown. **Artifact**: broken, smeared, noise. "
           "**Not asked for**: nothing in the prompt calls for it. **Ugly**: all the rest.");
  }
  text_->setText(guideline_.isEmpty() ? advice : guideline_ + "\n\n---\n\n" + advice);
}

}  // namespace plumbline
