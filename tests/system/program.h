// Drives the real `plumbline` from outside, as people and other programs do.
#pragma once

#include <QByteArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QProcess>
#include <QString>
#include <QStringList>
#include <QTemporaryDir>

#include "core/models/tiny_model.h"

namespace plumbline {

struct Ran {
  int code = -1;
  QByteArray out, err;
  QJsonObject json() const { return QJsonDocument::fromJson(out).object(); }
  // What went wrong, for a failing test's message.
  QByteArray why() const { return "exit " + QByteArray::number(code) + ": " + err; }
};

inline QString programPath() {
  return qEnvironmentVariable("PLUMBLINE_BINARY_DIR") + "/app/cli/plumbline";
}

inline Ran runProgram(const QStringList& arguments, int milliseconds = 60000) {
  QProcess process;
  process.start(programPath(), arguments);
  Ran ran;
  if (!process.waitForFinished(milliseconds)) {
    process.kill();
    process.waitForFinished();
    return ran;
  }
  ran.code = process.exitStatus() == QProcess::NormalExit ? process.exitCode() : -2;
  ran.out = process.readAllStandardOutput();
  ran.err = process.readAllStandardError();
  return ran;
}

// A folder with a tiny model of random weights and room for projects. Pictures are 32 pixels a side.
class Workshop {
 public:
  Workshop() { writeTinyModel(model().toStdString(), 7); }
  QString model() const { return folder_.filePath("model"); }
  QString path(const QString& name) const { return folder_.filePath(name); }

  // A project with that model and a few prompts; its folder.
  QString project(const QString& name) const {
    const QString folder = path(name);
    const Ran ran =
        runProgram({"init", folder, "--model", model(), "--train-prompts", "12", "--held-out-prompts", "6"});
    if (ran.code != 0) qFatal("init failed: %s", ran.err.constData());
    return folder;
  }

 private:
  QTemporaryDir folder_;
};

}  // namespace plumbline
