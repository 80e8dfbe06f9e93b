// A page of the studio: one file <id>.cpp in this folder and its id in the folder's CMakeLists.txt. The rail
// shows the pages by `order` (Ctrl+1, Ctrl+2, ... in that order) and those with atBottom at its lower end. UI
// thread only. A page is created when it is first shown, belongs to the window, and must not block: all
// reading and writing goes through StudioContext::database. A variant ends with #include "<id>.moc" if it
// declares Q_OBJECT.
#pragma once

#include <QWidget>
#include <functional>

#include "core/types/registry.h"
#include "ui/studio_context.h"

namespace plumbline::page {

class Page : public QWidget {
  Q_OBJECT

 public:
  explicit Page(QWidget* parent) : QWidget(parent) {}

  // The page has become the shown one: read what may have changed meanwhile.
  virtual void activate() {}
  // Another page is about to be shown, or the window closes: let go of what only the shown page needs.
  virtual void deactivate() {}
};

struct PageType {
  Descriptor descriptor;  // title: the word on the rail, wrapped in QT_TRANSLATE_NOOP("page", ...)
  QString icon;           // name of a drawing in resources/icons, without ".svg"
  int order = 0;          // Annotate 1, Gallery 2, Prompts 3, Reward 4, Align 5, Compare 6, Export 7, Jobs 8
  bool atBottom = false;  // Settings
  std::function<Page*(StudioContext&, QWidget* parent)> create;
};

using Registry = plumbline::Registry<PageType>;
void registerAll(Registry& registry);

}  // namespace plumbline::page
