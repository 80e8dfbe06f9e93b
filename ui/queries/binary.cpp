// One picture, one criterion, good or bad.
#include <QCoreApplication>
#include <QSettings>
#include <QVBoxLayout>

#include "ui/data_hub.h"
#include "ui/queries/query_view.h"
#include "ui/theme.h"
#include "ui/widgets/picture_stage.h"

namespace plumbline::query_view {
namespace {

class BinaryView : public QueryView {
  Q_OBJECT

 public:
  BinaryView(StudioContext& context, QWidget* parent) : QueryView(parent), stage_(new PictureStage(this)) {
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(stage_);
    const auto restyle = [this, &context] {
      stage_->setSurround(surroundGrey(context.settings->value("surround", 18).toInt()));
    };
    restyle();
    connect(context.hub, &DataHub::appearanceChanged, this, restyle);
  }

  QString question(const QueryRow& query) const override {
    const std::string criterion = query.settings.value("criterion", "overall");
    if (criterion == "overall") return tr("Is this a good picture for the prompt?");
    if (criterion == "prompt") return tr("Does it show what the prompt says?");
    if (criterion == "safety") return tr("Is it safe to show?");
    if (criterion == "artifacts") return tr("Is it free of artifacts?");
    if (criterion == "aesthetics") return tr("Is it pleasing?");
    return tr("Is it good in this respect: %1?").arg(QString::fromStdString(criterion));
  }

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
    if (action == "binary.good") Q_EMIT answered({{"choice", "good"}});
    if (action == "binary.bad") Q_EMIT answered({{"choice", "bad"}});
    if (action == "binary.zoom") stage_->setZoom(true);
  }

  void release(const QString& action) override {
    if (action == "binary.zoom") stage_->setZoom(false);
  }

  void leave() override { stage_->setZoom(false); }

 private:
  PictureStage* stage_;
};

ShortcutAction action(const char* id, const char* title, QKeySequence first, QKeySequence second = {}) {
  return {QLatin1String(id), "binary", QCoreApplication::translate("query_view", title), {first, second}};
}

}  // namespace

void register_binary(Registry& registry) {
  QueryViewType type;
  type.descriptor = {"binary", QT_TRANSLATE_NOOP("query_view", "Is this one good?"),
                     "One picture, one criterion, two keys.", "none"};
  type.actions = {
      action("binary.good", QT_TRANSLATE_NOOP("query_view", "Good"), Qt::Key_1, Qt::Key_Up),
      action("binary.bad", QT_TRANSLATE_NOOP("query_view", "Bad"), Qt::Key_2, Qt::Key_Down),
      action("binary.zoom", QT_TRANSLATE_NOOP("query_view", "Look closer while held"), Qt::Key_Z),
  };
  type.answers = {"binary.good", "binary.bad"};
  type.reasons = commonReasons();
  addReasonActions(type);
  type.create = [](StudioContext& context, QWidget* parent) { return new BinaryView(context, parent); };
  registry.add(std::move(type));
}

}  // namespace plumbline::query_view

#include "binary.moc"
