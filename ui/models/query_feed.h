// The next queries of this annotator, decoded before they are needed, so that an answer never waits for a
// picture. Queries whose pictures cannot be shown are set aside and reported, never shown. UI thread; reading
// and decoding happen on the threads of DbThread and PictureLoader.
#pragma once

#include <QObject>
#include <deque>
#include <optional>
#include <set>

#include "ui/queries/query_view.h"

namespace plumbline {

class QueryFeed : public QObject {
  Q_OBJECT

 public:
  static constexpr int kAhead = 4;

  explicit QueryFeed(StudioContext& context, QObject* parent = nullptr);

  // Empty types: all that there are views for.
  void setTypes(std::vector<std::string> types) { types_ = std::move(types); }
  // Read on if there is room; called by itself after every take().
  void refill();
  // The next prepared query, or nothing if it is not there yet (ready() follows) or there is none
  // (emptied()).
  std::optional<PreparedQuery> take();
  // Put one back to the front: another is shown first.
  void giveBack(PreparedQuery query);
  // Answered, or shown now from elsewhere: do not offer it again until release().
  void withhold(std::int64_t query);
  void release(std::int64_t query) { withheld_.erase(query); }
  int prepared() const;

 Q_SIGNALS:
  void ready();
  void emptied();
  void setAside(const QString& reason);

 private:
  struct Item {
    PreparedQuery query;
    int missing = 0;  // pictures not decoded yet
  };
  void append(std::vector<QueryRow> rows);
  void requestPictures(std::int64_t query, const std::vector<std::string>& images);
  void pictureArrived(std::int64_t query, std::size_t index, const LoadedPicture& picture);

  StudioContext& context_;
  std::vector<std::string> types_;
  std::deque<Item> items_;
  std::set<std::int64_t> withheld_, broken_;
  bool loading_ = false;
  bool again_ = false;  // something changed while loading
};

}  // namespace plumbline
