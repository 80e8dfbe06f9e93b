#include "ui/models/query_feed.h"

#include <algorithm>
#include <utility>

#include "db/project.h"
#include "ui/data_hub.h"
#include "ui/models/db_thread.h"

namespace plumbline {

QueryFeed::QueryFeed(StudioContext& context, QObject* parent) : QObject(parent), context_(context) {
  connect(context.hub, &DataHub::queriesChanged, this, &QueryFeed::refill);
}

void QueryFeed::refill() {
  if (loading_) {
    again_ = true;
    return;
  }
  if (int(items_.size()) >= kAhead) return;
  loading_ = true;
  // Rows that this feed knows already come first in the store's order, so ask for as many more.
  const int count = kAhead + int(items_.size() + broken_.size()) + 2;
  const std::int64_t annotator = context_.annotatorId;
  constexpr std::int64_t kLeaseMs = 10 * 60 * 1000;
  context_.database->run(
      this,
      [annotator, count, types = types_](Project& p) {
        return p.queries().next(annotator, count, kLeaseMs, types);
      },
      [this](std::vector<QueryRow> rows) {
        loading_ = false;
        append(std::move(rows));
        if (std::exchange(again_, false)) refill();
      },
      [this](const Error& e) {
        loading_ = false;
        Q_EMIT context_.hub->failure(QString::fromStdString(e.message()));
      });
}

void QueryFeed::append(std::vector<QueryRow> rows) {
  bool added = false;
  for (QueryRow& row : rows) {
    if (int(items_.size()) >= kAhead) break;
    const std::int64_t id = row.id;
    const bool known =
        std::any_of(items_.begin(), items_.end(), [id](const Item& i) { return i.query.row.id == id; });
    if (known || withheld_.count(id) || broken_.count(id)) continue;
    Item item;
    item.query.row = row;
    item.query.pictures.resize(row.images.size());
    item.missing = int(row.images.size());
    items_.push_back(std::move(item));
    added = true;
    requestPictures(id, row.images);
  }
  if (!added && items_.empty()) Q_EMIT emptied();
}

void QueryFeed::requestPictures(std::int64_t query, const std::vector<std::string>& images) {
  for (std::size_t i = 0; i < images.size(); ++i) {
    context_.pictures->load(QString::fromStdString(images[i]), this,
                            [this, query, i](const LoadedPicture& p) { pictureArrived(query, i, p); });
  }
}

void QueryFeed::pictureArrived(std::int64_t query, std::size_t index, const LoadedPicture& picture) {
  const auto item =
      std::find_if(items_.begin(), items_.end(), [query](const Item& i) { return i.query.row.id == query; });
  if (item == items_.end()) return;
  if (!picture.ok()) {
    broken_.insert(query);
    const bool wasFirst = item == items_.begin();
    items_.erase(item);
    Q_EMIT setAside(tr("A question was set aside: %1").arg(picture.error));
    // The one behind it may have been complete for long, and will not say so again.
    if (wasFirst && !items_.empty() && items_.front().missing == 0) Q_EMIT ready();
    refill();
    return;
  }
  item->query.pictures[index] = picture;
  if (--item->missing == 0 && item == items_.begin()) Q_EMIT ready();
}

std::optional<PreparedQuery> QueryFeed::take() {
  if (items_.empty()) {
    refill();
    return {};
  }
  if (items_.front().missing > 0) return {};
  PreparedQuery query = std::move(items_.front().query);
  items_.pop_front();
  withheld_.insert(query.row.id);
  refill();
  return query;
}

void QueryFeed::giveBack(PreparedQuery query) {
  withheld_.erase(query.row.id);
  items_.push_front({std::move(query), 0});
}

void QueryFeed::withhold(std::int64_t query) {
  withheld_.insert(query);
  items_.erase(std::remove_if(items_.begin(), items_.end(),
                              [query](const Item& i) { return i.query.row.id == query; }),
               items_.end());
}

int QueryFeed::prepared() const {
  return int(std::count_if(items_.begin(), items_.end(), [](const Item& i) { return i.missing == 0; }));
}

}  // namespace plumbline
