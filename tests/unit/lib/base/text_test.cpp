#include "base/text.hpp"

#include <boost/test/unit_test.hpp>
#include <vector>

namespace text_test {

using namespace credcache;

BOOST_AUTO_TEST_SUITE(base_text)

BOOST_AUTO_TEST_CASE(case_is_that_of_ascii_alone) {
  BOOST_TEST(lower_case("aZ9_ÄÖ") == "az9_ÄÖ");
  BOOST_TEST(upper_case("aZ9_äö") == "AZ9_äö");
}

BOOST_AUTO_TEST_CASE(utf8_is_told_from_other_bytes) {
  for (const char* good : {"", "a", "Zürich €", "\xf0\x9f\x98\x80"}) BOOST_TEST(is_utf8(good), good);
  for (const char* bad : {"\xff", "\xc3", "a\x80", "\xc0\xaf", "\xed\xa0\x80"}) BOOST_TEST(!is_utf8(bad));
}

BOOST_AUTO_TEST_CASE(control_characters_are_those_a_terminal_obeys) {
  for (const char* bad : {"a\nb", "\x1b[2J", "\x7f", "\xc2\x9b"}) BOOST_TEST(has_control_character(bad));
  for (const char* good : {"", "a b", "é", "\xc2\xa0", "\xe2\x9b\x84"}) BOOST_TEST(!has_control_character(good));
  BOOST_TEST(has_control_character(std::string_view("a\0b", 3)));
}

BOOST_AUTO_TEST_CASE(printable_text_stays_on_one_line) {
  BOOST_TEST(printable("a\033[2Jb\r\nc\x7f") == "a?[2Jb??c?");
  BOOST_TEST(printable("\xc2\x9b"
                       "2J") == "?2J");
  BOOST_TEST(printable("Zürich €") == "Zürich €");
  BOOST_TEST(printable("a\xff\xc3") == "a??");
  for (const auto* turn : {"\u061c", "\u200e", "\u200f", "\u202a", "\u202e", "\u2066", "\u2069"})
    BOOST_TEST(printable("a" + std::string(turn) + "b") == "a?b");  // "a" would be read behind "b"
  BOOST_TEST(printable("שלום") == "שלום");
}

BOOST_AUTO_TEST_CASE(what_was_found_is_shown_short_and_whole_in_its_characters) {
  BOOST_TEST(shown("") == "\"\"");
  BOOST_TEST(shown("one") == "\"one\"");
  BOOST_TEST(shown("a\nb") == "text with control characters");
  BOOST_TEST(shown(std::string(60, 'x')) == '"' + std::string(60, 'x') + '"');
  BOOST_TEST(shown(std::string(61, 'x')) == '"' + std::string(60, 'x') + "…\"");
  BOOST_TEST(shown(std::string(59, 'x') + "€uro") == '"' + std::string(59, 'x') + "…\"");
  BOOST_TEST(shown("\xff") == "\"?\"");
}

BOOST_AUTO_TEST_CASE(a_whole_number_is_the_whole_text) {
  BOOST_TEST(whole_number<int>("-12").value() == -12);
  BOOST_TEST(whole_number<unsigned>("0").value() == 0U);
  BOOST_TEST(whole_number<unsigned>("0660", 8).value() == 0660U);
  BOOST_TEST(whole_number<std::uint16_t>("65535").value() == 65535);
  for (const char* bad : {"", " 1", "1 ", "+1", "1.0", "0x1", "1a", "-1", "65536", "99999999999999999999"})
    BOOST_TEST(!whole_number<std::uint16_t>(bad).has_value(), bad);
}

BOOST_AUTO_TEST_CASE(lists_are_joined) {
  const std::vector<std::string> none, one{"A"}, two{"A", "B"}, three{"A", "B", "C"};
  BOOST_TEST(joined(none) == "");
  BOOST_TEST(joined(one) == "A");
  BOOST_TEST(joined(three) == "A, B, C");
  BOOST_TEST(joined(two, "|") == "A|B");
  BOOST_TEST(enumerate(none) == "");
  BOOST_TEST(enumerate(one) == "A");
  BOOST_TEST(enumerate(two) == "A and B");
  BOOST_TEST(enumerate(three) == "A, B and C");
}

BOOST_AUTO_TEST_CASE(hexadecimal_digits) {
  std::string all;
  for (unsigned i = 0; i < 16; ++i) all += hex_digit(i);
  BOOST_TEST(all == "0123456789abcdef");
  BOOST_TEST(hex_digit(0xab) == 'b');  // the lower half of a byte
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace text_test
