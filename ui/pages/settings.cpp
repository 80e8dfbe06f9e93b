// Settings of this person on this machine: looks, grey around pictures, name. Keys.
#include <QApplication>
#include <QComboBox>
#include <QFormLayout>
#include <QLabel>
#include <QLineEdit>
#include <QSlider>
#include <QVBoxLayout>
#include <algorithm>

#include "ui/commands/shortcut_table.h"
#include "ui/data_hub.h"
#include "ui/pages/page.h"
#include "ui/theme.h"
#include "ui/widgets/shortcut_editor.h"

namespace plumbline::page {
namespace {

class SettingsPage : public Page {
  Q_OBJECT

 public:
  SettingsPage(StudioContext& context, QWidget* parent) : Page(parent), context_(context) {
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(3 * kGrid, 2 * kGrid, 3 * kGrid, 2 * kGrid);
    layout->setSpacing(2 * kGrid);
    auto* title = new QLabel(tr("Settings"));
    title->setProperty("role", "title");
    layout->addWidget(title);
    auto* form = new QFormLayout;
    form->setHorizontalSpacing(3 * kGrid);
    form->setVerticalSpacing(2 * kGrid);
    form->setFieldGrowthPolicy(QFormLayout::FieldsStayAtSizeHint);
    form->addRow(tr("Appearance"), buildAppearance());
    form->addRow(tr("Grey around pictures"), buildSurround());
    form->addRow(tr("Your name"), buildAnnotator());
    layout->addLayout(form);
    auto* keys = new QLabel(tr("Keys"));
    keys->setProperty("role", "section");
    layout->addWidget(keys);
    auto* editor = new ShortcutEditor(*context_.shortcuts);
    editor->setMaximumWidth(100 * kGrid);
    layout->addWidget(editor, 1);
  }

 private:
  QWidget* buildAppearance() {
    auto* box = new QComboBox;
    box->addItem(tr("As the system"), "system");
    box->addItem(tr("Light"), "light");
    box->addItem(tr("Dark"), "dark");
    box->setCurrentIndex(std::max(0, box->findData(context_.settings->value("appearance", "system"))));
    connect(box, &QComboBox::currentIndexChanged, this, [this, box] {
      context_.settings->setValue("appearance", box->currentData());
      applyTheme(*qApp, appearanceFromName(box->currentData().toString()));
      Q_EMIT context_.hub->appearanceChanged();
    });
    return box;
  }

  QWidget* buildAnnotator() {
    auto* name = new QLineEdit(context_.settings->value("annotator", context_.annotator).toString());
    name->setFixedWidth(30 * kGrid);
    connect(name, &QLineEdit::editingFinished, this, [this, name] {
      const QString wanted = name->text().simplified();
      if (wanted.isEmpty() || wanted == context_.settings->value("annotator", context_.annotator)) return;
      context_.settings->setValue("annotator", wanted);
      Q_EMIT context_.hub->message(tr("From the next start on your answers are stored under this name."));
    });
    return name;
  }

  QWidget* buildSurround() {
    auto* row = new QWidget;
    auto* layout = new QHBoxLayout(row);
    layout->setContentsMargins(0, 0, 0, 0);
    auto* slider = new QSlider(Qt::Horizontal);
    slider->setRange(1, 60);
    slider->setFixedWidth(30 * kGrid);
    auto* value = new QLabel;
    const auto showValue = [value](int percent) { value->setText(tr("%1 % reflectance").arg(percent)); };
    slider->setValue(context_.settings->value("surround", 18).toInt());
    showValue(slider->value());
    connect(slider, &QSlider::valueChanged, this, [this, showValue](int percent) {
      context_.settings->setValue("surround", percent);
      showValue(percent);
      Q_EMIT context_.hub->appearanceChanged();
    });
    layout->addWidget(slider);
    layout->addWidget(value);
    return row;
  }

  StudioContext& context_;
};

}  // namespace

void register_settings(Registry& registry) {
  PageType type;
  type.descriptor = {"settings", QT_TRANSLATE_NOOP("page", "Settings"),
                     "Looks, the grey around pictures, keys.", "none"};
  type.icon = "settings";
  type.order = 100;
  type.atBottom = true;
  type.create = [](StudioContext& context, QWidget* parent) { return new SettingsPage(context, parent); };
  registry.add(std::move(type));
}

}  // namespace plumbline::page

#include "settings.moc"
