// The join: each variable from the first source that has a value for it.
#include "service/join.hpp"

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>
#include <ostream>

#include "seal/sealed_record.hpp"
#include "service_fixture.hpp"

namespace join_test {

using namespace credcache;
using namespace credcache::testing;
namespace data = boost::unit_test::data;

namespace {

// PAIR (A_ID, A_SECRET, A_REGION?), whose values may be anything.
constexpr const char* free_pair = R"(
csp: Free
constant: FREE
sites: [default]
credentials:
  - type: variables
    name: PAIR
    description: An id and its secret.
    variables:
      - {name: A_ID, description: The id., aliases: [id]}
      - {name: A_SECRET, description: The secret., sensitive: true, aliases: [secret]}
      - {name: A_REGION, description: The region., mandatory: false, environmentNames: [A_DEFAULT_REGION], exportAs: [A_AREA]}
)";

// What each source has, and what PAIR becomes.
struct join_case {
  const char* title;
  name_values deploy, cached, credentials, environment;
  const char* joined;
};
std::ostream& operator<<(std::ostream& out, const join_case& c) {
  return out << c.title;
}

const join_case cases[] = {
    {"nothing anywhere", {}, {}, {}, {}, "incomplete"},
    {"everything cached", {}, {{"A_ID", "c"}, {"A_SECRET", "c"}}, {}, {}, "A_ID=c(cache) A_SECRET=c(cache)"},
    {"an optional variable",
     {},
     {{"A_ID", "c"}, {"A_SECRET", "c"}, {"A_REGION", "c"}},
     {},
     {},
     "A_ID=c(cache) A_SECRET=c(cache) A_REGION=c(cache)"},
    {"one from each source",
     {{"A_ID", "d"}},
     {{"A_SECRET", "c"}},
     {{"A_REGION", "s"}},
     {},
     "A_ID=d(deploy variables) A_SECRET=c(cache) A_REGION=s(systemd credential)"},
    {"every source has everything: the first one wins",
     {{"A_ID", "d"}, {"A_SECRET", "d"}, {"A_REGION", "d"}},
     {{"A_ID", "c"}, {"A_SECRET", "c"}, {"A_REGION", "c"}},
     {{"A_ID", "s"}, {"A_SECRET", "s"}, {"A_REGION", "s"}},
     {{"A_ID", "e"}, {"A_SECRET", "e"}, {"A_REGION", "e"}},
     "A_ID=d(deploy variables) A_SECRET=d(deploy variables) A_REGION=d(deploy variables)"},
    {"cache before systemd",
     {},
     {{"A_ID", "c"}, {"A_SECRET", "c"}},
     {{"A_ID", "s"}, {"A_SECRET", "s"}},
     {},
     "A_ID=c(cache) A_SECRET=c(cache)"},
    {"systemd before environment",
     {},
     {},
     {{"A_ID", "s"}},
     {{"A_ID", "e"}, {"A_SECRET", "e"}},
     "A_ID=s(systemd credential) A_SECRET=e(environment)"},
    {"blank values do not count",
     {{"A_ID", " "}, {"A_SECRET", ""}},
     {{"A_SECRET", "c"}},
     {{"A_ID", "\t\n"}},
     {{"A_ID", "e"}},
     "A_ID=e(environment) A_SECRET=c(cache)"},
    {"only blank values",
     {{"A_ID", " "}, {"A_SECRET", "d"}},
     {},
     {{"A_ID", " "}},
     {{"A_ID", ""}},
     "A_SECRET=d(deploy variables) incomplete"},
    {"the name itself before environmentNames",
     {},
     {},
     {},
     {{"A_ID", "e"}, {"A_SECRET", "e"}, {"A_REGION", "own"}, {"A_DEFAULT_REGION", "other"}},
     "A_ID=e(environment) A_SECRET=e(environment) A_REGION=own(environment)"},
    {"environmentNames after it",
     {},
     {},
     {},
     {{"A_ID", "e"}, {"A_SECRET", "e"}, {"A_DEFAULT_REGION", "other"}},
     "A_ID=e(environment) A_SECRET=e(environment) A_REGION=other(environment)"},
    {"environmentNames of an earlier source before the name in a later one",
     {},
     {},
     {{"A_DEFAULT_REGION", "s"}},
     {{"A_ID", "e"}, {"A_SECRET", "e"}, {"A_REGION", "e"}},
     "A_ID=e(environment) A_SECRET=e(environment) A_REGION=s(systemd credential)"},
    {"exports after environmentNames",
     {},
     {},
     {},
     {{"A_ID", "e"}, {"A_SECRET", "e"}, {"A_AREA", "area"}},
     "A_ID=e(environment) A_SECRET=e(environment) A_REGION=area(environment)"},
    {"not before them",
     {},
     {},
     {},
     {{"A_ID", "e"}, {"A_SECRET", "e"}, {"A_AREA", "area"}, {"A_DEFAULT_REGION", "other"}},
     "A_ID=e(environment) A_SECRET=e(environment) A_REGION=other(environment)"},
    {"aliases are not looked up", {}, {}, {}, {{"id", "e"}, {"secret", "e"}}, "incomplete"},
    {"deploy variables by the names they are handed out as",
     {{"A_AREA", "d"}},
     {{"A_ID", "c"}, {"A_SECRET", "c"}, {"A_REGION", "c"}},
     {},
     {},
     "A_ID=c(cache) A_SECRET=c(cache) A_REGION=d(deploy variables)"},
    {"deploy variables by their aliases",
     {{"id", "d"}, {"secret", "d"}},
     {{"A_ID", "c"}},
     {},
     {},
     "A_ID=d(deploy variables) A_SECRET=d(deploy variables)"},
    {"the name before an alias, in any order",
     {{"id", "alias"}, {"A_ID", "own"}, {"A_SECRET", "own"}, {"secret", "alias"}},
     {},
     {},
     {},
     "A_ID=own(deploy variables) A_SECRET=own(deploy variables)"},
    {"deploy variables of other names", {{"A_TOKEN", "d"}, {"a_id", "d"}}, {}, {}, {}, "incomplete"},
    {"a cached variable that the definition has lost",
     {},
     {{"LOST", "c"}, {"A_ID", "c"}, {"A_SECRET", "c"}},
     {},
     {},
     "A_ID=c(cache) A_SECRET=c(cache)"},
};

}  // namespace

