// One sitting of one annotator: the shown query, answers, undo and edit, history and counts; no widgets.
// An answer is handed to the writer's thread, and the next query is shown when the answer is committed, not
// before: so what the screen has moved on from is on disk, and a failed write leaves the query (and its
// painted mask) where it was. While an answer is on its way further answers are ignored: nobody has seen what
// they would be for. UI thread.
#pragma once

#include <QElapsedTimer>
#include <QObject>
#include <deque>
#include <optional>

#include "ui/models/query_feed.h"
#include "ui/models/unsent_drafts.h"

namespace plumbline {

class AnnotateSession : public QObject {
  Q_OBJECT

 public:
  static constexpr int kHistory = 100;

  struct Past {
    QueryRow query;
    AnswerRow answer;
    nlohmann::json draft = nullptr;  // what was painted before it was skipped
  };

  explicit AnnotateSession(StudioContext& context, QObject* parent = nullptr);

  // Reads history and counts, then the first query.
  void start(std::vector<std::string> types);
  // Shows the next query if none is shown; after a pause, or when new ones have come.
  void proceed();
  // The clock of the shown query starts again (after a pause).
  void restartClock() { clock_.restart(); }

  const std::optional<PreparedQuery>& current() const { return current_; }
  bool busy() const { return busy_; }  // an answer or an undo is on its way
  void answer(const nlohmann::json& value, const QStringList& reasons);
  // What the view of the shown query has not sent; it is there again when the query is, also after a skip or
  // in another sitting.
  void keepDraft(nlohmann::json draft);
  void undo();                    // takes back the latest answer and shows its query
  void edit(std::int64_t query);  // shows an answered query; answering supersedes
  void cancelEdit();              // back to the queue, the old answer stands
  const std::deque<Past>& history() const { return history_; }  // newest last

  std::int64_t answeredTotal() const { return answered_; }  // from the database
  std::int64_t openTotal() const { return open_; }
  double answersPerMinute() const;

 Q_SIGNALS:
  void shown();    // current() is a new query
  void waiting();  // none is ready yet
  void emptied();  // there is nothing to ask
  void committed(const AnswerRow& answer);
  void leaving();  // another query will be shown before current() is answered: keepDraft() now
  void rejected(const QString& reason);      // not saved; the query is still there
  void undoRejected(const QString& reason);  // not taken back; what is shown stays
  void historyChanged();
  void countsChanged();

 private:
  void show(PreparedQuery query);
  void showNext();
  void answerCommitted(const AnswerRow& answer);
  void undone(const std::optional<AnswerRow>& answer);
  void failed(const std::string& reason, void (AnnotateSession::*report)(const QString&));
  void goBackTo(const Past& past, bool editing);
  void refreshCounts();

  StudioContext& context_;
  QueryFeed feed_;
  UnsentDrafts unsent_;
  std::optional<PreparedQuery> current_;
  std::deque<Past> history_;
  std::deque<qint64> recentMs_;  // of the latest answers, for the speed
  QElapsedTimer clock_;
  bool busy_ = false, started_ = false;
  std::int64_t answered_ = 0, open_ = 0, inSession_ = 0;
};

}  // namespace plumbline
