// The environment: values are imported, joined and written in all formats. JSON is read back; the other formats are read
// by their real readers in tests/clients.
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

/// A value without what editors and shells put around it: a byte order mark before it, one line end after it.
std::string without_frame(std::string_view value) {
  if (value.starts_with("\xef\xbb\xbf")) value.remove_prefix(3);
  if (value.ends_with('\n')) value.remove_suffix(value.ends_with("\r\n") ? 2 : 1);
  return std::string(value);
}

/// What a variable has to have: the value of the first of its names, its own before the further ones, that is given and
/// not blank. Null if there is none; a JSON value of the same credential may fill it then.
const std::string* origin_of(const credcache::csp_definition& csp, const credcache::credential_definition& definition,
                             std::size_t slot, const values& given) {
  std::vector<std::string> names;
  if (slot < definition.variables.size()) {
    names = definition.variables[slot].looked_up_as;
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

  // Imports the block as the environment of this process, and returns the values that count in it, as they count.
  values import(std::string block, credcache::sealed_values& into) const {
    std::vector<char*> lines;
    values given;
    for (std::size_t at = 0; at < block.size(); at = block.find('\0', at) + 1) {
      const std::string_view line = block.data() + at;
      const std::size_t equals = line.find('=');
      if (equals == 0 || equals == std::string_view::npos) continue;  // no kernel or shell makes such a line
      lines.push_back(block.data() + at);
      given.emplace(line.substr(0, equals), without_frame(line.substr(equals + 1)));  // the first of two counts
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
    for (const auto& [name, value] : expected) expect(credcache::is_utf8(value), "what is joined is text", name);
    for (const output_format& format : formats::output_formats()) {
      if (format.write_presentation != nullptr) continue;
      credcache::secret_buffer out;
      const auto without_form = writer.write(out, format, resolved, somebody, now);
      expect(without_form.empty() || !format.no_form_for.empty(), "a format says what it has no form for", format.name);
      for (const auto& [name, value] : expected) {
        const bool refused = std::ranges::count(without_form, std::string_view(name)) == 1;
        const bool written = out.reveal().find(name) != std::string_view::npos;
        expect(refused || written, "a variable is written or refused", name);
      }
      if (format.is_json()) expect(read_json(out.reveal()) == expected, "JSON says what was joined", out.reveal());
    }
  }
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  static importer daemon;
  daemon.run(fuzzing::text_of(data, size));
  return 0;
}
