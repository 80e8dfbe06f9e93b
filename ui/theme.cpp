#include "ui/theme.h"

#include <QApplication>
#include <QFile>
#include <QIconEngine>
#include <QPainter>
#include <QPixmap>
#include <QStyle>
#include <QStyleFactory>
#include <QSvgRenderer>
#include <QWidget>
#include <algorithm>
#include <cmath>
#include <memory>

// At global scope, as the macro demands: the linker drops a static library's resource initializer otherwise.
static void initResources() {
  Q_INIT_RESOURCE(resources);
  Q_INIT_RESOURCE(translations);
}

namespace plumbline {
namespace {

// Draws an SVG of the family at any size and scale; the drawing's "currentColor" becomes the palette's text
// colour.
class TintedSvgEngine : public QIconEngine {
 public:
  TintedSvgEngine(QByteArray drawing, QColor tint) : drawing_(std::move(drawing)), tint_(std::move(tint)) {}

  void paint(QPainter* painter, const QRect& rect, QIcon::Mode mode, QIcon::State) override {
    QColor color = tint_.isValid() ? tint_ : QApplication::palette().color(QPalette::WindowText);
    if (mode == QIcon::Disabled) color.setAlphaF(0.4f);
    QByteArray svg = drawing_;
    svg.replace("currentColor", color.name(QColor::HexRgb).toLatin1());
    QSvgRenderer renderer(svg);
    painter->save();
    painter->setOpacity(painter->opacity() * color.alphaF());
    renderer.render(painter, rect);
    painter->restore();
  }

  QPixmap pixmap(const QSize& size, QIcon::Mode mode, QIcon::State state) override {
    QPixmap pixmap(size);
    pixmap.fill(Qt::transparent);
    QPainter painter(&pixmap);
    paint(&painter, QRect(QPoint(0, 0), size), mode, state);
    return pixmap;
  }

  QIconEngine* clone() const override { return new TintedSvgEngine(*this); }

