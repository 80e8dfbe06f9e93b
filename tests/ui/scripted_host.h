// A shell script that plays the plumbline program for tests of the window: answers `describe` with a given
// catalogue, greets as a device host, plays given events and notes every line that it is sent.
#pragma once

#include <QFile>
#include <QString>
#include <QTemporaryDir>
#include <nlohmann/json.hpp>

namespace plumbline::test {

class ScriptedHost {
 public:
  // events: JSON lines sent right after the greeting.
  explicit ScriptedHost(const QByteArray& events = {}, const nlohmann::json& catalogue = nullptr) {
    write("events", events);
    write("catalogue.json", QByteArray::fromStdString(catalogue.dump()));
    write("plumbline",
          "#!/bin/sh\nHERE=$(dirname \"$0\")\n"
          "if [ \"$1\" = describe ]; then cat \"$HERE/catalogue.json\"; exit 0; fi\n"
          "echo '{\"event\":\"hello\",\"protocol\":1,\"device\":\"cpu\",\"model\":\"scenes\"}'\n"
          "cat \"$HERE/events\"\n"
          "while read line; do echo \"$line\" >> \"$HERE/seen\"; done\n");
    QFile::setPermissions(program(), QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner);
  }

  QString program() const { return folder_.filePath("plumbline"); }
  // Everything the window has sent.
  QString seen() const {
    QFile file(folder_.filePath("seen"));
    return file.open(QIODevice::ReadOnly) ? QString::fromUtf8(file.readAll()) : QString();
  }

 private:
  void write(const QString& name, const QByteArray& contents) {
    QFile file(folder_.filePath(name));
    if (!file.open(QIODevice::WriteOnly) || file.write(contents) != contents.size())
      qFatal("cannot write the script");
  }

  QTemporaryDir folder_;
};

}  // namespace plumbline::test
