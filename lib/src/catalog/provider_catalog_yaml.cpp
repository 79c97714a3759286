// Reads one provider definition file (docs/providers.md). The only source of the library that knows yaml-cpp.
//
// Definitions are configuration, but the parser is fuzzed like any other: a file is looked over as a stream of events
// first, which bounds its depth and refuses anchors, so that what becomes a tree is a small tree.
#include "catalog/provider_catalog_yaml.hpp"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <initializer_list>
#include <set>
#include <sstream>

#include "catalog/definition_text.hpp"
#include "catalog/variable_rules.hpp"
#include "credcache/limits.hpp"

namespace credcache {
namespace {

constexpr std::size_t most_bytes = 256 * 1024;  // far more than any definition needs, little enough to parse at once
constexpr int most_depth = 8;                   // one more than jsonObject has
constexpr std::size_t most_credentials = 64;    // of a csp
constexpr std::size_t most_pattern = 1024;      // characters of a regular expression

std::string described(const YAML::Node& node) {
  if (node.IsScalar()) return quoted(node.Scalar());
  if (node.IsSequence()) return node.size() == 0 ? "an empty list" : "a list";
  if (node.IsMap()) return "a map";
  return "nothing";
}

std::string place(const std::string& file, const YAML::Mark& mark) {
  const int line = mark.is_null() ? 1 : mark.line + 1;
  const int column = mark.is_null() ? 1 : mark.column + 1;
  return file + ':' + std::to_string(line) + ':' + std::to_string(column);
}

[[noreturn]] void fail(const std::string& file, const YAML::Mark& mark, const std::string& found,
                       const std::string& expected) {
  throw catalog_error(place(file, mark) + ": found " + found + ", expected " + expected);
}

/// Looks at a file before it becomes a tree.
class shape_check final : public YAML::EventHandler {
 public:
  explicit shape_check(const std::string& file) : file_(file) {}

  void OnDocumentStart(const YAML::Mark& mark) override {
    if (++documents_ > 1) fail(file_, mark, "a second document", "one csp in a file");
  }
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark&, YAML::anchor_t) override {}
  void OnScalar(const YAML::Mark&, const std::string&, YAML::anchor_t, const std::string&) override {}
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t) override { refuse_anchor(mark); }
  void OnAnchor(const YAML::Mark& mark, const std::string&) override { refuse_anchor(mark); }
  void OnSequenceStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t, YAML::EmitterStyle::value) override {
    enter(mark);
  }
  void OnSequenceEnd() override { --depth_; }
  void OnMapStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t, YAML::EmitterStyle::value) override {
    enter(mark);
  }
  void OnMapEnd() override { --depth_; }

 private:
  void enter(const YAML::Mark& mark) {
    if (++depth_ > most_depth) {
      fail(file_, mark, "more than " + std::to_string(most_depth) + " levels",
           "lists and maps as docs/providers.md shows them");
    }
  }
  [[noreturn]] void refuse_anchor(const YAML::Mark& mark) const {
    fail(file_, mark, "an anchor or alias of YAML (& or *)", "the text itself; put text that begins so in quotes");
  }

  const std::string& file_;
  int depth_ = 0;
  int documents_ = 0;
};

/// Turns the tree into a definition, and says where that does not work.
class definition_reader {
 public:
  explicit definition_reader(const std::string& file) : file_(file) {}

  [[nodiscard]] parsed_definition read(const YAML::Node& root) const {
    check_keys(root, "a provider definition", {"csp", "constant", "sites", "credentials"}, {"requires"});
    parsed_definition result;
    csp_definition& csp = result.csp;
    csp.file = file_;
    csp.name = text(root["csp"], a_csp);
    csp.constant = text(root["constant"], a_constant);
    csp.sites = texts(root["sites"], a_line, at_least::one);
    result.csp_at = place(file_, root["csp"].Mark());
    result.constant_at = place(file_, root["constant"].Mark());
    if (const auto list = root["requires"]) csp.required_names = required_names(list);
    const auto credentials = root["credentials"];
    check_list(credentials, at_least::one, most_credentials);
    for (const auto& node : credentials) csp.credentials.push_back(credential(node, csp));
    return result;
  }

