// What people would be asked in a project: compared between a session that was killed and one that was not.
#pragma once

#include <QString>

#include "db/project.h"

namespace plumbline::test {

// Every query with its pictures' hashes, in order.
inline QString askedQueue(const QString& folder) {
  const auto project = Project::open(folder.toStdString());
  QString text;
  for (const QueryRow& query : project->queries().list()) {
    text += QString::fromStdString(query.type + " " + query.promptText);
    for (const std::string& image : query.images) text += " " + QString::fromStdString(image);
    text += "\n";
  }
  return text;
}

}  // namespace plumbline::test
