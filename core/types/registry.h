// Holds the variants of one family in the order in which they were registered. An ordinary object: created in
// main (or in a test) with the family's registerAll(), passed down, read-only afterwards and then safe to share
// between threads. Variant must have `Descriptor descriptor`.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "core/types/descriptor.h"
#include "core/types/error.h"

namespace plumbline {

template <class Variant>
class Registry {
 public:
  explicit Registry(std::string family) : family_(std::move(family)) {}

  // Throws Error(kInternal) if the id is taken.
  void add(Variant variant) {
    if (find(variant.descriptor.id)) {
      throw Error(ErrorKind::kInternal, family_ + " '" + variant.descriptor.id + "' is registered twice");
    }
    variants_.push_back(std::make_unique<Variant>(std::move(variant)));
  }

  // nullptr if unknown: rows of old or newer projects must stay readable.
  const Variant* find(const std::string& id) const {
    for (const auto& v : variants_) {
      if (v->descriptor.id == id) return v.get();
    }
    return nullptr;
  }

  // Throws Error(kNotFound) that lists the known ids.
  const Variant& get(const std::string& id) const {
    if (const Variant* v = find(id)) return *v;
    std::string known;
    for (const auto& v : variants_) known += (known.empty() ? "" : ", ") + v->descriptor.id;
    throw Error(ErrorKind::kNotFound, "unknown " + family_ + " '" + id + "'; known are: " + known);
  }

  const std::vector<std::unique_ptr<Variant>>& all() const { return variants_; }
  const std::string& family() const { return family_; }

  Json describe() const {
    Json list = Json::array();
    for (const auto& v : variants_) list.push_back(v->descriptor.toJson());
    return list;
  }

 private:
  std::string family_;
  std::vector<std::unique_ptr<Variant>> variants_;
};

}  // namespace plumbline
