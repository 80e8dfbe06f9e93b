// Two pictures of one prompt. The keys mean the sides as shown: after a swap, "left" names the other picture.
#include <QCoreApplication>
#include <QSettings>
#include <QVBoxLayout>

#include "ui/data_hub.h"
#include "ui/queries/query_view.h"
#include "ui/theme.h"
#include "ui/widgets/picture_stage.h"

namespace plumbline::query_view {
namespace {

class PairView : public QueryView {
  Q_OBJECT

 public:
  PairView(StudioContext& context, QWidget* parent) : QueryView(parent), stage_(new PictureStage(this)) {
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(stage_);
    const auto restyle = [this, &context] {
      stage_->setSurround(surroundGrey(context.settings->value("surround", 18).toInt()));
    };
    restyle();
    connect(context.hub, &DataHub::appearanceChanged, this, restyle);
    const auto showKeys = [this, &context] {
      stage_->setBadges(
          {context.shortcuts->firstKeyText("pair.a"), context.shortcuts->firstKeyText("pair.b")});
    };
    showKeys();
    connect(context.shortcuts, &ShortcutTable::changed, this, showKeys);
  }

  QString question(const QueryRow&) const override { return tr("Which follows the prompt better?"); }

  void present(const PreparedQuery& query) override {
    std::vector<QImage> images;
    QStringList errors;
    for (const LoadedPicture& picture : query.pictures) {
      images.push_back(picture.image);
      errors << picture.error;
    }
    stage_->setPictures(std::move(images), errors);
  }

  void press(const QString& action) override {
    if (action == "pair.a") return say(stage_->isSwapped() ? "b" : "a");
    if (action == "pair.b") return say(stage_->isSwapped() ? "a" : "b");
    if (action == "pair.both_good") return say("both_good");
    if (action == "pair.both_bad") return say("both_bad");
    if (action == "pair.zoom") stage_->setZoom(true);
    if (action == "pair.swap") stage_->swap();
    if (action == "pair.flicker") toggle(PictureStage::Mode::kFlicker);
    if (action == "pair.difference") toggle(PictureStage::Mode::kDifference);
  }

  void release(const QString& action) override {
    if (action == "pair.zoom") stage_->setZoom(false);
  }

  void leave() override {
    stage_->setZoom(false);
    stage_->setMode(PictureStage::Mode::kAll);
  }

 private:
  void say(const char* choice) { Q_EMIT answered({{"choice", choice}}); }
  void toggle(PictureStage::Mode mode) {
    stage_->setMode(stage_->mode() == mode ? PictureStage::Mode::kAll : mode);
  }

  PictureStage* stage_;
};

ShortcutAction action(const char* id, const char* title, QKeySequence first, QKeySequence second = {}) {
  return {QLatin1String(id), "pair", QCoreApplication::translate("query_view", title), {first, second}};
}

}  // namespace

void register_pair(Registry& registry) {
  QueryViewType type;
  type.descriptor = {"pair", QT_TRANSLATE_NOOP("query_view", "Which is better?"),
                     "Two pictures of one prompt, side by side.", "none"};
  type.actions = {
      action("pair.a", QT_TRANSLATE_NOOP("query_view", "Left is better"), Qt::Key_1, Qt::Key_Left),
      action("pair.b", QT_TRANSLATE_NOOP("query_view", "Right is better"), Qt::Key_2, Qt::Key_Right),
      action("pair.both_good", QT_TRANSLATE_NOOP("query_view", "Both good"), Qt::Key_3, Qt::Key_Up),
      action("pair.both_bad", QT_TRANSLATE_NOOP("query_view", "Both bad"), Qt::Key_4, Qt::Key_Down),
      action("pair.zoom", QT_TRANSLATE_NOOP("query_view", "Look closer while held"), Qt::Key_Z),
      action("pair.swap", QT_TRANSLATE_NOOP("query_view", "Swap sides"), Qt::Key_X),
      action("pair.flicker", QT_TRANSLATE_NOOP("query_view", "Flicker between the two"), Qt::Key_C),
      action("pair.difference", QT_TRANSLATE_NOOP("query_view", "Show the difference"), Qt::Key_D),
  };
  type.answers = {"pair.a", "pair.b", "pair.both_good", "pair.both_bad"};
  type.reasons = commonReasons();
  addReasonActions(type);
  type.create = [](StudioContext& context, QWidget* parent) { return new PairView(context, parent); };
  registry.add(std::move(type));
}

}  // namespace plumbline::query_view

#include "pair.moc"
