#include "config/yaml_value.hpp"

#include <yaml-cpp/eventhandler.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <sstream>

#include "config/duration.hpp"

namespace credcached::config {

namespace {

bool is_control(char c) {
  return static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
}

/// Text as a message may show it: short, on one line.
std::string shown(const std::string& text) {
  constexpr std::size_t longest = 60;
  std::string out = "\"";
  for (const char c : text.substr(0, longest)) out += is_control(c) ? '?' : c;
  return out + (text.size() > longest ? "…\"" : "\"");
}

template <class T>
bool parse_whole(const std::string& text, T& out, int base) {
  const char* const end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, out, base);
  return !text.empty() && error == std::errc{} && rest == end;
}

/// Looks at documents without keeping anything, except where the latest one began.
class document_places final : public YAML::EventHandler {
 public:
  YAML::Mark latest;

  void OnDocumentStart(const YAML::Mark& mark) override { latest = mark; }
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark&, YAML::anchor_t) override {}
  void OnAlias(const YAML::Mark&, YAML::anchor_t) override {}
  void OnScalar(const YAML::Mark&, const std::string&, YAML::anchor_t, const std::string&) override {}
  void OnSequenceStart(const YAML::Mark&, const std::string&, YAML::anchor_t, YAML::EmitterStyle::value) override {}
  void OnSequenceEnd() override {}
  void OnMapStart(const YAML::Mark&, const std::string&, YAML::anchor_t, YAML::EmitterStyle::value) override {}
  void OnMapEnd() override {}
};

}  // namespace

std::string yaml_value::place() const {
  const auto mark = node_.Mark();
  const auto from_one = [](int n) { return std::to_string(n < 0 ? 1 : n + 1); };
  return std::string(file_) + ":" + from_one(mark.line) + ":" + from_one(mark.column) + ": ";
}

void yaml_value::refuse(std::string_view found, std::string_view expected) const {
  throw config_error(place() + "found " + std::string(found) + ", expected " + std::string(expected));
}

void yaml_value::refuse(std::string_view expected) const {
  if (node_.IsScalar()) refuse(shown(node_.Scalar()), expected);
  refuse(node_.IsMap() ? "a map" : node_.IsSequence() ? "a list" : "nothing", expected);
}

std::string yaml_value::text(std::string_view expected) const {
  if (!node_.IsScalar() || node_.Scalar().empty()) refuse(expected);
  if (std::any_of(node_.Scalar().begin(), node_.Scalar().end(), is_control))
    refuse(std::string(expected) + " without control characters");
  return node_.Scalar();
}

bool yaml_value::boolean() const {
  static constexpr std::string_view choices[] = {"false", "true"};
  return one_of(choices) == 1;
}

std::uint64_t yaml_value::number(std::uint64_t least, std::uint64_t most) const {
  std::uint64_t value = 0;
  if (!node_.IsScalar() || !parse_whole(node_.Scalar(), value, 10) || value < least || value > most)
    refuse("a whole number from " + std::to_string(least) + " to " + std::to_string(most));
  return value;
}

double yaml_value::rate() const {
  constexpr double most = 1e6;
  double value = 0;
  if (node_.IsScalar()) {
    const auto& text = node_.Scalar();
    const auto [rest, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || rest != text.data() + text.size() || !std::isfinite(value)) value = 0;
  }
  if (value <= 0 || value > most) refuse("a number above 0 and up to 1000000");
  return value;
}

std::chrono::seconds yaml_value::duration(std::chrono::seconds least, std::chrono::seconds most) const {
  const auto value = node_.IsScalar() ? parse_duration(node_.Scalar()) : std::nullopt;
  if (!value) refuse(duration_forms);
  if (*value < least || *value > most)
    refuse("a duration from " + format_duration(least) + " to " + format_duration(most));
  return *value;
}

mode_t yaml_value::mode() const {
  mode_t value = 0;
  if (!node_.IsScalar() || !node_.Scalar().starts_with('0') || !parse_whole(node_.Scalar(), value, 8) || value > 0777)
    refuse("an octal mode such as \"0660\"");
  return value;
}

std::size_t yaml_value::one_of(std::span<const std::string_view> choices) const {
  const auto found = node_.IsScalar() ? std::find(choices.begin(), choices.end(), node_.Scalar()) : choices.end();
  if (found == choices.end()) refuse(one_of_text(choices));
  return static_cast<std::size_t>(found - choices.begin());
}

std::vector<yaml_value> yaml_value::items() const {
  if (!node_.IsSequence()) refuse("a list");
  if (node_.size() > longest_list)
    refuse("a list of " + std::to_string(node_.size()) + " items", "at most " + std::to_string(longest_list));
  std::vector<yaml_value> result;
  for (const auto& item : node_) result.emplace_back(item, file_);
  return result;
}

std::vector<std::string> yaml_value::texts(std::string_view expected) const {
  std::vector<std::string> result;
  for (const auto& item : items()) result.push_back(item.text(expected));
  return result;
}

std::vector<std::pair<yaml_value, yaml_value>> yaml_value::members() const {
  if (!node_.IsMap()) refuse("a map of keys and values");
  std::vector<std::pair<yaml_value, yaml_value>> result;
  for (const auto& member : node_) {
    const yaml_value key(member.first, file_);
    const auto name = key.text("a key");
    for (const auto& earlier : result)
      if (earlier.first.text("a key") == name) key.refuse("the key \"" + name + "\" a second time", "each key once");
    if (result.size() == most_keys)
      key.refuse("one key too many", "at most " + std::to_string(most_keys) + " in a map");
    result.emplace_back(key, yaml_value(member.second, file_));
  }
  return result;
}

YAML::Node load_single_document(const std::string& text) {
  // YAML::Load ignores what follows the first document, and YAML::LoadAll finds documents without end in some broken
  // texts.
  std::istringstream in(text);
  YAML::Parser parser(in);
  document_places places;
  if (parser.HandleNextDocument(places) && parser.HandleNextDocument(places))
    throw YAML::ParserException(places.latest, "a second document");
  return YAML::Load(text);
}

std::string one_of_text(std::span<const std::string_view> names) {
  std::string text = names.size() == 1 ? "" : "one of ";
  for (std::size_t i = 0; i < names.size(); ++i) text += (i == 0 ? "" : ", ") + std::string(names[i]);
  return text;
}

}  // namespace credcached::config
