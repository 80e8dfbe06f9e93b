#include "ui/models/prompt_model.h"

#include <algorithm>
#include <map>
#include <set>

#include "db/project.h"
#include "ui/models/db_thread.h"

namespace plumbline {
namespace {

QString splitText(const std::string& split) {
  if (split == "train") return PromptModel::tr("train");
  if (split == "validation") return PromptModel::tr("validation");
  if (split == "held_out") return PromptModel::tr("held out");
  return QString::fromStdString(split);
}

}  // namespace

PromptModel::PromptModel(StudioContext& context, QObject* parent)
    : QAbstractTableModel(parent), context_(context) {}

std::vector<PromptModel::Row> PromptModel::read(Project& project) {
  std::map<std::int64_t, int> pictures;
  for (const ImageRow& image : project.images().list()) {
    if (image.prompt) ++pictures[*image.prompt];
  }
  std::map<std::int64_t, std::set<std::int64_t>> answers;  // an answer may state several observations
  for (const ObservationRow& row : project.observations().current()) {
    if (row.prompt) answers[*row.prompt].insert(row.answer);
  }
  std::vector<Row> rows;
  for (Prompt& prompt : project.prompts().list()) {
    Row row;
    row.pictures = pictures[prompt.id];
    row.answers = int(answers[prompt.id].size());
    row.prompt = std::move(prompt);
    rows.push_back(std::move(row));
  }
  return rows;
}

void PromptModel::reload() {
  context_.database->run(this, read, [this](std::vector<Row> rows) {
    take(std::move(rows));
    Q_EMIT reloaded();
  });
}

bool PromptModel::Row::operator==(const Row& other) const {
  return prompt.id == other.prompt.id && prompt.text == other.prompt.text &&
         prompt.tags == other.prompt.tags && prompt.split == other.prompt.split &&
         pictures == other.pictures && answers == other.answers;
}

// Rows are changed in place and added at the end, so that the selection and the place in the table stay.
void PromptModel::take(std::vector<Row> rows) {
  const bool grown = rows.size() >= rows_.size() &&
                     std::equal(rows_.begin(), rows_.end(), rows.begin(),
                                [](const Row& a, const Row& b) { return a.prompt.id == b.prompt.id; });
  if (!grown) {
    beginResetModel();
    rows_ = std::move(rows);
    endResetModel();
    return;
  }
  for (std::size_t i = 0; i < rows_.size(); ++i) {
    if (rows_[i] == rows[i]) continue;
    rows_[i] = rows[i];
    Q_EMIT dataChanged(index(int(i), 0), index(int(i), kColumns - 1));
  }
  if (rows.size() == rows_.size()) return;
  beginInsertRows({}, int(rows_.size()), int(rows.size()) - 1);
  rows_ = std::move(rows);
  endInsertRows();
}

int PromptModel::rowCount(const QModelIndex& parent) const {
  return parent.isValid() ? 0 : int(rows_.size());
}

int PromptModel::columnCount(const QModelIndex& parent) const {
  return parent.isValid() ? 0 : kColumns;
}

QVariant PromptModel::data(const QModelIndex& index, int role) const {
  if (!index.isValid() || index.row() >= int(rows_.size())) return {};
  const Row& row = rows_[std::size_t(index.row())];
  if (role == Qt::TextAlignmentRole && index.column() >= kPictures) {
    return QVariant::fromValue(Qt::Alignment(Qt::AlignRight | Qt::AlignVCenter));
  }
  if (role != Qt::DisplayRole && role != Qt::ToolTipRole) return {};
  switch (index.column()) {
    case kText:
      return QString::fromStdString(row.prompt.text);
    case kTags: {
      QStringList tags;
      for (const std::string& tag : row.prompt.tags) tags << QString::fromStdString(tag);
      return tags.join(", ");
    }
    case kSplit:
      return splitText(row.prompt.split);
    case kPictures:
      return row.pictures;
    case kAnswers:
      return row.answers;
    default:
      return {};
  }
}

QVariant PromptModel::headerData(int section, Qt::Orientation orientation, int role) const {
  if (orientation != Qt::Horizontal || role != Qt::DisplayRole) return {};
  const QString titles[] = {tr("Prompt"), tr("Tags"), tr("Split"), tr("Pictures"), tr("Answers")};
  return section >= 0 && section < kColumns ? titles[section] : QString();
}

}  // namespace plumbline
