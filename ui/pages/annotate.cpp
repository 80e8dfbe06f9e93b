// One question at a time, pictures as large as they go, every key visible. The page reads the keys and wires
// the session (what is asked, what was said) to the views (how it is shown); it knows no query type by name.
#include <QCoreApplication>
#include <QElapsedTimer>
#include <QHBoxLayout>
#include <QKeyEvent>
#include <QPushButton>
#include <QStackedWidget>
#include <QTimer>
#include <QVBoxLayout>

#include "db/project.h"
#include "ui/data_hub.h"
#include "ui/models/annotate_session.h"
#include "ui/models/answer_text.h"
#include "ui/models/db_thread.h"
#include "ui/models/queue_keeper.h"
#include "ui/pages/page.h"
#include "ui/theme.h"
#include "ui/widgets/annotate_header.h"
#include "ui/widgets/answer_bar.h"
#include "ui/widgets/empty_state.h"
#include "ui/widgets/guide_panel.h"
#include "ui/widgets/history_strip.h"
#include "ui/widgets/key_overlay.h"

namespace plumbline::page {
namespace {

constexpr int kWideEnoughForGuide = 1600;
constexpr int kPatienceMs = 250;  // then an absent query is worth a word
constexpr int kGenerationPollMs = 1000;
// Nobody reads a question of another kind faster; a key so early was meant for the one before.
constexpr int kGuardMs = 400;

QString escapedMarkdown(const QString& text) {
  QString escaped;
  for (const QChar c : text.simplified()) {
    if (c.unicode() < 0x80 && (c.isPunct() || c.isSymbol())) escaped += '\\';
    escaped += c;
  }
  return escaped;
}

class AnnotatePage : public Page {
  Q_OBJECT

 public:
  AnnotatePage(StudioContext& context, QWidget* parent)
      : Page(parent),
        context_(context),
        session_(context),
        keeper_(context),
        header_(new AnnotateHeader),
        stack_(new QStackedWidget),
        idle_(new EmptyState("annotate")),
        paused_(new EmptyState("pause")),
        bar_(new AnswerBar(*context.shortcuts)),
        history_(new HistoryStrip),
        guide_(new GuidePanel),
        overlay_(new KeyOverlay(*context.shortcuts, this)) {
    setFocusPolicy(Qt::StrongFocus);
    buildLayout();
    connectSession();
    loadGuideline();
    std::vector<std::string> types;
    for (const auto& view : context_.queryViews->all()) types.push_back(view->descriptor.id);
    session_.start(std::move(types));
  }

  void activate() override {
    session_.restartClock();
    session_.proceed();
    keeper_.refresh();
  }
  void deactivate() override {
    releaseHeldKeys();
    if (view_) session_.keepDraft(view_->draft());
  }

 protected:
  void keyPressEvent(QKeyEvent* event) override;
  void keyReleaseEvent(QKeyEvent* event) override;
  void focusOutEvent(QFocusEvent* event) override {
    releaseHeldKeys();
    Page::focusOutEvent(event);
  }
  void resizeEvent(QResizeEvent* event) override {
    Page::resizeEvent(event);
    overlay_->setGeometry(rect());
    if (!guideChosen_) guide_->setVisible(width() >= kWideEnoughForGuide && isAsking());
  }

 private:
  void buildLayout();
  void connectSession();
  void loadGuideline();
  void showGuideline();
  query_view::QueryView* viewFor(const std::string& type);
  bool isAsking() const { return view_ && stack_->currentWidget() == view_; }
  void showQuery();
  void showIdle();
  void describeIdle();
  void setPaused(bool paused);
  void act(const QString& action);
  void actOnQuery(const QString& action);
  bool isTooEarly(const QString& action) const;
  void answer(const nlohmann::json& value);
  void showHistory();
  void showCounts();
  void showKeys();
  void releaseHeldKeys();
  QStringList keyContexts() const;

