// One picture; the annotator paints what is wrong, category by category, or says that nothing is.
#include <QCoreApplication>
#include <QHBoxLayout>
#include <QLabel>
#include <QSettings>
#include <QThreadPool>
#include <QVBoxLayout>
#include <algorithm>
#include <iterator>

#include "core/types/coco_rle.h"
#include "core/types/observation.h"
#include "ui/data_hub.h"
#include "ui/queries/query_view.h"
#include "ui/theme.h"
#include "ui/widgets/key_button.h"
#include "ui/widgets/mask_canvas.h"

namespace plumbline::query_view {
namespace {

constexpr int kCategories = int(std::size(kRegionCategories));
const char* const kCategoryTitles[kCategories] = {
    QT_TRANSLATE_NOOP("query_view", "Unsafe"), QT_TRANSLATE_NOOP("query_view", "Artifact"),
    QT_TRANSLATE_NOOP("query_view", "Not asked for"), QT_TRANSLATE_NOOP("query_view", "Ugly")};

struct ToolEntry {
  const char* action;
  const char* icon;
  MaskCanvas::Tool tool;
};
constexpr ToolEntry kTools[] = {{"mask.brush", "brush", MaskCanvas::Tool::kBrush},
                                {"mask.eraser", "eraser", MaskCanvas::Tool::kEraser},
                                {"mask.rectangle", "rectangle", MaskCanvas::Tool::kRectangle},
                                {"mask.polygon", "polygon", MaskCanvas::Tool::kPolygon},
                                {"mask.fill", "fill", MaskCanvas::Tool::kFill}};

QString translated(const char* text) {
  return QCoreApplication::translate("query_view", text);
}

// Runs on a pool thread: run-length coding of large masks takes longer than a frame.
nlohmann::json encode(const MaskLayers& layers) {
  nlohmann::json regions = nlohmann::json::array();
  for (int c = 0; c < layers.categories(); ++c) {
    if (layers.layer(c).area() == 0) continue;
    regions.push_back({{"category", kRegionCategories[c]}, {"mask", cocoEncode(layers.layer(c))}});
  }
  return {{"choice", "done"}, {"regions", regions}};
}

class MaskView : public QueryView {
  Q_OBJECT

 public:
  MaskView(StudioContext& context, QWidget* parent)
      : QueryView(parent), context_(context), canvas_(new MaskCanvas(this)), hint_(new QLabel) {
    auto* layout = new QHBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    layout->addWidget(buildTools());
    layout->addWidget(canvas_, 1);
    layout->addWidget(buildCategories());
    const auto restyle = [this] {
      canvas_->setSurround(surroundGrey(context_.settings->value("surround", 18).toInt()));
    };
    restyle();
    // A category that nobody chose would be stored under whatever comes first in the list.
    canvas_->setCategory(MaskCanvas::kNoCategory);
    connect(context.hub, &DataHub::appearanceChanged, this, restyle);
    connect(canvas_, &MaskCanvas::categoryWanted, this, &MaskView::insistOnCategory);
    connect(canvas_, &MaskCanvas::toolChanged, this, &MaskView::showState);
    connect(canvas_, &MaskCanvas::categoryChanged, this, &MaskView::showState);
    connect(canvas_, &MaskCanvas::maskChanged, this, &MaskView::showState);
    showState();
  }

  QString question(const QueryRow&) const override { return tr("Where is it wrong? Paint over it."); }

  void present(const PreparedQuery& query) override {
    setBusy(false, false);
    ++presented_;
    hint_->clear();
    const LoadedPicture picture = query.pictures.empty() ? LoadedPicture{} : query.pictures.front();
    canvas_->setPicture(picture.image, picture.error);
    canvas_->setTool(MaskCanvas::Tool::kBrush);
    if (!query.draft.is_null()) {
      loadDraft(query.draft);
    } else if (query.previous) {
      loadPrevious(query.previous->value);
    }
    if (canvas_->category() == MaskCanvas::kNoCategory && hint_->text().isEmpty())
      hint_->setText(categoryHint());
  }

