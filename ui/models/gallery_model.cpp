#include "ui/models/gallery_model.h"

#include <QHash>
#include <QImage>
#include <algorithm>
#include <map>
#include <utility>

#include "db/project.h"
#include "ui/models/db_thread.h"
#include "ui/models/picture_loader.h"

namespace plumbline {
namespace {

struct Said {
  int count = 0;
  std::int64_t latest = 0;  // answer
};

void countAnswers(const ObservationRow& row, std::map<std::string, Said>& said) {
  const auto note = [&](const std::string& image) {
    Said& about = said[image];
    ++about.count;
    about.latest = std::max(about.latest, row.answer);
  };
  if (const auto* c = std::get_if<Comparison>(&row.observation)) {
    note(c->winner);
    note(c->loser);
  } else if (const auto* l = std::get_if<Level>(&row.observation)) {
    note(l->image);
  } else if (const auto* r = std::get_if<Region>(&row.observation)) {
    note(r->image);
  }
}

// A picture's row never changes but for its state.
bool alike(const GalleryItem& a, const GalleryItem& b) {
  return a.hash == b.hash && a.prompt == b.prompt && a.answers == b.answers &&
         a.latestAnswer == b.latestAnswer && a.row.state == b.row.state;
}

std::vector<GalleryItem> readItems(Project& project) {
  std::map<std::int64_t, QString> prompts;
  for (const Prompt& prompt : project.prompts().list())
    prompts[prompt.id] = QString::fromStdString(prompt.text);
  std::map<std::string, Said> said;
  for (const ObservationRow& row : project.observations().current()) countAnswers(row, said);
  std::vector<GalleryItem> items;
  ImageFilter filter;
  filter.order = ImageOrder::kNewestFirst;
  for (ImageRow& row : project.images().list(filter)) {
    GalleryItem item;
    item.hash = QString::fromStdString(row.hash);
    if (row.prompt) item.prompt = prompts[*row.prompt];
    if (const auto found = said.find(row.hash); found != said.end()) {
      item.answers = found->second.count;
      item.latestAnswer = found->second.latest;
    }
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
    const bool first = !std::exchange(loaded_, true);
    if (first || !std::equal(items.begin(), items.end(), all_.begin(), all_.end(), alike)) {
      Q_EMIT aboutToChange();
      take(std::move(items));
      Q_EMIT reloaded();
    }
    if (std::exchange(again_, false)) reload();
  });
}

// Rows come and go one by one, so that what is chosen and where it is scrolled stays.
void GalleryModel::take(std::vector<GalleryItem> items) {
  QHash<QString, int> place;  // of those that pass the filter
  std::vector<int> wanted;
  for (int i = 0; i < int(items.size()); ++i) {
    if (!matches(items[std::size_t(i)])) continue;
    place.insert(items[std::size_t(i)].hash, i);
    wanted.push_back(i);
  }
  for (int row = rowCount() - 1; row >= 0; --row) {
    if (place.contains(all_[std::size_t(shown_[std::size_t(row)])].hash)) continue;
    beginRemoveRows({}, row, row);
    shown_.erase(shown_.begin() + row);
    endRemoveRows();
  }
  std::vector<int> kept, changed;
  for (const int i : shown_) {
    const GalleryItem& old = all_[std::size_t(i)];
    const int at = place.value(old.hash);
    GalleryItem& fresh = items[std::size_t(at)];
    fresh.unreadable = old.unreadable && old.row.state == fresh.row.state;
    if (!alike(old, fresh)) changed.push_back(at);
    kept.push_back(at);
  }
  if (!std::is_sorted(kept.begin(), kept.end())) {
    beginResetModel();
    all_ = std::move(items);
    shown_ = std::move(wanted);
    endResetModel();
    return;
  }
  all_ = std::move(items);
  shown_ = std::move(kept);
  for (std::size_t row = 0; row < wanted.size(); ++row) {
    std::size_t end = row;  // of what is new here
    while (end < wanted.size() && (row >= shown_.size() || wanted[end] != shown_[row])) ++end;
    if (end == row) continue;
    beginInsertRows({}, int(row), int(end) - 1);
    shown_.insert(shown_.begin() + std::ptrdiff_t(row), wanted.begin() + std::ptrdiff_t(row),
                  wanted.begin() + std::ptrdiff_t(end));
    endInsertRows();
    row = end - 1;
  }
  for (const int at : changed) {
    const QModelIndex news = index(int(std::lower_bound(shown_.begin(), shown_.end(), at) - shown_.begin()));
    Q_EMIT dataChanged(news, news, {kAnswers, kState});
  }
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
      if (item->row.state == ImageState::kOk && !item->unreadable) requestThumbnail(item->hash);
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
      return int(item->unreadable ? ImageState::kCorrupt : item->row.state);
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
            if (item.hash == hash) item.unreadable = true;
          }
        }
        if (at.isValid()) Q_EMIT self->dataChanged(at, at, {Qt::DecorationRole, kState});
      },
      PictureLoader::Urgency::kThumbnail);
}

}  // namespace plumbline
