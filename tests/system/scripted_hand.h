// Keys and mouse into the real Annotate page, as a person would use them.
#pragma once

#include <QMap>
#include <QMouseEvent>
#include <QTest>

#include "tests/system/scripted_answers.h"
#include "ui/main_window.h"
#include "ui/queries/query_view.h"
#include "ui/widgets/annotate_header.h"
#include "ui/widgets/mask_canvas.h"

namespace plumbline::test {

class ScriptedHand {
 public:
  explicit ScriptedHand(MainWindow& window) : page_(window.pageWidget("annotate")) {}

  // "pair", "binary", "mask"; empty while nothing is asked.
  QString shownType() const {
    const auto* header = page_->findChild<AnnotateHeader*>();
    if (!header->isVisible() || header->prompt().isEmpty()) return {};
    for (const auto* view : page_->findChildren<query_view::QueryView*>()) {
      if (!view->isVisible()) continue;
      const QString name = view->metaObject()->className();
      for (const char* type : {"pair", "binary", "mask"}) {
        if (name.contains(QLatin1String(type), Qt::CaseInsensitive)) return type;
      }
    }
    return {};
  }
  QString shownPrompt() const { return page_->findChild<AnnotateHeader*>()->prompt(); }

  // Presses what scriptedChoice() says; returns it.
  QString answer() {
    static const QMap<QString, Qt::Key> kKeys{
        {"a", Qt::Key_1},    {"b", Qt::Key_2},   {"both_good", Qt::Key_3}, {"both_bad", Qt::Key_4},
        {"good", Qt::Key_1}, {"bad", Qt::Key_2}, {"nothing", Qt::Key_0},   {"done", Qt::Key_Return}};
    const QString choice = scriptedChoice(shownType(), shownPrompt());
    if (choice == "done") paint();
    QTest::keyClick(page_, kKeys.value(choice));
    return choice;
  }

 private:
  void paint() {
    auto* canvas = page_->findChild<MaskCanvas*>();
    canvas->setCategory(0);
    canvas->setTool(MaskCanvas::Tool::kRectangle);
    const auto send = [canvas](QEvent::Type type, double at, Qt::MouseButton which, Qt::MouseButtons held) {
      const QPointF where = canvas->fromPicture(QPointF(at, at));
      QMouseEvent event(type, where, canvas->mapToGlobal(where), which, held, {});
      QCoreApplication::sendEvent(canvas, &event);
    };
    send(QEvent::MouseButtonPress, 6.5, Qt::LeftButton, Qt::LeftButton);
    send(QEvent::MouseMove, 18.5, Qt::NoButton, Qt::LeftButton);
    send(QEvent::MouseButtonRelease, 18.5, Qt::LeftButton, {});
  }

  page::Page* page_;
};

}  // namespace plumbline::test
