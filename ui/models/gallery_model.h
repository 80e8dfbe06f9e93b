// The project's pictures for a grid, newest first, filtered. Rows come from the database thread in one piece
// (a row is small); thumbnails are decoded only for what is painted. UI thread.
#pragma once

#include <QAbstractListModel>
#include <vector>

#include "db/stores/image_store.h"
#include "ui/studio_context.h"

namespace plumbline {

struct GalleryItem {
  ImageRow row;
  QString hash;
  QString prompt;
  int answers = 0;                // observations about it
  std::int64_t latestAnswer = 0;  // the newest answer that is about it
  bool unreadable = false;        // found so while decoding; the row does not say it
};

struct GalleryFilter {
  enum class Answered { kAny, kYes, kNo };
  QString words;  // all of them, in any order, in the prompt
  Answered answered = Answered::kAny;
  QString source;  // "generated", "imported", "" for both
  bool operator==(const GalleryFilter&) const = default;
};

class GalleryModel : public QAbstractListModel {
  Q_OBJECT

 public:
  enum Role { kHash = Qt::UserRole, kPrompt, kAnswers, kState };

  explicit GalleryModel(StudioContext& context, QObject* parent = nullptr);

  void reload();
  void setFilter(const GalleryFilter& filter);
  int total() const { return int(all_.size()); }
  bool loaded() const { return loaded_; }
  const GalleryItem* item(const QModelIndex& index) const;
  QModelIndex indexOf(const QString& hash) const;

  int rowCount(const QModelIndex& parent = {}) const override;
  // Qt::DecorationRole: a QImage, null while it is being decoded or if it cannot be shown. dataChanged()
  // names kAnswers where a reading brought news of a picture.
  QVariant data(const QModelIndex& index, int role) const override;

 Q_SIGNALS:
  // Around a reading that brought something new; one that did not emits neither.
  void aboutToChange();
  void reloaded();

 private:
  void take(std::vector<GalleryItem> items);
  bool matches(const GalleryItem& item) const;
  void applyFilter();
  void requestThumbnail(const QString& hash) const;

  StudioContext& context_;
  std::vector<GalleryItem> all_;
  std::vector<int> shown_;  // indices into all_
  GalleryFilter filter_;
  bool loaded_ = false, loading_ = false, again_ = false;
};

}  // namespace plumbline
