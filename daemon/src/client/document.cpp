#include "client/document.hpp"

#include <boost/json/parser.hpp>

namespace credcached::client {

namespace {

const boost::json::value* member_of(const boost::json::value& of, std::string_view member) noexcept {
  const auto* object = of.if_object();
  return object == nullptr ? nullptr : object->if_contains(boost::json::string_view(member.data(), member.size()));
}

}  // namespace

document::document(std::string_view text) : root_(&memory_) {
  boost::json::parser parser(&memory_);  // its own stack holds values while they are read
  parser.reset(&memory_);
  boost::json::error_code error;
  parser.write(text.data(), text.size(), error);
  if (error)
    throw malformed_answer("the daemon's answer is no JSON (" + error.message() +
                           "); is something else listening on its socket?");
  root_ = parser.release();
}

std::string_view text_of(const boost::json::value& of, std::string_view member) noexcept {
  const auto* value = member_of(of, member);
  const auto* text = value == nullptr ? nullptr : value->if_string();
  return text == nullptr ? std::string_view{} : std::string_view{text->data(), text->size()};
}

std::int64_t number_of(const boost::json::value& of, std::string_view member) noexcept {
  const auto* value = member_of(of, member);
  const auto* number = value == nullptr ? nullptr : value->if_int64();
  return number == nullptr ? 0 : *number;
}

bool flag_of(const boost::json::value& of, std::string_view member) noexcept {
  const auto* value = member_of(of, member);
  const auto* flag = value == nullptr ? nullptr : value->if_bool();
  return flag != nullptr && *flag;
}

const boost::json::array& list_of(const boost::json::value& of) noexcept {
  static const boost::json::array none;
  const auto* list = of.if_array();
  return list == nullptr ? none : *list;
}

const boost::json::array& list_of(const boost::json::value& of, std::string_view member) noexcept {
  static const boost::json::value nothing;
  const auto* value = member_of(of, member);
  return list_of(value == nullptr ? nothing : *value);
}

const boost::json::object& object_of(const boost::json::value& of, std::string_view member) noexcept {
  static const boost::json::object none;
  const auto* value = member_of(of, member);
  const auto* object = value == nullptr ? nullptr : value->if_object();
  return object == nullptr ? none : *object;
}

std::string joined(const boost::json::array& texts) {
  std::string all;
  for (const auto& text : texts)
    if (const auto* s = text.if_string()) all.append(all.empty() ? "" : ", ").append(s->data(), s->size());
  return all;
}

bool has(const boost::json::value& of, std::string_view member) noexcept {
  const auto* value = member_of(of, member);
  return value != nullptr && !value->is_null();
}

}  // namespace credcached::client
