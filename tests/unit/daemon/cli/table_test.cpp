#include "cli/table.hpp"

#include <boost/test/unit_test.hpp>

#include "cli/output.hpp"

namespace table_test {

using namespace credcached::cli;

BOOST_AUTO_TEST_SUITE(tables)

BOOST_AUTO_TEST_CASE(columns_are_as_wide_as_their_widest_text) {
  table t({"CSP", "NAME"});
  BOOST_TEST(t.empty());
  t.add({"aws", "ACCESS_KEY"});
  t.add({"HuaweiCloud", "AK_SK"});
  BOOST_TEST(!t.empty());
  BOOST_TEST(t.text(false) == "CSP          NAME\naws          ACCESS_KEY\nHuaweiCloud  AK_SK\n");
}

BOOST_AUTO_TEST_CASE(width_counts_characters_not_bytes) {
  table t({"Schön", "x"});
  t.add({"abcde", "y"});
  BOOST_TEST(t.text(false) == "Schön  x\nabcde  y\n");
}

BOOST_AUTO_TEST_CASE(empty_cells_leave_no_spaces_at_the_end) {
  table t({"A", "B", "C"});
  t.add({"", "bb", ""});
  t.add({"", "", ""});
  BOOST_TEST(t.text(false) == "A  B   C\n   bb\n\n");
}

BOOST_AUTO_TEST_CASE(color_does_not_move_columns) {
  table t({"A", "B"});
  t.add({cell("x", color::bad), "y"});
  BOOST_TEST(t.text(false) == "A  B\nx  y\n");
  BOOST_TEST(t.text(true) == "A  B\n\033[31mx\033[0m  y\n");
}

BOOST_AUTO_TEST_CASE(foreign_text_cannot_drive_the_terminal) {
  table t({"A"});
  t.add({"a\033[2Jb\r\nc\x7f"});
  BOOST_TEST(t.text(false) == "A\na?[2Jb??c?\n");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace table_test
