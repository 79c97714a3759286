// An answer parsed into memory that is wiped before it is given back, and how to look into it.
//
// Thread safety: none.
// Ownership:     a document owns its storage; the value and everything in it live as long as it does.
// Failure:       malformed_answer for text that is not JSON.
#pragma once

#include <boost/json/value.hpp>
#include <credcache/secret.hpp>
#include <stdexcept>
#include <string>
#include <string_view>

#include "base/json_memory.hpp"

namespace credcached::client {

class malformed_answer : public std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// A parsed answer.
class document {
 public:
  explicit document(std::string_view text);
  document(const document&) = delete;
  document& operator=(const document&) = delete;
  [[nodiscard]] const boost::json::value& root() const noexcept { return root_; }

 private:
  credcache::json_memory memory_;
  boost::json::value root_;
};

/// A member as text: empty if `of` is no object, has no such member, or it is no string.
[[nodiscard]] std::string_view text_of(const boost::json::value& of, std::string_view member) noexcept;
/// A member as a whole number, 0 without one.
[[nodiscard]] std::int64_t number_of(const boost::json::value& of, std::string_view member) noexcept;
[[nodiscard]] bool flag_of(const boost::json::value& of, std::string_view member) noexcept;
/// A member as a list; an empty one without it.
[[nodiscard]] const boost::json::array& list_of(const boost::json::value& of, std::string_view member) noexcept;
/// The root of an answer that is a list.
[[nodiscard]] const boost::json::array& list_of(const boost::json::value& of) noexcept;
/// A member as an object; an empty one without it.
[[nodiscard]] const boost::json::object& object_of(const boost::json::value& of, std::string_view member) noexcept;
/// The texts of a list, with ", " between them.
[[nodiscard]] std::string joined(const boost::json::array& texts);
/// True if there is such a member and it is not null.
[[nodiscard]] bool has(const boost::json::value& of, std::string_view member) noexcept;

}  // namespace credcached::client
