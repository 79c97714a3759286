// What a value must look like: the pattern (Boost.Regex) and the JSON object rule (Boost.JSON) of a variable.
#include "catalog/variable_rules.hpp"

// A pattern that backtracks without end would hold up every other request of its thread. A harmless one visits a few
// states per character, so this is room for a value of 16 KiB, and over within a few tenths of a second at worst.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wold-style-cast"  // Boost casts the number where the compiler takes it for ours
#define BOOST_REGEX_MAX_STATE_COUNT 1'000'000
#include <boost/regex.hpp>
#pragma GCC diagnostic pop

#include <boost/json/parser.hpp>
#include <boost/json/value.hpp>

#include "base/json_memory.hpp"
#include "base/text_file.hpp"

namespace credcache::inline v1 {
namespace json = boost::json;

struct variable_definition::compiled_pattern {
  boost::regex expression;
};

std::shared_ptr<const variable_definition::compiled_pattern> compile_pattern(const std::string& pattern) {
  try {
    using compiled_pattern = variable_definition::compiled_pattern;
    return std::make_shared<const compiled_pattern>(compiled_pattern{boost::regex(pattern, boost::regex::perl)});
  } catch (const std::exception& e) {  // boost::regex_error; std::runtime_error for an expression that is too large
    throw std::invalid_argument(e.what());
  }
}

namespace {

// The bound of request bodies; key files are flat.
constexpr std::size_t most_depth = 8;

bool matches(const boost::regex& expression, std::string_view value, std::string& reason) {
  try {
    if (boost::regex_match(value.data(), value.data() + value.size(), expression)) return true;
    reason = "found text of another form, expected the whole value to match " + expression.str();
  } catch (const std::runtime_error&) {
    reason = "found text that takes too long to compare, expected the whole value to match " + expression.str();
  }
  return false;
}

/// Null unless `text` is JSON. Both the value and what the parser keeps on its way live in `memory`.
json::value parse(std::string_view text, json_memory& memory) {
  json::parse_options options;
  options.max_depth = most_depth;
  json::parser parser(&memory, options);
  parser.reset(&memory);
  json::error_code error;
  parser.write(text.data(), text.size(), error);
  if (error) return nullptr;
  return parser.release();
}

std::string_view text_of(const json::object& object, std::string_view member) {
  const json::value* value = object.if_contains(member);
  return value != nullptr && value->is_string() ? std::string_view(value->get_string()) : std::string_view();
}

[[gnu::noinline]] bool obeys(const json_object_rule& rule, std::string_view value, std::string& reason) {
  json_memory memory;
  const json::value parsed = parse(value, memory);
  const json::object* object = parsed.if_object();
  if (object == nullptr) {
    reason = "found something else, expected a JSON object";
    return false;
  }
  for (const auto& [member, text] : rule.equals) {
    if (text_of(*object, member) != text) {
      reason = "found a JSON object of another kind, expected its member \"" + member + "\" to be \"" + text + '"';
      return false;
    }
  }
  std::string missing;
  for (const auto& member : rule.required) {
    if (is_blank(text_of(*object, member))) missing += (missing.empty() ? "\"" : ", \"") + member + '"';
  }
  if (missing.empty()) return true;
  reason = "found a JSON object without " + missing + ", expected each of them as text that is not blank";
  return false;
}

[[gnu::noinline]] secret copy_member(std::string_view value, std::string_view member) {
  json_memory memory;
  const json::value parsed = parse(value, memory);
  const json::object* object = parsed.if_object();
  return object == nullptr ? secret() : secret::copy_of(text_of(*object, member));
}

}  // namespace

// A zero byte ends a text in the environment and in a shell; other bytes than UTF-8 have no form in JSON.
std::string complaint_about_text(std::string_view value) {
  const std::string_view complaint = encoding_complaint(value);
  if (complaint.empty()) return {};
  return "found " + std::string(complaint) + ", expected text in UTF-8 without zero bytes";
}

// The parser keeps pieces of escaped text in local buffers: hence functions of their own, and wipe_stack after them.

bool variable_definition::accepts(std::string_view value, std::string& reason) const {
  reason = complaint_about_text(value);
  if (!reason.empty()) return false;
  if (compiled && !matches(compiled->expression, value, reason)) return false;
  if (!json) return true;
  const bool good = obeys(*json, value, reason);
  wipe_stack();
  return good;
}

secret variable_definition::json_member(std::string_view value, std::string_view member) {
  secret text = copy_member(value, member);
  wipe_stack();
  return text;
}

}  // namespace credcache::inline v1
