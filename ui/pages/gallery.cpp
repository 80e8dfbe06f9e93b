// All pictures of the project as a grid, with filters, and everything known about the chosen one.
#include <QComboBox>
#include <QEvent>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QListView>
#include <QPersistentModelIndex>
#include <QScrollBar>
#include <QSettings>
#include <QSlider>
#include <QStackedWidget>
#include <QTimer>
#include <QVBoxLayout>
#include <algorithm>

#include "ui/data_hub.h"
#include "ui/models/gallery_model.h"
#include "ui/pages/page.h"
#include "ui/theme.h"
#include "ui/widgets/empty_state.h"
#include "ui/widgets/gallery_delegate.h"
#include "ui/widgets/inspector.h"

namespace plumbline::page {
namespace {

constexpr int kSmallest = 64, kLargest = 384, kUsual = 144;
constexpr int kSettleMs = 400;  // several changes in a row make one reload

class GalleryPage : public Page {
  Q_OBJECT

 public:
  GalleryPage(StudioContext& context, QWidget* parent)
      : Page(parent),
        context_(context),
        model_(context),
        grid_(new QListView),
        delegate_(new GalleryDelegate(this)),
        stack_(new QStackedWidget),
        empty_(new EmptyState("gallery")),
        inspector_(new Inspector(context)) {
    auto* left = new QVBoxLayout;
    left->setSpacing(0);
    left->addWidget(buildFilterBar());
    left->addWidget(stack_, 1);
    auto* layout = new QHBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    layout->addLayout(left, 1);
    auto* line = new QFrame;
    line->setProperty("role", "line");
    line->setFixedWidth(1);
    layout->addWidget(line);
    layout->addWidget(inspector_);
    buildGrid();
    settle_.setSingleShot(true);
    settle_.setInterval(kSettleMs);
    connect(&settle_, &QTimer::timeout, &model_, &GalleryModel::reload);
    connect(&model_, &GalleryModel::aboutToChange, this, &GalleryPage::beforeReload);
    connect(&model_, &GalleryModel::reloaded, this, &GalleryPage::afterReload);
    connect(&model_, &GalleryModel::dataChanged, this, &GalleryPage::newsOf);
    connect(context.hub, &DataHub::imagesChanged, this, &GalleryPage::changed);
    connect(context.hub, &DataHub::answersChanged, this, &GalleryPage::changed);
  }

  void activate() override {
    active_ = true;
    model_.reload();
    grid_->setFocus();
  }
  void deactivate() override { active_ = false; }

 protected:
  bool eventFilter(QObject* watched, QEvent* event) override;

 private:
  QWidget* buildFilterBar();
  void buildGrid();
  void applyFilter();
  void setSide(int side);
  void fitColumns();
  void showCounts();
  void choose();
  void beforeReload();
  void afterReload();
  void newsOf(const QModelIndex& first, const QModelIndex& last, const QList<int>& roles);
  void changed() {
    if (active_) settle_.start();
  }

