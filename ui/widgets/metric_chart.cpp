#undef QT_NO_KEYWORDS  // the plotting library's header is written in them

#include "ui/widgets/metric_chart.h"

#include <qcustomplot.h>

#include <QLabel>
#include <QMap>
#include <QSet>
#include <QToolTip>
#include <QVBoxLayout>
#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>

#include "ui/theme.h"

namespace plumbline {
namespace {

constexpr int kUnlimited = 100000;  // pixels
constexpr int kMostLegendColumns = 4;
constexpr double kNearPixels = 40;  // farther from the pointer, a point is not what it points at

// Okabe and Ito's palette, lighter or darker where the background asks for it.
QColor seriesColor(int index, bool dark) {
  static const QColor kOnLight[] = {QColor(0x00, 0x72, 0xb2), QColor(0xd5, 0x5e, 0x00),
                                    QColor(0x00, 0x9e, 0x73), QColor(0xb0, 0x56, 0x8c),
                                    QColor(0xb3, 0x7b, 0x00), QColor(0x33, 0x8c, 0xc4)};
  static const QColor kOnDark[] = {QColor(0x56, 0xb4, 0xe9), QColor(0xf0, 0x7c, 0x1c),
                                   QColor(0x1c, 0xc4, 0x96), QColor(0xe0, 0x94, 0xc0),
                                   QColor(0xe6, 0xb0, 0x30), QColor(0x3d, 0x92, 0xd4)};
  return (dark ? kOnDark : kOnLight)[index % 6];
}

QString valueText(double value) {
  return QString::number(value, 'g', 4);
}

}  // namespace

class MetricChart::Plot : public QCustomPlot {
 public:
  Plot();

  QCPGraph* series(const QString& name);
  void restyle();
  void rescale();
  void fitLegend();
  void show(QCPGraph* graph, bool marked, bool reference);
  // The legend adapts itself to the width, and must not ask for one.
  QSize minimumSizeHint() const override { return {}; }
  std::optional<double> nearestStep(double x) const;
  QString textAt(const QPoint& position, double* step = nullptr) const;
  void pointAt(const QPoint& position, const QPoint& global);

  QMap<QString, QCPGraph*> graphs;
  QSet<QString> marked, references;
  std::optional<QCPRange> values, steps;

 protected:
  void leaveEvent(QEvent* event) override {
    marker_->setVisible(false);
    replot(rpQueuedReplot);
    QCustomPlot::leaveEvent(event);
  }
  void resizeEvent(QResizeEvent* event) override {
    fitLegend();
    QCustomPlot::resizeEvent(event);
  }

 private:
  void style(QCPAxis* axis);

