// Every action that a key can trigger, with two keys each that the user may change; kept in the settings.
// An action lives in a context: a query type ("pair"), "annotate" (all query types) or "window". Where the
// same key is bound in a query type and in "annotate", the query type's wins; that is a conflict only if it
// leaves the other action without any key. Held keys are actions like others (press and release). UI thread
// only.
#pragma once

#include <QKeyEvent>
#include <QKeySequence>
#include <QList>
#include <QObject>
#include <QString>
#include <array>
#include <vector>

class QSettings;

namespace plumbline {

struct ShortcutAction {
  QString id;       // "pair.a"; unique
  QString context;  // "pair"
  QString title;    // for the key table, translated
  std::array<QKeySequence, 2> defaults;
  std::array<QKeySequence, 2> keys = defaults;
};

struct ShortcutConflict {
  QString first, second;  // ids
  QKeySequence key;
};

class ShortcutTable : public QObject {
  Q_OBJECT

 public:
  // settings may be null: then nothing is kept.
  explicit ShortcutTable(QSettings* settings, QObject* parent = nullptr);

  // Takes the user's keys from the settings. Throws Error(kInternal) if the id is taken.
  void declare(ShortcutAction action);
  const std::vector<ShortcutAction>& actions() const { return actions_; }
  const ShortcutAction* find(const QString& id) const;

  // The action that this key means where these contexts apply, the first context winning; "" if none.
  QString match(const QKeyEvent& event, const QStringList& contexts) const;
  // The keys of an action as people read them: "1 or Left"; without those that one of `winners` (contexts)
  // takes.
  QString keysText(const QString& id, const QStringList& winners = {}) const;
  QString firstKeyText(const QString& id) const;

  std::vector<ShortcutConflict> conflicts() const;
  // Refuses with Error(kInvalidInput), naming the other action, if the change would make a conflict.
  void setKeys(const QString& id, const std::array<QKeySequence, 2>& keys);
  void restoreDefaults();

 Q_SIGNALS:
  void changed();

 private:
  ShortcutAction* findMutable(const QString& id);
  void store(const ShortcutAction& action);

  QSettings* settings_;
  std::vector<ShortcutAction> actions_;
};

// The one key of an event as a sequence, without what differs between keyboards (keypad, Shift or AltGr on
// symbols).
QKeySequence keyOf(const QKeyEvent& event);

}  // namespace plumbline
