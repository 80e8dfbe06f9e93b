#include "db/stores/event_log.h"

#include "db/database.h"

namespace plumbline {

std::int64_t EventLog::append(const std::string& kind, const std::string& subject,
                              const nlohmann::json& data) {
  Transaction transaction(database_);
  Statement insert(database_, "INSERT INTO event (time_ms, kind, subject, data_json) VALUES (?, ?, ?, ?)");
  insert.bind(nowMs()).bind(kind).bind(subject).bind(data).run();
  transaction.commit();
  return insert.insertedId();
}

std::vector<Event> EventLog::recent(int limit, const std::string& kind) {
  Statement row(database_,
                "SELECT id, time_ms, kind, subject, data_json FROM event WHERE ? = '' OR kind = ? "
                "ORDER BY id DESC LIMIT ?");
  row.bind(kind).bind(kind).bind(limit);
  std::vector<Event> events;
  while (row.next()) events.push_back({row.int64(0), row.int64(1), row.text(2), row.text(3), row.json(4)});
  return events;
}

}  // namespace plumbline
