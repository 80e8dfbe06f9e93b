#include "ui/widgets/reward_results.h"

#include <QDateTime>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QLocale>
#include <QTableWidget>
#include <QVBoxLayout>
#include <algorithm>
#include <cmath>
#include <limits>

#include "ui/models/answer_text.h"
#include "ui/models/reward_overview.h"
#include "ui/theme.h"
#include "ui/widgets/figure_card.h"
#include "ui/widgets/metric_chart.h"

namespace plumbline {
namespace {

enum Column { kTrained, kLearnt, kAccuracy, kLevels, kCalibration, kRegions, kSeconds, kUse, kColumns };

// A number inside a report, by its path; NaN if this build's report has none.
double number(const nlohmann::json& report, std::initializer_list<const char*> path) {
  const nlohmann::json* at = &report;
  for (const char* name : path) {
    if (!at->is_object()) return std::numeric_limits<double>::quiet_NaN();
    const auto found = at->find(name);
    if (found == at->end()) return std::numeric_limits<double>::quiet_NaN();
    at = &*found;
  }
  return at->is_number() ? at->get<double>() : std::numeric_limits<double>::quiet_NaN();
}

qint64 count(const nlohmann::json& report, std::initializer_list<const char*> path) {
  const double value = number(report, path);
  return std::isfinite(value) ? qint64(value) : 0;
}

QString decimalText(double value, int digits) {
  return std::isfinite(value) ? QLocale().toString(value, 'f', digits) : QStringLiteral("–");
}

struct RegionOverlap {
  std::string category;
  double overlap;
  qint64 painted;  // pictures
};

// What was left out while training, the category that people painted most first.
std::vector<RegionOverlap> regionOverlaps(const nlohmann::json& report) {
  const nlohmann::json region = report.value("region", nlohmann::json::object());
  const nlohmann::json heldOut = region.value("heldout_iou", nlohmann::json::object());
  std::vector<RegionOverlap> overlaps;
  for (const auto& [category, overlap] : heldOut.items()) {
    overlaps.push_back({category, overlap.get<double>(), count(region, {"painted", category.c_str()})});
  }
  std::stable_sort(overlaps.begin(), overlaps.end(),
                   [](const RegionOverlap& a, const RegionOverlap& b) { return a.painted > b.painted; });
  return overlaps;
}

// One category's number says what the head is good for; a mean with one that was hardly painted does not.
QString regionFigure(const std::vector<RegionOverlap>& overlaps) {
  return overlaps.empty() ? QStringLiteral("–") : decimalText(overlaps.front().overlap, 2);
}

QString regionNote(const std::vector<RegionOverlap>& overlaps, qint64 pictures) {
  if (pictures == 0) return RewardResults::tr("no masks to learn from");
  if (overlaps.empty()) return RewardResults::tr("too few masks to hold some out");
  QStringList words;
  for (const RegionOverlap& one : overlaps) {
    words << RewardResults::tr("%1: %2 (painted in %3)")
                 .arg(categoryTitle(one.category), decimalText(one.overlap, 2))
                 .arg(one.painted);
  }
  return words.join(QStringLiteral(", "));
}

QString metricTitle(const QString& metric) {
  if (metric == "train_loss") return RewardResults::tr("training loss");
  if (metric == "heldout_accuracy") return RewardResults::tr("held-out accuracy");
  return metric;
}

}  // namespace

RewardResults::RewardResults(QWidget* parent)
    : QWidget(parent),
      curve_(new MetricChart(tr("Learning curve"))),
      reliability_(new MetricChart(tr("Can its confidence be trusted?"))),
      order_(new QLabel) {
  order_->setObjectName("rewardOrder");
  order_->setProperty("role", "quiet");
  order_->setWordWrap(true);
  curve_->setObjectName("rewardCurve");
  curve_->setAxisLabels(tr("epoch"), {});
  reliability_->setObjectName("rewardReliability");
  reliability_->setAxisLabels(tr("confidence"), tr("share right"));
  reliability_->setStepRange(0.48, 1.02);
  reliability_->setValueRange(0, 1.05);
  reliability_->setMarked(tr("held-out comparisons"));
  reliability_->setReference(tr("perfect"));
  auto* charts = new QHBoxLayout;
  charts->setSpacing(2 * kGrid);
  charts->addWidget(curve_, 3);
  charts->addWidget(reliability_, 2);
  auto* layout = new QVBoxLayout(this);
  layout->setContentsMargins(0, 0, 0, 0);
  layout->setSpacing(kGrid * 3 / 2);
  layout->addWidget(buildCards());
  layout->addWidget(order_);
  layout->addLayout(charts, 3);
  layout->addWidget(buildTable(), 2);
}

QWidget* RewardResults::buildCards() {
  auto* row = new QWidget;
  auto* layout = new QHBoxLayout(row);
  layout->setContentsMargins(0, 0, 0, 0);
  layout->setSpacing(kGrid);
  answers_ = new FigureCard(tr("Learnt from"));
  accuracy_ = new FigureCard(tr("Comparisons, held out"));
  levels_ = new FigureCard(tr("Good or bad, held out"));
  calibration_ = new FigureCard(tr("Calibration error"));
  regions_ = new FigureCard(tr("Region overlap, held out"));
  accuracy_->setObjectName("cardAccuracy");
  regions_->setObjectName("cardRegions");
  for (FigureCard* card : {answers_, accuracy_, levels_, calibration_, regions_}) layout->addWidget(card, 1);
  return row;
}

QWidget* RewardResults::buildTable() {
  auto* whole = new QWidget;
  auto* title = new QLabel(tr("Trained models"));
  title->setProperty("role", "section");
  table_ = new QTableWidget(0, kColumns);
  table_->setObjectName("rewardModels");
  table_->setHorizontalHeaderLabels({tr("Trained"), tr("Learnt from"), tr("Comparisons"), tr("Good or bad"),
                                     tr("Calibration error"), tr("Regions"), tr("Took"), QString()});
  table_->setSelectionBehavior(QAbstractItemView::SelectRows);
  table_->setSelectionMode(QAbstractItemView::SingleSelection);
  table_->setEditTriggers(QAbstractItemView::NoEditTriggers);
  table_->setAlternatingRowColors(true);
  table_->setShowGrid(false);
  table_->setFrameShape(QFrame::NoFrame);
  table_->setMinimumHeight(12 * kGrid);
  table_->verticalHeader()->hide();
  table_->verticalHeader()->setDefaultSectionSize(3 * kGrid);
  table_->horizontalHeader()->setHighlightSections(false);
  table_->horizontalHeader()->setDefaultAlignment(Qt::AlignLeft | Qt::AlignVCenter);
  table_->horizontalHeader()->setSectionResizeMode(QHeaderView::Stretch);
  for (const Column wide : {kTrained, kLearnt, kLevels, kCalibration, kUse}) {
    table_->horizontalHeader()->setSectionResizeMode(wide, QHeaderView::ResizeToContents);
  }
  auto* layout = new QVBoxLayout(whole);
  layout->setContentsMargins(0, 0, 0, 0);
  layout->setSpacing(kGrid / 2);
  layout->addWidget(title);
  layout->addWidget(table_, 1);
  connect(table_, &QTableWidget::itemSelectionChanged, this, &RewardResults::showChosen);
  return whole;
}

void RewardResults::setFacts(const RewardFacts& facts) {
  const bool wasLive = live_;
  live_ = facts.training();
  const auto same = [](const RewardModelRow& a, const RewardModelRow& b) {
    return a.id == b.id && a.metrics == b.metrics;
  };
  if (!std::equal(models_.begin(), models_.end(), facts.models.begin(), facts.models.end(), same)) {
    models_ = facts.models;
    fillTable();
  }
  if (live_) {
    if (!wasLive) curve_->clear();
    showLive(facts.metrics);
  } else if (wasLive) {
    showChosen();
  }
}

void RewardResults::fillTable() {
  const QSignalBlocker quiet(table_);
  table_->setRowCount(int(models_.size()));
  for (int row = 0; row < int(models_.size()); ++row) fillRow(row, models_[std::size_t(row)]);
  table_->selectRow(0);
  showChosen();
}

void RewardResults::fillRow(int row, const RewardModelRow& model) {
  const nlohmann::json& report = model.metrics;
  const auto set = [this, row](Column column, const QString& text) {
    table_->setItem(row, column, new QTableWidgetItem(text));
  };
  const QDateTime when = QDateTime::fromMSecsSinceEpoch(model.createdMs);
  set(kTrained, QLocale().toString(when, QLocale::ShortFormat));
  set(kLearnt, tr("answers up to %1").arg(model.upToAnswer));
  set(kAccuracy, percentText(number(report, {"heldout", "accuracy"})));
  set(kLevels, percentText(number(report, {"heldout", "level_accuracy"})));
  set(kCalibration, decimalText(number(report, {"ece"}), 3));
  set(kRegions, regionFigure(regionOverlaps(report)));
  const double seconds = number(report, {"seconds"});
  set(kSeconds, std::isfinite(seconds) ? tr("%1 s").arg(std::lround(seconds)) : QStringLiteral("–"));
  set(kUse, row == 0 ? tr("in use") : QString());
  const QString version = tr("Version %1").arg(QString::fromStdString(model.version));
  for (int column = 0; column < kColumns; ++column) {
    QTableWidgetItem* item = table_->item(row, column);
    item->setToolTip(version);
    if (row != 0) continue;
    QFont font = item->font();
    font.setBold(true);
    item->setFont(font);
  }
}

void RewardResults::showChosen() {
  const auto row = std::size_t(std::max(0, table_->currentRow()));
  if (row >= models_.size()) return;
  showFigures(models_[row]);
  showReliability(models_[row].metrics);
  if (!live_) showCurve(models_[row].metrics);
}

void RewardResults::showFigures(const RewardModelRow& model) {
  const nlohmann::json& r = model.metrics;
  const qint64 comparisons = count(r, {"counts", "comparisons"}), levels = count(r, {"counts", "levels"}),
               painted = count(r, {"counts", "painted"});
  answers_->setFigure(QLocale().toString(comparisons + levels + painted),
                      tr("%1 compared, %2 rated, %3 painted").arg(comparisons).arg(levels).arg(painted));
  const double ceiling = number(r, {"heldout", "agreement_ceiling"});
  const qint64 n = count(r, {"heldout", "n"}), ties = count(r, {"heldout", "ties"});
  accuracy_->setFigure(percentText(number(r, {"heldout", "accuracy"})),
                       std::isfinite(ceiling)
                           ? tr("of %1; people agree with each other in %2").arg(n).arg(percentText(ceiling))
                           : tr("of %1, %2 ties aside").arg(n).arg(ties));
  levels_->setFigure(percentText(number(r, {"heldout", "level_accuracy"})),
                     tr("of %1").arg(count(r, {"heldout", "levels"})));
  calibration_->setFigure(decimalText(number(r, {"ece"}), 3), tr("0: as often right as it believes"));
  const qint64 pictures = count(r, {"region", "pictures"});
  const auto overlaps = regionOverlaps(r);
  regions_->setFigure(regionFigure(overlaps), regionNote(overlaps, pictures));
  const double right = number(r, {"order", "accuracy"});
  order_->setVisible(std::isfinite(right));
  order_->setText(tr("Judged by the default world's truth on held-out pictures: %1 of %2 pairs in the right "
                     "order, %3 of those that differ in correctness only, %4 with the prompts exchanged; "
                     "region overlap %5.")
                      .arg(percentText(right))
                      .arg(count(r, {"order", "pairs"}))
                      .arg(percentText(number(r, {"order", "accuracy_correctness_only"})),
                           percentText(number(r, {"order", "accuracy_permuted_prompts"})),
                           decimalText(number(r, {"order", "region_iou"}), 2)));
}

void RewardResults::showReliability(const nlohmann::json& report) {
  QVector<double> confidence, right;
  for (const nlohmann::json& bin : report.value("reliability", nlohmann::json::array())) {
    confidence << number(bin, {"confidence"});
    right << number(bin, {"accuracy"});
  }
  reliability_->setSeries(tr("perfect"), {0.5, 1}, {0.5, 1});
  reliability_->setSeries(tr("held-out comparisons"), confidence, right);
}

void RewardResults::showCurve(const nlohmann::json& report) {
  curve_->clear();
  for (const char* name : {"train_loss", "heldout_accuracy"}) {
    QVector<double> epochs, values;
    for (const nlohmann::json& point : report.value("curve", nlohmann::json::array())) {
      epochs << number(point, {"epoch"});
      values << number(point, {name});
    }
    curve_->setSeries(metricTitle(name), epochs, values);
  }
}

void RewardResults::showLive(const std::vector<MetricRow>& metrics) {
  QMap<QString, QPair<QVector<double>, QVector<double>>> series;
  for (const MetricRow& metric : metrics) {
    auto& [steps, values] = series[metricTitle(QString::fromStdString(metric.name))];
    steps << double(metric.step);
    values << metric.value;
  }
  for (auto it = series.begin(); it != series.end(); ++it) {
    curve_->setSeries(it.key(), it->first, it->second);
  }
}

void RewardResults::addLivePoint(const QString& metric, double step, double value) {
  if (live_) curve_->addPoint(metricTitle(metric), step, value);
}

}  // namespace plumbline
