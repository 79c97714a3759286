// The environment: values are imported, joined and written in all four formats, and each format is read back.
//
// The input is an environment block: NAME=VALUE, each with a zero byte at its end. It takes the place of the real one
// while it is imported.
#include <unistd.h>

#include <algorithm>
#include <boost/json/parse.hpp>
#include <cstdlib>
#include <map>
#include <string>
#include <utility>

#include "base/text.hpp"
#include "credcache/credential_service.hpp"
#include "expect.hpp"
#include "formats/resolve_writer.hpp"
#include "json/json_writer.hpp"

using namespace credcached;
using formats::output_format;
using fuzzing::expect;

namespace {

using values = std::map<std::string, std::string>;

/// Takes one word in single quotes, as a POSIX shell does.
std::string take_shell_word(std::string_view& text) {
  std::string word;
  for (bool quoted = false; !text.empty(); text.remove_prefix(1)) {
    const char c = text.front();
    if (c == '\'') {
      quoted = !quoted;
    } else if (quoted) {
      word += c;
    } else if (text.starts_with("\\'")) {
      word += '\'';
      text.remove_prefix(1);
    } else {
      break;
    }
  }
  return word;
}

/// Takes text in double quotes with backslash escapes, as dotenv and HCL have them.
std::string take_quoted(std::string_view& text, bool json) {
  const std::string_view whole = text;
  std::size_t end = 1;
  while (end < text.size() && text[end] != '"') end += text[end] == '\\' ? 2 : 1;
  expect(text.starts_with('"') && end < text.size(), "a value is in quotes", whole);
  const std::string_view quoted = text.substr(0, end + 1);
  text.remove_prefix(end + 1);
  if (json) {
    boost::json::error_code wrong;
    const auto value = boost::json::parse({quoted.data(), quoted.size()}, wrong);
    expect(!wrong, "a value is a JSON string", quoted);
    return std::string(value.as_string());
  }
  std::string word;
  for (std::size_t i = 1; i < end; ++i) {
    expect(quoted[i] != '$' && quoted[i] != '`', "nothing in a dotenv value is expanded", quoted);
    if (quoted[i] != '\\') {
      word += quoted[i];
      continue;
    }
    const char escaped = quoted[++i];
    word += escaped == 'n' ? '\n' : escaped == 'r' ? '\r' : escaped;
  }
  return word;
}

/// HCL's doubled signs, which keep ${ and %{ from being templates.
std::string without_doubled_signs(std::string_view text) {
  std::string plain;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool doubled = text.substr(i).starts_with("$${") || text.substr(i).starts_with("%%{");
    expect(!text.substr(i).starts_with("${") && !text.substr(i).starts_with("%{"), "no value is a template", text);
    if (doubled)
      plain += text.substr(++i, 2), ++i;
    else
      plain += text[i];
  }
  return plain;
}

values read_lines(std::string_view text, const output_format& format) {
  values found;
  const bool shell = format.name == "shell";
  const bool tfvars = format.name == "tfvars";
  const std::string_view before = shell ? "export " : "";
  const std::string_view between = tfvars ? " = " : "=";
  while (!text.empty()) {
    expect(text.starts_with(before), "a line begins as its format asks", text);
    text.remove_prefix(before.size());
    const std::size_t equals = text.find(between);
    expect(equals != std::string_view::npos, "a line has a name", text);
    const std::string name(text.substr(0, equals));
    text.remove_prefix(equals + between.size());
    std::string value = shell ? take_shell_word(text) : take_quoted(text, tfvars);
    if (tfvars) value = without_doubled_signs(value);
    expect(found.emplace(name, std::move(value)).second, "a name is handed out once", name);
    expect(text.starts_with('\n'), "a value ends its line", text);
    text.remove_prefix(1);
  }
  return found;
}

values read_json(std::string_view text) {
  boost::json::error_code wrong;
  const auto answer = boost::json::parse({text.data(), text.size()}, wrong);
  expect(!wrong, "the answer is JSON", text);
  values found;
  for (const auto& member : answer.at("variables").as_object()) {
    found.emplace(std::string(member.key()), std::string(member.value().as_string()));
  }
  return found;
}

