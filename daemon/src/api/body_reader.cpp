#include "api/body_reader.hpp"

#include <algorithm>
#include <limits>
#include <utility>

#include "base/text.hpp"
#include "json/json_parser.hpp"

namespace credcached::api {
namespace {

namespace bj = boost::json;

/// Each of them brings the list of those that are known; a body may have thousands.
constexpr std::size_t most_unknown_named = 16;

std::string_view type_name(const bj::value& v) noexcept {
  switch (v.kind()) {
    case bj::kind::null:
      return "null";
    case bj::kind::bool_:
      return "a boolean";
    case bj::kind::int64:
    case bj::kind::uint64:
    case bj::kind::double_:
      return "a number";
    case bj::kind::string:
      return "text";
    case bj::kind::array:
      return "a list";
    case bj::kind::object:
      return "an object";
  }
  return "something else";
}

std::string named(std::string_view where, std::string_view member) {
  return where.empty() ? std::string(member) : std::string(where) + "." + std::string(member);
}

std::string type_problem(std::string_view where, std::string_view member, const bj::value& found,
                         std::string_view expected) {
  return named(where, member) + ": found " + std::string(type_name(found)) + ", expected " + std::string(expected) +
         ".";
}

}  // namespace

body_reader::body_reader(std::string_view text, std::size_t max_depth)
    : memory_(buffer_, sizeof buffer_, bj::storage_ptr(&overflow_)), value_(bj::storage_ptr(&memory_)) {
  if (text.empty()) {
    malformed("The body is empty; expected a JSON object.");
    return;
  }
  if (auto fault = json::parse(text, max_depth, &overflow_, bj::storage_ptr(&memory_), value_)) {
    malformed("The body is not the JSON that is expected: " + *fault + ".");
  }
  root_ = value_.if_object();
  if (root_ == nullptr && malformed_.empty()) {
    malformed("The body is " + std::string(type_name(value_)) + "; expected a JSON object.");
  }
}

body_reader::~body_reader() {
  value_ = nullptr;
  memory_.release();
  credcache::wipe(buffer_, sizeof buffer_);
}

void body_reader::only(const bj::object& object, std::initializer_list<std::string_view> known,
                       std::string_view where) {
  std::size_t unknown = 0;
  for (const auto& member : object) {
    const std::string_view name(member.key().data(), member.key().size());
    if (std::find(known.begin(), known.end(), name) != known.end() || ++unknown > most_unknown_named) continue;
    malformed("Unknown member \"" + named(where, name.substr(0, 64)) + "\"; the members known here are " +
              credcache::joined(known) + ".");
  }
  if (unknown > most_unknown_named) {
    malformed("Unknown members besides those: " + std::to_string(unknown - most_unknown_named) + " more.");
  }
}

std::optional<std::string_view> body_reader::text(const bj::object& object, std::string_view member, bool required,
                                                  std::string_view where) {
  const bj::value* const found = object.if_contains(member);
  if (found == nullptr || found->is_null()) {
    if (required)
      invalid(named(where, member) + ": found " + (found == nullptr ? "nothing" : "null") + ", expected text.");
    return std::nullopt;
  }
  const bj::string* const text = found->if_string();
  if (text == nullptr) {
    malformed(type_problem(where, member, *found, "text"));
    return std::nullopt;
  }
  if (required && credcache::is_blank({text->data(), text->size()})) {
    invalid(named(where, member) + ": found blank text, expected some.");
    return std::nullopt;
  }
  return std::string_view(text->data(), text->size());
}

std::optional<bool> body_reader::flag(const bj::object& object, std::string_view member, std::string_view where) {
  const bj::value* const found = object.if_contains(member);
  if (found == nullptr || found->is_null()) return std::nullopt;
  if (!found->is_bool()) {
    malformed(type_problem(where, member, *found, "true or false"));
    return std::nullopt;
  }
  return found->get_bool();
}

std::optional<int> body_reader::whole_number(const bj::object& object, std::string_view member) {
  const bj::value* const found = object.if_contains(member);
  if (found == nullptr) return std::nullopt;
  if (found->is_null()) {
    invalid(named({}, member) + ": found null, expected a whole number or no such member.");
    return std::nullopt;
  }
  const std::int64_t* const number = found->if_int64();
  if (number == nullptr && !found->is_uint64()) {
    malformed(type_problem({}, member, *found, "a whole number"));
    return std::nullopt;
  }
  if (number == nullptr || *number > std::numeric_limits<int>::max() || *number < std::numeric_limits<int>::min()) {
    malformed(named({}, member) + ": found a number that does not fit 32 bits, expected a smaller one.");
    return std::nullopt;
  }
  return static_cast<int>(*number);
}

std::optional<error> body_reader::problems() const {
  std::vector<std::string> all = too_large_;
  all.insert(all.end(), malformed_.begin(), malformed_.end());
  all.insert(all.end(), invalid_.begin(), invalid_.end());
  if (!too_large_.empty()) return error(error_kind::payload_too_large, std::move(all));
  if (!malformed_.empty()) return error(error_kind::parameters_invalid, std::move(all));
  if (!invalid_.empty()) return error(error_kind::unprocessable, std::move(all));
  return std::nullopt;
}

}  // namespace credcached::api
