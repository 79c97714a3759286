// What variables of one credential say about one another: names that would mean two of them, groups, alternatives.
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>
#include <ostream>

#include "library_fixture.hpp"

namespace variables_of_one_credential_test {

using namespace credcache;
using namespace credcache::testing;
namespace data = boost::unit_test::data;

namespace {

constexpr const char* good = R"(csp: one
constant: ONE
sites: [default]
credentials:
  - type: variables
    name: KEY
    description: A key.
    variables:
      - name: A_KEY
        description: The key.
)";

std::string message_of(const std::string& text) {
  try {
    (void)provider_catalog::load(std::vector<definition_file>{{"x.yaml", text}});
    return "accepted";
  } catch (const catalog_error& e) {
    return e.what();
  }
}

/// `good` with `from` replaced by `to` is refused with exactly this message.
struct refusal {
  const char *from, *to, *message;
};
std::ostream& operator<<(std::ostream& out, const refusal& r) {
  return out << r.to;
}

const refusal refusals[] = {
    {"The key.",
     "The key.\n      - {name: B, description: b, aliases: [X]}\n      - {name: C, description: c, exportAs: [X]}",
     "x.yaml:11:45: found \"X\", expected an alias that is not the exportAs of another variable"},
    {"The key.",
     "The key.\n      - {name: B, description: b, environmentNames: [X]}\n      - {name: C, description: c, exportAs: "
     "[X]}",
     "x.yaml:11:54: found \"X\", expected a name that is not the exportAs of another variable"},
    {"name: KEY", "name: KEY\n    together: A_KEY",
     "x.yaml:7:15: found \"A_KEY\", expected a list of at least one item"},
    {"name: KEY", "name: KEY\n    together: []",
     "x.yaml:7:15: found an empty list, expected a list of at least one item"},
    {"name: KEY", "name: KEY\n    together: [[A_KEY]]",
     "x.yaml:7:16: found a list of one name, expected at least two variables of this credential"},
    {"name: KEY", "name: KEY\n    together: [[A_KEY, B]]",
     "x.yaml:7:24: found \"B\", expected the name of a variable of this credential"},
    {"name: KEY", "name: KEY\n    oneOf: [[A_KEY, A_KEY]]",
     "x.yaml:7:21: found \"A_KEY\" again, expected each item once"},
    {"The key.", "The key.\n      - {name: B, description: b}\n    together: [[A_KEY, B], [B, A_KEY]]",
     "x.yaml:12:28: found a variable that is in another group or that a jsonObject fills, expected groups that do not "
     "meet"},
    {"The key.",
     "The key.\n      - {name: B, description: b, jsonObject: {fills: {A_KEY: k}}}\n    together: [[A_KEY, B]]",
     "x.yaml:12:16: found a variable that is in another group or that a jsonObject fills, expected groups that do not "
     "meet"},
};

}  // namespace

BOOST_AUTO_TEST_SUITE(variables_of_one_credential)

BOOST_DATA_TEST_CASE(are_refused_if_they_contradict_one_another, data::make(refusals), c) {
  std::string text = good;
  text.replace(text.find(c.from), std::string_view(c.from).size(), c.to);
  BOOST_TEST(message_of(text) == c.message);
}

BOOST_AUTO_TEST_CASE(a_name_that_is_already_an_alias_or_an_environment_name_may_be_exported) {
  const auto catalog =
      catalog_of({std::string(good) + "        aliases: [X]\n        environmentNames: [X]\n        exportAs: [X]\n"});
  BOOST_TEST(catalog->environment_names() == (std::vector<std::string>{"A_KEY", "X"}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace variables_of_one_credential_test
