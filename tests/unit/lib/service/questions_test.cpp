// Questions that are asked wrongly are answered, whatever they are: owners, csps, missing parts, names with anything in them.
#include <boost/test/unit_test.hpp>
#include <stdexcept>

#include "service_fixture.hpp"

namespace questions_test {

using namespace credcache;
using namespace credcache::testing;

namespace {

const name_values pair{{"A_ID", "AB"}, {"A_SECRET", "xyz"}};

template <class T>
std::string refusal_of(const result<T>& outcome) {
  return outcome ? "nothing refused" : service_fixture::text_of(outcome.error());
}

// What a constructor throws.
template <class Make>
std::string refused_part(Make make) {
  try {
    make();
  } catch (const std::invalid_argument& e) {
    return e.what();
  }
  return "nothing refused";
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(questions, service_fixture)

BOOST_AUTO_TEST_CASE(an_owner_without_a_name_or_with_too_long_a_one_is_refused_everywhere) {
  const std::string longest(longest_owner_name, 'x'), longer(longest_owner_name + 1, 'x'), far_longer(70'000, 'x');
  const std::pair<std::string, std::string> cases[] = {
      {"", "invalid_owner: The owner has no name; expected 1 to 65,535 bytes."},
      {longer, "invalid_owner: The owner's name has 65536 bytes; expected 1 to 65,535 bytes."},
      {far_longer, "invalid_owner: The owner's name has 70000 bytes; expected 1 to 65,535 bytes."}};
  for (const auto& [name, refused] : cases) {
    const owner_view wrong(owner_kind::user, name);
    const add_request request{alpha_key("PAIR"), {}, given(pair), {}, {}};
    const removal everything_of_alpha{"Alpha", {}, {}, {}};
    resolution answer;
    BOOST_TEST(refusal_of(service.add(wrong, request, at())) == refused);
    BOOST_TEST(refusal_of(service.keys_of(wrong, at())) == refused);
    BOOST_TEST(refusal_of(service.describe(wrong, alpha_key("PAIR"), at())) == refused);
    BOOST_TEST(refusal_of(service.list(wrong, at())) == refused);
    BOOST_TEST(refusal_of(service.remove_one(wrong, alpha_key("PAIR"), at())) == refused);
    BOOST_TEST(refusal_of(service.remove(wrong, everything_of_alpha, at())) == refused);
    BOOST_TEST(refusal_of(service.remove_all(wrong, at())) == refused);
    BOOST_TEST(refusal_of(service.resolve(wrong, asking(), at(), answer)) == refused);
    BOOST_TEST(refusal_of(service.explain(wrong, asking(), at())) == refused);
  }
  BOOST_TEST(cache->entries() == 0u);
  alice.name = longest;
  BOOST_REQUIRE(add(alpha_key("PAIR"), pair));
  BOOST_TEST(resolve(asking()) == "PAIR@North A_ID=AB(cache) A_SECRET=xyz(cache)");
  BOOST_TEST(service.list(alice, at())->size() == 1u);
}

BOOST_AUTO_TEST_CASE(a_csp_is_asked_for_by_any_of_its_names_or_by_its_definition) {
  BOOST_REQUIRE(add(alpha_key("PAIR", "South"), pair));
  const char* const found = "PAIR@South A_ID=AB(cache) A_SECRET=xyz(cache)";
  for (const char* name : {"Alpha", "alpha", "ALPHA"})
    BOOST_TEST(resolve(resolve_request{.csp_name = name, .site = "South"}) == found);
  resolve_request both = asking("Alpha");
  both.csp_name = "Gamma";  // the definition says it all
  both.site = "South";
  BOOST_TEST(resolve(both) == found);
  BOOST_TEST(service.explain(alice, {.csp_name = "aLPHA"}, at())->csp->name == "Alpha");
}

BOOST_AUTO_TEST_CASE(a_csp_that_is_not_there_is_unknown) {
  const auto both = [&](const resolve_request& request) {
    resolution answer;
    const std::string refused = refusal_of(service.resolve(alice, request, at(), answer));
    BOOST_TEST(refusal_of(service.explain(alice, request, at())) == refused);
    return refused;
  };
  BOOST_TEST(both({}) == "unknown_csp: No csp was named; expected one of Alpha, Beta and Gamma.");
  BOOST_TEST(both({.csp_name = "Delta"}) ==
             "unknown_csp: There is no csp \"Delta\"; expected one of Alpha, Beta and Gamma.");
  // Another catalog has more csps, and the same ones at other places.
  const std::string none = "unknown_csp: The csp that was given is none of this service's catalog; look it up there.";
  const auto other = catalog_of({omega, beta, alpha});
  for (const csp_definition& csp : other->csps()) {
    BOOST_TEST(both({.csp = &csp}) == none);
    BOOST_CHECK_THROW((void)service.missing_requirements(csp), std::invalid_argument);
  }
  BOOST_TEST(both({.csp = service.catalog().csps().data() + 3}) == none);  // behind the last one
  configure({});
  BOOST_TEST(both({.csp_name = "Alpha"}) == "unknown_csp: There is no csp \"Alpha\"; the catalog is empty.");
}

BOOST_AUTO_TEST_CASE(two_lifetimes_are_refused) {
  const add_request request{alpha_key("PAIR"), {}, given(pair), 60s, at().wall + 60s};
  BOOST_TEST(refusal_of(service.add(alice, request, at())) ==
             "invalid_lifetime: Found a time to live and a time of expiry; expected one of them.");
  BOOST_TEST(cache->entries() == 0u);
}

BOOST_AUTO_TEST_CASE(a_part_that_is_null_is_refused_by_its_name) {
  const auto catalog = catalog_of({alpha});
  const auto made_of = [&](auto with_cache, auto with_key, auto with_catalog, auto... no_source) {
    return refused_part([&] {
      auto parts = sources();
      (parts.push_back(no_source), ...);
      const credential_service made(with_cache, with_key, with_catalog, std::move(parts));
    });
  };
  BOOST_TEST(made_of(cache, key, catalog) == "nothing refused");
  BOOST_TEST(made_of(nullptr, key, catalog) == "credential_service: cache: found null, expected one");
  BOOST_TEST(made_of(cache, nullptr, catalog) == "credential_service: key: found null, expected one");
  BOOST_TEST(made_of(cache, key, nullptr) == "credential_service: catalog: found null, expected one");
  BOOST_TEST(made_of(cache, key, catalog, nullptr) == "credential_service: value source: found null, expected one");
  BOOST_TEST(refused_part([] { const sealed_values made(nullptr); }) == "sealed_values: key: found null, expected one");
  BOOST_TEST(refused_part([] { const sealed_source made(value_origin::environment, nullptr); }) ==
             "sealed_source: values: found null, expected one");
}

BOOST_AUTO_TEST_CASE(what_a_caller_named_is_escaped_and_cut_in_messages) {
  const std::string escape = "\033[2Jname", endless(5'000, 'n');
  for (const std::string& name : {escape, endless}) {
    alice.name = name;
    credential_key where = alpha_key("PAIR");
    std::vector<std::string> texts{resolve(asking()), resolve(resolve_request{.csp_name = name})};
    resolve_request request = asking();
    request.site = name;
    texts.push_back(resolve(request));
    request = asking();
    request.name = name;
    texts.push_back(resolve(request));
    where.site = name;
    texts.push_back(text_of(add(where, pair)));
    request = asking();
    request.profile = name;
    texts.push_back(resolve(request));
    texts.push_back(text_of(add(alpha_key("PAIR"), {{name.c_str(), "v"}})));
    texts.push_back(refusal_of(service.remove(alice, {name, {}, {}, {}}, at())));
    texts.push_back(refusal_of(service.remove(alice, {{}, name, {}, name}, at())));
    *environment = {{"A_SECRET", "first"}};
    BOOST_REQUIRE(add(alpha_key("PAIR"), {{"A_ID", "AB"}}));
    environment->clear();
    texts.push_back(resolve(asking()));  // not complete
    for (const std::string& text : texts) {
      BOOST_TEST_CONTEXT(text) {
        BOOST_TEST(text.find('\033') == text.npos);
        BOOST_TEST(text.size() < 400u);
        BOOST_TEST(text.find(name == escape ? "text with control characters" : "nnnn") != text.npos);
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(messages_name_no_program_and_no_interface) {
  const auto is_neutral = [](const std::string& text) {
    for (const char* word : {"credcached", "daemon", "timeToLive", "expiresAt", "--"}) {
      if (text.find(word) != text.npos) return false;
    }
    return true;
  };
  *environment = {};
  configure({alpha, beta});
  BOOST_TEST(is_neutral(resolve(asking())));
  BOOST_TEST(is_neutral(resolve(asking("Beta"))));
  BOOST_TEST(is_neutral(text_of(add(alpha_key("PAIR"), {}))));
  for (const auto life : {0s, 9'999'999s}) BOOST_TEST(is_neutral(text_of(add(alpha_key("PAIR"), pair, at(), life))));
  for (const auto life : {-60s, 9'999'999s}) {
    const add_request request{alpha_key("PAIR"), {}, given(pair), {}, at().wall + life};
    BOOST_TEST(is_neutral(text_of(service.add(alice, request, at()))));
  }
  *environment = {{"A_SECRET", "first"}};
  BOOST_REQUIRE(add(alpha_key("PAIR"), {{"A_ID", "AB"}}));
  environment->clear();
  BOOST_TEST(is_neutral(resolve(asking())));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace questions_test