/// What a variable has to have: the value of the first of its names, its own before the further ones, that is given and
/// not blank. Null if there is none; a JSON value of the same credential may fill it then.
const std::string* origin_of(const credcache::csp_definition& csp, const credcache::credential_definition& definition,
                             std::size_t slot, const values& given) {
  std::vector<std::string> names;
  if (slot < definition.variables.size()) {
    const credcache::variable_definition& variable = definition.variables[slot];
    names = variable.environment_names;
    names.insert(names.begin(), variable.name);
  } else {
    names = {csp.required_names[slot - definition.variables.size()].name};
  }
  for (const std::string& name : names) {
    const auto found = given.find(name);
    if (found != given.end() && !credcache::is_blank(found->second)) return &found->second;
  }
  return nullptr;
}

const credcache::owner somebody{credcache::owner_kind::user, "somebody"};

struct importer {
  std::shared_ptr<const credcache::provider_catalog> catalog =
      credcache::provider_catalog::load(credcache::built_in_definitions());
  std::shared_ptr<const credcache::master_key> key =
      std::make_shared<const credcache::master_key>(credcache::master_key::random());
  std::vector<std::string> names = catalog->environment_names();
  formats::resolve_writer writer{*catalog};
  std::shared_ptr<credcache::credential_cache> cache = std::make_shared<credcache::credential_cache>();

  // Imports the block as the environment of this process, and returns the values that count in it.
  values import(std::string block, credcache::sealed_values& into) const {
    std::vector<char*> lines;
    values given;
    for (std::size_t at = 0; at < block.size(); at = block.find('\0', at) + 1) {
      const std::string_view line = block.data() + at;
      const std::size_t equals = line.find('=');
      if (equals == 0 || equals == std::string_view::npos) continue;  // no kernel or shell makes such a line
      lines.push_back(block.data() + at);
      given.emplace(line.substr(0, equals), line.substr(equals + 1));  // the first of two counts
    }
    lines.push_back(nullptr);
    char** const real = std::exchange(environ, lines.data());
    credcache::import_environment(names, into, credcache::after_import::erase);
    for (const auto& name : names) expect(::getenv(name.c_str()) == nullptr, "an imported name is gone", name);
    environ = real;
    return given;
  }

  void run(std::string_view input) {
    const auto imported = std::make_shared<credcache::sealed_values>(key);
    const values given = import(std::string(input) + '\0', *imported);
    for (const auto& name : names) {
      const auto value = given.find(name);
      const bool blank = value == given.end() || credcache::is_blank(value->second);
      expect(imported->find(name).empty() == blank, "what is not blank is imported", name);
    }
    std::vector<std::unique_ptr<credcache::value_source>> sources;
    sources.push_back(std::make_unique<credcache::sealed_source>(credcache::value_origin::environment, imported));
    credcache::credential_service service(cache, key, catalog, std::move(sources));
    for (const auto& csp : catalog->csps()) {
      for (const auto& definition : csp.credentials) resolve(service, csp, definition, given);
    }
  }

  void resolve(credcache::credential_service& service, const credcache::csp_definition& csp,
               const credcache::credential_definition& definition, const values& given) {
    credcache::resolve_request request;
    request.csp = &csp;
    request.type = definition.type;
    request.name = definition.name;
    credcache::resolution resolved;
    const auto now = credcache::now();
    if (!service.resolve(somebody, request, now, resolved)) return;
    values expected;
    for (const auto& variable : resolved.variables()) {
      if (variable.origin == credcache::value_origin::missing) continue;
      for (const auto& name : *variable.names) expected.emplace(name, variable.value);
      const std::string* const origin = origin_of(csp, definition, variable.position, given);
      expect(origin == nullptr || *origin == variable.value, "a value is the one of the environment",
             variable.names->front());
    }
    expected.insert(definition.constants.begin(), definition.constants.end());
    const bool utf8 =
        std::all_of(expected.begin(), expected.end(), [](auto& e) { return credcache::is_utf8(e.second); });
    for (const output_format& format : formats::output_formats()) {
      credcache::secret_buffer out;
      writer.write(out, format, resolved, somebody, now);
      const bool json = format.write_line == nullptr;
      const values found = json ? read_json(out.reveal()) : read_lines(out.reveal(), format);
      // JSON and HCL are UTF-8: bytes that are not are replaced there.
      if (!utf8 && (json || format.name == "tfvars")) continue;
      expect(found == expected, "every format says what was joined", out.reveal());
    }
  }
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  static importer daemon;
  daemon.run(fuzzing::text_of(data, size));
  return 0;
}
