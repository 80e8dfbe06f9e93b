#include "ui/models/unsent_drafts.h"

#include <QCryptographicHash>

namespace plumbline {

// By its pictures, not by the project's folder: that has several names, and another project may come to lie
// there.
QString UnsentDrafts::key(const QueryRow& query) const {
  QCryptographicHash pictures(QCryptographicHash::Sha256);
  for (const std::string& image : query.images) pictures.addData(QByteArray::fromStdString(image));
  return QStringLiteral("unsent/%1/%2/%3")
      .arg(context_.annotatorId)
      .arg(query.id)
      .arg(QString::fromLatin1(pictures.result().toHex().left(16)));
}

void UnsentDrafts::keep(const QueryRow& query, const nlohmann::json& draft) {
  if (!draft.is_null()) {
    context_.settings->setValue(key(query), QByteArray::fromStdString(draft.dump()));
  } else if (context_.settings->contains(key(query))) {
    context_.settings->remove(key(query));
  }
}

nlohmann::json UnsentDrafts::find(const QueryRow& query) const {
  const QByteArray text = context_.settings->value(key(query)).toByteArray();
  const nlohmann::json draft = nlohmann::json::parse(text.begin(), text.end(), nullptr, false);
  return draft.is_object() ? draft : nlohmann::json();
}

}  // namespace plumbline