BOOST_AUTO_TEST_SUITE(joins)

BOOST_DATA_TEST_CASE(the_first_source_with_a_value_wins, data::make(cases), c) {
  service_fixture f;
  f.credentials->clear();
  f.environment->clear();
  for (const auto& [name, value] : c.credentials) f.credentials->emplace(name, value);
  for (const auto& [name, value] : c.environment) f.environment->emplace(name, value);
  const auto catalog = catalog_of({free_pair});
  const csp_definition& csp = catalog->csps()[0];
  const credential_definition& pair = csp.credentials[0];
  secret_buffer record;
  record_writer writer(record, "");
  std::vector<std::string> names;
  for (const auto& [name, value] : c.cached) {
    writer.append(names.size(), {false, value});
    names.emplace_back(name);
  }
  writer.finish();
  const auto deploy = given(c.deploy);
  const auto sources = f.sources();

  joined_credential out;
  const join_inputs in{csp, pair, c.cached.empty() ? "" : record.reveal(), &names, {}, deploy, sources};
  const bool complete = join(in, at(), out);
  std::string joined;
  for (const resolved_variable& v : out.variables) {
    if (v.origin == value_origin::missing) continue;
    joined += (joined.empty() ? "" : " ") + v.names->front() + "=" + std::string(v.value) + "(" +
              std::string(to_string(v.origin)) + ")";
  }
  if (!complete) joined += joined.empty() ? "incomplete" : " incomplete";
  BOOST_TEST(joined == c.joined);
  BOOST_TEST(shortages(in, out).empty() == complete);
}

BOOST_AUTO_TEST_CASE(names_are_enumerated_as_in_a_sentence) {
  const std::vector<std::string> names{"A", "B", "C"};
  const std::span<const std::string> all(names);
  BOOST_TEST(enumerate(all.first(0)).empty());
  BOOST_TEST(enumerate(all.first(1)) == "A");
  BOOST_TEST(enumerate(all.first(2)) == "A and B");
  BOOST_TEST(enumerate(all) == "A, B and C");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace join_test
