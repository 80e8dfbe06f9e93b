// Settings of this person on this machine: looks, grey around pictures, name. Keys have their own dialog.
#include <QApplication>
#include <QComboBox>
#include <QFormLayout>
#include <QLabel>
#include <QSlider>
#include <QVBoxLayout>

#include "ui/data_hub.h"
#include "ui/pages/page.h"
#include "ui/theme.h"

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
    layout->addLayout(form);
    layout->addStretch(1);
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
