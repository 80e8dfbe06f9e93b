// The Annotate page as a person sits before it: keys and mouse into the real window, answers read back from
// the project on disk.
#pragma once

#include <QLabel>
#include <QMouseEvent>
#include <QTest>

#include "tests/ui/demo_project.h"
#include "ui/main_window.h"
#include "ui/widgets/annotate_header.h"
#include "ui/widgets/key_overlay.h"
#include "ui/widgets/mask_canvas.h"
#include "ui/widgets/saved_tick.h"

namespace plumbline::test {

// A window on a demo project, first query shown.
struct Desk {
  std::unique_ptr<DemoProject> demo;
  std::unique_ptr<Studio> studio;
  std::unique_ptr<MainWindow> window;
  page::Page* page = nullptr;

  explicit Desk(const QStringList& types, int size = 128) : demo(makeDemoProject(types, size)) { open(); }

  void open() {
    studio = openStudio(*demo);
    setGuard(0);  // the hand of a test is faster than a person's
    window = std::make_unique<MainWindow>(studio->context(), studio->pages());
    window->resize(1280, 720);
    window->show();
    window->showPage("annotate");
    page = window->pageWidget("annotate");
  }
  void close() {
    window.reset();
    studio.reset();
  }
  Project& project() { return *studio->context().project; }
  QString prompt() const { return page->findChild<AnnotateHeader*>()->prompt(); }
  bool shows(int index) const {
    return page->findChild<AnnotateHeader*>()->isVisible() && prompt() == sceneText(2 * index);
  }
  void press(int key, Qt::KeyboardModifiers modifiers = {}) {
    QTest::keyClick(page, Qt::Key(key), modifiers);
  }
  std::optional<AnswerRow> said(int index) {
    return project().answers().current(demo->queries[std::size_t(index)], studio->context().annotatorId);
  }
  QString choice(int index) {
    const auto answer = said(index);
    return answer ? QString::fromStdString(answer->value.value("choice", "")) : QString();
  }
  void setGuard(int milliseconds) { studio->context().settings->setValue("answer_guard_ms", milliseconds); }
  MaskCanvas* canvas() const { return page->findChild<MaskCanvas*>(); }
  void paint(QPointF from, QPointF to) {
    const auto send = [this](QEvent::Type type, QPointF at, Qt::MouseButton which, Qt::MouseButtons held) {
      const QPointF place = canvas()->fromPicture(at);
      QMouseEvent event(type, place, canvas()->mapToGlobal(place), which, held, {});
      QApplication::sendEvent(canvas(), &event);
    };
    send(QEvent::MouseButtonPress, from, Qt::LeftButton, Qt::LeftButton);
    send(QEvent::MouseMove, to, Qt::NoButton, Qt::LeftButton);
    send(QEvent::MouseButtonRelease, to, Qt::LeftButton, {});
  }
  // Adds a query with this prompt to the end of the queue.
  void ask(const QString& text) {
    const auto other = Project::open(demo->path().toStdString());
    QueryRow row;
    row.type = "binary";
    row.images = {demo->images[0]};
    row.prompt = other->prompts().ensure({.text = text.toStdString()});
    row.rank = 1000;
    other->queries().enqueue(row);
  }
  QStringList overlayTexts() const {
    QStringList texts;
    for (const QLabel* label : page->findChild<KeyOverlay*>()->findChildren<QLabel*>())
      texts << label->text();
    return texts;
  }
  SavedTick* tick() const { return window->findChild<SavedTick*>(); }
};

}  // namespace plumbline::test