 private:
  using keys = std::initializer_list<std::string_view>;
  enum class at_least { none, one };

  [[noreturn]] void wrong(const YAML::Node& node, const std::string& expected) const {
    fail(file_, node.Mark(), described(node), expected);
  }

  void check_keys(const YAML::Node& node, const std::string& what, keys required, keys optional) const {
    if (!node.IsMap()) wrong(node, "a map: " + what);
    std::set<std::string> seen;
    for (const auto& entry : node) {
      const std::string key = entry.first.IsScalar() ? entry.first.Scalar() : std::string();
      if (std::ranges::find(required, key) == required.end() && std::ranges::find(optional, key) == optional.end()) {
        std::string known;
        for (const auto& list : {required, optional}) {
          for (const auto name : list) known += (known.empty() ? "" : ", ") + std::string(name);
        }
        fail(file_, entry.first.Mark(), "the unknown key " + described(entry.first), "a key of " + what + ": " + known);
      }
      if (!seen.insert(key).second)
        fail(file_, entry.first.Mark(), "the key " + quoted(key) + " again", "each key once");
      // yaml-cpp has the mark of an absent value in the next line.
      if (entry.second.IsNull())
        fail(file_, entry.first.Mark(), "the key " + quoted(key) + " without a value", "it to have one");
    }
    for (const auto name : required) {
      if (!seen.contains(std::string(name))) {
        fail(file_, node.Mark(), what + " without the key " + quoted(name), "it to have one");
      }
    }
  }

  void check_list(const YAML::Node& node, at_least count, std::size_t most) const {
    if (!node.IsSequence() || (count == at_least::one && node.size() == 0)) {
      wrong(node, count == at_least::one ? "a list of at least one item" : "a list, such as [] or [A, B]");
    }
    if (node.size() > most) {
      fail(file_, node.Mark(), "a list of " + std::to_string(node.size()),
           "at most " + std::to_string(most) + " items");
    }
  }

  [[nodiscard]] std::string text(const YAML::Node& node, const spelling& form) const {
    if (!node.IsScalar() || !form.fits(node.Scalar())) wrong(node, form.expected);
    return node.Scalar();
  }

  /// One line; what a block of YAML (| or >) leaves at its end does not count.
  [[nodiscard]] std::string description(const YAML::Node& node) const {
    if (!node.IsScalar()) wrong(node, a_line.expected);
    const std::string_view all = node.Scalar();
    const std::string_view line = all.substr(0, all.find_last_not_of('\n') + 1);
    if (!a_line.fits(line)) wrong(node, a_line.expected);
    return std::string(line);
  }

  [[nodiscard]] bool flag(const YAML::Node& node) const {
    const bool quoted_text = node.Tag() == "!";
    if (!node.IsScalar() || quoted_text || (node.Scalar() != "true" && node.Scalar() != "false"))
      wrong(node, "true or false");
    return node.Scalar() == "true";
  }

  /// A list of different texts; none if the key is not there.
  [[nodiscard]] std::vector<std::string> texts(const YAML::Node& node, const spelling& form,
                                               at_least count = at_least::none) const {
    std::vector<std::string> all;
    if (!node.IsDefined()) return all;
    check_list(node, count, node.size());
    std::set<std::string> seen;
    for (const auto& item : node) {
      all.push_back(text(item, form));
      if (!seen.insert(all.back()).second) fail(file_, item.Mark(), described(item) + " again", "each item once");
    }
    return all;
  }

