// Provider definitions: a file of the configured folder beside the built-in ones. It is loaded, or refused in one line.
#include "credcache/provider_catalog.hpp"
#include "expect.hpp"

using namespace credcached;
using fuzzing::expect;

namespace {

void check_csp(const credcache::csp_definition& csp) {
  expect(!csp.name.empty() && !csp.constant.empty(), "a csp has a name and a constant");
  expect(!csp.sites.empty() && !csp.credentials.empty(), "a csp has a site and a credential");
  for (const auto& definition : csp.credentials) {
    expect(!definition.variables.empty(), "a credential has variables", definition.name);
    expect(csp.find(definition.type, definition.name) == &definition, "a credential is found by type and name");
    for (const auto& variable : definition.variables) {
      expect(definition.find_variable(variable.name) == &variable, "a variable is found by its name", variable.name);
      expect(!variable.handed_out_as.empty(), "a variable is handed out under a name", variable.name);
      for (const std::string_view value : {"", "value", "{\"type\":\"account\"}", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab"}) {
        std::string why;
        expect(variable.accepts(value, why) || !why.empty(), "a refused value is told why", variable.name);
      }
    }
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  const credcache::definition_file file{"fuzz.yaml", std::string(fuzzing::text_of(data, size))};
  try {
    const auto catalog = credcache::provider_catalog::load({}, {&file, 1});
    expect(catalog->csps().size() == 1, "a file defines one csp");
    check_csp(catalog->csps().front());
    static const auto built_in = credcache::built_in_definitions();
    static_cast<void>(credcache::provider_catalog::load(built_in, {&file, 1}));
  } catch (const credcache::catalog_error& e) {
    fuzzing::expect_message(e.what(), "fuzz.yaml:");
  }
  return 0;
}
