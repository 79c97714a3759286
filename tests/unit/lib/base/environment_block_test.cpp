// The block that execve takes: what is in it, who owns it, and that it is wiped.
#include "credcache/environment_block.hpp"

#include <sys/wait.h>
#include <unistd.h>

#include <boost/test/unit_test.hpp>
#include <string>
#include <utility>

#include "freed_memory.hpp"

namespace environment_block_test {

using namespace credcache;
using namespace credcache::testing;

namespace {

std::vector<std::string> texts_of(const environment_block& block) {
  std::vector<std::string> texts;
  for (char* const* text = block.data(); *text != nullptr; ++text) texts.emplace_back(*text);
  return texts;
}

using lines = std::vector<std::string>;

}  // namespace

BOOST_AUTO_TEST_SUITE(environment_blocks)

BOOST_AUTO_TEST_CASE(variables_are_set_once_and_end_with_null) {
  environment_block block;
  BOOST_TEST(texts_of(block).empty());
  BOOST_TEST(block.size() == 0u);
  BOOST_TEST(block.set("A", "1"));
  BOOST_TEST(block.set("AB", "2"));
  BOOST_TEST(block.set("EMPTY", ""));
  BOOST_TEST(texts_of(block) == (lines{"A=1", "AB=2", "EMPTY="}));
  BOOST_TEST(block.set("A", "x=y"));
  BOOST_TEST(texts_of(block) == (lines{"AB=2", "EMPTY=", "A=x=y"}));
  BOOST_TEST(block.size() == 3u);
}

BOOST_AUTO_TEST_CASE(what_no_environment_can_hold_is_refused_and_changes_nothing) {
  environment_block block;
  BOOST_TEST(block.set("A", "1"));
  BOOST_TEST(!block.set("", "1"));
  BOOST_TEST(!block.set("A=B", "1"));
  BOOST_TEST(!block.set(std::string_view("A\0B", 3), "1"));
  BOOST_TEST(!block.set("A", std::string_view("1\0002", 3)));
  BOOST_TEST(texts_of(block) == lines{"A=1"});
}

BOOST_AUTO_TEST_CASE(inherited_variables_give_way_to_those_that_are_set) {
  char a[] = "A=inherited", b[] = "B=inherited", again[] = "B=second";
  char* const inherited[] = {a, b, again, nullptr};
  environment_block block;
  BOOST_TEST(block.set("A", "set"));
  block.inherit(inherited);
  BOOST_TEST(texts_of(block) == (lines{"A=set", "B=inherited"}));
  BOOST_TEST(block.set("B", "set"));
  BOOST_TEST(texts_of(block) == (lines{"A=set", "B=set"}));
  BOOST_TEST(std::string_view(b) == "B=inherited");  // not the block's to change
}

BOOST_AUTO_TEST_CASE(a_program_that_is_executed_with_it_sees_the_variables) {
  environment_block block;
  BOOST_TEST(block.set("VALUE", "of the block"));
  environment_block moved(std::move(block));
  const pid_t child = ::fork();
  if (child == 0) {
    ::execle("/bin/sh", "sh", "-c", R"([ "$VALUE" = "of the block" ] && [ -z "$HOME" ])", nullptr, moved.data());
    ::_exit(127);
  }
  int status = 0;
  BOOST_REQUIRE(::waitpid(child, &status, 0) == child);
  BOOST_TEST(status == 0);
}

BOOST_AUTO_TEST_CASE(nothing_of_a_value_stays_in_freed_memory) {
  static constexpr const char* value = "MARKER9C20AD91C4E3F";
  freed_memory watch(value);
  {
    environment_block block;
    for (const char* name : {"A", "B", "C", "A"}) (void)block.set(name, value);
    (void)block.set("B", "other");
    environment_block other;
    (void)other.set("D", value);
    other = std::move(block);
  }
  watch.stop();
  BOOST_TEST(watch.blocks() > 5u);
  BOOST_TEST(watch.found() == 0u);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace environment_block_test
