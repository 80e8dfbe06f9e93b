#include "ui/models/answer_text.h"

#include <QCoreApplication>

namespace plumbline {
namespace {

QString translated(const char* text) {
  return QCoreApplication::translate("answer", text);
}

}  // namespace

QString answerText(const AnswerRow& answer) {
  const std::string choice = answer.value.is_object() ? answer.value.value("choice", "") : std::string();
  if (choice == "a") return translated(QT_TRANSLATE_NOOP("answer", "left"));
  if (choice == "b") return translated(QT_TRANSLATE_NOOP("answer", "right"));
  if (choice == "both_good") return translated(QT_TRANSLATE_NOOP("answer", "both good"));
  if (choice == "both_bad") return translated(QT_TRANSLATE_NOOP("answer", "both bad"));
  if (choice == "good") return translated(QT_TRANSLATE_NOOP("answer", "good"));
  if (choice == "bad") return translated(QT_TRANSLATE_NOOP("answer", "bad"));
  if (choice == "skip") return translated(QT_TRANSLATE_NOOP("answer", "skipped"));
  if (choice == "nothing") return translated(QT_TRANSLATE_NOOP("answer", "nothing wrong"));
  if (choice == "done") {
    const int regions = int(answer.value.value("regions", nlohmann::json::array()).size());
    return translated(QT_TRANSLATE_NOOP("answer", "%1 painted")).arg(regions);
  }
  return QString::fromStdString(choice);
}

QString answerTextWithReasons(const AnswerRow& answer) {
  if (answer.reasons.empty()) return answerText(answer);
  QStringList reasons;
  for (const std::string& reason : answer.reasons) reasons << QString::fromStdString(reason);
  return QStringLiteral("%1 (%2)").arg(answerText(answer), reasons.join(", "));
}

int preferredPicture(const AnswerRow& answer) {
  const std::string choice = answer.value.is_object() ? answer.value.value("choice", "") : std::string();
  return choice == "a" ? 0 : choice == "b" ? 1 : -1;
}

QString categoryTitle(const std::string& category) {
  const auto named = [](const char* text) { return QCoreApplication::translate("query_view", text); };
  if (category == "unsafe") return named("Unsafe");
  if (category == "artifact") return named("Artifact");
  if (category == "not_asked") return named("Not asked for");
  if (category == "ugly") return named("Ugly");
  if (category.empty()) return translated(QT_TRANSLATE_NOOP("answer", "nothing wrong"));
  return QString::fromStdString(category);
}

}  // namespace plumbline
