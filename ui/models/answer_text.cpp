#include "ui/models/answer_text.h"

#include <QCoreApplication>

namespace plumbline {
namespace {

QString tr(const char* text) {
  return QCoreApplication::translate("answer", text);
}

}  // namespace

QString answerText(const AnswerRow& answer) {
  const std::string choice = answer.value.is_object() ? answer.value.value("choice", "") : std::string();
  if (choice == "a") return tr("left");
  if (choice == "b") return tr("right");
  if (choice == "both_good") return tr("both good");
  if (choice == "both_bad") return tr("both bad");
  if (choice == "good") return tr("good");
  if (choice == "bad") return tr("bad");
  if (choice == "skip") return tr("skipped");
  if (choice == "nothing") return tr("nothing wrong");
  if (choice == "done") {
    const int regions = int(answer.value.value("regions", nlohmann::json::array()).size());
    return tr("%1 painted").arg(regions);
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
  if (category.empty()) return tr("nothing wrong");
  return QString::fromStdString(category);
}

}  // namespace plumbline