  void press(const QString& action) override {
    if (encoding_ || saving_) return;
    hint_->clear();
    for (const ToolEntry& entry : kTools) {
      if (action == QLatin1String(entry.action)) return canvas_->setTool(entry.tool);
    }
    for (int c = 0; c < kCategories; ++c) {
      if (action == QStringLiteral("mask.category_%1").arg(c + 1)) return canvas_->setCategory(c);
    }
    if (action == "mask.smaller") canvas_->stepToolSize(-1);
    if (action == "mask.larger") canvas_->stepToolSize(1);
    if (action == "mask.undo_stroke") canvas_->undoStroke();
    if (action == "mask.redo_stroke") canvas_->redoStroke();
    if (action == "mask.hide") canvas_->setMaskHidden(true);
    if (action == "mask.pan") canvas_->setPanning(true);
    if (action == "mask.fit") canvas_->fitView();
    if (action == "mask.done") finish();
    if (action == "mask.nothing") sayNothing();
  }

  void release(const QString& action) override {
    if (action == "mask.hide") canvas_->setMaskHidden(false);
    if (action == "mask.pan") canvas_->setPanning(false);
  }

  void leave() override {
    canvas_->setMaskHidden(false);
    canvas_->setPanning(false);
    setBusy(false, false);
  }

  nlohmann::json draft() const override {
    // With strokes to undo an empty mask is an answer that was rubbed out, not one that was never begun.
    if (canvas_->layers().isEmpty() && !canvas_->layers().canUndo()) return nullptr;
    return encode(canvas_->layers());
  }

  void setSaving(bool saving) override { setBusy(false, saving); }

 private:
  QWidget* buildTools() {
    auto* column = new QWidget;
    column->setFixedWidth(7 * kGrid);
    auto* layout = new QVBoxLayout(column);
    layout->setContentsMargins(kGrid / 2, kGrid, kGrid / 2, kGrid);
    layout->setSpacing(kGrid / 2);
    for (const ToolEntry& entry : kTools) layout->addWidget(addTool(entry.action, entry.icon, true));
    size_ = new QLabel;
    size_->setAlignment(Qt::AlignCenter);
    size_->setProperty("role", "quiet");
    layout->addWidget(size_);
    layout->addSpacing(kGrid);
    layout->addWidget(addTool("mask.undo_stroke", "undo", false));
    layout->addWidget(addTool("mask.redo_stroke", "redo", false));
    layout->addStretch(1);
    return column;
  }

  KeyButton* addTool(const char* action, const char* icon, bool checkable) {
    auto* button = new KeyButton(KeyButton::Shape::kTool);
    button->setIconName(icon);
    bind(button, action, checkable);
    return button;
  }

  void bind(KeyButton* button, const QString& action, bool checkable) {
    button->setCheckable(checkable);
    const auto showKey = [this, button, action] {
      button->setKey(context_.shortcuts->firstKeyText(action));
      if (const ShortcutAction* known = context_.shortcuts->find(action)) {
        button->setToolTip(tr("%1 (%2)").arg(known->title, context_.shortcuts->keysText(action)));
      }
    };
    showKey();
    connect(context_.shortcuts, &ShortcutTable::changed, button, showKey);
    connect(button, &QAbstractButton::clicked, this, [this, action] {
      press(action);
      showState();
    });
    buttons_.insert(action, button);
  }

  QWidget* buildCategories() {
    auto* column = new QWidget;
    column->setFixedWidth(27 * kGrid);
    auto* layout = new QVBoxLayout(column);
    layout->setContentsMargins(kGrid, kGrid, kGrid, kGrid);
    layout->setSpacing(kGrid / 2);
    auto* caption = new QLabel(tr("What is wrong"));
    caption->setProperty("role", "section");
    layout->addWidget(caption);
    for (int c = 0; c < kCategories; ++c) {
      auto* button = new KeyButton(KeyButton::Shape::kAnswer);
      button->setText(translated(kCategoryTitles[c]));
      button->setSwatch(categoryColor(c));
      button->setAlignedLeft(true);
      bind(button, QStringLiteral("mask.category_%1").arg(c + 1), true);
      layout->addWidget(button);
    }
    layout->addSpacing(kGrid);
    QFont bold = font();
    bold.setBold(true);
    hint_->setObjectName("maskHint");
    hint_->setFont(bold);
    hint_->setWordWrap(true);
    layout->addWidget(hint_);
    layout->addStretch(1);
    return column;
  }

