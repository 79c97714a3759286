// The reader of YAML by itself; load_settings_test and provider_catalog_test hold the messages of its two users.
#include "base/yaml.hpp"

#include <boost/test/unit_test.hpp>
#include <functional>

namespace yaml_test {

using credcache::yaml_error;
using credcache::yaml_value;

namespace {

yaml_value load(const std::string& text) {
  return yaml_value::load(text, "f", "a list of things");
}

std::string refusal(const std::function<void()>& read) {
  try {
    read();
  } catch (const yaml_error& e) {
    return e.what();
  }
  return "";
}

std::string refusal_of(const std::string& text) {
  return refusal([&] { static_cast<void>(load(text)); });
}

}  // namespace

BOOST_AUTO_TEST_SUITE(base_yaml)

BOOST_AUTO_TEST_CASE(a_value_knows_where_it_stands) {
  const auto root = load("a: 1\nb:\n  - x\n  - {c: y}\n");
  BOOST_TEST(root.position() == "f:1:1");
  BOOST_TEST(root["b"].items()[1]["c"].position() == "f:4:9");
  BOOST_TEST(refusal([&] { root["a"].refuse("a letter"); }) == "f:1:4: found \"1\", expected a letter");
}

BOOST_AUTO_TEST_CASE(what_is_not_there_is_told_from_nothing) {
  const auto root = load("a:\nb: \"\"");
  BOOST_TEST((root["a"].is_defined() && root["a"].is_null() && root["a"].is_empty()));
  BOOST_TEST((root["b"].is_defined() && !root["b"].is_null() && root["b"].is_empty()));
  BOOST_TEST((!root["c"].is_defined() && root["c"].is_null() && root["c"].scalar().empty()));
  BOOST_TEST(root.members().size() == 2U);  // asking for c has not made it
}

BOOST_AUTO_TEST_CASE(values_are_read_as_what_they_are) {
  const auto root = load("{text: a, number: 7, yes: true, quoted: 'true', list: [a, b], control: \"a\\nb\"}");
  BOOST_TEST(root["text"].text("a text") == "a");
  BOOST_TEST(root["number"].number(7, 7) == 7U);
  BOOST_TEST(root["yes"].boolean());
  BOOST_TEST((root["list"].texts("a text") == std::vector<std::string>{"a", "b"}));
  static constexpr std::string_view choices[] = {"b", "a"};
  BOOST_TEST(root["text"].one_of(choices) == 1U);
  const std::pair<std::function<void()>, const char*> refused[] = {
      {[&] { static_cast<void>(root["list"].text("a text")); }, "found a list, expected a text"},
      {[&] { static_cast<void>(root["text"].number(0, 9)); }, "found \"a\", expected a whole number from 0 to 9"},
      {[&] { static_cast<void>(root["number"].number(0, 6)); }, "found \"7\", expected a whole number from 0 to 6"},
      {[&] { static_cast<void>(root["quoted"].boolean()); }, "found \"true\", expected true or false"},
      {[&] { static_cast<void>(root["number"].one_of(choices)); }, "found \"7\", expected one of b, a"},
      {[&] { static_cast<void>(root["text"].items()); }, "found \"a\", expected a list"},
      {[&] { static_cast<void>(root["text"].members()); }, "found \"a\", expected a map of keys and values"},
      {[&] { static_cast<void>(root["control"].text("a text")); },
       "found text with control characters, expected a text without control characters"},
  };
  for (const auto& [read, message] : refused) BOOST_TEST(refusal(read).ends_with(message), refusal(read));
}

BOOST_AUTO_TEST_CASE(documents_are_bounded_before_they_become_a_tree) {
  BOOST_TEST(refusal_of("a: [").starts_with("f:1:1: found no valid YAML ("));
  BOOST_TEST(refusal_of("a: [").ends_with("), expected a list of things"));
  BOOST_TEST(refusal_of("a: 1\n---\nb: 2") == "f:2:1: found a second document, expected one in a file");
  BOOST_TEST(refusal_of("[[[[[[[[a]]]]]]]]").empty());
  BOOST_TEST(refusal_of("[[[[[[[[[a]]]]]]]]]").starts_with("f:1:9: found more than 8 levels"));
  BOOST_TEST(refusal_of(std::string(200'000, '['))
                 .ends_with("found more than 8 levels, expected lists and maps of at most 8"));
  BOOST_TEST(refusal_of("a: &x 1").starts_with("f:1:4: found an anchor or alias"));
  BOOST_TEST(refusal_of(std::string(yaml_value::longest_text + 1, ' ')).starts_with("f:1:1: found more than 262144"));
}

BOOST_AUTO_TEST_CASE(lists_and_maps_are_bounded) {
  std::string list, map;
  for (std::size_t i = 0; i < yaml_value::longest_list; ++i) list += "- a\n";
  BOOST_TEST(load(list).items().size() == yaml_value::longest_list);
  BOOST_TEST(refusal([&] { static_cast<void>(load(list + "- a\n").items()); }).ends_with("expected at most 1024"));
  for (std::size_t i = 0; i < yaml_value::most_keys; ++i) map += "k" + std::to_string(i) + ": a\n";
  BOOST_TEST(load(map).members().size() == yaml_value::most_keys);
  BOOST_TEST(refusal([&] { static_cast<void>(load(map + "k: a\n").members()); }).ends_with("at most 64 in a map"));
  BOOST_TEST(refusal([&] { static_cast<void>(load("a: 1\na: 2").members()); }) ==
             "f:2:1: found the key \"a\" again, expected each key once");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace yaml_test
