// Holds the layers of DESIGN section 1 by scanning includes, the size of files, and that every variant file
// is listed (a file without its line would silently be missing from the program).
#include <QDir>
#include <QDirIterator>
#include <QRegularExpression>
#include <QtTest>

namespace {

struct Rule {
  const char* folder;
  const char* except;     // subfolder that the rule spares, or ""
  const char* forbidden;  // regular expression over the included path
};

// What a folder may never include.
const Rule kRules[] = {
    {"core/types", "", "^(torch|ATen|c10|opencv2|Q|sqlite3|core/(?!types/)|db/|ui/|app/)"},
    {"core", "", "^(Q[A-Z]|Qt|sqlite3|db/|ui/|app/)"},
    {"core", "core/image|core/scenes/oracle", "^opencv2"},
    {"core/scenes", "core/scenes/training|core/scenes/oracle", "^(torch|ATen|c10|opencv2)"},
    {"db", "", "^(torch|ATen|c10|opencv2|QWidget|QtWidgets|QApplication|core/(?!types/)|ui/|app/)"},
    {"ui", "", "^(torch|ATen|c10|opencv2|QSql|QtSql|sqlite3|core/(?!types/)|app/)"},
    {"app/cli", "", "^(QWidget|QtWidgets|QtGui|QImage|QApplication|QGuiApplication|ui/|app/studio)"},
    {"app/studio", "", "^(torch|ATen|c10|opencv2|core/(?!types/)|app/cli)"},
};

QString root() {
  return qEnvironmentVariable("PLUMBLINE_SOURCE_DIR");
}

QStringList sources(const QString& folder) {
  QStringList list;
  QDirIterator it(root() + "/" + folder, {"*.h", "*.cpp"}, QDir::Files, QDirIterator::Subdirectories);
  while (it.hasNext()) list << QDir(root()).relativeFilePath(it.next());
  list.sort();
  return list;
}

QString contents(const QString& path) {
  QFile file(root() + "/" + path);
  return file.open(QIODevice::ReadOnly) ? QString::fromUtf8(file.readAll()) : QString();
}

}  // namespace

class LayersTest : public QObject {
  Q_OBJECT

 private Q_SLOTS:
  void initTestCase() {
    QVERIFY2(QFile::exists(root() + "/core/types/error.h"), "PLUMBLINE_SOURCE_DIR is not set");
  }

  void includesGoOneWay() {
    static const QRegularExpression include("^\\s*#include\\s+[<\"]([^>\"]+)[>\"]",
                                            QRegularExpression::MultilineOption);
    QStringList broken;
    for (const Rule& rule : kRules) {
      const QRegularExpression forbidden(rule.forbidden), except(QString("^(%1)/").arg(rule.except));
      for (const QString& path : sources(rule.folder)) {
        if (*rule.except && except.match(path).hasMatch()) continue;
        auto matches = include.globalMatch(contents(path));
        while (matches.hasNext()) {
          const QString target = matches.next().captured(1);
          if (forbidden.match(target).hasMatch()) broken << path + " includes " + target;
        }
      }
    }
    QVERIFY2(broken.isEmpty(), qPrintable("\n" + broken.join('\n')));
  }

  void everyVariantFileIsListed() {
    QStringList broken;
    for (const char* layer : {"core", "db", "ui", "app"}) {
      QDirIterator it(root() + "/" + QString(layer), {"CMakeLists.txt"}, QDir::Files, QDirIterator::Subdirectories);
      while (it.hasNext()) {
        const QString cmake = QDir(root()).relativeFilePath(it.next());
        static const QRegularExpression call("plumbline_variants\\(\\s*\\S+\\s+\\S+\\s+\\S+([^)]*)\\)");
        const auto match = call.match(contents(cmake));
        if (!match.hasMatch()) continue;
        QStringList ids = match.captured(1).split(QRegularExpression("\\s+"), Qt::SkipEmptyParts);
        ids.removeAll("WITH_PROJECTS");  // a mark in the list, see plumbline_variants
        const QString folder = QFileInfo(cmake).path();
        for (const QString& path : sources(folder)) {
          const bool registers = contents(path).contains("void register_" + QFileInfo(path).baseName() + "(");
          if (registers && !ids.contains(QFileInfo(path).baseName()))
            broken << path + " is not listed in " + cmake;
        }
        for (const QString& id : ids) {
          if (!QFile::exists(root() + "/" + folder + "/" + id + ".cpp"))
            broken << cmake + " lists a missing " + id;
        }
      }
    }
    QVERIFY2(broken.isEmpty(), qPrintable("\n" + broken.join('\n')));
  }

  void noDumpingGrounds() {
    static const QRegularExpression name("^(utils?|helpers?|common|misc)$");
    QStringList broken;
    for (const char* layer : {"core", "db", "ui", "app"}) {
      for (const QString& path : sources(layer)) {
        if (name.match(QFileInfo(path).baseName()).hasMatch()) broken << path;
      }
    }
    QVERIFY2(broken.isEmpty(), qPrintable(broken.join('\n')));
  }
};

QTEST_GUILESS_MAIN(LayersTest)
#include "layers_test.moc"
