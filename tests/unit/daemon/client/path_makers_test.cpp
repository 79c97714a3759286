// Whether a stranger may have chosen what a path means.
#include "client/path_makers.hpp"

#include <sys/stat.h>

#include "as_root.hpp"
#include "files.hpp"

namespace path_makers_test {

using namespace credcached::testing;
using credcached::client::may_be_made_by_a_stranger;

namespace {

constexpr uid_t stranger = 65534;

/// A folder of root in which everybody may make files, like /tmp; with an entry of root's and one of a stranger's.
struct open_to_everybody : temporary_folder {
  open_to_everybody() {
    BOOST_REQUIRE(::chmod(path().c_str(), 01777) == 0);
    write_text(*this / "ours/s", "");
    write_text(*this / "theirs/s", "");
    for (const char* name : {"theirs/s", "theirs"}) give((*this / name).c_str());
  }
  static void give(const std::string& name) { BOOST_REQUIRE(::lchown(name.c_str(), stranger, stranger) == 0); }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(path_makers, *boost::unit_test::precondition(as_root()))

BOOST_AUTO_TEST_CASE(what_a_stranger_made_is_told_however_it_is_written) {
  const open_to_everybody folder;
  BOOST_TEST(!may_be_made_by_a_stranger(folder / "ours/s"));
  for (const char* name : {"theirs/s", "./theirs/s", "ours/../theirs/s", ".//theirs/s"})
    BOOST_TEST(may_be_made_by_a_stranger(folder / name), name);
}

BOOST_AUTO_TEST_CASE(a_link_is_followed_and_belongs_to_somebody) {
  const open_to_everybody folder;
  BOOST_REQUIRE(::symlink("theirs", (folder / "our-link").c_str()) == 0);
  BOOST_REQUIRE(::symlink((folder / "ours").c_str(), (folder / "our-absolute-link").c_str()) == 0);
  BOOST_REQUIRE(::symlink("ours", (folder / "their-link").c_str()) == 0);
  folder.give(folder / "their-link");
  BOOST_TEST(may_be_made_by_a_stranger(folder / "our-link/s"));
  BOOST_TEST(!may_be_made_by_a_stranger(folder / "our-absolute-link/s"));
  BOOST_TEST(may_be_made_by_a_stranger(folder / "their-link/s"));  // its owner may let it point elsewhere
  BOOST_REQUIRE(::symlink("loop", (folder / "loop").c_str()) == 0);
  BOOST_TEST(may_be_made_by_a_stranger(folder / "loop/s"));
}

BOOST_AUTO_TEST_CASE(a_daemon_with_a_user_of_its_own_is_no_stranger_in_a_folder_of_root) {
  const temporary_folder folder;  // mode 0700
  const std::string run = folder / "run";
  write_text(run + "/credcached.sock", "");
  for (const auto& name : {run + "/credcached.sock", run})
    BOOST_REQUIRE(::chown(name.c_str(), stranger, stranger) == 0);
  BOOST_TEST(!may_be_made_by_a_stranger(run + "/credcached.sock"));
}

BOOST_AUTO_TEST_CASE(what_is_not_there_may_be_made_by_anybody) {
  const temporary_folder folder;
  BOOST_TEST(may_be_made_by_a_stranger(folder / "nothing/s"));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace path_makers_test
