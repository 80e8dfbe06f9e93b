#include "ui/widgets/top_bar.h"

#include <QDir>
#include <QFileInfo>
#include <QHBoxLayout>
#include <QLabel>

#include "ui/theme.h"
#include "ui/widgets/job_chip.h"

namespace plumbline {

TopBar::TopBar(QWidget* parent) : QFrame(parent), chip_(new JobChip(this)) {
  setObjectName("topBar");
  setFixedHeight(5 * kGrid);
  auto* layout = new QHBoxLayout(this);
  layout->setContentsMargins(2 * kGrid, 0, 2 * kGrid, 0);
  layout->setSpacing(3 * kGrid);
  project_ = new QLabel;
  project_->setProperty("role", "section");
  layout->addWidget(project_);
  annotator_ = addField(tr("Annotator"));
  generator_ = addField(tr("Generator"));
  device_ = addField(tr("Device"));
  queue_ = addField(tr("Queue"));
  layout->addStretch(1);
  layout->addWidget(chip_);
  chip_->hide();
  connect(chip_, &JobChip::clicked, this, &TopBar::jobsClicked);
}

QLabel* TopBar::addField(const QString& caption) {
  auto* field = new QLabel;
  field->setTextFormat(Qt::RichText);
  field->setProperty("caption", caption);
  field->hide();
  layout()->addWidget(field);
  return field;
}

namespace {

void fill(QLabel* field, const QString& value) {
  const QString quiet = quietTextColor(field->palette()).name();
  field->setText(QStringLiteral("<span style='color:%1'>%2</span> %3")
                     .arg(quiet, field->property("caption").toString(), value.toHtmlEscaped()));
  field->setVisible(!value.isEmpty());
}

}  // namespace

void TopBar::setProject(const QString& name, const QString& folder) {
  project_->setText(name);
  project_->setToolTip(folder);
}

void TopBar::setAnnotator(const QString& name) {
  fill(annotator_, name);
}

void TopBar::setBase(const QString& base) {
  if (adapters_.isEmpty()) setGenerator(base, {});
}

void TopBar::setGenerator(const QString& base, const QString& adapters) {
  adapters_ = adapters;
  const QString name =
      QFileInfo(QDir::cleanPath(base)).fileName();  // of a folder its name; the whole path is in the tool tip
  fill(generator_, adapters.isEmpty() ? name : tr("%1 + %2").arg(name, adapters));
  generator_->setToolTip(base);
}

void TopBar::setDevice(const QString& device, const QString& precision) {
  fill(device_, precision.isEmpty() ? device : tr("%1, %2").arg(device, precision));
}

void TopBar::setQueue(int waiting) {
  fill(queue_, waiting < 0 ? QString() : QString::number(waiting));
}

void TopBar::setJobs(int running, const QString& title, double fraction, int secondsLeft) {
  chip_->setJobs(running, title, fraction, secondsLeft);
  chip_->setVisible(running > 0);
}

}  // namespace plumbline
