#include "ui/widgets/align_setup.h"

#include <QComboBox>
#include <QDir>
#include <QHBoxLayout>
#include <QLabel>
#include <QLocale>
#include <QPushButton>
#include <QScrollArea>
#include <QSignalBlocker>
#include <QVBoxLayout>
#include <algorithm>

#include "ui/json_values.h"
#include "ui/models/variant_text.h"
#include "ui/theme.h"
#include "ui/widgets/combo_items.h"
#include "ui/widgets/schema_form.h"

namespace plumbline {
namespace {

QLabel* section(const QString& words) {
  auto* label = new QLabel(words);
  label->setProperty("role", "section");
  return label;
}

void emptyLayout(QLayout* layout) {
  while (QLayoutItem* item = layout->takeAt(0)) {
    delete item->widget();
    delete item;
  }
}

QString rewardTitle(const RewardModelRow& row) {
  const QString name = QString::fromStdString(row.version).left(12);
  const auto heldOut = row.metrics.is_object() ? row.metrics.value("heldout", nlohmann::json::object())
                                               : nlohmann::json::object();
  const auto accuracy = heldOut.is_object() ? heldOut.find("accuracy") : heldOut.end();
  if (accuracy == heldOut.end() || !accuracy->is_number()) return name;
  return AlignSetup::tr("%1, right in %2 %")
      .arg(name, QLocale().toString(accuracy->get<double>() * 100, 'f', 0));
}

}  // namespace

AlignSetup::AlignSetup(QWidget* parent)
    : QWidget(parent),
      method_(new QComboBox),
      help_(new QLabel),
      needs_(new QWidget),
      reward_(new QComboBox),
      formPlace_(new QVBoxLayout),
      note_(new QLabel),
      start_(new QPushButton(tr("Start"))) {
  buildLayout();
  connect(method_, &QComboBox::currentIndexChanged, this, &AlignSetup::showMethod);
  connect(reward_, &QComboBox::currentIndexChanged, this, &AlignSetup::showNeeds);
  connect(start_, &QPushButton::clicked, this, [this] {
    Q_EMIT startChosen(method(), variant_text::title(descriptor()),
                       form_ ? form_->values() : nlohmann::json::object(),
                       reward_->currentData().toLongLong());
  });
  refresh();
}

void AlignSetup::buildLayout() {
  method_->setObjectName("method");
  reward_->setObjectName("rewardModel");
  start_->setObjectName("start");
  start_->setProperty("role", "primary");
  note_->setObjectName("alignNote");
  for (QLabel* label : {help_, note_}) {
    label->setProperty("role", "quiet");
    label->setWordWrap(true);
  }
  for (QComboBox* box : {method_, reward_}) {
    box->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    box->setMinimumContentsLength(12);
  }
  auto* inside = new QWidget;
  auto* column = new QVBoxLayout(inside);
  column->setContentsMargins(0, 0, kGrid, 0);
  column->setSpacing(kGrid);
  column->addWidget(help_);
  column->addSpacing(kGrid / 2);
  column->addWidget(section(tr("What it needs")));
  auto* needs = new QVBoxLayout(needs_);
  needs->setContentsMargins(0, 0, 0, 0);
  needs->setSpacing(kGrid / 2);
  column->addWidget(needs_);
  column->addSpacing(kGrid / 2);
  column->addWidget(section(tr("Reward to follow")));
  column->addWidget(reward_);
  column->addSpacing(kGrid / 2);
  column->addWidget(section(tr("Settings")));
  column->addLayout(formPlace_);
  column->addStretch(1);
  auto* scroll = new QScrollArea;
  scroll->setWidgetResizable(true);
  scroll->setFrameShape(QFrame::NoFrame);
  scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
  scroll->setWidget(inside);
  auto* layout = new QVBoxLayout(this);
  layout->setContentsMargins(0, 0, 0, 0);
  layout->setSpacing(kGrid);
  layout->addWidget(section(tr("New fine-tune")));
  layout->addWidget(method_);
  layout->addWidget(scroll, 1);
  layout->addWidget(note_);
  layout->addWidget(start_);
}

void AlignSetup::setMethods(const nlohmann::json& methods) {
  const QString before = method();
  {
    const QSignalBlocker quiet(method_);
    methods_ = methods;
    method_->clear();
    for (const nlohmann::json& one : methods_)
      method_->addItem(variant_text::title(one), jsonText(one, "id"));
    method_->setCurrentIndex(std::max(0, method_->findData(before)));
  }
  note_->clear();
  showMethod();
}

void AlignSetup::setReading() {
  note_->setText(tr("Reading what the program can do..."));
  refresh();
}

void AlignSetup::setUnavailable(const QString& reason) {
  note_->setText(reason);
  refresh();
}

void AlignSetup::setFacts(const AlignFacts& facts) {
  facts_ = facts;
  haveFacts_ = true;
  const bool any = !facts.rewardModels.empty();
  ComboItems rewards{
      {any ? tr("Newest (%1)").arg(rewardTitle(facts.rewardModels.front())) : tr("None yet"), qint64(0)}};
  for (const RewardModelRow& row : facts.rewardModels) rewards << qMakePair(rewardTitle(row), qint64(row.id));
  setComboItems(*reward_, rewards);
  reward_->setEnabled(any);
  showNeeds();
}

void AlignSetup::chooseMethod(const QString& method) {
  const int index = method_->findData(method);
  if (index >= 0) method_->setCurrentIndex(index);
}

void AlignSetup::useSettings(const QString& wanted, const nlohmann::json& settings) {
  chooseMethod(wanted);
  if (method() != wanted || !form_) return;
  nlohmann::json all = nlohmann::json::object();
  const nlohmann::json shown = descriptor();
  for (const nlohmann::json& parameter : shown.value("parameters", nlohmann::json::array()))
    all[parameter.value("name", std::string())] = parameter.value("default", nlohmann::json());
  if (settings.is_object()) all.update(settings);
  form_->setValues(all);
}

QString AlignSetup::method() const {
  return method_->currentData().toString();
}

nlohmann::json AlignSetup::descriptor() const {
  for (const nlohmann::json& one : methods_) {
    if (jsonText(one, "id") == method()) return one;
  }
  return nullptr;
}

void AlignSetup::showMethod() {
  const nlohmann::json shown = descriptor();
  const QString paper = jsonText(shown, "paper");
  QString words = variant_text::help(shown);
  if (!paper.isEmpty() && paper != "none") words += "\n" + tr("Paper: %1").arg(paper);
  help_->setText(words);
  delete form_;
  form_ = nullptr;
  if (shown.is_object()) {
    form_ = new SchemaForm(shown);
    formPlace_->addWidget(form_);
    connect(form_, &SchemaForm::changed, this, &AlignSetup::refresh);
  }
  showNeeds();
}

std::vector<MethodNeed> AlignSetup::needs() const {
  std::vector<MethodNeed> list;
  if (!haveFacts_) return list;
  if (!facts_.modelMissing.isEmpty()) {
    list.push_back({tr("The generator is not in %1. Put its folder back there, or make one with: plumbline "
                       "train-base")
                        .arg(QDir::toNativeSeparators(facts_.modelMissing)),
                    false,
                    {},
                    {}});
  }
  const nlohmann::json shown = descriptor();
  const auto extra = shown.is_object() ? shown.value("extra", nlohmann::json::object()) : nlohmann::json();
  if (!extra.is_object() || !extra.contains("needs") || !extra["needs"].is_array()) return list;
  for (const auto& need : extra["needs"]) {
    if (need.is_string())
      list.push_back(checkNeed(need.get<std::string>(), facts_, reward_->currentData().toLongLong()));
  }
  return list;
}

void AlignSetup::showNeeds() {
  std::vector<MethodNeed> list = needs();
  if (list != shownNeeds_) {  // a button must not go away under the pointer
    shownNeeds_ = std::move(list);
    emptyLayout(needs_->layout());
    for (const MethodNeed& need : shownNeeds_) addNeed(need);
  }
  refresh();
}

void AlignSetup::addNeed(const MethodNeed& need) {
  auto* row = new QWidget;
  auto* layout = new QHBoxLayout(row);
  layout->setContentsMargins(0, 0, 0, 0);
  layout->setSpacing(kGrid);
  auto* sign = new QLabel;
  sign->setPixmap(studioIcon(need.met ? "tick" : "warning", need.met ? goodColor() : badColor())
                      .pixmap(QSize(16, 16), devicePixelRatioF()));
  layout->addWidget(sign, 0, Qt::AlignTop);
  auto* words = new QLabel(need.text);
  words->setObjectName(need.met ? "needMet" : "needUnmet");
  words->setWordWrap(true);
  layout->addWidget(words, 1);
  if (!need.button.isEmpty()) {
    auto* lead = new QPushButton(need.button);
    lead->setObjectName("lead_" + need.page);
    layout->addWidget(lead, 0, Qt::AlignTop);
    connect(lead, &QPushButton::clicked, this, [this, page = need.page] { Q_EMIT pageWanted(page); });
  }
  needs_->layout()->addWidget(row);
}

void AlignSetup::refresh() {
  const bool valid = form_ && form_->isValid();
  const bool met =
      std::all_of(shownNeeds_.begin(), shownNeeds_.end(), [](const MethodNeed& need) { return need.met; });
  start_->setEnabled(haveFacts_ && met && valid);
  if (methods_.empty()) return;  // the note says why
  if (!haveFacts_) return note_->clear();
  note_->setText(!met     ? tr("Something is missing, see above.")
                 : !valid ? tr("A setting is outside its range.")
                          : QString());
  note_->setVisible(!note_->text().isEmpty());
}

}  // namespace plumbline