  StudioContext& context_;
  AnnotateSession session_;
  QueueKeeper keeper_;
  AnnotateHeader* header_;
  QStackedWidget* stack_;
  EmptyState* idle_;
  EmptyState* paused_;
  AnswerBar* bar_;
  HistoryStrip* history_;
  GuidePanel* guide_;
  KeyOverlay* overlay_;
  QWidget* foot_ = nullptr;
  QMap<QString, query_view::QueryView*> views_;
  query_view::QueryView* view_ = nullptr;
  QString type_, formerType_, guideline_;
  QElapsedTimer sinceOtherType_;
  QMap<int, QString> held_;  // key to the action that its release ends
  QList<int> heldOver_;      // keys still down from the query before
  QTimer patience_, generationPoll_;
  bool guideChosen_ = false, isPaused_ = false, isEmpty_ = false;
};

void AnnotatePage::buildLayout() {
  idle_->setObjectName("idle");
  paused_->setObjectName("paused");
  stack_->addWidget(idle_);
  stack_->addWidget(paused_);
  paused_->setContent(tr("Paused"), tr("The pictures are hidden and the clock stands still."),
                      tr("Go on (%1)").arg(context_.shortcuts->firstKeyText("annotate.pause")));
  auto* middle = new QHBoxLayout;
  middle->setSpacing(0);
  middle->addWidget(stack_, 1);
  middle->addWidget(guide_);
  foot_ = new QWidget;
  auto* foot = new QVBoxLayout(foot_);
  foot->setContentsMargins(2 * kGrid, kGrid, 2 * kGrid, kGrid);
  foot->setSpacing(kGrid);
  foot->addWidget(bar_);
  foot->addWidget(history_);
  auto* layout = new QVBoxLayout(this);
  layout->setContentsMargins(0, 0, 0, 0);
  layout->setSpacing(0);
  layout->addWidget(header_);
  layout->addLayout(middle, 1);
  layout->addWidget(foot_);
  guide_->hide();
  header_->hide();
  foot_->hide();
  overlay_->hide();
  patience_.setSingleShot(true);
  patience_.setInterval(kPatienceMs);
  generationPoll_.setInterval(kGenerationPollMs);
  connect(&patience_, &QTimer::timeout, this, &AnnotatePage::showIdle);
  connect(&generationPoll_, &QTimer::timeout, &keeper_, &QueueKeeper::refresh);
  connect(paused_, &EmptyState::actionChosen, this, [this] { setPaused(false); });
  connect(idle_, &EmptyState::actionChosen, this, [this] {
    keeper_.generate();
    setFocus();
  });
  patience_.start();
}

void AnnotatePage::connectSession() {
  connect(&session_, &AnnotateSession::shown, this, &AnnotatePage::showQuery);
  connect(&session_, &AnnotateSession::waiting, this, [this] {
    isEmpty_ = false;
    patience_.start();
  });
  connect(&session_, &AnnotateSession::emptied, this, [this] {
    isEmpty_ = true;
    showIdle();
  });
  connect(&session_, &AnnotateSession::historyChanged, this, &AnnotatePage::showHistory);
  connect(&session_, &AnnotateSession::countsChanged, this, &AnnotatePage::showCounts);
  connect(&session_, &AnnotateSession::leaving, this, [this] { session_.keepDraft(view_->draft()); });
  connect(&session_, &AnnotateSession::undoRejected, this, [this](const QString& reason) {
    header_->setNote(tr("Not taken back; the last answer still counts: try again."));
    Q_EMIT context_.hub->failure(tr("The answer could not be taken back: %1").arg(reason));
  });
  connect(&session_, &AnnotateSession::rejected, this, [this](const QString& reason) {
    view_->setSaving(false);
    header_->setNote(tr("Not saved; your answer is still here: give it again."));
    Q_EMIT context_.hub->failure(tr("The answer could not be saved: %1").arg(reason));
    bar_->setAnswersEnabled(true);
  });
  connect(header_, &AnnotateHeader::cutChanged, this, &AnnotatePage::showGuideline);
  connect(bar_, &AnswerBar::chosen, this, &AnnotatePage::act);
  connect(history_, &HistoryStrip::chosen, &session_, &AnnotateSession::edit);
  connect(&keeper_, &QueueKeeper::changed, this, &AnnotatePage::describeIdle);
}

void AnnotatePage::loadGuideline() {
  context_.database->run(
      this, [](Project& p) { return p.annotators().guideline(); },
      [this](const std::optional<Guideline>& guideline) {
        if (!guideline) return;
        guideline_ = QString::fromStdString(guideline->text);
        showGuideline();
      });
}

void AnnotatePage::showGuideline() {
  QStringList parts;
  if (header_->isCut()) {
    parts << QStringLiteral("**%1**\n\n%2").arg(tr("The whole prompt"), escapedMarkdown(header_->prompt()));
  }
  if (!guideline_.isEmpty()) parts << guideline_;
  guide_->setGuideline(parts.join("\n\n---\n\n"));
}

query_view::QueryView* AnnotatePage::viewFor(const std::string& type) {
  const QString id = QString::fromStdString(type);
  if (auto* known = views_.value(id)) return known;
  const query_view::QueryViewType* kind = context_.queryViews->find(type);
  if (!kind) return nullptr;
  auto* created = kind->create(context_, stack_);
  connect(created, &query_view::QueryView::answered, this, &AnnotatePage::answer);
  stack_->addWidget(created);
  views_.insert(id, created);
  return created;
}

void AnnotatePage::showQuery() {
  patience_.stop();
  generationPoll_.stop();
  isEmpty_ = false;
  const PreparedQuery& query = *session_.current();
  query_view::QueryView* next = viewFor(query.row.type);
  if (view_ && view_ != next) view_->leave();
  view_ = next;
  const QString type = QString::fromStdString(query.row.type);
  heldOver_ = held_.keys();
  if (type != type_) {
    formerType_ = type_;
    type_ = type;
    if (!formerType_.isEmpty()) sinceOtherType_.start();
    bar_->setType(*context_.queryViews->find(query.row.type));
    guide_->setType(type_);
  }
  QStringList reasons;
  if (query.previous) {
    for (const std::string& reason : query.previous->reasons) reasons << QString::fromStdString(reason);
  }
  bar_->setChosenReasons(reasons);
  bar_->setAnswersEnabled(true);
  bar_->show();
  header_->setQuery(QString::fromStdString(query.row.promptText), view_->question(query.row));
  showGuideline();
  QString note;
  if (query.editing) {
    note = tr("You said \"%1\". Answer again to change it, %2 leaves it.")
               .arg(answerText(*query.previous), context_.shortcuts->firstKeyText("annotate.back"));
  } else if (query.previous) {
    note = tr("Taken back: you had said \"%1\".").arg(answerText(*query.previous));
  }
  header_->setNote(note);
  view_->present(query);
  if (isPaused_) return;
  header_->show();
  foot_->show();
  stack_->setCurrentWidget(view_);
  if (!guideChosen_) guide_->setVisible(width() >= kWideEnoughForGuide);
}

void AnnotatePage::showIdle() {
  if (session_.current()) return;
  if (view_) view_->leave();
  header_->hide();
  foot_->setVisible(!session_.history().empty());
  bar_->hide();
  if (!guideChosen_) guide_->hide();
  describeIdle();
  if (!isPaused_) stack_->setCurrentWidget(idle_);
  keeper_.refresh();
  generationPoll_.start();
}

void AnnotatePage::describeIdle() {
  if (session_.current()) return;
  const QueueKeeper::State& state = keeper_.state();
  if (state.generating) {
    QString far = tr("You can begin as soon as the first question is ready.");
    if (state.total > 0)
      far = tr("%1: %2 of %3").arg(state.phase).arg(state.done).arg(state.total) + "\n" + far;
    idle_->setContent(tr("New questions are being made"), far);
  } else if (!isEmpty_) {
    idle_->setContent(tr("One moment"), tr("The next question is being read."));
  } else if (state.stopped && !state.error.isEmpty()) {
    idle_->setContent(tr("No new questions"), tr("The last attempt to make some ended: %1").arg(state.error),
                      tr("Try again"));
  } else if (state.pictures == 0 && state.prompts == 0) {
    idle_->setContent(tr("Nothing to ask about yet"),
                      tr("This project has neither prompts nor pictures. Add some on the Prompts page."));
  } else if (state.pictures == 0) {
    idle_->setContent(tr("No pictures yet"),
                      tr("The generator draws pictures for the project's prompts and asks about them."),
                      tr("Draw pictures and ask"));
  } else {
    idle_->setContent(tr("Everything is answered"),
                      tr("The next questions are the ones from which the most can be learnt."),
                      tr("Make %1 new questions").arg(QueueKeeper::kQueriesPerJob));
  }
}

void AnnotatePage::setPaused(bool paused) {
  isPaused_ = paused;
  releaseHeldKeys();
  if (paused) {
    header_->hide();
    foot_->hide();
    stack_->setCurrentWidget(paused_);
  } else if (session_.current()) {
    header_->show();
    foot_->show();
    stack_->setCurrentWidget(view_);
    session_.restartClock();
  } else {
    showIdle();
  }
  setFocus();
}

QStringList AnnotatePage::keyContexts() const {
  return isAsking() ? QStringList{type_, "annotate"} : QStringList{"annotate"};
}

void AnnotatePage::keyPressEvent(QKeyEvent* event) {
  if (event->isAutoRepeat()) {
    // A key that is held down answers once, but brushes may grow and strokes may go back.
    const QString action = context_.shortcuts->match(*event, keyContexts());
    // One that was down before this query was meant for the one before.
    if (held_.value(event->key()) != action || heldOver_.contains(event->key())) return;
    if (action == "mask.larger" || action == "mask.smaller" || action == "mask.undo_stroke")
      actOnQuery(action);
    return;
  }
  if (overlay_->isVisible()) return overlay_->hide();
  const bool enter = event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter;
  if (stack_->currentWidget() == idle_ && enter && !idle_->button()->isHidden())
    return idle_->button()->click();
  const QString action = context_.shortcuts->match(*event, keyContexts());
  if (action.isEmpty()) return Page::keyPressEvent(event);
  held_.insert(event->key(), action);
  heldOver_.removeAll(event->key());
  act(action);
}

void AnnotatePage::keyReleaseEvent(QKeyEvent* event) {
  if (event->isAutoRepeat()) return;
  const QString action = held_.take(event->key());
  if (!action.isEmpty() && view_) view_->release(action);
}

void AnnotatePage::releaseHeldKeys() {
  for (const QString& action : std::as_const(held_)) {
    if (view_) view_->release(action);
  }
  held_.clear();
}

void AnnotatePage::act(const QString& action) {
  if (action == "annotate.pause") return setPaused(!isPaused_);
  if (isPaused_) return;
  if (action == "annotate.keys") return showKeys();
  if (action == "annotate.guide") {
    guideChosen_ = true;
    return guide_->setVisible(!guide_->isVisible());
  }
  if (action == "annotate.undo") return session_.undo();
  if (action == "annotate.back") return session_.cancelEdit();
  if (!isAsking() || isTooEarly(action)) return;
  if (action == "annotate.skip") {
    if (session_.busy()) return;
    bar_->flash(action);
    session_.keepDraft(view_->draft());
    return answer({{"choice", "skip"}});
  }
  actOnQuery(action);
}

bool AnnotatePage::isTooEarly(const QString& action) const {
  const int guard = context_.settings->value("answer_guard_ms", kGuardMs).toInt();
  if (!sinceOtherType_.isValid() || sinceOtherType_.elapsed() >= guard) return false;
  const query_view::QueryViewType* type = context_.queryViews->find(type_.toStdString());
  if (action == "annotate.skip" || type->answers.contains(action)) return true;
  // A reason or the zoom is called the same in both types and has the same key.
  return !context_.shortcuts->find(formerType_ + action.mid(action.indexOf('.')));
}

void AnnotatePage::actOnQuery(const QString& action) {
  if (!isAsking() || session_.busy()) return;
  static const QString kReason = QStringLiteral(".reason_");
  const qsizetype reason = action.indexOf(kReason);
  if (reason >= 0) return bar_->toggleReason(action.mid(reason + kReason.size()).toInt() - 1);
  bar_->flash(action);
  view_->press(action);
}

void AnnotatePage::answer(const nlohmann::json& value) {
  if (!session_.current() || session_.busy()) return;
  view_->setSaving(true);
  session_.answer(value, bar_->chosenReasons());
}

void AnnotatePage::showHistory() {
  std::vector<HistoryStrip::Item> items;
  const auto& past = session_.history();
  const std::size_t first = past.size() > HistoryStrip::kItems ? past.size() - HistoryStrip::kItems : 0;
  for (std::size_t i = first; i < past.size(); ++i) {
    HistoryStrip::Item item;
    item.query = past[i].query.id;
    item.said = answerText(past[i].answer);
    item.toolTip = QStringLiteral("%1\n%2").arg(QString::fromStdString(past[i].query.promptText),
                                                answerTextWithReasons(past[i].answer));
    item.chosen = preferredPicture(past[i].answer);
    item.current = session_.current() && session_.current()->row.id == item.query;
    for (const std::string& hash : past[i].query.images) {
      const QString key = QString::fromStdString(hash);
      const LoadedPicture* picture = context_.pictures->cached(key);
      item.pictures.push_back(picture ? picture->image : QImage());
      if (!picture) {
        context_.pictures->load(key, this, [this](const LoadedPicture& p) {
          if (p.ok()) showHistory();
        });
      }
    }
    items.push_back(std::move(item));
  }
  history_->setItems(std::move(items));
}

void AnnotatePage::showCounts() {
  header_->setCounts(session_.answeredTotal(), session_.openTotal(), session_.answersPerMinute());
}

void AnnotatePage::showKeys() {
  QStringList contexts, titles;
  std::vector<query_view::MouseHint> mouse;
  if (isAsking()) {
    const query_view::QueryViewType* type = context_.queryViews->find(type_.toStdString());
    contexts << type_;
    titles << QCoreApplication::translate("query_view", type->descriptor.title.c_str());
    mouse = type->mouse;
  }
  contexts << "annotate";
  titles << tr("Always");
  overlay_->showFor(contexts, titles, mouse);
}

}  // namespace

void register_annotate(Registry& registry) {
  PageType type;
  type.descriptor = {"annotate", QT_TRANSLATE_NOOP("page", "Annotate"),
                     "Answer questions about pictures: which is better, is it good, where is it wrong.",
                     "none"};
  type.icon = "annotate";
  type.order = 1;
  type.create = [](StudioContext& context, QWidget* parent) { return new AnnotatePage(context, parent); };
  registry.add(std::move(type));
}

}  // namespace plumbline::page

#include "annotate.moc"
