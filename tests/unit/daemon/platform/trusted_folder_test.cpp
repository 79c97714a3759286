// The folder of a token; what a socket's folder has to be is in unix_socket_test.cpp.
#include "platform/trusted_folder.hpp"

#include <sys/stat.h>

#include "platform_testing.hpp"

namespace trusted_folder_test {

using namespace credcached::platform;
using namespace platform_testing;

BOOST_AUTO_TEST_SUITE(platform_trusted_folder)

BOOST_AUTO_TEST_CASE(a_missing_folder_is_made_whatever_the_umask) {
  const temporary_folder folder;
  const mode_t before = ::umask(0777);
  (void)open_trusted_folder(folder / "made", 0711, "");
  ::umask(before);
  BOOST_TEST((std::filesystem::status(folder / "made").permissions() == std::filesystem::perms(0711)));
}

BOOST_AUTO_TEST_CASE(a_message_ends_with_what_to_choose) {
  const std::string message =
      refusal([] { (void)open_trusted_folder("/proc/nowhere/x", 0700, " or choose another X"); });
  BOOST_TEST(
      message ==
      "directory /proc/nowhere/x cannot be made: No such file or directory: make it yourself or choose another X");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace trusted_folder_test
