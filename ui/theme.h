// The studio's looks: Fusion with a small palette of our own (neutral greys, one accent, colour-blind-safe
// category colours), light and dark, on an 8-pixel grid; icons are drawings of one family, tinted by the
// palette. UI thread only.
#pragma once

#include <QColor>
#include <QIcon>
#include <QPalette>
#include <QString>

class QApplication;
class QWidget;

namespace plumbline {

inline constexpr int kGrid = 8;  // all margins and gaps are multiples, at most halves, of it

enum class Appearance { kSystem, kLight, kDark };

Appearance appearanceFromName(const QString& name);  // "light", "dark", else system
QPalette studioPalette(bool dark);
// Sets style, palette and the few rules that Fusion lacks. Call again after a change of settings.
void applyTheme(QApplication& application, Appearance appearance);
bool isDark(const QPalette& palette);

// Around pictures: 18 % reflectance in sRGB by default, whatever the palette. lightness in 0 to 100 per cent.
QColor surroundGrey(int reflectancePercent = 18);

// Categories of wrong regions, in the order of kRegionCategories (Okabe and Ito's palette: safe for
// colour-blind eyes).
QColor categoryColor(int index);
QColor goodColor();
QColor badColor();
QColor quietTextColor(const QPalette& palette);  // second-rank text
QColor lineColor(const QPalette& palette);       // hairlines between parts

// A drawing of resources/icons in the palette's text colour; `tint` overrides it.
QIcon studioIcon(const QString& name, const QColor& tint = {});

}  // namespace plumbline
