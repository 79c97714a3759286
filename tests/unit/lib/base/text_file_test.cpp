#include "base/text_file.hpp"

#include <boost/test/unit_test.hpp>
#include <string>

namespace text_file_test {

using namespace credcache;
using namespace std::string_literals;

BOOST_AUTO_TEST_SUITE(text_files)

BOOST_AUTO_TEST_CASE(one_line_end_and_the_mark_are_not_the_values) {
  const std::pair<const char*, const char*> cases[] = {{"v\n", "v"},
                                                       {"v\r\n", "v"},
                                                       {"v\n\n", "v\n"},
                                                       {"v\r\n\r\n", "v\r\n"},
                                                       {"v\r", "v\r"},
                                                       {"a\nb", "a\nb"},
                                                       {"", ""},
                                                       {"\n", ""},
                                                       {"\xef\xbb\xbfv", "v"},
                                                       {"\xef\xbb\xbf\r\n", ""},
                                                       {"v\xef\xbb\xbf", "v\xef\xbb\xbf"}};
  for (const auto& [content, expected] : cases) BOOST_TEST(value_in(content) == expected);
}

BOOST_AUTO_TEST_CASE(other_encodings_are_named) {
  BOOST_TEST(encoding_complaint("") == "");
  BOOST_TEST(encoding_complaint("Zürich\n") == "");
  BOOST_TEST(encoding_complaint("\xef\xbb\xbf"
                                "v") == "");
  BOOST_TEST(encoding_complaint("p\xe4ss") == "bytes that are not UTF-8");
  BOOST_TEST(encoding_complaint("\xff\xfe"
                                "a\0"s) == "text in UTF-16");
  BOOST_TEST(encoding_complaint("\xfe\xff\0a"s) == "text in UTF-16");
  BOOST_TEST(encoding_complaint("a\0b\0"s) == "text in UTF-16");
  BOOST_TEST(encoding_complaint("\0a\0b"s) == "text in UTF-16");
  for (const std::string& text : {"ab\0c"s, "a\0b"s, "S\0"s, "a\0\0b"s, "\0"s})
    BOOST_TEST(encoding_complaint(text) == "a zero byte");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace text_file_test
