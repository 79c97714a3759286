#include "json/json_parser.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/test/unit_test.hpp>

#include "base/json_memory.hpp"

namespace json_parser_test {

namespace bj = boost::json;

namespace {

/// The JSON that was read, or what is wrong with it.
std::string read(std::string_view text, std::size_t max_depth = 4) {
  credcache::json_memory scratch;
  bj::value into;
  const auto fault = credcached::json::parse(text, max_depth, &scratch, {}, into);
  return fault ? *fault : bj::serialize(into);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(json_parser)

BOOST_AUTO_TEST_CASE(values_are_read_as_they_stand) {
  for (const auto* text : {R"({"a":1,"b":[true,null,"x\u00e9",-2,1.5E0,18446744073709551615]})", "[]", "\"text\"",
                           "null", R"({"a":{"a":1},"b":{"a":1}})", R"([{"a":1},{"a":2}])"})
    BOOST_TEST(bj::parse(read(text)) == bj::parse(text));
}

BOOST_AUTO_TEST_CASE(a_member_that_is_there_twice_is_named) {
  BOOST_TEST(read(R"({"csp":1,"csp":1})") == "an object has the member \"csp\" more than once");
  BOOST_TEST(read(R"({"a":[{"x":1,"b":2,"x":3}]})") == "an object has the member \"x\" more than once");
  BOOST_TEST(read(R"({"a":{"a":1},"b":2,"\u0061":3})") == "an object has the member \"a\" more than once");
  const std::string name(100'000, 'n');
  BOOST_TEST(read("{\"" + name + "\":1,\"" + name + "\":2}").size() < 200U);
  BOOST_TEST(read(R"({"a\u001b[2J\n":1,"a\u001b[2J\n":2})") ==
             "an object has the member text with control characters more than once");
}

BOOST_AUTO_TEST_CASE(what_is_no_json_is_said_in_words) {
  BOOST_TEST(read("{\"a\":1") == "incomplete JSON");
  BOOST_TEST(read("{} x") == "extra data");
  BOOST_TEST(read("[[[[[1]]]]]") == "too deep");
  BOOST_TEST(!read("{'a':1}").empty());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace json_parser_test
