// Declares the actions of the window, of annotating in general, and of every query view. UI thread.
#pragma once

#include "ui/queries/query_view.h"

namespace plumbline {

void declareShortcuts(ShortcutTable& table, const query_view::Registry& views);

}  // namespace plumbline