  QCPItemStraightLine* marker_;
  QCPItemText* nothing_;
};

MetricChart::Plot::Plot() : marker_(new QCPItemStraightLine(this)), nothing_(new QCPItemText(this)) {
  setFocusPolicy(Qt::NoFocus);
  legend->setVisible(true);
  axisRect()->insetLayout()->take(legend);
  plotLayout()->addElement(1, 0, legend);
  plotLayout()->setRowStretchFactor(1, 0.001);
  legend->setFillOrder(QCPLegend::foColumnsFirst);
  legend->setWrap(kMostLegendColumns);
  legend->setMargins(QMargins(kGrid, 0, kGrid, kGrid / 2));
  legend->setColumnSpacing(2 * kGrid);
  legend->setBorderPen(Qt::NoPen);
  // Without entries it would want no width, and the axes above it with it.
  legend->setMaximumSize(kUnlimited, kUnlimited);
  axisRect()->setAutoMargins(QCP::msAll);
  axisRect()->setMinimumMargins(QMargins(kGrid, kGrid, kGrid, kGrid));
  xAxis->setLabel(MetricChart::tr("step"));
  marker_->setVisible(false);
  nothing_->position->setType(QCPItemPosition::ptAxisRectRatio);
  nothing_->position->setCoords(0.5, 0.5);
  nothing_->setText(MetricChart::tr("No values yet"));
  restyle();
}

QCPGraph* MetricChart::Plot::series(const QString& name) {
  if (QCPGraph* known = graphs.value(name)) return known;
  QCPGraph* added = addGraph();
  added->setName(name);
  graphs.insert(name, added);
  restyle();
  return added;
}

// As many columns as the widest name leaves room for; a legend wider than the chart would be cut.
void MetricChart::Plot::fitLegend() {
  int widest = 1;
  for (int i = 0; i < legend->itemCount(); ++i) {
    const QCPAbstractLegendItem* item = legend->item(i);  // null at the end of a row that is not full
    if (item) widest = std::max(widest, item->minimumOuterSizeHint().width());
  }
  const int gap = legend->columnSpacing();
  const QMargins margins = legend->margins();
  const int room = width() - margins.left() - margins.right() + gap;
  const int columns = std::clamp(room / (widest + gap), 1, kMostLegendColumns);
  if (columns == legend->wrap()) return;
  legend->setWrap(columns);
  legend->setFillOrder(legend->fillOrder());  // puts those that are there in their new places
}

void MetricChart::Plot::show(QCPGraph* graph, bool isMarked, bool isReference) {
  const bool dark = isDark(palette());
  const int index = graphCount() > 0 ? int(mGraphs.indexOf(graph)) : 0;
  const QColor color = isReference ? quietTextColor(palette()) : seriesColor(index, dark);
  graph->setPen(isReference ? QPen(color, 1, Qt::DashLine) : QPen(color, 2));
  graph->setScatterStyle(isMarked ? QCPScatterStyle(QCPScatterStyle::ssDisc, color, color, 7)
                                  : QCPScatterStyle());
}

void MetricChart::Plot::style(QCPAxis* axis) {
  const QColor text = palette().color(QPalette::WindowText), quiet = quietTextColor(palette());
  QFont small = font();
  small.setPointSizeF(small.pointSizeF() * 0.9);
  axis->setBasePen(QPen(quiet, 1));
  axis->setTickPen(QPen(quiet, 1));
  axis->setSubTickPen(Qt::NoPen);
  axis->setTickLabelColor(text);
  axis->setLabelColor(quiet);
  axis->setTickLabelFont(small);
  axis->setLabelFont(small);
  axis->setNumberFormat("gb");
  axis->setNumberPrecision(4);
  axis->ticker()->setTickCount(5);
  axis->grid()->setPen(QPen(lineColor(palette()), 1));
  axis->grid()->setZeroLinePen(QPen(lineColor(palette()), 1));
}

void MetricChart::Plot::restyle() {
  setBackground(QBrush(palette().color(QPalette::Base)));
  style(xAxis);
  style(yAxis);
  legend->setBrush(Qt::NoBrush);
  legend->setTextColor(palette().color(QPalette::WindowText));
  QFont small = font();
  small.setPointSizeF(small.pointSizeF() * 0.9);
  legend->setFont(small);
  marker_->setPen(QPen(quietTextColor(palette()), 1, Qt::DotLine));
  nothing_->setColor(quietTextColor(palette()));
  for (auto it = graphs.begin(); it != graphs.end(); ++it) {
    show(it.value(), marked.contains(it.key()), references.contains(it.key()));
  }
}

void MetricChart::Plot::rescale() {
  bool any = false;
  for (const QCPGraph* graph : std::as_const(graphs)) any = any || graph->dataCount() > 0;
  nothing_->setVisible(!any);
  legend->setVisible(any);
  if (any) {
    rescaleAxes();
    if (yAxis->range().size() > 0) yAxis->scaleRange(1.1, yAxis->range().center());
  }
  fitLegend();
  if (steps) xAxis->setRange(*steps);
  if (values) yAxis->setRange(*values);
  replot(rpQueuedReplot);
}

// Of all points of all series, the step nearest to a horizontal position in pixels.
std::optional<double> MetricChart::Plot::nearestStep(double x) const {
  std::optional<double> best;
  double distance = kNearPixels;
  for (const QCPGraph* graph : graphs) {
    if (graph->dataCount() == 0) continue;
    const auto found = graph->data()->findBegin(xAxis->pixelToCoord(x));  // at most one before
    for (auto it = found; it != graph->data()->constEnd() && it - found < 3; ++it) {
      const double away = std::abs(xAxis->coordToPixel(it->key) - x);
      if (away >= distance) continue;
      distance = away;
      best = it->key;
    }
  }
  return best;
}

QString MetricChart::Plot::textAt(const QPoint& position, double* step) const {
  if (!axisRect()->rect().contains(position)) return {};
  const std::optional<double> nearest = nearestStep(position.x());
  if (!nearest) return {};
  if (step) *step = *nearest;
  QStringList lines{QStringLiteral("%1 %2").arg(xAxis->label(), valueText(*nearest))};
  for (auto it = graphs.begin(); it != graphs.end(); ++it) {
    const auto point = it.value()->data()->findBegin(*nearest, false);
    if (point == it.value()->data()->constEnd() || point->key != *nearest) continue;
    lines << QStringLiteral("%1: %2").arg(it.key(), valueText(point->value));
  }
  return lines.join('\n');
}

void MetricChart::Plot::pointAt(const QPoint& position, const QPoint& global) {
  double step = 0;
  const QString text = textAt(position, &step);
  marker_->setVisible(!text.isEmpty());
  if (!text.isEmpty()) {
    marker_->point1->setCoords(step, 0);
    marker_->point2->setCoords(step, 1);
    QToolTip::showText(global, text, this);
  } else {
    QToolTip::hideText();
  }
  replot(rpQueuedReplot);
}

MetricChart::MetricChart(const QString& title, QWidget* parent) : QWidget(parent), plot_(new Plot) {
  auto* label = new QLabel(title);
  label->setProperty("role", "section");
  label->setVisible(!title.isEmpty());
  auto* layout = new QVBoxLayout(this);
  layout->setContentsMargins(0, 0, 0, 0);
  layout->setSpacing(kGrid / 2);
  layout->addWidget(label);
  layout->addWidget(plot_, 1);
  plot_->setObjectName("plot");
  connect(plot_, &QCustomPlot::mouseMove, this,
          [this](QMouseEvent* event) { plot_->pointAt(event->pos(), event->globalPosition().toPoint()); });
  plot_->rescale();
}

MetricChart::~MetricChart() = default;

void MetricChart::addPoint(const QString& series, double step, double value) {
  if (!std::isfinite(step) || !std::isfinite(value)) return;
  QCPGraph* graph = plot_->series(series);
  graph->data()->remove(step);
  graph->addData(step, value);
  plot_->rescale();
}

void MetricChart::setSeries(const QString& series, const QVector<double>& x, const QVector<double>& y) {
  QVector<QCPGraphData> points;
  for (qsizetype i = 0; i < std::min(x.size(), y.size()); ++i) {
    if (std::isfinite(x[i]) && std::isfinite(y[i])) points.append({x[i], y[i]});
  }
  plot_->series(series)->data()->set(points);
  plot_->rescale();
}

void MetricChart::clear() {
  plot_->clearGraphs();
  plot_->graphs.clear();
  plot_->rescale();
}

void MetricChart::setAxisLabels(const QString& x, const QString& y) {
  plot_->xAxis->setLabel(x);
  plot_->yAxis->setLabel(y);
  plot_->replot(QCustomPlot::rpQueuedReplot);
}

void MetricChart::setValueRange(double low, double high) {
  plot_->values = QCPRange(low, high);
  plot_->rescale();
}

void MetricChart::setStepRange(double low, double high) {
  plot_->steps = QCPRange(low, high);
  plot_->rescale();
}

void MetricChart::setMarked(const QString& series) {
  plot_->marked.insert(series);
  plot_->restyle();
}

void MetricChart::setReference(const QString& series) {
  plot_->references.insert(series);
  plot_->restyle();
}

QString MetricChart::textAt(const QPoint& position) const {
  return plot_->textAt(plot_->mapFrom(this, position));
}

void MetricChart::changeEvent(QEvent* event) {
  QWidget::changeEvent(event);
  if (event->type() != QEvent::PaletteChange && event->type() != QEvent::StyleChange) return;
  plot_->restyle();
  plot_->replot(QCustomPlot::rpQueuedReplot);
}

}  // namespace plumbline
