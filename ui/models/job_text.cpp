#include "ui/models/job_text.h"

#include <QCoreApplication>
#include <QDateTime>
#include <QLocale>
#include <iterator>

#include "ui/json_values.h"
#include "ui/models/variant_text.h"
#include "ui/theme.h"
#include "ui/widgets/job_chip.h"

namespace plumbline::job_text {
namespace {

struct Words {
  const char* id;
  const char* text;
};

constexpr Words kKinds[] = {
    {"generate", QT_TRANSLATE_NOOP("job", "Draw pictures")},
    {"reward_train", QT_TRANSLATE_NOOP("job", "Train a reward")},
    {"align", QT_TRANSLATE_NOOP("job", "Fine-tune")},
    {"evaluate", QT_TRANSLATE_NOOP("job", "Evaluate")},
    {"export_data", QT_TRANSLATE_NOOP("job", "Export")},
};

constexpr Words kPhases[] = {
    {"drawing", QT_TRANSLATE_NOOP("job", "drawing")},
    {"sampling", QT_TRANSLATE_NOOP("job", "drawing")},
    {"queries", QT_TRANSLATE_NOOP("job", "questions")},
    {"features", QT_TRANSLATE_NOOP("job", "features")},
    {"reward heads", QT_TRANSLATE_NOOP("job", "reward heads")},
    {"region map", QT_TRANSLATE_NOOP("job", "region map")},
    {"frozen pictures", QT_TRANSLATE_NOOP("job", "pictures to learn from")},
    {"training", QT_TRANSLATE_NOOP("job", "training")},
    {"measuring", QT_TRANSLATE_NOOP("job", "measuring")},
    {"matching", QT_TRANSLATE_NOOP("job", "matching")},
    {"following regions", QT_TRANSLATE_NOOP("job", "following regions")},
    {"pictures", QT_TRANSLATE_NOOP("job", "pictures")},
    {"masks", QT_TRANSLATE_NOOP("job", "masks")},
    {"rows", QT_TRANSLATE_NOOP("job", "rows")},
    {"adapter", QT_TRANSLATE_NOOP("job", "adapter")},
};

// The context under which lupdate files what stands in tr() here.
QString tr(const char* text) {
  return QCoreApplication::translate("plumbline::job_text", text);
}

template <std::size_t N>
QString lookUp(const Words (&words)[N], const QString& id) {
  for (const Words& entry : words) {
    if (id == QLatin1String(entry.id)) return QCoreApplication::translate("job", entry.text);
  }
  return id;
}

QString resultText(const JobRow& job) {
  const nlohmann::json& result = job.result;
  if (job.kind == "generate") {
    return tr("%1 questions, %2 new pictures")
        .arg(jsonWhole(result, "queries"))
        .arg(jsonWhole(result, "images"));
  }
  if (job.kind == "reward_train") return tr("Reward model %1").arg(jsonText(result, "version").left(12));
  if (job.kind == "align") {
    const QString steps =
        tr("Run %1, %2 steps").arg(jsonWhole(result, "run")).arg(jsonWhole(result, "steps"));
    const QString reason = jsonText(result, "reason");
    return reason.isEmpty() ? steps : tr("%1; stopped early: %2").arg(steps, reason);
  }
  if (job.kind == "export_data") return jsonText(result, "path");
  return jsonText(result, "folder");
}

void flatten(const nlohmann::json& value, const QString& name, QList<QPair<QString, QString>>& into) {
  if (value.is_object() && !value.empty()) {
    for (const auto& [key, inner] : value.items()) {
      const QString part = QString::fromStdString(key);
      flatten(inner, name.isEmpty() ? part : name + "." + part, into);
    }
    return;
  }
  if (name.isEmpty()) return;
  into.append({name, value.is_string() ? QString::fromStdString(value.get<std::string>())
                                       : QString::fromStdString(value.dump())});
}

}  // namespace

QString kind(const std::string& id) {
  return lookUp(kKinds, QString::fromStdString(id));
}

QString phase(const QString& id) {
  return lookUp(kPhases, id);
}

QString state(JobState state) {
  switch (state) {
    case JobState::kQueued:
      return tr("In the queue");
    case JobState::kRunning:
      return tr("Running");
    case JobState::kWaiting:
      return tr("Waits for answers");
    case JobState::kPaused:
      return tr("Paused");
    case JobState::kSucceeded:
      return tr("Done");
    case JobState::kFailed:
      return tr("Failed");
    case JobState::kCancelled:
      return tr("Cancelled");
    case JobState::kInterrupted:
      return tr("Interrupted");
  }
  return {};
}

QString state(const JobRow& job) {
  if (job.state == JobState::kRunning && job.cancelRequested) return tr("Stopping...");
  if (job.state == JobState::kRunning && job.pauseRequested) return tr("Pausing...");
  return state(job.state);
}

QColor stateColor(JobState state, const QPalette& palette) {
  switch (state) {
    case JobState::kRunning:
      return palette.color(QPalette::Highlight);
    case JobState::kSucceeded:
      return goodColor();
    case JobState::kFailed:
      return badColor();
    case JobState::kInterrupted:
      return QColor(0xe6, 0x9f, 0x00);
    case JobState::kWaiting:
      return QColor(0xcc, 0x79, 0xa7);
    default:
      return quietTextColor(palette);
  }
}

QString time(std::int64_t ms) {
  const QDateTime then = QDateTime::fromMSecsSinceEpoch(ms);
  const qint64 days = then.daysTo(QDateTime::currentDateTime());
  const QLocale locale;
  if (days == 0) return locale.toString(then.time(), "HH:mm");
  if (days > 0 && days < 7) return locale.toString(then, "ddd HH:mm");
  return locale.toString(then.date(), QLocale::ShortFormat);
}

QString duration(std::int64_t milliseconds) {
  if (milliseconds > 0 && milliseconds < 1000) return tr("under 1 s");
  return durationText(int(milliseconds / 1000));
}

QString rate(double perSecond) {
  if (perSecond <= 0) return {};
  const QLocale locale;
  if (perSecond >= 1) return tr("%1 /s").arg(locale.toString(perSecond, 'f', perSecond < 10 ? 1 : 0));
  const double perMinute = perSecond * 60;
  return tr("%1 /min").arg(locale.toString(perMinute, 'f', perMinute < 10 ? 1 : 0));
}

QString outcome(const JobRow& job) {
  switch (job.state) {
    case JobState::kFailed:
      return QString::fromStdString(job.error);
    case JobState::kSucceeded:
      return resultText(job);
    case JobState::kWaiting:
      return tr("Goes on once %1 of its %2 questions are answered")
          .arg(job.waitAnswers)
          .arg(job.waitQueries.size());
    case JobState::kInterrupted:
      return tr("The program that did it is gone; nothing that was saved is lost");
    default:
      return {};
  }
}

QString changedSettings(const nlohmann::json& descriptor, const nlohmann::json& settings) {
  if (!descriptor.is_object() || !settings.is_object()) return {};
  QStringList parts;
  for (const nlohmann::json& parameter : descriptor.value("parameters", nlohmann::json::array())) {
    const auto found = settings.find(parameter.value("name", std::string()));
    if (found == settings.end() || *found == parameter.value("default", nlohmann::json())) continue;
    const QString name = variant_text::label(parameter), unit = variant_text::unit(parameter);
    QString value = QString::fromStdString(found->dump());
    if (found->is_string()) value = variant_text::choice(found->get<std::string>());
    if (found->is_number_float()) value = QString::number(found->get<double>(), 'g', 6);
    if (found->is_boolean()) value = found->get<bool>() ? tr("on") : tr("off");
    parts << (name.compare(unit, Qt::CaseInsensitive) == 0 ? value + ' ' + unit
              : unit.isEmpty()                             ? name + ' ' + value
                                                           : name + ' ' + value + ' ' + unit);
  }
  return parts.join(", ");
}

QList<QPair<QString, QString>> parameters(const nlohmann::json& spec) {
  QList<QPair<QString, QString>> list;
  flatten(spec, {}, list);
  return list;
}

}  // namespace plumbline::job_text
