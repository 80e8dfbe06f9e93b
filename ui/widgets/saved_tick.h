// The tick in the status bar. Ticked means: every answer given so far is committed to the project's database
// on disk, the last one at the time shown. While a write is under way it says so; a failed write stays red.
// UI thread.
#pragma once

#include <QDateTime>
#include <QWidget>

class QLabel;

namespace plumbline {

class SavedTick : public QWidget {
  Q_OBJECT

 public:
  enum class State { kIdle, kSaving, kSaved, kFailed };

  explicit SavedTick(QWidget* parent = nullptr);
  void setSaving();
  void setSaved(const QDateTime& time);
  void setFailed(const QString& reason);
  State state() const { return state_; }
  QString text() const;

 protected:
  void changeEvent(QEvent* event) override;

 private:
  void showState(const QString& text);

  State state_ = State::kIdle;
  QLabel* mark_;
  QLabel* text_;
};

}  // namespace plumbline
