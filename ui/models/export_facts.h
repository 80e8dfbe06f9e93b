// What a project has that could be exported, read in one piece on the database thread.
#pragma once

#include <QString>
#include <cstdint>

namespace plumbline {

class Project;

struct ExportFacts {
  std::int64_t comparisons = 0, pictures = 0, regions = 0, adapters = 0;

  static ExportFacts read(Project& project);
  // For a known format how much it would hold, in words; empty for others.
  QString textFor(const QString& format) const;
  // Is there nothing for this format? Formats that are not known here are always offered.
  bool nothingFor(const QString& format) const;
  static QString whyNothing(const QString& format);
  // The page where it comes from.
  static QString pageFor(const QString& format);
};

}  // namespace plumbline
