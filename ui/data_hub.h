// Where the parts of the window tell each other what changed. Whoever changes data emits; whoever shows it
// connects and reads the store again: the rows are the truth, signals are only hints. UI thread only.
#pragma once

#include <QDateTime>
#include <QObject>
#include <QString>

namespace plumbline {

class DataHub : public QObject {
  Q_OBJECT

 public:
  explicit DataHub(QObject* parent = nullptr);

 Q_SIGNALS:
  void answersChanged();
  void queriesChanged();  // new queries are in the queue, or the queue was reordered
  void imagesChanged();
  void rewardChanged();  // a reward model was trained
  void runsChanged();    // an alignment run got news
  void jobsChanged();    // a job row changed state

  // The chip at the top right: how many jobs run or wait, what the foremost one does, how far (0 to 1,
  // negative if unknown) and how long it will take (seconds, negative if unknown).
  void jobProgress(int running, const QString& title, double fraction, int secondsLeft);
  void deviceChanged(const QString& device, const QString& precision);
  void generatorChanged(const QString& base, const QString& adapters);

  void answerSaving();                      // an answer is on its way to the disk
  void answerSaved(const QDateTime& time);  // every answer so far is committed
  void answerLost(const QString& reason);   // a commit failed; the answer is kept for a retry
  void sessionChanged(int answers, double answersPerMinute);  // this sitting, for the status bar

  void pageRequested(const QString& id);  // show another page
  void message(const QString& text);      // something went well, status bar, goes away
  void failure(
      const QString& text);  // something went wrong: one line that says what to do, stays until closed
  void appearanceChanged();  // palette or surround grey
};

}  // namespace plumbline
