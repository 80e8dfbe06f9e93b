// How job rows are said to people: words, colours, times. Pure functions; translated.
#pragma once

#include <QColor>
#include <QPalette>
#include <QString>
#include <QStringList>

#include "db/stores/job_store.h"

namespace plumbline::job_text {

QString kind(const std::string& kind);  // "Fine-tune"; an unknown kind is shown as it is
// A pending request is part of it: "Pausing..." until the worker has saved.
QString state(const JobRow& job);
QString state(JobState state);
QColor stateColor(JobState state, const QPalette& palette);
QString phase(const QString& phase);          // a worker's words, translated where known
QString time(std::int64_t ms);                // "14:05" today, "Fri 14:05" this week, else the date
QString duration(std::int64_t milliseconds);  // "40 s", "2 min", "1 h 10 min"
QString rate(double unitsPerSecond);          // "3.1 /s", "12 /min"
// What came of it, what went wrong, or what it waits for; one line.
QString outcome(const JobRow& job);
// Every entry of a specification, nested ones as "settings.beta", in order.
QList<QPair<QString, QString>> parameters(const nlohmann::json& spec);
// What differs from the defaults of a variant's descriptor: "beta 0.3, 96 steps". Empty if nothing does.
QString changedSettings(const nlohmann::json& descriptor, const nlohmann::json& settings);

}  // namespace plumbline::job_text
