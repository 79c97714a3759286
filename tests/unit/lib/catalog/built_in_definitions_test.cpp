// The definitions that the build turns into source are those of the files, in every field: a field that the generator
// (lib/tools/compile_definitions.cpp) forgets would be lost for whoever has no folder of definitions.
#include <algorithm>
#include <boost/test/unit_test.hpp>

#include "credcache/provider_catalog.hpp"

namespace built_in_definitions_test {

using namespace credcache;

BOOST_AUTO_TEST_SUITE(built_in_definitions_of_the_build)

BOOST_AUTO_TEST_CASE(are_the_files_in_every_field) {
  const auto files = read_definition_folder(SOURCE_FOLDER "/etc/credcached/providers.d");
  const auto expected = provider_catalog::load(files);
  const auto built_in = provider_catalog::load(built_in_definitions(), {});
  BOOST_TEST_REQUIRE(built_in->csps().size() == expected->csps().size());
  BOOST_TEST_REQUIRE(!built_in->csps().empty());
  for (std::size_t i = 0; i < expected->csps().size(); ++i) {
    csp_definition from_file = expected->csps()[i];
    csp_definition compiled = built_in->csps()[i];
    BOOST_TEST(from_file.file.ends_with("/" + compiled.file));
    from_file.file = compiled.file;
    BOOST_TEST((compiled == from_file), compiled.name);
    // What the comparison is worth: one letter of the last field of the last variable.
    compiled.credentials.back().variables.back().handed_out_as.back() += 'x';
    BOOST_TEST(!(compiled == from_file));
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace built_in_definitions_test