  StudioContext& context_;
  GalleryModel model_;
  QListView* grid_;
  GalleryDelegate* delegate_;
  QStackedWidget* stack_;
  EmptyState* empty_;
  Inspector* inspector_;
  QLineEdit* words_ = nullptr;
  QComboBox* answered_ = nullptr;
  QComboBox* source_ = nullptr;
  QLabel* count_ = nullptr;
  QTimer settle_;
  QPersistentModelIndex top_;  // at the upper edge before a reading changes the rows
  int topY_ = 0;
  bool active_ = false;
};

QWidget* GalleryPage::buildFilterBar() {
  auto* bar = new QWidget;
  auto* layout = new QHBoxLayout(bar);
  layout->setContentsMargins(2 * kGrid, kGrid, 2 * kGrid, kGrid);
  layout->setSpacing(kGrid);
  words_ = new QLineEdit;
  words_->setObjectName("words");
  words_->setPlaceholderText(tr("Words of the prompt"));
  words_->setClearButtonEnabled(true);
  words_->setMaximumWidth(40 * kGrid);
  words_->addAction(studioIcon("search"), QLineEdit::LeadingPosition);
  answered_ = new QComboBox;
  answered_->setObjectName("answered");
  answered_->addItems({tr("Answered or not"), tr("Answered"), tr("Not answered")});
  source_ = new QComboBox;
  source_->addItem(tr("Any source"), "");
  source_->addItem(tr("Drawn here"), "generated");
  source_->addItem(tr("Imported"), "imported");
  count_ = new QLabel;
  count_->setProperty("role", "quiet");
  auto* size = new QSlider(Qt::Horizontal);
  size->setObjectName("size");
  size->setRange(kSmallest, kLargest);
  size->setFixedWidth(18 * kGrid);
  size->setToolTip(tr("Size of the pictures"));
  size->setValue(context_.settings->value("gallery/side", kUsual).toInt());
  layout->addWidget(words_, 1);
  layout->addWidget(answered_);
  layout->addWidget(source_);
  layout->addWidget(count_);
  layout->addStretch(1);
  layout->addWidget(size);
  connect(words_, &QLineEdit::textChanged, this, &GalleryPage::applyFilter);
  connect(answered_, &QComboBox::currentIndexChanged, this, &GalleryPage::applyFilter);
  connect(source_, &QComboBox::currentIndexChanged, this, &GalleryPage::applyFilter);
  connect(size, &QSlider::valueChanged, this, &GalleryPage::setSide);
  return bar;
}

void GalleryPage::buildGrid() {
  grid_->setModel(&model_);
  grid_->setItemDelegate(delegate_);
  grid_->setViewMode(QListView::IconMode);
  grid_->setMovement(QListView::Static);
  grid_->setResizeMode(QListView::Adjust);
  grid_->setUniformItemSizes(true);
  grid_->setSelectionMode(QAbstractItemView::SingleSelection);
  grid_->setVerticalScrollMode(QAbstractItemView::ScrollPerPixel);
  grid_->setFrameShape(QFrame::NoFrame);
  grid_->setMouseTracking(true);
  grid_->setSpacing(0);
  grid_->setVerticalScrollBarPolicy(Qt::ScrollBarAlwaysOn);
  grid_->viewport()->installEventFilter(this);
  setSide(context_.settings->value("gallery/side", kUsual).toInt());
  stack_->addWidget(grid_);
  stack_->addWidget(empty_);
  connect(grid_->selectionModel(), &QItemSelectionModel::currentChanged, this,
          [this](const QModelIndex& index) {
            if (const GalleryItem* item = model_.item(index)) inspector_->showImage(item->hash);
          });
  connect(empty_, &EmptyState::actionChosen, this, [this] {
    if (model_.total() == 0) {
      Q_EMIT context_.hub->pageRequested("annotate");
    } else {
      words_->clear();
      answered_->setCurrentIndex(0);
      source_->setCurrentIndex(0);
    }
  });
}

void GalleryPage::setSide(int side) {
  delegate_->setSide(side);
  context_.settings->setValue("gallery/side", side);
  fitColumns();
}

void GalleryPage::fitColumns() {
  // The columns share the whole width, so that no strip stays empty at the right.
  const int side = delegate_->side() + 2;
  const int room = grid_->viewport()->width() - 1;
  const int columns = std::max(1, room / side);
  const QSize cell(std::max(side, room / columns), side);
  delegate_->setCellWidth(cell.width());
  if (grid_->gridSize() != cell) grid_->setGridSize(cell);
}

bool GalleryPage::eventFilter(QObject* watched, QEvent* event) {
  if (watched == grid_->viewport() && event->type() == QEvent::Resize) fitColumns();
  return Page::eventFilter(watched, event);
}

void GalleryPage::applyFilter() {
  GalleryFilter filter;
  filter.words = words_->text();
  filter.answered = GalleryFilter::Answered(answered_->currentIndex());
  filter.source = source_->currentData().toString();
  model_.setFilter(filter);
  showCounts();
  choose();
}

void GalleryPage::showCounts() {
  if (!model_.loaded()) return;
  const int shown = model_.rowCount();
  count_->setText(shown == model_.total() ? tr("Pictures: %1").arg(shown)
                                          : tr("%1 of %2").arg(shown).arg(model_.total()));
  if (model_.total() == 0) {
    empty_->setContent(tr("No pictures yet"),
                       tr("Pictures appear here as soon as the generator has drawn some."),
                       tr("Go to Annotate"));
  } else {
    empty_->setContent(tr("No picture matches"),
                       tr("Of the project's %1 pictures none passes the filter.").arg(model_.total()),
                       tr("Show all"));
  }
  stack_->setCurrentWidget(shown > 0 ? static_cast<QWidget*>(grid_) : empty_);
}

// The picture that the inspector shows is the current one. Making it current scrolls to it, so not if it is.
void GalleryPage::choose() {
  if (!model_.loaded()) return;
  if (model_.rowCount() == 0) return inspector_->showImage({});
  QModelIndex wanted = model_.indexOf(inspector_->shownHash());
  if (!wanted.isValid()) wanted = model_.index(0, 0);
  if (grid_->currentIndex() != wanted) grid_->setCurrentIndex(wanted);
}

void GalleryPage::beforeReload() {
  const int half = delegate_->side() / 2;
  top_ = grid_->verticalScrollBar()->value() > 0 ? grid_->indexAt(QPoint(half, half)) : QModelIndex();
  topY_ = grid_->visualRect(top_).top();
}

void GalleryPage::afterReload() {
  showCounts();
  choose();
  if (!top_.isValid()) return;
  // New pictures come before what is looked at; that stays where it is.
  grid_->doItemsLayout();
  QScrollBar* bar = grid_->verticalScrollBar();
  bar->setValue(bar->value() + grid_->visualRect(top_).top() - topY_);
  top_ = QModelIndex();
}

void GalleryPage::newsOf(const QModelIndex& first, const QModelIndex& last, const QList<int>& roles) {
  const QModelIndex shown = model_.indexOf(inspector_->shownHash());
  const bool about = shown.isValid() && shown.row() >= first.row() && shown.row() <= last.row();
  if (about && roles.contains(GalleryModel::kAnswers)) inspector_->showImage(inspector_->shownHash());
}

}  // namespace

void register_gallery(Registry& registry) {
  PageType type;
  type.descriptor = {"gallery", QT_TRANSLATE_NOOP("page", "Gallery"),
                     "All pictures, what people said about each and how it was made.", "none"};
  type.icon = "gallery";
  type.order = 2;
  type.create = [](StudioContext& context, QWidget* parent) { return new GalleryPage(context, parent); };
  registry.add(std::move(type));
}

}  // namespace plumbline::page

#include "gallery.moc"