  /// A map of texts, in the order of the file; none if the key is not there.
  [[nodiscard]] std::vector<std::pair<std::string, std::string>> pairs(const YAML::Node& node, const spelling& key_form,
                                                                       const spelling& value_form) const {
    std::vector<std::pair<std::string, std::string>> all;
    if (!node.IsDefined()) return all;
    if (!node.IsMap() || node.size() == 0) wrong(node, "a map of texts, such as {NAME: text}");
    std::set<std::string> seen;
    for (const auto& entry : node) {
      all.emplace_back(text(entry.first, key_form), text(entry.second, value_form));
      if (!seen.insert(all.back().first).second) {
        fail(file_, entry.first.Mark(), "the key " + described(entry.first) + " again", "each key once");
      }
    }
    return all;
  }

  [[nodiscard]] std::vector<required_name> required_names(const YAML::Node& list) const {
    check_list(list, at_least::none, most_variables);
    std::vector<required_name> all;
    std::set<std::string> names;
    std::set<std::string> exports;
    for (const auto& node : list) {
      required_name next;
      if (node.IsScalar()) {
        next.name = text(node, a_name);
      } else {
        check_keys(node, "a required name", {"name"}, {"exportAs"});
        next.name = text(node["name"], a_name);
        next.export_as = texts(node["exportAs"], a_name);
      }
      if (!names.insert(next.name).second)
        fail(file_, node.Mark(), quoted(next.name) + " again", "each required name once");
      hand_out(exports, next.export_as, node);
      all.push_back(std::move(next));
    }
    return all;
  }

  /// An answer is a set of names: no two values may go out under one.
  void hand_out(std::set<std::string>& taken, const std::vector<std::string>& names, const YAML::Node& node) const {
    for (const auto& name : names) {
      if (!taken.insert(name).second) {
        fail(file_, node.Mark(), "a second value to be handed out as " + quoted(name),
             "each name once among names, exportAs, constants and requires");
      }
    }
  }

  [[nodiscard]] credential_definition credential(const YAML::Node& node, const csp_definition& csp) const {
    check_keys(node, "a credential", {"type", "name", "description", "variables"}, {"constants"});
    credential_definition result;
    const auto type = credential_type_of(text(node["type"], a_line));
    if (!type) wrong(node["type"], "variables, http_authentication, api_key or oauth2");
    result.type = *type;
    result.name = text(node["name"], a_line);
    result.description = description(node["description"]);
    if (csp.find(result.type, result.name) != nullptr) {
      fail(file_, node["name"].Mark(), "a second credential " + quoted(result.name) + " of the same type",
           "different names");
    }

    std::set<std::string> handed_out;
    for (const auto& required : csp.required_names) hand_out(handed_out, required.export_as, node);
    result.constants = pairs(node["constants"], a_name, a_line);
    for (const auto& [name, value] : result.constants) hand_out(handed_out, {name}, node["constants"]);

    const auto list = node["variables"];
    check_list(list, at_least::one, most_variables);
    for (const auto& item : list) {
      result.variables.push_back(variable(item));
      const auto& added = result.variables.back();
      hand_out(handed_out, added.handed_out_as, item["name"]);
      check_meaning(added, item, result.type, csp);
    }
    check_references(result, list);
    return result;
  }

