// What was painted but not sent when the window was closed, kept on this machine by annotator, query and the
// pictures that it is about. UI thread.
#pragma once

#include <QString>
#include <nlohmann/json.hpp>

#include "db/stores/query_store.h"
#include "ui/studio_context.h"

namespace plumbline {

class UnsentDrafts {
 public:
  explicit UnsentDrafts(const StudioContext& context) : context_(context) {}

  void keep(const QueryRow& query, const nlohmann::json& draft);  // null forgets it
  nlohmann::json find(const QueryRow& query) const;               // null where there is none

 private:
  QString key(const QueryRow& query) const;

  const StudioContext& context_;
};

}  // namespace plumbline
