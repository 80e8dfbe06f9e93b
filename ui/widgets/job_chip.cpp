#include "ui/widgets/job_chip.h"

#include <QCoreApplication>
#include <QPainter>

#include "ui/theme.h"

namespace plumbline {

QString durationText(int seconds) {
  if (seconds < 0) return {};
  if (seconds < 60) return QCoreApplication::translate("duration", "%1 s").arg(seconds);
  const int minutes = (seconds + 30) / 60;
  if (minutes < 60) return QCoreApplication::translate("duration", "%1 min").arg(minutes);
  return QCoreApplication::translate("duration", "%1 h %2 min").arg(minutes / 60).arg(minutes % 60);
}

JobChip::JobChip(QWidget* parent) : QAbstractButton(parent) {
  setObjectName("jobChip");
  setCursor(Qt::PointingHandCursor);
  setFocusPolicy(Qt::TabFocus);
}

void JobChip::setJobs(int running, const QString& title, double fraction, int secondsLeft) {
  fraction_ = fraction;
  QString text = title;
  const QString left = durationText(secondsLeft);
  if (!left.isEmpty()) text = tr("%1, %2 left").arg(text, left);
  if (running > 1) text = tr("%1 (+%2 more)").arg(text).arg(running - 1);
  setText(text);
  setToolTip(tr("Open Jobs"));
  updateGeometry();
  update();
}

QSize JobChip::sizeHint() const {
  return QSize(fontMetrics().horizontalAdvance(text()) + 16 + 4 * kGrid, 28);
}

void JobChip::paintEvent(QPaintEvent*) {
  QPainter painter(this);
  painter.setRenderHint(QPainter::Antialiasing);
  const QRectF box = QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5);
  painter.setPen(underMouse() || hasFocus() ? palette().color(QPalette::Highlight) : lineColor(palette()));
  painter.setBrush(palette().color(QPalette::Base));
  painter.drawRoundedRect(box, box.height() / 2, box.height() / 2);
  const QRectF ring(10, height() / 2.0 - 8, 16, 16);
  painter.setPen(QPen(lineColor(palette()), 3));
  painter.setBrush(Qt::NoBrush);
  painter.drawEllipse(ring);
  painter.setPen(QPen(palette().color(QPalette::Highlight), 3));
  painter.drawArc(ring, 90 * 16, fraction_ < 0 ? -90 * 16 : int(-fraction_ * 360 * 16));
  painter.setPen(palette().color(QPalette::WindowText));
  painter.drawText(rect().adjusted(34, 0, -10, 0), Qt::AlignVCenter | Qt::AlignLeft, text());
}

}  // namespace plumbline