  [[nodiscard]] variable_definition variable(const YAML::Node& node) const {
    check_keys(node, "a variable", {"name", "description"},
               {"mandatory", "sensitive", "aliases", "environmentNames", "pattern", "exportAs", "jsonObject"});
    variable_definition result;
    result.name = text(node["name"], a_name);
    result.description = description(node["description"]);
    if (const auto mandatory = node["mandatory"]) result.mandatory = flag(mandatory);
    if (const auto sensitive = node["sensitive"]) result.sensitive = flag(sensitive);
    result.aliases = texts(node["aliases"], a_line);
    result.environment_names = texts(node["environmentNames"], a_name);
    result.export_as = texts(node["exportAs"], a_name);
    result.handed_out_as = {result.name};
    result.handed_out_as.insert(result.handed_out_as.end(), result.export_as.begin(), result.export_as.end());
    if (const auto pattern = node["pattern"]) {
      result.pattern = text(pattern, a_line);
      if (result.pattern.size() > most_pattern)
        wrong(pattern, "at most " + std::to_string(most_pattern) + " characters");
      try {
        result.compiled = compile_pattern(result.pattern);
      } catch (const std::invalid_argument& e) {
        fail(file_, pattern.Mark(), quoted(result.pattern) + " (" + first_sentence(e.what()) + ")",
             "a regular expression in Perl's syntax");
      }
    }
    if (const auto rule = node["jsonObject"]) result.json = json_rule(rule);
    return result;
  }

  [[nodiscard]] json_object_rule json_rule(const YAML::Node& node) const {
    check_keys(node, "a jsonObject rule", {}, {"equals", "required", "fills"});
    json_object_rule rule;
    for (auto& [member, value] : pairs(node["equals"], a_line, a_line)) rule.equals.emplace(member, value);
    rule.required = texts(node["required"], a_line);
    for (auto& [name, member] : pairs(node["fills"], a_name, a_line)) rule.fills.emplace(name, member);
    return rule;
  }

  /// The environment is read as it is: one name cannot mean two things there.
  void check_meaning(const variable_definition& added, const YAML::Node& node, credential_type type,
                     const csp_definition& csp) const {
    for (const auto& earlier : csp.credentials) {
      if (earlier.type != type) continue;
      const auto same = std::ranges::find(earlier.variables, added.name, &variable_definition::name);
      if (same == earlier.variables.end()) continue;
      if (same->description != added.description || same->mandatory != added.mandatory ||
          same->sensitive != added.sensitive) {
        fail(file_, node["name"].Mark(), quoted(added.name) + " with another meaning than in " + quoted(earlier.name),
             "the same description, mandatory and sensitive in both");
      }
    }
  }

  /// What variables say about one another; `list` has their nodes.
  void check_references(const credential_definition& definition, const YAML::Node& list) const {
    const auto is_variable = [&](const std::string& name) {
      return std::ranges::find(definition.variables, name, &variable_definition::name) != definition.variables.end();
    };
    for (std::size_t i = 0; i < definition.variables.size(); ++i) {
      const auto& variable = definition.variables[i];
      for (std::size_t a = 0; a < variable.aliases.size(); ++a) {
        if (is_variable(variable.aliases[a])) {
          wrong(list[i]["aliases"][a], "an alias that is not the name of a variable of this credential");
        }
      }
      if (!variable.json) continue;
      for (const auto& [name, member] : variable.json->fills) {
        if (name == variable.name || !is_variable(name)) {
          fail(file_, list[i]["jsonObject"]["fills"].Mark(), quoted(name),
               "the name of another variable of this credential");
        }
      }
    }
  }

  /// Boost.Regex explains itself over several lines, with the expression in them.
  static std::string first_sentence(std::string_view text) {
    const auto end = text.find_first_of(".\n");
    return printable(text.substr(0, end));
  }

  const std::string& file_;
};

}  // namespace

parsed_definition parse_definition(const definition_file& file) {
  if (file.text.size() > most_bytes) {
    fail(file.name, YAML::Mark::null_mark(), "more than " + std::to_string(most_bytes) + " bytes",
         "a definition, which is shorter");
  }
  try {
    std::istringstream stream(file.text);
    YAML::Parser events(stream);
    shape_check check(file.name);
    while (events.HandleNextDocument(check)) {
    }
    return definition_reader(file.name).read(YAML::Load(file.text));
  } catch (const YAML::Exception& e) {
    fail(file.name, e.mark, "text that is not YAML (" + printable(e.msg) + ')',
         "a provider definition as in docs/providers.md");
  }
}

}  // namespace credcache