  void showState() {
    for (const ToolEntry& entry : kTools) {
      if (KeyButton* b = buttons_.value(entry.action)) b->setChecked(canvas_->tool() == entry.tool);
    }
    for (int c = 0; c < kCategories; ++c) {
      KeyButton* b = buttons_.value(QStringLiteral("mask.category_%1").arg(c + 1));
      if (!b) continue;
      b->setChecked(canvas_->category() == c);
      const MaskLayers& layers = canvas_->layers();
      const double area = double(layers.width()) * layers.height();
      const double share = area > 0 ? double(layers.layer(c).area()) / area : 0;
      b->setDetail(share > 0 ? tr("%1 %").arg(100 * share, 0, 'f', 1) : QString());
    }
    const bool sized =
        canvas_->tool() == MaskCanvas::Tool::kBrush || canvas_->tool() == MaskCanvas::Tool::kEraser;
    size_->setText(sized ? tr("%1 px").arg(canvas_->toolSize()) : QString());
    if (KeyButton* b = buttons_.value("mask.undo_stroke")) b->setEnabled(canvas_->layers().canUndo());
    if (KeyButton* b = buttons_.value("mask.redo_stroke")) b->setEnabled(canvas_->layers().canRedo());
  }

  void setBusy(bool encoding, bool saving) {
    encoding_ = encoding;
    saving_ = saving;
    canvas_->setLocked(encoding_ || saving_);
  }

  QString categoryHint() const {
    QStringList keys;
    for (int c = 1; c <= kCategories; ++c) {
      keys << context_.shortcuts->firstKeyText(QStringLiteral("mask.category_%1").arg(c));
    }
    return tr("First say what is wrong: %1.").arg(keys.join(", "));
  }

  void insistOnCategory() {
    hint_->setText(categoryHint());
    canvas_->writeAtPointer(categoryHint());
    for (int c = 1; c <= kCategories; ++c) {
      buttons_.value(QStringLiteral("mask.category_%1").arg(c))->flash();
    }
  }

  // Drafts may come from a file of another sitting, and a damaged one must not keep its query from being
  // shown.
  void loadDraft(const nlohmann::json& draft) {
    try {
      loadPrevious(draft);
    } catch (const std::exception&) {
      hint_->setText(tr("What was painted here before could not be read."));
    }
  }

  void loadPrevious(const nlohmann::json& value) {
    for (const auto& region : value.value("regions", nlohmann::json::array())) {
      const std::string category = region.value("category", "");
      const auto* found = std::find(std::begin(kRegionCategories), std::end(kRegionCategories), category);
      if (found == std::end(kRegionCategories)) continue;
      canvas_->loadLayer(int(found - std::begin(kRegionCategories)), cocoDecode(region.at("mask")));
    }
  }

  void finish() {
    if (canvas_->shapeUnderWay()) return canvas_->finishPolygon();
    if (canvas_->layers().inStroke()) return;
    if (canvas_->layers().isEmpty()) {
      hint_->setText(tr("Nothing is painted. If nothing is wrong, press %1.")
                         .arg(context_.shortcuts->firstKeyText("mask.nothing")));
      return;
    }
    setBusy(true, false);
    QPointer<MaskView> alive(this);
    const int presented = presented_;
    QThreadPool::globalInstance()->start([alive, presented, layers = canvas_->layers()] {
      const nlohmann::json value = encode(layers);
      QMetaObject::invokeMethod(
          qApp,
          [alive, presented, value] {
            if (!alive || !alive->encoding_ || alive->presented_ != presented) return;
            // From here on the page says whether the answer is on its way: it may not take it, or lose it.
            alive->setBusy(false, false);
            Q_EMIT alive->answered(value);
          },
          Qt::QueuedConnection);
    });
  }

  void sayNothing() {
    if (!canvas_->layers().isEmpty()) {
      hint_->setText(tr("There is paint on the picture: press %1 to send it, or undo it first.")
                         .arg(context_.shortcuts->firstKeyText("mask.done")));
      return;
    }
    Q_EMIT answered({{"choice", "nothing"}});
  }

