// What secret_file adds to key_source_test and token_file_test, which hold its messages: how much is read.
#include "base/secret_file.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <boost/test/unit_test.hpp>
#include <stdexcept>
#include <system_error>

#include "base/unique_fd.hpp"
#include "files.hpp"

namespace secret_file_test {

using namespace credcache;
using credcached::testing::temporary_folder;
using credcached::testing::write_text;

BOOST_AUTO_TEST_SUITE(base_secret_file)

BOOST_AUTO_TEST_CASE(the_beginning_of_a_file_is_read_as_far_as_there_is_room) {
  const temporary_folder folder;
  write_text(folder / "file", "0123456789", 0600);
  std::array<char, 16> room{};
  BOOST_TEST(read_secret_file("file", folder / "file", file_guard::owner_only, room).value() == 10U);
  BOOST_TEST(std::string_view(room.data(), 11) == std::string_view("0123456789\0", 11));
  BOOST_TEST(read_secret_file("file", folder / "file", file_guard::owner_only, std::span(room).first(4)).value() == 4U);
  BOOST_TEST(!read_secret_file("file", folder / "absent", file_guard::regular, room).has_value());
}

BOOST_AUTO_TEST_CASE(a_regular_file_may_be_readable_for_others) {
  const temporary_folder folder;
  write_text(folder / "file", "text", 0644);
  std::array<char, 16> room{};
  BOOST_TEST(read_secret_file("file", folder / "file", file_guard::regular, room).value() == 4U);
  BOOST_CHECK_EXCEPTION(static_cast<void>(read_secret_file("file", folder / "file", file_guard::owner_only, room)),
                        std::runtime_error, [&](const std::runtime_error& e) {
                          return std::string(e.what()).starts_with("file " + (folder / "file") +
                                                                   ": found mode 0644, expected 0600 or stricter");
                        });
}

BOOST_AUTO_TEST_CASE(pieces_of_a_pipe_are_put_together) {
  int ends[2];
  BOOST_REQUIRE(::pipe2(ends, O_CLOEXEC) == 0);
  const unique_fd reader(ends[0]);
  {
    const unique_fd writer(ends[1]);
    BOOST_REQUIRE(::write(writer.get(), "01234", 5) == 5 && ::write(writer.get(), "56789", 5) == 5);
  }
  std::array<char, 8> room{};
  BOOST_TEST(read_up_to(reader.get(), room) == 8U);
  BOOST_TEST(read_up_to(reader.get(), room) == 2U);
  BOOST_TEST(read_up_to(reader.get(), room) == 0U);
  BOOST_CHECK_THROW(static_cast<void>(read_up_to(-1, room)), std::system_error);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace secret_file_test
