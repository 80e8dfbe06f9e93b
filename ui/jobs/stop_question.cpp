#include "ui/jobs/stop_question.h"

#include <QMessageBox>
#include <QPushButton>

#include "ui/models/job_text.h"

namespace plumbline {
namespace {

class StopQuestion : public QMessageBox {
  Q_OBJECT

 public:
  StopQuestion(QWidget* parent, JobStop how, const JobItem& longest) : QMessageBox(parent) {
    const bool finish = how == JobStop::kFinish;
    setAttribute(Qt::WA_DeleteOnClose);
    setIcon(QMessageBox::Question);
    setText((finish ? tr("Job %1 has been at work for %2. End it now and save?")
                    : tr("Job %1 has been at work for %2. Cancel it?"))
                .arg(longest.row.id)
                .arg(job_text::duration(longest.elapsedMs())));
    setInformativeText(
        finish ? tr("It keeps what it has learned, but cannot go on later. Pause keeps all of it for later.")
        : JobActions::mayFinish(longest.row, longest.atHost)
            ? tr("Stop and save keeps what it has learned; pause keeps all of it for later.")
            : tr("What it has not saved yet is lost. Pause keeps all of it for later."));
    yes = addButton(finish ? tr("Stop and save") : tr("Cancel the job"), QMessageBox::DestructiveRole);
    yes->setObjectName(finish ? "reallyFinish" : "reallyCancel");
    if (JobActions::mayPause(longest.row)) {
      pause = addButton(tr("Pause instead"), QMessageBox::AcceptRole);
      pause->setObjectName("pauseInstead");
    }
    QPushButton* no = addButton(tr("Let it run"), QMessageBox::RejectRole);
    setDefaultButton(no);
    setEscapeButton(no);
  }

  QPushButton* yes = nullptr;
  QPushButton* pause = nullptr;
};

void stopNow(JobActions& actions, JobStop how, std::int64_t job) {
  if (how == JobStop::kFinish) {
    actions.finish(job);
  } else {
    actions.cancel(job);
  }
}

}  // namespace

void stopJobs(QWidget* parent, JobActions& actions, JobStop how, const QList<const JobItem*>& jobs) {
  QList<std::int64_t> ids;
  const JobItem* longest = nullptr;
  for (const JobItem* job : jobs) {
    const bool may = how == JobStop::kFinish ? JobActions::mayFinish(job->row, job->atHost)
                                             : JobActions::mayCancel(job->row);
    if (!may) continue;
    ids << job->row.id;
    const bool ask = JobActions::worthAsking(job->row, job->elapsedMs());
    if (ask && (!longest || job->elapsedMs() > longest->elapsedMs())) longest = job;
  }
  if (!longest) {
    for (const std::int64_t id : ids) stopNow(actions, how, id);
    return;
  }
  auto* question = new StopQuestion(parent, how, *longest);
  QObject::connect(question, &QMessageBox::buttonClicked, parent,
                   [&actions, how, ids, question](QAbstractButton* button) {
                     for (const std::int64_t id : ids) {
                       if (button == question->yes) stopNow(actions, how, id);
                       if (question->pause && button == question->pause) actions.pause(id);
                     }
                   });
  question->open();
}

}  // namespace plumbline

#include "stop_question.moc"
