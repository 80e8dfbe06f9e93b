// Every command: typed words that are its own, help, parameters that take their own defaults, arguments with
// help.
#include <QtTest>
#include <set>

#include "app/cli/catalog.h"
#include "app/cli/command_line.h"

using namespace plumbline;

class CommandTest : public QObject {
  Q_OBJECT

 private:
  Catalog catalog_;

  CommandLine parse(std::vector<std::string> words) {
    words.insert(words.begin(), "plumbline");
    std::vector<const char*> arguments;
    for (const std::string& word : words) arguments.push_back(word.c_str());
    return parseCommandLine(catalog_.commands, int(arguments.size()), arguments.data());
  }

 private Q_SLOTS:
  void eachSaysWhatItIs() {
    std::set<std::vector<std::string>> words;
    for (const auto& command : catalog_.commands.all()) {
      const Descriptor& d = command->descriptor;
      QVERIFY2(words.insert(command::commandWords(d.id)).second, d.id.c_str());
      QVERIFY2(d.title.size() > 3 && d.help.size() > 10 && d.help.back() == '.', d.id.c_str());
      QVERIFY2(bool(command->run), d.id.c_str());
      for (const command::Argument& a : command->arguments)
        QVERIFY2(!a.help.empty(), (d.id + " " + a.name).c_str());
      for (const Parameter& p : d.parameters.parameters())
        QVERIFY2(!p.help.empty(), (d.id + " " + p.name).c_str());
    }
  }

  void eachTakesItsOwnDefaults() {
    for (const auto& command : catalog_.commands.all()) {
      const ParameterSchema& schema = command->descriptor.parameters;
      const Json defaults = schema.complete(Json::object());
      QCOMPARE(schema.complete(defaults), defaults);
    }
  }

  void eachIsFoundByItsWords() {
    for (const auto& command : catalog_.commands.all()) {
      std::vector<std::string> words = command::commandWords(command->descriptor.id);
      for (const command::Argument& a : command->arguments) {
        if (!a.required) continue;
        if (!a.positional) words.push_back("--" + a.name);
        words.push_back("value");
      }
      const CommandLine line = parse(words);
      QVERIFY2(line.command == command.get(), command->descriptor.id.c_str());
      for (const command::Argument& a : command->arguments)
        QVERIFY2(line.given.contains(a.name), a.name.c_str());
    }
  }

  void anUnknownFlagIsWrongUse() {
    for (const auto& command : catalog_.commands.all()) {
      std::vector<std::string> words = command::commandWords(command->descriptor.id);
      words.push_back("--no-such-flag");
      const CommandLine line = parse(words);
      QVERIFY2(!line.command && line.exitCode == 2, command->descriptor.id.c_str());
    }
  }

  void flagsReachTheirParameters() {
    const CommandLine line = parse({"generate", "folder", "--queries", "7", "--json", "--progress", "none"});
    QVERIFY(line.command);
    QCOMPARE(line.given.at("queries").get<int>(), 7);
    QCOMPARE(line.given.at("dir").get<std::string>(), std::string("folder"));
    QVERIFY(line.json);
    QCOMPARE(line.progress, std::string("none"));
    QCOMPARE(parse({"generate", "folder", "--queries", "0"}).exitCode, 2);
    QCOMPARE(parse({"generate", "folder", "--queries", "many"}).exitCode, 2);
  }
};

QTEST_GUILESS_MAIN(CommandTest)
#include "command_test.moc"