  StudioContext& context_;
  MaskCanvas* canvas_;
  QLabel* hint_;
  QLabel* size_ = nullptr;
  QMap<QString, KeyButton*> buttons_;
  bool encoding_ = false, saving_ = false;
  int presented_ = 0;
};

ShortcutAction action(const char* id, const char* title, QKeySequence first, QKeySequence second = {}) {
  return {QLatin1String(id), "mask", translated(title), {first, second}};
}

}  // namespace

void register_mask(Registry& registry) {
  QueryViewType type;
  type.descriptor = {"mask", QT_TRANSLATE_NOOP("query_view", "Where is it wrong?"),
                     "One picture to paint on.", "none"};
  type.actions = {
      action("mask.done", QT_TRANSLATE_NOOP("query_view", "Done"), Qt::Key_Return),
      action("mask.nothing", QT_TRANSLATE_NOOP("query_view", "Nothing wrong"), Qt::Key_0),
      action("mask.category_1", kCategoryTitles[0], Qt::Key_1),
      action("mask.category_2", kCategoryTitles[1], Qt::Key_2),
      action("mask.category_3", kCategoryTitles[2], Qt::Key_3),
      action("mask.category_4", kCategoryTitles[3], Qt::Key_4),
      action("mask.brush", QT_TRANSLATE_NOOP("query_view", "Brush"), Qt::Key_B),
      action("mask.eraser", QT_TRANSLATE_NOOP("query_view", "Eraser"), Qt::Key_E),
      action("mask.rectangle", QT_TRANSLATE_NOOP("query_view", "Rectangle"), Qt::Key_R),
      action("mask.polygon", QT_TRANSLATE_NOOP("query_view", "Polygon"), Qt::Key_P),
      action("mask.fill", QT_TRANSLATE_NOOP("query_view", "Fill"), Qt::Key_F),
      action("mask.smaller", QT_TRANSLATE_NOOP("query_view", "Smaller brush"), Qt::Key_BracketLeft,
             Qt::Key_Minus),
      action("mask.larger", QT_TRANSLATE_NOOP("query_view", "Larger brush"), Qt::Key_BracketRight,
             Qt::Key_Plus),
      action("mask.hide", QT_TRANSLATE_NOOP("query_view", "Hide the mask while held"), Qt::Key_V),
      action("mask.pan", QT_TRANSLATE_NOOP("query_view", "Move the picture while held"), Qt::Key_Space),
      action("mask.fit", QT_TRANSLATE_NOOP("query_view", "Fit the picture"), Qt::Key_Home),
      action("mask.undo_stroke", QT_TRANSLATE_NOOP("query_view", "Undo stroke"), QKeySequence("Ctrl+Z")),
      action("mask.redo_stroke", QT_TRANSLATE_NOOP("query_view", "Redo stroke"), QKeySequence("Ctrl+Shift+Z"),
             QKeySequence("Ctrl+Y")),
  };
  type.answers = {"mask.done", "mask.nothing"};
  type.mouse = {
      {translated(QT_TRANSLATE_NOOP("query_view", "Left button")),
       translated(QT_TRANSLATE_NOOP("query_view", "Paint"))},
      {translated(QT_TRANSLATE_NOOP("query_view", "Right button")),
       translated(QT_TRANSLATE_NOOP("query_view", "Erase"))},
      {translated(QT_TRANSLATE_NOOP("query_view", "Shift+click")),
       translated(QT_TRANSLATE_NOOP("query_view", "Straight line"))},
      {translated(QT_TRANSLATE_NOOP("query_view", "Wheel")),
       translated(QT_TRANSLATE_NOOP("query_view", "Zoom at the pointer"))},
      {translated(QT_TRANSLATE_NOOP("query_view", "Ctrl+wheel")),
       translated(QT_TRANSLATE_NOOP("query_view", "Size of the brush"))},
      {translated(QT_TRANSLATE_NOOP("query_view", "Middle button")),
       translated(QT_TRANSLATE_NOOP("query_view", "Move the picture"))},
  };
  type.create = [](StudioContext& context, QWidget* parent) { return new MaskView(context, parent); };
  registry.add(std::move(type));
}

}  // namespace plumbline::query_view

#include "mask.moc"
