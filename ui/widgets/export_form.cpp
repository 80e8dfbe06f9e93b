#include "ui/widgets/export_form.h"

#include <QButtonGroup>
#include <QDir>
#include <QFileDialog>
#include <QFileInfo>
#include <QGridLayout>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QRadioButton>
#include <QScrollArea>
#include <QVBoxLayout>

#include "ui/json_values.h"
#include "ui/models/variant_text.h"
#include "ui/theme.h"
#include "ui/widgets/schema_form.h"

namespace plumbline {
namespace {

QLabel* section(const QString& text) {
  auto* label = new QLabel(text);
  label->setProperty("role", "section");
  return label;
}

QLabel* quiet(const QString& text) {
  auto* label = new QLabel(text);
  label->setProperty("role", "quiet");
  label->setWordWrap(true);
  return label;
}

}  // namespace

ExportForm::ExportForm(const nlohmann::json& formats, const QString& folder, const QString& project,
                       QWidget* parent)
    : QWidget(parent),
      formats_(formats),
      project_(project),
      group_(new QButtonGroup(this)),
      folder_(new QLineEdit(QDir::toNativeSeparators(folder))),
      name_(new QLineEdit),
      note_(quiet({})),
      start_(new QPushButton(tr("Export"))),
      lead_(new QPushButton),
      formPlace_(new QVBoxLayout) {
  auto* layout = new QHBoxLayout(this);
  layout->setContentsMargins(0, 0, 0, 0);
  layout->setSpacing(3 * kGrid);
  layout->addWidget(buildFormats(), 1);
  layout->addWidget(buildPlace(), 1);
  if (!group_->buttons().isEmpty()) choose(jsonText(formats_.at(0), "id"));
}

QWidget* ExportForm::buildFormats() {
  auto* column = new QWidget;
  auto* layout = new QVBoxLayout(column);
  layout->setContentsMargins(0, 0, 0, 0);
  layout->setSpacing(kGrid);
  layout->addWidget(section(tr("What")));
  for (const nlohmann::json& format : formats_) {
    auto* card = new QFrame;
    card->setProperty("role", "card");
    auto* inside = new QVBoxLayout(card);
    inside->setContentsMargins(kGrid * 3 / 2, kGrid, kGrid * 3 / 2, kGrid);
    inside->setSpacing(kGrid / 2);
    auto* button = new QRadioButton(variant_text::title(format));
    button->setObjectName("format_" + jsonText(format, "id"));
    button->setProperty("format", jsonText(format, "id"));
    group_->addButton(button);
    counts_ << quiet({});
    inside->addWidget(button);
    inside->addWidget(quiet(variant_text::help(format)));
    inside->addWidget(counts_.last());
    layout->addWidget(card);
  }
  layout->addStretch(1);
  connect(group_, &QButtonGroup::buttonToggled, this, [this](QAbstractButton* button, bool on) {
    if (on) choose(button->property("format").toString());
  });
  auto* scroll = new QScrollArea;  // many formats, or a low window
  scroll->setWidgetResizable(true);
  scroll->setFrameShape(QFrame::NoFrame);
  scroll->setWidget(column);
  return scroll;
}

QWidget* ExportForm::buildPlace() {
  auto* column = new QWidget;
  auto* layout = new QVBoxLayout(column);
  layout->setContentsMargins(0, 0, 0, 0);
  layout->setSpacing(kGrid);
  layout->addWidget(section(tr("Where")));
  folder_->setObjectName("folder");
  name_->setObjectName("name");
  auto* browse = new QPushButton(tr("Choose..."));
  auto* place = new QGridLayout;
  place->setHorizontalSpacing(2 * kGrid);
  place->setVerticalSpacing(kGrid);
  place->addWidget(new QLabel(tr("Folder")), 0, 0);
  place->addWidget(folder_, 0, 1);
  place->addWidget(browse, 0, 2);
  place->addWidget(new QLabel(tr("Name")), 1, 0);
  place->addWidget(name_, 1, 1, 1, 2);
  layout->addLayout(place);
  layout->addSpacing(kGrid);
  layout->addWidget(section(tr("Options")));
  auto* options = new QWidget;
  formPlace_->setContentsMargins(0, 0, kGrid, 0);
  options->setLayout(formPlace_);
  auto* scroll = new QScrollArea;
  scroll->setWidgetResizable(true);
  scroll->setFrameShape(QFrame::NoFrame);
  scroll->setWidget(options);
  layout->addWidget(scroll, 1);
  note_->setObjectName("exportNote");
  layout->addWidget(note_);
  start_->setObjectName("export");
  start_->setProperty("role", "primary");
  lead_->setObjectName("lead");
  auto* foot = new QHBoxLayout;
  foot->addStretch(1);
  foot->addWidget(lead_);
  foot->addWidget(start_);
  layout->addLayout(foot);
  connect(browse, &QPushButton::clicked, this, &ExportForm::chooseFolder);
  for (QLineEdit* edit : {folder_, name_}) {
    connect(edit, &QLineEdit::textChanged, this, &ExportForm::refresh);
    connect(edit, &QLineEdit::returnPressed, start_, &QPushButton::click);
  }
  connect(start_, &QPushButton::clicked, this, &ExportForm::startChosen);
  connect(lead_, &QPushButton::clicked, this, [this] { Q_EMIT pageWanted(ExportFacts::pageFor(format_)); });
  return column;
}

void ExportForm::chooseFolder() {
  const QString chosen = QFileDialog::getExistingDirectory(this, tr("Export to"), folder());
  if (!chosen.isEmpty()) folder_->setText(QDir::toNativeSeparators(chosen));
}

nlohmann::json ExportForm::descriptor() const {
  for (const nlohmann::json& format : formats_) {
    if (jsonText(format, "id") == format_) return format;
  }
  return nlohmann::json::object();
}

void ExportForm::choose(const QString& format) {
  if (format == format_) return;
  QAbstractButton* wanted = nullptr;
  for (QAbstractButton* button : group_->buttons()) {
    if (button->property("format").toString() == format) wanted = button;
  }
  if (!wanted) return;
  format_ = format;
  wanted->setChecked(true);
  delete form_;
  form_ = new SchemaForm(descriptor());
  formPlace_->addWidget(form_);
  connect(form_, &SchemaForm::changed, this, &ExportForm::refresh);
  proposeName();
  refresh();
}

void ExportForm::setOptions(const nlohmann::json& options) {
  if (form_) form_->setValues(options);
  refresh();
}

void ExportForm::setFacts(const ExportFacts& facts) {
  facts_ = facts;
  if (!haveFacts_ && facts.nothingFor(format_)) {  // begin with one that has something in it
    for (const nlohmann::json& format : formats_) {
      if (facts.nothingFor(jsonText(format, "id"))) continue;
      choose(jsonText(format, "id"));
      break;
    }
  }
  haveFacts_ = true;
  for (int i = 0; i < counts_.size(); ++i) {
    const QString words = facts.textFor(jsonText(formats_.at(std::size_t(i)), "id"));
    counts_[i]->setText(words);
    counts_[i]->setVisible(!words.isEmpty());
  }
  refresh();
}

QString ExportForm::title() const {
  return variant_text::title(descriptor());
}

QString ExportForm::folder() const {
  return QDir::fromNativeSeparators(folder_->text().trimmed());
}

QString ExportForm::path() const {
  return QDir(folder()).filePath(name_->text().trimmed());
}

nlohmann::json ExportForm::options() const {
  return form_ ? form_->values() : nlohmann::json::object();
}

void ExportForm::proposeName() {
  const nlohmann::json extra = descriptor().value("extra", nlohmann::json::object());
  const QString suffix = extra.value("file", false) ? jsonText(extra, "suffix") : QString();
  const QString stem = project_ + "-" + format_;
  QString name = stem + suffix;
  for (int i = 2; QFileInfo::exists(QDir(folder()).filePath(name)); ++i)
    name = QStringLiteral("%1-%2%3").arg(stem).arg(i).arg(suffix);
  name_->setText(name);
}

QString ExportForm::problem() const {
  if (facts_.nothingFor(format_)) return ExportFacts::whyNothing(format_);
  if (folder().isEmpty() || !QDir::isAbsolutePath(folder())) return tr("Choose a folder to export to.");
  if (name_->text().trimmed().isEmpty()) return tr("Give the export a name.");
  if (QFileInfo::exists(path())) return tr("There is something of this name already; choose another.");
  if (form_ && !form_->isValid()) return tr("An option is outside its range.");
  return {};
}

void ExportForm::refresh() {
  const QString missing = problem();
  const bool nothing = facts_.nothingFor(format_);
  note_->setText(missing.isEmpty() ? tr("Writes %1").arg(QDir::toNativeSeparators(path())) : missing);
  start_->setEnabled(missing.isEmpty());
  lead_->setVisible(nothing);
  lead_->setText(format_ == "peft_lora" ? tr("Go to Align") : tr("Go to Annotate"));
}

}  // namespace plumbline
