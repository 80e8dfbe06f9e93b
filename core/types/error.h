// The one exception type at the root of Plumbline. Thrown anywhere, caught only at boundaries: the
// worker's loop, the per-job wrapper, the window's job client, main, destructors.
#pragma once

#include <stdexcept>
#include <string>
#include <string_view>

namespace plumbline {

enum class ErrorKind { kInvalidInput, kNotFound, kUnsupported, kCorrupt, kExhausted, kCancelled, kInternal };

// Stable lower-case name of a kind, as it stands in logs and on the wire ("invalid_input", ...).
std::string_view errorKindName(ErrorKind kind);

class Error : public std::runtime_error {
 public:
  // message: one line for the user that says what to do. detail: for the log, may be long.
  Error(ErrorKind kind, const std::string& message, std::string detail = {})
      : std::runtime_error(message), kind_(kind), detail_(std::move(detail)) {}

  ErrorKind kind() const { return kind_; }
  std::string message() const { return what(); }
  const std::string& detail() const { return detail_; }

 private:
  ErrorKind kind_;
  std::string detail_;
};

}  // namespace plumbline
