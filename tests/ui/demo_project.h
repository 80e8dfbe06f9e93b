// A project on disk for tests of the window: prompts, drawn pictures and open queries, as a generator would
// leave it.
#pragma once

#include <QImage>
#include <QSettings>
#include <QString>
#include <QTemporaryDir>
#include <memory>
#include <vector>

#include "db/project.h"
#include "ui/studio.h"

namespace plumbline::test {

struct DemoProject {
  QTemporaryDir folder;
  std::vector<std::string> images;    // hashes, in the order drawn
  std::vector<std::int64_t> queries;  // ids, in the order asked

  QString path() const { return folder.filePath("demo"); }
  QString settingsFile() const { return folder.filePath("settings.ini"); }
};

// A scene of the default world, drawn with QPainter; different for every number.
QImage drawScene(int number, int size);
QString sceneText(int number);

// types: one query each, in this order, of "pair", "binary", "mask".
std::unique_ptr<DemoProject> makeDemoProject(const QStringList& types, int size = 128);

// Opens it as the studio does, with settings of its own.
std::unique_ptr<Studio> openStudio(const DemoProject& project);

}  // namespace plumbline::test
