// Ends jobs that a person asked to end, and asks first where it would give up so much work that it should not
// happen by a slip. UI thread.
#pragma once

#include <QList>

#include "ui/jobs/job_actions.h"
#include "ui/models/job_model.h"

namespace plumbline {

enum class JobStop { kCancel, kFinish };  // kFinish: and save

// Jobs that may not be ended so are left out. The question, a child of parent, is open when this returns;
// actions must outlive parent.
void stopJobs(QWidget* parent, JobActions& actions, JobStop how, const QList<const JobItem*>& jobs);

}  // namespace plumbline
