#include "ui/commands/shortcut_table.h"

#include <QSettings>
#include <algorithm>

#include "core/types/error.h"

namespace plumbline {
namespace {

bool bothApply(const QString& a, const QString& b) {
  if (a == b || a == "window" || b == "window") return true;
  return a == "annotate" || b == "annotate";
}

bool has(const ShortcutAction& action, const QKeySequence& key) {
  return !key.isEmpty() && (action.keys[0] == key || action.keys[1] == key);
}

// Can the action be reached by some key that `winner` does not take?
bool reachableBeside(const ShortcutAction& action, const ShortcutAction& winner) {
  for (const QKeySequence& key : action.keys) {
    if (!key.isEmpty() && !has(winner, key)) return true;
  }
  return false;
}

bool isConflict(const ShortcutAction& a, const ShortcutAction& b) {
  if (a.context == b.context || a.context == "window" || b.context == "window") return true;
  const ShortcutAction& general = a.context == "annotate" ? a : b;
  const ShortcutAction& winner = a.context == "annotate" ? b : a;
  return !reachableBeside(general, winner);
}

}  // namespace

QKeySequence keyOf(const QKeyEvent& event) {
  int key = event.key();
  if (key == Qt::Key_Enter) key = Qt::Key_Return;
  Qt::KeyboardModifiers modifiers = event.modifiers() & ~(Qt::KeypadModifier | Qt::GroupSwitchModifier);
  const bool symbol = key > Qt::Key_Space && key < Qt::Key_ydiaeresis &&
                      !(key >= Qt::Key_A && key <= Qt::Key_Z) && !(key >= Qt::Key_0 && key <= Qt::Key_9);
  if (symbol) {
    modifiers &= ~Qt::ShiftModifier;
    // AltGr arrives as Ctrl+Alt on some systems.
    const Qt::KeyboardModifiers altGr = Qt::ControlModifier | Qt::AltModifier;
    if ((modifiers & altGr) == altGr) modifiers &= ~altGr;
  }
  return QKeySequence(QKeyCombination(modifiers, Qt::Key(key)));
}

ShortcutTable::ShortcutTable(QSettings* settings, QObject* parent) : QObject(parent), settings_(settings) {}

void ShortcutTable::declare(ShortcutAction action) {
  if (find(action.id)) {
    throw Error(ErrorKind::kInternal, "shortcut '" + action.id.toStdString() + "' is declared twice");
  }
  action.keys = action.defaults;
  if (settings_ && settings_->contains("keys/" + action.id)) {
    const QStringList texts = settings_->value("keys/" + action.id).toStringList();
    for (int i = 0; i < 2; ++i) {
      action.keys[i] = QKeySequence(texts.value(i), QKeySequence::PortableText);
    }
  }
  actions_.push_back(std::move(action));
}

const ShortcutAction* ShortcutTable::find(const QString& id) const {
  for (const ShortcutAction& action : actions_) {
    if (action.id == id) return &action;
  }
  return nullptr;
}

ShortcutAction* ShortcutTable::findMutable(const QString& id) {
  return const_cast<ShortcutAction*>(find(id));
}

QString ShortcutTable::match(const QKeyEvent& event, const QStringList& contexts) const {
  const QKeySequence key = keyOf(event);
  for (const QString& context : contexts) {
    for (const ShortcutAction& action : actions_) {
      if (action.context == context && has(action, key)) return action.id;
    }
  }
  return {};
}

QString ShortcutTable::keysText(const QString& id, const QStringList& winners) const {
  const ShortcutAction* action = find(id);
  if (!action) return {};
  QStringList texts;
  for (const QKeySequence& key : action->keys) {
    const bool taken = std::any_of(actions_.begin(), actions_.end(), [&](const ShortcutAction& other) {
      return winners.contains(other.context) && has(other, key);
    });
    if (!key.isEmpty() && !taken) texts << key.toString(QKeySequence::NativeText);
  }
  return texts.join(tr(" or "));
}

QString ShortcutTable::firstKeyText(const QString& id) const {
  const ShortcutAction* action = find(id);
  if (!action) return {};
  const QKeySequence& key = action->keys[0].isEmpty() ? action->keys[1] : action->keys[0];
  return key == QKeySequence(Qt::Key_Return) ? tr("Enter") : key.toString(QKeySequence::NativeText);
}

std::vector<ShortcutConflict> ShortcutTable::conflicts() const {
  std::vector<ShortcutConflict> list;
  for (std::size_t i = 0; i < actions_.size(); ++i) {
    for (std::size_t j = i + 1; j < actions_.size(); ++j) {
      const ShortcutAction &a = actions_[i], &b = actions_[j];
      if (!bothApply(a.context, b.context)) continue;
      for (const QKeySequence& key : a.keys) {
        if (has(b, key) && isConflict(a, b)) list.push_back({a.id, b.id, key});
      }
    }
  }
  return list;
}

void ShortcutTable::setKeys(const QString& id, const std::array<QKeySequence, 2>& keys) {
  ShortcutAction* action = findMutable(id);
  if (!action) throw Error(ErrorKind::kNotFound, "there is no action '" + id.toStdString() + "'");
  const std::array<QKeySequence, 2> before = action->keys;
  const std::size_t conflictsBefore = conflicts().size();
  action->keys = keys;
  const std::vector<ShortcutConflict> after = conflicts();
  if (after.size() > conflictsBefore) {
    action->keys = before;
    for (const ShortcutConflict& conflict : after) {
      if (conflict.first != id && conflict.second != id) continue;
      const QString other = conflict.first == id ? conflict.second : conflict.first;
      throw Error(ErrorKind::kInvalidInput,
                  tr("%1 is already the key of \"%2\"; choose another.")
                      .arg(conflict.key.toString(QKeySequence::NativeText), find(other)->title)
                      .toStdString());
    }
  }
  store(*action);
  Q_EMIT changed();
}

void ShortcutTable::restoreDefaults() {
  for (ShortcutAction& action : actions_) {
    action.keys = action.defaults;
    if (settings_) settings_->remove("keys/" + action.id);
  }
  Q_EMIT changed();
}

void ShortcutTable::store(const ShortcutAction& action) {
  if (!settings_) return;
  settings_->setValue("keys/" + action.id, QStringList{action.keys[0].toString(QKeySequence::PortableText),
                                                       action.keys[1].toString(QKeySequence::PortableText)});
}

}  // namespace plumbline
