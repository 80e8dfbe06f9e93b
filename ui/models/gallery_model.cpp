#include "ui/models/gallery_model.h"

#include <QImage>
#include <algorithm>
#include <map>
#include <utility>

#include "db/project.h"
#include "ui/models/db_thread.h"
#include "ui/models/picture_loader.h"

namespace plumbline {
namespace {

void countAnswers(const Observation& observation, std::map<std::string, int>& counts) {
  if (const auto* c = std::get_if<Comparison>(&observation)) {
    ++counts[c->winner];
    ++counts[c->loser];
  } else if (const auto* l = std::get_if<Level>(&observation)) {
    ++counts[l->image];
  } else if (const auto* r = std::get_if<Region>(&observation)) {
    ++counts[r->image];
  }
}

std::vector<GalleryItem> readItems(Project& project) {
  std::map<std::int64_t, QString> prompts;
  for (const Prompt& prompt : project.prompts().list())
    prompts[prompt.id] = QString::fromStdString(prompt.text);
  std::map<std::string, int> counts;
  for (const ObservationRow& row : project.observations().current()) countAnswers(row.observation, counts);
  std::vector<GalleryItem> items;
  ImageFilter filter;
  filter.newestFirst = true;
  for (ImageRow& row : project.images().list(filter)) {
    GalleryItem item;
    item.hash = QString::fromStdString(row.hash);
    if (row.prompt) item.prompt = prompts[*row.prompt];
    if (const auto found = counts.find(row.hash); found != counts.end()) item.answers = found->second;
    item.row = std::move(row);
    items.push_back(std::move(item));
  }
  return items;
}

}  // namespace

GalleryModel::GalleryModel(StudioContext& context, QObject* parent)
    : QAbstractListModel(parent), context_(context) {}

void GalleryModel::reload() {
  if (loading_) {
    again_ = true;
    return;
  }
  loading_ = true;
  context_.database->run(this, readItems, [this](std::vector<GalleryItem> items) {
    loading_ = false;
    loaded_ = true;
    all_ = std::move(items);
    applyFilter();
    Q_EMIT reloaded();
    if (std::exchange(again_, false)) reload();
  });
}

void GalleryModel::setFilter(const GalleryFilter& filter) {
  if (filter == filter_) return;
  filter_ = filter;
  applyFilter();
}

bool GalleryModel::matches(const GalleryItem& item) const {
  if (filter_.answered == GalleryFilter::Answered::kYes && item.answers == 0) return false;
  if (filter_.answered == GalleryFilter::Answered::kNo && item.answers > 0) return false;
  if (!filter_.source.isEmpty() && item.row.source != filter_.source.toStdString()) return false;
  for (const QString& word : filter_.words.split(' ', Qt::SkipEmptyParts)) {
    if (!item.prompt.contains(word, Qt::CaseInsensitive)) return false;
  }
  return true;
}

void GalleryModel::applyFilter() {
  beginResetModel();
  shown_.clear();
  for (int i = 0; i < int(all_.size()); ++i) {
    if (matches(all_[std::size_t(i)])) shown_.push_back(i);
  }
  endResetModel();
}

const GalleryItem* GalleryModel::item(const QModelIndex& index) const {
  if (!index.isValid() || index.row() >= int(shown_.size())) return nullptr;
  return &all_[std::size_t(shown_[std::size_t(index.row())])];
}

QModelIndex GalleryModel::indexOf(const QString& hash) const {
  for (int row = 0; row < int(shown_.size()); ++row) {
    if (all_[std::size_t(shown_[std::size_t(row)])].hash == hash) return index(row, 0);
  }
  return {};
}

int GalleryModel::rowCount(const QModelIndex& parent) const {
  return parent.isValid() ? 0 : int(shown_.size());
}

QVariant GalleryModel::data(const QModelIndex& index, int role) const {
  const GalleryItem* item = this->item(index);
  if (!item) return {};
  switch (role) {
    case Qt::DecorationRole: {
      if (const LoadedPicture* picture = context_.pictures->cached(item->hash)) return picture->image;
      if (item->row.state == ImageState::kOk) requestThumbnail(item->hash);
      return QImage();
    }
    case Qt::ToolTipRole:
    case Qt::AccessibleTextRole:
    case kPrompt:
      return item->prompt;
    case kHash:
      return item->hash;
    case kAnswers:
      return item->answers;
    case kState:
      return int(item->row.state);
    default:
      return {};
  }
}

void GalleryModel::requestThumbnail(const QString& hash) const {
  auto* self = const_cast<GalleryModel*>(this);
  context_.pictures->load(
      hash, self,
      [self, hash](const LoadedPicture& picture) {
        const QModelIndex at = self->indexOf(hash);
        if (!picture.ok()) {
          for (GalleryItem& item : self->all_) {
            if (item.hash == hash) item.row.state = ImageState::kCorrupt;
          }
        }
        if (at.isValid()) Q_EMIT self->dataChanged(at, at);
      },
      PictureLoader::Urgency::kThumbnail);
}

}  // namespace plumbline
