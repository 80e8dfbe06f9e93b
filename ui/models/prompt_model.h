// The project's prompts as a table: text, tags, split, pictures, answers. Read in one piece on the database
// thread. UI thread.
#pragma once

#include <QAbstractTableModel>
#include <vector>

#include "db/stores/prompt_store.h"
#include "ui/studio_context.h"

namespace plumbline {

class PromptModel : public QAbstractTableModel {
  Q_OBJECT

 public:
  enum Column { kText, kTags, kSplit, kPictures, kAnswers, kColumns };

  explicit PromptModel(StudioContext& context, QObject* parent = nullptr);
  void reload();

  int rowCount(const QModelIndex& parent = {}) const override;
  int columnCount(const QModelIndex& parent = {}) const override;
  QVariant data(const QModelIndex& index, int role) const override;
  QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

 Q_SIGNALS:
  void reloaded();

 private:
  struct Row {
    Prompt prompt;
    int pictures = 0, answers = 0;
    bool operator==(const Row& other) const;
  };
  static std::vector<Row> read(Project& project);
  void take(std::vector<Row> rows);

  StudioContext& context_;
  std::vector<Row> rows_;
};

}  // namespace plumbline
