// Between the device host and the window: hands every queued job row to the host, tells the hub what changed,
// and shows the foremost job on the chip at the top. UI thread.
#pragma once

#include <QMap>
#include <QObject>
#include <QSet>

#include "ui/studio_context.h"

namespace plumbline {

class HostBridge : public QObject {
  Q_OBJECT

 public:
  // context.host must be set.
  explicit HostBridge(StudioContext& context, QObject* parent = nullptr);

 private:
  struct Live {
    QString title, phase;
    double fraction = -1;
    int secondsLeft = -1;
  };
  void dispatch();
  void hostGone();
  void ended(qint64 job);
  void showChip();

  StudioContext& context_;
  QSet<qint64> handedOver_;  // queued rows that the host was asked to run
  QMap<qint64, Live> live_;
  bool looking_ = false, again_ = false;
};

}  // namespace plumbline
