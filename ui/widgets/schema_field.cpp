#include "ui/widgets/schema_field.h"

#include <QCheckBox>
#include <QComboBox>
#include <QGridLayout>
#include <QLabel>
#include <QLineEdit>
#include <QToolButton>
#include <cmath>
#include <limits>

#include "ui/models/variant_text.h"
#include "ui/theme.h"

namespace plumbline {
namespace {

constexpr int kEditorWidth = 12 * kGrid;
constexpr int kUnitWidth = 7 * kGrid;  // the same for all, so that editors stand in one line
constexpr double kUnbounded = std::numeric_limits<double>::infinity();
// Beyond this a bound only says "any number" and is no help to read.
constexpr double kUnspokenBound = 1e12;

QString numberText(double value) {
  return QString::number(value, 'g', 12);
}

// Null if it is no number. A comma is a decimal point to many people.
nlohmann::json parseNumber(QString text, bool integer) {
  bool ok = false;
  const double value = text.trimmed().replace(',', '.').toDouble(&ok);
  if (!ok || !std::isfinite(value)) return nullptr;
  if (!integer) return value;
  constexpr double kExact = 9007199254740992.0;  // whole numbers beyond are not exact
  if (value != std::floor(value) || std::abs(value) > kExact) return nullptr;
  return std::int64_t(value);
}

QLabel* smallLabel() {
  auto* label = new QLabel;
  label->setWordWrap(true);
  QFont font = label->font();
  font.setPointSizeF(font.pointSizeF() * 0.88);
  label->setFont(font);
  return label;
}

}  // namespace

SchemaField::SchemaField(nlohmann::json parameter, QWidget* parent)
    : QWidget(parent), parameter_(std::move(parameter)), reset_(new QToolButton), problem_(smallLabel()) {
  auto* label = new QLabel(variant_text::label(parameter_));
  label->setWordWrap(true);
  QWidget* editor = buildEditor();
  editor->setObjectName("field_" + QString::fromStdString(name()));
  label->setBuddy(editor);
  reset_->setAutoRaise(true);
  reset_->setIcon(studioIcon("undo"));
  reset_->setToolTip(tr("Back to the default"));
  reset_->setFocusPolicy(Qt::TabFocus);
  QSizePolicy keeps = reset_->sizePolicy();
  keeps.setRetainSizeWhenHidden(true);
  reset_->setSizePolicy(keeps);
  auto* help = smallLabel();
  help->setProperty("role", "quiet");
  help->setText(explanation());
  for (QWidget* widget : {static_cast<QWidget*>(label), editor}) widget->setToolTip(explanation());
  problem_->setObjectName("problem_" + QString::fromStdString(name()));
  problem_->setStyleSheet(QStringLiteral("color: %1; font-weight: 600;").arg(badColor().name()));
  problem_->hide();

  auto* grid = new QGridLayout(this);
  grid->setContentsMargins(0, 0, 0, 0);
  grid->setHorizontalSpacing(kGrid);
  grid->setVerticalSpacing(2);
  grid->addWidget(label, 0, 0);
  if (line_ && !isNumber()) {
    grid->addWidget(editor, 1, 0, 1, 3);  // words need the room
    grid->addWidget(reset_, 1, 3);
  } else {
    auto* unit = new QLabel(variant_text::unit(parameter_));
    unit->setProperty("role", "quiet");
    if (isNumber()) unit->setFixedWidth(kUnitWidth);
    grid->addWidget(editor, 0, 1);
    grid->addWidget(unit, 0, 2);
    grid->addWidget(reset_, 0, 3);
  }
  grid->addWidget(problem_, 2, 0, 1, 4);
  grid->addWidget(help, 3, 0, 1, 4);
  grid->setColumnStretch(0, 1);
  connect(reset_, &QToolButton::clicked, this, [this] { setValue(defaultValue()); });
  setValue(defaultValue());
}

bool SchemaField::isNumber() const {
  return isInteger() || parameter_.value("type", "") == "real";
}

QWidget* SchemaField::buildEditor() {
  const auto noteEdit = [this] {
    refresh();
    Q_EMIT edited();
  };
  const std::string type = parameter_.value("type", "");
  if (type == "boolean") {
    check_ = new QCheckBox;
    connect(check_, &QCheckBox::toggled, this, noteEdit);
    return check_;
  }
  if (type == "choice") {
    choice_ = new QComboBox;
    for (const auto& one : parameter_.value("choices", std::vector<std::string>())) {
      choice_->addItem(variant_text::choice(one), QString::fromStdString(one));
    }
    // A wheel that scrolls the form must not change a value in passing.
    choice_->setFocusPolicy(Qt::StrongFocus);
    connect(choice_, &QComboBox::currentIndexChanged, this, noteEdit);
    return choice_;
  }
  line_ = new QLineEdit;
  if (isNumber()) {
    line_->setFixedWidth(kEditorWidth);
    line_->setAlignment(Qt::AlignRight);
  }
  connect(line_, &QLineEdit::textChanged, this, noteEdit);
  return line_;
}

QString SchemaField::rangeText() const {
  if (!isNumber()) return {};
  const double low = parameter_.value("minimum", -kUnbounded), high = parameter_.value("maximum", kUnbounded);
  const bool bounded = std::abs(high) < kUnspokenBound;
  if (std::isfinite(low) && bounded) return tr("%1 to %2").arg(numberText(low), numberText(high));
  if (std::isfinite(low)) return tr("%1 or more").arg(numberText(low));
  if (bounded) return tr("%1 or less").arg(numberText(high));
  return {};
}

QString SchemaField::explanation() const {
  QString text = variant_text::help(parameter_);
  if (!text.isEmpty() && !text.endsWith('.')) text += '.';
  QStringList facts;
  const QString range = rangeText();
  if (!range.isEmpty()) facts << range;
  if (isNumber()) facts << tr("default %1").arg(numberText(defaultValue().get<double>()));
  if (choice_) facts << tr("default %1").arg(variant_text::choice(defaultValue().get<std::string>()));
  if (check_) facts << (defaultValue().get<bool>() ? tr("on by default") : tr("off by default"));
  return facts.isEmpty() ? text : text + ' ' + tr("(%1)").arg(facts.join(QStringLiteral("; ")));
}

std::optional<nlohmann::json> SchemaField::value() const {
  if (!problem().isEmpty()) return {};
  if (check_) return check_->isChecked();
  if (choice_) return choice_->currentData().toString().toStdString();
  return isNumber() ? parseNumber(line_->text(), isInteger()) : nlohmann::json(line_->text().toStdString());
}

void SchemaField::setValue(const nlohmann::json& value) {
  if (check_ && value.is_boolean()) check_->setChecked(value.get<bool>());
  if (choice_ && value.is_string()) {
    choice_->setCurrentIndex(choice_->findData(QString::fromStdString(value.get<std::string>())));
  }
  if (line_) {
    const bool isReal = isNumber() && value.is_number_float();
    const std::string text = value.is_string() ? value.get<std::string>() : value.dump();
    line_->setText(isReal ? numberText(value.get<double>()) : QString::fromStdString(text));
    line_->setCursorPosition(0);  // what is longer than the field shows its beginning
  }
  refresh();
}

QString SchemaField::problem() const {
  if (choice_) return choice_->currentIndex() < 0 ? tr("Choose one.") : QString();
  if (!line_ || !isNumber()) return {};
  const nlohmann::json number = parseNumber(line_->text(), isInteger());
  if (number.is_null())
    return isInteger() ? tr("This must be a whole number.") : tr("This must be a number.");
  const double x = number.get<double>();
  if (x < parameter_.value("minimum", -kUnbounded) || x > parameter_.value("maximum", kUnbounded)) {
    return tr("Out of range: it must be %1.").arg(rangeText());
  }
  return {};
}

bool SchemaField::isDefault() const {
  const auto now = value();
  return now && *now == defaultValue();
}

void SchemaField::refresh() {
  const QString wrong = problem();
  problem_->setText(wrong);
  problem_->setVisible(!wrong.isEmpty());
  reset_->setVisible(!isDefault());
}

}  // namespace plumbline
