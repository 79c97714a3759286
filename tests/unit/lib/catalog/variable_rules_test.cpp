// What values a variable accepts: patterns, JSON objects; and the words of credential.hpp.
#include "catalog/variable_rules.hpp"

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>
#include <cstddef>
#include <ostream>

#include "base/json_memory.hpp"
#include "credcache/credential_key.hpp"
#include "credcache/value_origin.hpp"

namespace variable_rules_test {

using namespace credcache;
namespace data = boost::unit_test::data;

namespace {

variable_definition with_pattern(const std::string& pattern) {
  variable_definition variable;
  variable.pattern = pattern;
  variable.compiled = compile_pattern(pattern);
  return variable;
}

struct comparison {
  const char *pattern, *value;
  bool accepted;
};
std::ostream& operator<<(std::ostream& out, const comparison& c) {
  return out << c.pattern << " ~ " << c.value;
}

const comparison comparisons[] = {
    {"[A-Z0-9]{3,5}", "ABC", true},
    {"[A-Z0-9]{3,5}", "ABCDE", true},
    {"[A-Z0-9]{3,5}", "ABCDEF", false},
    {"[A-Z0-9]{3,5}", "abc", false},
    {"[A-Z0-9]{3,5}", "ABC\n", false},
    {"[A-Z0-9]{3,5}", " ABC", false},
    {"a|ab", "ab", true},
    {"https?://.+", "http://x", true},
    {"https?://.+", "ftp://x", false},
    {"(?i)abc", "AbC", true},
    {".*", "", true},
};

struct object_case {
  const char* value;
  const char* why;  ///< empty: accepted
};
std::ostream& operator<<(std::ostream& out, const object_case& c) {
  return out << c.value;
}

const json_object_rule rule{{{"type", "t"}}, {"a", "b"}, {}};
constexpr const char* no_object = "found something else, expected a JSON object";
constexpr const char* other_kind = "found a JSON object of another kind, expected its member \"type\" to be \"t\"";

const object_case objects[] = {
    {R"({"type":"t","a":"1","b":"2"})", ""},
    {" {\"type\":\"t\",\"a\":\"1\",\"b\":\"2\",\"c\":{\"d\":[1]}}\n", ""},
    {R"({"type":"t","a":"1\n\u0041","b":"2"})", ""},
    {"", no_object},
    {"hello", no_object},
    {"\"text\"", no_object},
    {"[]", no_object},
    {R"({"type":"t","a":"1","b":"2"} x)", no_object},
    {R"({"type":"t","a":"1","b":"2")", no_object},
    {R"({"c":[[[[[[[[[[]]]]]]]]]]})", no_object},
    {"{}", other_kind},
    {R"({"type":"u","a":"1","b":"2"})", other_kind},
    {R"({"type":7,"a":"1","b":"2"})", other_kind},
    {R"({"type":"t","a":"1"})", "found a JSON object without \"b\", expected each of them as text that is not blank"},
    {R"({"type":"t","a":" ","b":2})",
     "found a JSON object without \"a\", \"b\", expected each of them as text that is not blank"},
};

}  // namespace

BOOST_AUTO_TEST_SUITE(variable_rules)

BOOST_DATA_TEST_CASE(patterns_match_the_whole_value, data::make(comparisons), c) {
  std::string why;
  BOOST_TEST(with_pattern(c.pattern).accepts(c.value, why) == c.accepted);
  BOOST_TEST(
      why ==
      (c.accepted ? "" : "found text of another form, expected the whole value to match " + std::string(c.pattern)));
}

BOOST_AUTO_TEST_CASE(a_variable_without_rules_accepts_any_text) {
  std::string why;
  BOOST_TEST(variable_definition{}.accepts(" \x01\x7f\xc2\x9b\n\xf0\x9f\x94\x91", why));
  BOOST_TEST(why.empty());
}

BOOST_AUTO_TEST_CASE(what_is_no_text_is_accepted_by_none) {
  for (const variable_definition& variable : {variable_definition{}, with_pattern("(?s).*")}) {
    std::string why;
    BOOST_TEST(!variable.accepts(std::string_view("a\0b", 3), why));
    BOOST_TEST(why == "found a zero byte, expected text in UTF-8 without zero bytes");
    for (const char* value : {"p\xe4ss", "\xc0\x80", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xff"}) {
      BOOST_TEST(!variable.accepts(value, why));
      BOOST_TEST(why == "found bytes that are not UTF-8, expected text in UTF-8 without zero bytes");
    }
    BOOST_TEST(!variable.accepts("\xff\xfe", why));
    BOOST_TEST(why == "found text in UTF-16, expected text in UTF-8 without zero bytes");
  }
}

BOOST_AUTO_TEST_CASE(a_pattern_that_backtracks_without_end_does_not_match) {
  const std::string value(16 * 1024, 'a');
  std::string why;
  BOOST_TEST(!with_pattern("(a*)*(a*)*(a*)*b").accepts(value, why));
  BOOST_TEST(why == "found text that takes too long to compare, expected the whole value to match (a*)*(a*)*(a*)*b");
  BOOST_TEST(with_pattern("([a-z]|b)+").accepts(value, why));  // much to do, but no more than the value is long
}

BOOST_AUTO_TEST_CASE(broken_patterns_say_why) {
  for (const auto& pattern : {std::string("("), std::string("[z-a]"), std::string("a{2,1}"), std::string(1000, '(')}) {
    BOOST_CHECK_EXCEPTION((void)compile_pattern(pattern), std::invalid_argument,
                          [](const std::invalid_argument& e) { return *e.what() != '\0'; });
  }
}

BOOST_DATA_TEST_CASE(json_objects, data::make(objects), c) {
  variable_definition variable;
  variable.json = rule;
  std::string why;
  BOOST_TEST(variable.accepts(c.value, why) == (*c.why == '\0'));
  BOOST_TEST(why == c.why);
}

BOOST_AUTO_TEST_CASE(members_of_json_objects) {
  const auto member = [](std::string_view value, std::string_view name) {
    return std::string(variable_definition::json_member(value, name).reveal());
  };
  BOOST_TEST(member(R"({"project_id":"p-1","x":1})", "project_id") == "p-1");
  BOOST_TEST(member(R"({"project_id":"a\"\u00e9"})", "project_id") == "a\"\xc3\xa9");
  BOOST_TEST(member(R"({"x":1})", "x") == "");
  BOOST_TEST(member(R"({"x":1})", "y") == "");
  BOOST_TEST(member("[1]", "x") == "");
  BOOST_TEST(member("{", "x") == "");
}

BOOST_AUTO_TEST_CASE(clearing_memory_can_be_aligned) {
  json_memory memory;
  for (const std::size_t alignment : {std::size_t{1}, alignof(std::max_align_t)}) {
    void* block = memory.allocate(100, alignment);
    BOOST_TEST(reinterpret_cast<std::uintptr_t>(block) % alignment == 0u);
    memory.deallocate(block, 100, alignment);
  }
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(credential_words)

BOOST_AUTO_TEST_CASE(types_by_name_and_constant) {
  using enum credential_type;
  for (const auto type : {variables, http_authentication, api_key, oauth2}) {
    BOOST_CHECK(credential_type_of(to_string(type)) == type);
  }
  BOOST_CHECK(credential_type_of("HTTP_AUTHENTICATION") == http_authentication);
  BOOST_CHECK(credential_type_of("Api_Key") == api_key);
  for (const auto* text : {"", "variable", "variables ", "api-key"}) BOOST_CHECK(!credential_type_of(text));
}

BOOST_AUTO_TEST_CASE(case_is_ignored_for_ascii_only) {
  BOOST_TEST(equal_ignoring_case("HuaweiCloud", "HUAWEIcloud"));
  BOOST_TEST(equal_ignoring_case("", ""));
  BOOST_TEST(!equal_ignoring_case("a", "ab"));
  BOOST_TEST(!equal_ignoring_case("[", "{"));  // next to the letters, and 32 apart like them
  BOOST_TEST(!equal_ignoring_case("\xc3\x84", "\xc3\xa4"));
}

BOOST_AUTO_TEST_CASE(sources_have_names) {
  BOOST_TEST(to_string(value_origin::missing) == "missing");
  BOOST_TEST(to_string(value_origin::deploy_variables) == "deploy variables");
  BOOST_TEST(to_string(value_origin::cache) == "cache");
  BOOST_TEST(to_string(value_origin::systemd_credential) == "systemd credential");
  BOOST_TEST(to_string(value_origin::configuration) == "configuration");
  BOOST_TEST(to_string(value_origin::environment) == "environment");
  BOOST_TEST(to_string(value_origin::definition) == "definition");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace variable_rules_test
