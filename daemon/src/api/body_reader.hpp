// Reads a JSON request body and collects everything that is wrong with it, so that one answer names every wrong field.
//
// What is wrong in form (JSON, types, unknown members) is 400, what is wrong in content (missing, null, blank) is 422;
// with both the form decides. Messages name members and types, never values. Thread safety: none. The values read are
// views into clearing storage that lives as long as the reader.
#pragma once

#include <boost/json/monotonic_resource.hpp>
#include <boost/json/value.hpp>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "api/error.hpp"
#include "base/json_memory.hpp"

namespace credcached::api {

class body_reader {
 public:
  body_reader(std::string_view text, std::size_t max_depth);
  ~body_reader();
  body_reader(const body_reader&) = delete;
  body_reader& operator=(const body_reader&) = delete;

  /// The body as an object; null if it is not one, which has been noted as a problem.
  [[nodiscard]] const boost::json::object* root() const noexcept { return root_; }

  void malformed(std::string detail) { malformed_.push_back(std::move(detail)); }
  void invalid(std::string detail) { invalid_.push_back(std::move(detail)); }
  void too_large(std::string detail) { too_large_.push_back(std::move(detail)); }

  /// Notes every member of `object` that is not among `known`. `where` is put before its name in messages.
  void only(const boost::json::object& object, std::initializer_list<std::string_view> known,
            std::string_view where = {});
  /// The text of a member; nothing, and noted, if it is no text. A required one that is missing, null or blank is
  /// noted.
  [[nodiscard]] std::optional<std::string_view> text(const boost::json::object& object, std::string_view member,
                                                     bool required, std::string_view where = {});
  [[nodiscard]] std::optional<bool> flag(const boost::json::object& object, std::string_view member,
                                         std::string_view where = {});
  /// A whole number that fits an int; anything else is noted, null as well.
  [[nodiscard]] std::optional<int> whole_number(const boost::json::object& object, std::string_view member);

  /// What has been noted, if anything.
  [[nodiscard]] std::optional<error> problems() const;

 private:
  static constexpr std::size_t buffer_size = 8 * 1024;

  credcache::json_memory overflow_;
  unsigned char buffer_[buffer_size];
  boost::json::monotonic_resource memory_;
  boost::json::value value_;
  const boost::json::object* root_ = nullptr;
  std::vector<std::string> malformed_, invalid_, too_large_;
};

}  // namespace credcached::api
