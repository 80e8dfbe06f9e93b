// What the scripted person says: a pure function of what is asked, so that sessions that were cut differently
// end with the same answers.
#pragma once

#include <QString>
#include <QStringList>

namespace plumbline::test {

inline QString scriptedChoice(const QString& type, const QString& prompt) {
  static const QStringList kPair{"a", "b", "both_good", "both_bad", "a", "b"};
  static const QStringList kBinary{"good", "bad"};
  static const QStringList kMask{"done", "done", "nothing"};
  const QStringList& choices = type == "pair" ? kPair : type == "binary" ? kBinary : kMask;
  qsizetype sum = 0;  // not qHash, which differs between processors
  for (const QChar letter : prompt) sum += letter.unicode();
  return choices.at(sum % choices.size());
}

}  // namespace plumbline::test
