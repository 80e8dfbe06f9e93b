// What to export, where to, and with which options. Says in words what is still missing. UI thread.
#pragma once

#include <QWidget>
#include <nlohmann/json.hpp>

#include "ui/models/export_facts.h"

class QButtonGroup;
class QLabel;
class QLineEdit;
class QPushButton;
class QVBoxLayout;

namespace plumbline {

class SchemaForm;

class ExportForm : public QWidget {
  Q_OBJECT

 public:
  // formats: descriptors of the family export_format. project: its name, for the proposed file name.
  ExportForm(const nlohmann::json& formats, const QString& folder, const QString& project,
             QWidget* parent = nullptr);

  void setFacts(const ExportFacts& facts);
  void choose(const QString& format);
  void setOptions(const nlohmann::json& options);
  QString format() const { return format_; }
  QString title() const;
  QString folder() const;
  QString path() const;  // what would be written
  nlohmann::json options() const;
  void proposeName();  // one that does not exist yet

 Q_SIGNALS:
  void startChosen();
  void pageWanted(const QString& page);

 private:
  QWidget* buildFormats();
  QWidget* buildPlace();
  void chooseFolder();
  void refresh();
  QString problem() const;
  nlohmann::json descriptor() const;

  nlohmann::json formats_;
  ExportFacts facts_;
  bool haveFacts_ = false;
  QString project_, format_;
  QButtonGroup* group_;
  QList<QLabel*> counts_;
  QLineEdit* folder_;
  QLineEdit* name_;
  QLabel* note_;
  QPushButton* start_;
  QPushButton* lead_;
  QVBoxLayout* formPlace_;
  SchemaForm* form_ = nullptr;
};

}  // namespace plumbline
