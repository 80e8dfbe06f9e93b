#include "ui/models/annotate_session.h"

#include <QDateTime>
#include <QFuture>
#include <algorithm>
#include <numeric>

#include "db/project.h"
#include "db/stores/async_answer_writer.h"
#include "ui/data_hub.h"
#include "ui/models/db_thread.h"

namespace plumbline {
namespace {

constexpr std::size_t kSpeedWindow = 20;
constexpr qint64 kLongestThoughtMs = 60 * 1000;  // a longer one was a pause and says nothing about speed

bool isSkip(const AnswerRow& answer) {
  return answer.value.is_object() && answer.value.value("choice", "") == "skip";
}

}  // namespace

AnnotateSession::AnnotateSession(StudioContext& context, QObject* parent)
    : QObject(parent), context_(context), feed_(context), unsent_(context) {
  connect(&feed_, &QueryFeed::ready, this, &AnnotateSession::proceed);
  connect(&feed_, &QueryFeed::emptied, this, [this] {
    if (!current_ && !busy_) Q_EMIT emptied();
  });
  connect(&feed_, &QueryFeed::setAside, context.hub, &DataHub::failure);
  connect(context.hub, &DataHub::queriesChanged, this, &AnnotateSession::refreshCounts);
}

void AnnotateSession::start(std::vector<std::string> types) {
  if (started_) return;
  started_ = true;
  feed_.setTypes(std::move(types));
  context_.database->run(
      this,
      [annotator = context_.annotatorId](Project& p) {
        std::deque<Past> list;
        for (AnswerRow& answer : p.answers().history(annotator, kHistory)) {
          if (auto query = p.queries().find(answer.query))
            list.push_front({std::move(*query), std::move(answer)});
        }
        return list;
      },
      [this](std::deque<Past> list) {
        // What was answered meanwhile is newer.
        list.insert(list.end(), history_.begin(), history_.end());
        history_ = std::move(list);
        Q_EMIT historyChanged();
      });
  refreshCounts();
  feed_.refill();
}

void AnnotateSession::proceed() {
  if (!current_ && !busy_) showNext();
}

void AnnotateSession::show(PreparedQuery query) {
  current_ = std::move(query);
  if (current_->draft.is_null() && !current_->editing) current_->draft = unsent_.find(current_->row);
  clock_.restart();
  Q_EMIT shown();
}

void AnnotateSession::showNext() {
  current_.reset();
  if (auto next = feed_.take()) {
    show(std::move(*next));
  } else {
    Q_EMIT waiting();
  }
}

void AnnotateSession::answer(const nlohmann::json& value, const QStringList& reasons) {
  if (!current_ || busy_) return;
  busy_ = true;
  AnswerDraft draft;
  draft.query = current_->row.id;
  draft.annotator = context_.annotatorId;
  if (context_.session) draft.session = context_.session;
  draft.value = value;
  for (const QString& reason : reasons) draft.reasons.push_back(reason.toStdString());
  draft.milliseconds = clock_.elapsed();
  if (current_->editing && current_->previous) draft.supersedes = current_->previous->id;
  Q_EMIT context_.hub->answerSaving();
  context_.answers->record(std::move(draft))
      .then(this, [this](const AnswerRow& row) { answerCommitted(row); })
      .onFailed(this, [this](const Error& e) { failed(e.message(), &AnnotateSession::rejected); })
      .onFailed(this, [this](const std::exception& e) { failed(e.what(), &AnnotateSession::rejected); });
}

void AnnotateSession::keepDraft(nlohmann::json draft) {
  if (!current_) return;
  if (!current_->editing) unsent_.keep(current_->row, draft);
  current_->draft = std::move(draft);
}

void AnnotateSession::answerCommitted(const AnswerRow& answer) {
  busy_ = false;
  const std::int64_t query = answer.query;
  if (current_) unsent_.keep(current_->row, nullptr);
  history_.erase(std::remove_if(history_.begin(), history_.end(),
                                [query](const Past& p) { return p.query.id == query; }),
                 history_.end());
  if (current_) {
    Past past{current_->row, answer};
    if (isSkip(answer)) past.draft = std::move(current_->draft);
    history_.push_back(std::move(past));
  }
  while (int(history_.size()) > kHistory) history_.pop_front();
  recentMs_.push_back(std::min<qint64>(answer.milliseconds, kLongestThoughtMs));
  if (recentMs_.size() > kSpeedWindow) recentMs_.pop_front();
  // The next query first: everything else can wait a frame.
  showNext();
  Q_EMIT context_.hub->answerSaved(QDateTime::fromMSecsSinceEpoch(answer.createdMs));
  Q_EMIT committed(answer);
  Q_EMIT historyChanged();
  refreshCounts();
  Q_EMIT context_.hub->answersChanged();
}

void AnnotateSession::failed(const std::string& reason, void (AnnotateSession::*report)(const QString&)) {
  busy_ = false;
  const QString text = QString::fromStdString(reason);
  Q_EMIT context_.hub->answerLost(text);
  Q_EMIT(this->*report)(text);
}

void AnnotateSession::undo() {
  if (busy_) return;
  if (current_ && current_->editing) return cancelEdit();
  if (history_.empty()) {
    Q_EMIT context_.hub->message(tr("There is no answer to take back."));
    return;
  }
  busy_ = true;
  Q_EMIT context_.hub->answerSaving();
  context_.answers->undo(context_.annotatorId)
      .then(this, [this](const std::optional<AnswerRow>& row) { undone(row); })
      .onFailed(this, [this](const Error& e) { failed(e.message(), &AnnotateSession::undoRejected); })
      .onFailed(this, [this](const std::exception& e) { failed(e.what(), &AnnotateSession::undoRejected); });
}

void AnnotateSession::undone(const std::optional<AnswerRow>& answer) {
  busy_ = false;
  Q_EMIT context_.hub->answerSaved(QDateTime::currentDateTime());
  if (!answer) {
    history_.clear();
    Q_EMIT historyChanged();
    return;
  }
  const auto past = std::find_if(history_.begin(), history_.end(),
                                 [&](const Past& p) { return p.query.id == answer->query; });
  if (past != history_.end()) {
    Past taken = std::move(*past);
    history_.erase(past);
    taken.answer = *answer;
    if (!recentMs_.empty()) recentMs_.pop_back();
    goBackTo(taken, false);
  }
  Q_EMIT historyChanged();
  refreshCounts();
  Q_EMIT context_.hub->answersChanged();
}

void AnnotateSession::edit(std::int64_t query) {
  if (busy_) return;
  const auto past =
      std::find_if(history_.begin(), history_.end(), [query](const Past& p) { return p.query.id == query; });
  if (past == history_.end()) return;
  if (current_ && current_->row.id == query) return;
  goBackTo(*past, true);
  Q_EMIT historyChanged();
}

void AnnotateSession::goBackTo(const Past& past, bool editing) {
  // The query left for this one comes again next, unless it was itself only looked at again.
  if (current_ && !current_->editing) {
    Q_EMIT leaving();
    feed_.giveBack(std::move(*current_));
  }
  current_.reset();
  feed_.withhold(past.query.id);
  auto query = std::make_shared<PreparedQuery>();
  query->row = past.query;
  query->previous = past.answer;
  query->editing = editing;
  query->draft = past.draft;
  query->pictures.resize(past.query.images.size());
  auto missing = std::make_shared<int>(int(past.query.images.size()));
  busy_ = true;
  for (std::size_t i = 0; i < past.query.images.size(); ++i) {
    context_.pictures->load(QString::fromStdString(past.query.images[i]), this,
                            [this, query, missing, i](const LoadedPicture& picture) {
                              query->pictures[i] = picture;
                              if (--*missing > 0) return;
                              busy_ = false;
                              show(std::move(*query));
                            });
  }
}

void AnnotateSession::cancelEdit() {
  if (busy_ || !current_ || !current_->editing) return;
  showNext();
  Q_EMIT historyChanged();
}

double AnnotateSession::answersPerMinute() const {
  const qint64 total = std::accumulate(recentMs_.begin(), recentMs_.end(), qint64(0));
  return recentMs_.size() < 3 || total <= 0 ? 0 : 60000.0 * double(recentMs_.size()) / double(total);
}

void AnnotateSession::refreshCounts() {
  struct Counts {
    std::int64_t answered, open, session;
  };
  context_.database->run(
      this,
      [annotator = context_.annotatorId, session = context_.session](Project& p) {
        return Counts{p.answers().counts(annotator).total, p.queries().openFor(annotator),
                      session ? p.answers().counts(annotator, session).total : 0};
      },
      [this](const Counts& counts) {
        answered_ = counts.answered;
        open_ = counts.open;
        inSession_ = counts.session;
        Q_EMIT context_.hub->sessionChanged(int(inSession_), answersPerMinute());
        Q_EMIT countsChanged();
      });
}

}  // namespace plumbline
