#include "ui/widgets/sample_grid.h"

#include <QHelpEvent>
#include <QLocale>
#include <QPainter>
#include <QToolTip>
#include <algorithm>

#include "ui/theme.h"

namespace plumbline {
namespace {

constexpr int kRows = 3;
constexpr int kGap = kGrid / 2;
constexpr int kLabel = 9 * kGrid;
constexpr int kLargest = 40 * kGrid;
constexpr int kAmplified = 4;  // small changes are what matters here

QImage difference(const QImage& before, const QImage& after) {
  const QImage a = before.convertToFormat(QImage::Format_RGB888);
  const QImage b = after.convertToFormat(QImage::Format_RGB888);
  if (a.size() != b.size()) return {};
  QImage result(a.size(), QImage::Format_Grayscale8);
  for (int y = 0; y < a.height(); ++y) {
    const uchar *left = a.constScanLine(y), *right = b.constScanLine(y);
    uchar* out = result.scanLine(y);
    for (int x = 0; x < a.width(); ++x) {
      int sum = 0;
      for (int c = 0; c < 3; ++c) sum += std::abs(int(left[3 * x + c]) - int(right[3 * x + c]));
      out[x] = uchar(std::min(255, kAmplified * sum / 3));
    }
  }
  return result;
}

}  // namespace

QVector<QLineF> maskOutline(const Mask& mask) {
  QVector<QLineF> lines;
  const auto inside = [&mask](int x, int y) {
    return x >= 0 && y >= 0 && x < mask.width && y < mask.height && mask.at(x, y);
  };
  for (int y = 0; y <= mask.height; ++y) {
    for (int x = 0; x <= mask.width; ++x) {
      const bool here = inside(x, y);
      if (here != inside(x, y - 1)) lines << QLineF(x, y, x + 1, y);
      if (here != inside(x - 1, y)) lines << QLineF(x, y, x, y + 1);
    }
  }
  return lines;
}

SampleGrid::SampleGrid(QWidget* parent) : QWidget(parent) {
  setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Expanding);
}

void SampleGrid::setSamples(std::vector<SamplePair> samples) {
  samples_.clear();
  change_ = 0;
  for (SamplePair& pair : samples) {
    Cell cell;
    cell.difference = difference(pair.base, pair.tuned);
    cell.outline = maskOutline(pair.mask);
    cell.change = meanChange(pair);
    change_ += cell.change / double(samples.size());
    cell.pair = std::move(pair);
    samples_.push_back(std::move(cell));
  }
  update();
}

void SampleGrid::setMasksShown(bool shown) {
  masks_ = shown;
  update();
}

void SampleGrid::setNothingText(const QString& text) {
  nothing_ = text;
  update();
}

bool SampleGrid::hasMasks() const {
  return std::any_of(samples_.begin(), samples_.end(),
                     [](const Cell& cell) { return !cell.outline.isEmpty(); });
}

int SampleGrid::side() const {
  const int columns = std::max(1, count());
  const int wide = (width() - kLabel - kGap * (columns + 1)) / columns;
  const int high = (height() - kGap * (kRows + 1)) / kRows;
  return std::max(1, std::min({wide, high, kLargest}));
}

QRect SampleGrid::cellRect(int row, int column) const {
  const int s = side();
  const int top = (height() - kRows * s - (kRows - 1) * kGap) / 2;
  return QRect(kLabel + column * (s + kGap), top + row * (s + kGap), s, s);
}

void SampleGrid::paintCell(QPainter& painter, const QRect& target, const QImage& image,
                           const Cell& cell) const {
  if (image.isNull()) return;
  QRectF place(QPointF(), QSizeF(image.size()).scaled(target.size(), Qt::KeepAspectRatio));
  place.moveCenter(QRectF(target).center());
  painter.setRenderHint(QPainter::SmoothPixmapTransform);
  painter.drawImage(place, image);
  if (!masks_ || cell.outline.isEmpty()) return;
  painter.save();
  painter.translate(place.topLeft());
  painter.scale(place.width() / image.width(), place.height() / image.height());
  QPen pen(categoryColor(0), 1);
  pen.setCosmetic(true);
  painter.setPen(pen);
  painter.drawLines(cell.outline);
  painter.restore();
}

void SampleGrid::paintEvent(QPaintEvent*) {
  QPainter painter(this);
  painter.fillRect(rect(), surroundGrey());
  painter.setPen(Qt::white);
  if (samples_.empty()) {
    painter.drawText(rect().adjusted(2 * kGrid, kGrid, -2 * kGrid, -kGrid),
                     Qt::AlignCenter | Qt::TextWordWrap, nothing_);
    return;
  }
  const QString labels[kRows] = {tr("base"), tr("tuned"), tr("change")};
  for (int row = 0; row < kRows; ++row) {
    const QRect first = cellRect(row, 0);
    painter.setPen(Qt::white);
    painter.drawText(QRect(kGrid, first.top(), kLabel - kGrid - kGap, first.height()),
                     Qt::AlignVCenter | Qt::AlignLeft, labels[row]);
    for (int column = 0; column < count(); ++column) {
      const Cell& cell = samples_[std::size_t(column)];
      const QImage& image = row == 0 ? cell.pair.base : row == 1 ? cell.pair.tuned : cell.difference;
      paintCell(painter, cellRect(row, column), image, cell);
    }
  }
}

bool SampleGrid::event(QEvent* event) {
  if (event->type() != QEvent::ToolTip) return QWidget::event(event);
  const auto* help = static_cast<QHelpEvent*>(event);
  for (int column = 0; column < count(); ++column) {
    const QRect whole = cellRect(0, column).united(cellRect(kRows - 1, column));
    if (!whole.contains(help->pos())) continue;
    const Cell& cell = samples_[std::size_t(column)];
    const QString amount = QLocale().toString(cell.change, 'f', 1);
    const QString change = cell.outline.isEmpty() ? tr("changed by %1 of 255 on average").arg(amount)
                                                  : tr("changed by %1 of 255 outside the mask").arg(amount);
    QToolTip::showText(help->globalPos(), cell.pair.prompt + "\n" + change, this, whole);
    return true;
  }
  QToolTip::hideText();
  return true;
}

}  // namespace plumbline
