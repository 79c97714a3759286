#include "base/yaml.hpp"

#include <yaml-cpp/eventhandler.h>

#include <algorithm>
#include <sstream>

#include "base/text.hpp"
#include "base/text_file.hpp"

namespace credcache::inline v1 {
namespace {

std::string position_of(std::string_view file, const YAML::Mark& mark) {
  const auto from_one = [](int n) { return std::to_string(n < 0 ? 1 : n + 1); };
  return std::string(file) + ':' + from_one(mark.line) + ':' + from_one(mark.column);
}

[[noreturn]] void fail(std::string_view file, const YAML::Mark& mark, std::string_view found,
                       std::string_view expected) {
  throw yaml_error(position_of(file, mark) + ": found " + std::string(found) + ", expected " + std::string(expected));
}

/// Looks at a document before it becomes a tree. YAML::Load would ignore what follows the first one.
class shape_check final : public YAML::EventHandler {
 public:
  explicit shape_check(std::string_view file) : file_(file) {}

  void OnDocumentStart(const YAML::Mark& mark) override {
    if (++documents_ > 1) fail(file_, mark, "a second document", "one in a file");
  }
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark&, YAML::anchor_t) override {}
  void OnScalar(const YAML::Mark&, const std::string&, YAML::anchor_t, const std::string&) override {}
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t) override { refuse_anchor(mark); }
  void OnAnchor(const YAML::Mark& mark, const std::string&) override { refuse_anchor(mark); }
  void OnSequenceStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t, YAML::EmitterStyle::value) override {
    enter(mark);
  }
  void OnSequenceEnd() override { --level_; }
  void OnMapStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t, YAML::EmitterStyle::value) override {
    enter(mark);
  }
  void OnMapEnd() override { --level_; }

 private:
  void enter(const YAML::Mark& mark) {
    if (++level_ <= yaml_value::most_levels) return;
    const std::string most = std::to_string(yaml_value::most_levels);
    fail(file_, mark, "more than " + most + " levels", "lists and maps of at most " + most);
  }
  [[noreturn]] void refuse_anchor(const YAML::Mark& mark) const {
    fail(file_, mark, "an anchor or alias of YAML (& or *)", "the text itself; put text that begins so in quotes");
  }

  std::string_view file_;
  int level_ = 0;
  int documents_ = 0;
};

}  // namespace

yaml_value yaml_value::load(const std::string& text, std::string_view file, std::string_view expected) try {
  if (text.size() > longest_text) {
    fail(file, YAML::Mark::null_mark(), "more than " + std::to_string(longest_text) + " bytes", "a shorter file");
  }
  // yaml-cpp would take UTF-16, and bytes that are nothing at all.
  if (const auto wrong = encoding_complaint(text); !wrong.empty())
    fail(file, YAML::Mark::null_mark(), wrong, "text in UTF-8");
  std::istringstream stream(text);
  YAML::Parser events(stream);
  shape_check check(file);
  while (events.HandleNextDocument(check)) {
  }
  return {YAML::Load(text), file};
} catch (const YAML::Exception& e) {
  fail(file, e.mark, "no valid YAML (" + printable(e.msg) + ')', expected);
}

std::string yaml_value::position() const {
  return position_of(file_, node_.IsDefined() ? node_.Mark() : YAML::Mark::null_mark());
}

std::size_t yaml_value::line() const {
  return node_.IsDefined() ? static_cast<std::size_t>(node_.Mark().line + 1) : 0;
}

void yaml_value::refuse(std::string_view found, std::string_view expected) const {
  throw yaml_error(position() + ": found " + std::string(found) + ", expected " + std::string(expected));
}

void yaml_value::refuse(std::string_view expected) const {
  refuse(description(), expected);
}

const std::string& yaml_value::scalar() const {
  static const std::string none;
  return is_text() ? node_.Scalar() : none;
}

std::string yaml_value::description() const {
  if (is_text()) return shown(scalar());
  if (is_list()) return node_.size() == 0 ? "an empty list" : "a list";
  return is_map() ? "a map" : "nothing";
}

std::string yaml_value::text(std::string_view expected) const {
  if (scalar().empty()) refuse(expected);
  if (has_control_character(scalar())) refuse(std::string(expected) + " without control characters");
  return scalar();
}

// yaml-cpp tags what stands in quotes with "!".
bool yaml_value::boolean() const {
  if (!is_text() || node_.Tag() == "!" || (scalar() != "true" && scalar() != "false")) refuse("true or false");
  return scalar() == "true";
}

std::uint64_t yaml_value::number(std::uint64_t least, std::uint64_t most) const {
  const auto value = whole_number<std::uint64_t>(scalar());
  if (!value || *value < least || *value > most)
    refuse("a whole number from " + std::to_string(least) + " to " + std::to_string(most));
  return *value;
}

std::size_t yaml_value::one_of(std::span<const std::string_view> choices) const {
  const auto found = is_text() ? std::ranges::find(choices, scalar()) : choices.end();
  if (found == choices.end()) refuse(one_of_text(choices));
  return static_cast<std::size_t>(found - choices.begin());
}

std::vector<yaml_value> yaml_value::items() const {
  if (!is_list()) refuse("a list");
  if (node_.size() > longest_list)
    refuse("a list of " + std::to_string(node_.size()) + " items", "at most " + std::to_string(longest_list));
  std::vector<yaml_value> result;
  for (const auto& item : node_) result.push_back(yaml_value(item, file_));
  return result;
}

std::vector<std::string> yaml_value::texts(std::string_view expected) const {
  std::vector<std::string> result;
  for (const auto& item : items()) result.push_back(item.text(expected));
  return result;
}

std::vector<std::pair<yaml_value, yaml_value>> yaml_value::members() const {
  if (!is_map()) refuse("a map of keys and values");
  std::vector<std::pair<yaml_value, yaml_value>> result;
  for (const auto& member : node_) {
    const yaml_value key(member.first, file_);
    static_cast<void>(key.text("a key"));
    for (const auto& earlier : result)
      if (earlier.first.scalar() == key.scalar())
        key.refuse("the key " + key.description() + " again", "each key once");
    if (result.size() == most_keys)
      key.refuse("one key too many", "at most " + std::to_string(most_keys) + " in a map");
    result.emplace_back(key, yaml_value(member.second, file_));
  }
  return result;
}

yaml_value yaml_value::operator[](std::string_view key) const {
  const YAML::Node& map = node_;  // the other one would add the key
  return {map[std::string(key)], file_};
}

std::string one_of_text(std::span<const std::string_view> names) {
  return (names.size() == 1 ? "" : "one of ") + joined(names);
}

}  // namespace credcache::inline v1
