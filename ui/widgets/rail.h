// The left rail: icon and word per page, the shown one marked, Settings at the lower end. UI thread.
#pragma once

#include <QFrame>
#include <QMap>

class QToolButton;
class QVBoxLayout;

namespace plumbline {

class Rail : public QFrame {
  Q_OBJECT

 public:
  explicit Rail(QWidget* parent = nullptr);

  void addPage(const QString& id, const QString& title, const QString& icon, const QString& keys,
               bool atBottom);
  void setCurrent(const QString& id);
  QStringList pages() const { return order_; }

 Q_SIGNALS:
  void pageChosen(const QString& id);

 protected:
  void changeEvent(QEvent* event) override;

 private:
  void tintIcons();

  struct Entry {
    QToolButton* button;
    QString icon;
  };
  QMap<QString, Entry> entries_;
  QStringList order_;
  QVBoxLayout* top_;
  QVBoxLayout* bottom_;
};

}  // namespace plumbline