 private:
  QByteArray drawing_;
  QColor tint_;
};

bool systemIsDark() {
  const std::unique_ptr<QStyle> fusion(QStyleFactory::create("Fusion"));
  return isDark(fusion->standardPalette());
}

QString styleRules(const QPalette& palette) {
  const QString line = lineColor(palette).name();
  const QString quiet = quietTextColor(palette).name();
  const QString accent = palette.color(QPalette::Highlight).name();
  return QStringLiteral(
             "QToolTip { padding: 4px; }"
             "QLabel[role=\"quiet\"] { color: %2; }"
             "QLabel[role=\"title\"] { font-size: 16pt; font-weight: 600; }"
             "QLabel[role=\"section\"] { font-weight: 600; }"
             "QFrame[role=\"line\"] { background: %1; border: none; }"
             "QPushButton { padding: 5px 14px; min-height: 18px; }"
             "QPushButton[role=\"primary\"] { background: %3; color: white; border: 1px solid %3; "
             "border-radius: 4px;"
             " padding: 7px 18px; font-weight: 600; }"
             "QPushButton[role=\"primary\"]:disabled { background: %1; border-color: %1; color: %2; }"
             "QPushButton[role=\"primary\"]:hover { border-color: palette(text); }"
             "QFrame[role=\"card\"] { border: 1px solid %1; border-radius: 6px; background: palette(base); }")
      .arg(line, quiet, accent);
}

}  // namespace

Appearance appearanceFromName(const QString& name) {
  if (name == "light") return Appearance::kLight;
  if (name == "dark") return Appearance::kDark;
  return Appearance::kSystem;
}

QPalette studioPalette(bool dark) {
  const auto grey = [](int value) { return QColor(value, value, value); };
  const QColor window = dark ? grey(0x26) : grey(0xf0);
  const QColor text = dark ? grey(0xe4) : grey(0x1c);
  QPalette p;
  p.setColor(QPalette::Window, window);
  p.setColor(QPalette::WindowText, text);
  p.setColor(QPalette::Base, dark ? grey(0x1e) : grey(0xfb));
  p.setColor(QPalette::AlternateBase, dark ? grey(0x23) : grey(0xf4));
  p.setColor(QPalette::Text, text);
  p.setColor(QPalette::PlaceholderText, dark ? grey(0x8c) : grey(0x75));
  p.setColor(QPalette::Button, dark ? grey(0x35) : grey(0xe6));
  p.setColor(QPalette::ButtonText, text);
  p.setColor(QPalette::BrightText, Qt::white);
  p.setColor(QPalette::ToolTipBase, dark ? grey(0x3a) : grey(0xff));
  p.setColor(QPalette::ToolTipText, text);
  p.setColor(QPalette::Highlight, dark ? QColor(0x3d, 0x7e, 0xc4) : QColor(0x1f, 0x6f, 0xbf));
  p.setColor(QPalette::HighlightedText, Qt::white);
  p.setColor(QPalette::Link, dark ? QColor(0x7f, 0xb6, 0xee) : QColor(0x1f, 0x6f, 0xbf));
  p.setColor(QPalette::Light, dark ? grey(0x45) : grey(0xff));
  p.setColor(QPalette::Midlight, dark ? grey(0x3c) : grey(0xf4));
  p.setColor(QPalette::Mid, dark ? grey(0x18) : grey(0xb8));
  p.setColor(QPalette::Dark, dark ? grey(0x14) : grey(0x9c));
  p.setColor(QPalette::Shadow, dark ? grey(0x08) : grey(0x60));
  for (const auto role : {QPalette::WindowText, QPalette::Text, QPalette::ButtonText}) {
    p.setColor(QPalette::Disabled, role, dark ? grey(0x78) : grey(0x96));
  }
  p.setColor(QPalette::Disabled, QPalette::Highlight, dark ? grey(0x50) : grey(0xb0));
  return p;
}

void applyTheme(QApplication& application, Appearance appearance) {
  initResources();
  const bool dark = appearance == Appearance::kDark || (appearance == Appearance::kSystem && systemIsDark());
  application.setStyle(QStyleFactory::create("Fusion"));
  const QPalette palette = studioPalette(dark);
  application.setPalette(palette);
  application.setStyleSheet(styleRules(palette));
}

bool isDark(const QPalette& palette) {
  return palette.color(QPalette::Window).lightness() < palette.color(QPalette::WindowText).lightness();
}

QColor surroundGrey(int reflectancePercent) {
  const double linear = std::clamp(reflectancePercent, 0, 100) / 100.0;
  const double srgb = linear <= 0.0031308 ? 12.92 * linear : 1.055 * std::pow(linear, 1 / 2.4) - 0.055;
  const int value = int(std::lround(srgb * 255));
  return QColor(value, value, value);
}

QColor categoryColor(int index) {
  static const QColor kColors[] = {QColor(0xd5, 0x5e, 0x00), QColor(0x56, 0xb4, 0xe9),
                                   QColor(0xf0, 0xe4, 0x42), QColor(0xcc, 0x79, 0xa7)};
  return kColors[std::clamp(index, 0, 3)];
}

QColor goodColor() {
  return QColor(0x00, 0x9e, 0x73);
}
QColor badColor() {
  return QColor(0xd5, 0x5e, 0x00);
}

QColor quietTextColor(const QPalette& palette) {
  return isDark(palette) ? QColor(0xa2, 0xa2, 0xa2) : QColor(0x5c, 0x5c, 0x5c);
}

QColor lineColor(const QPalette& palette) {
  return isDark(palette) ? QColor(0x3d, 0x3d, 0x3d) : QColor(0xd2, 0xd2, 0xd2);
}

QIcon studioIcon(const QString& name, const QColor& tint) {
  initResources();
  QFile file(QStringLiteral(":/icons/%1.svg").arg(name));
  if (!file.open(QIODevice::ReadOnly)) return {};
  return QIcon(new TintedSvgEngine(file.readAll(), tint));
}

}  // namespace plumbline
