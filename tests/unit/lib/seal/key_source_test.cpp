// Key files: which are taken, and what the refusals say. Promise S4.
#include "credcache/key_source.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>
#include <fstream>
#include <ostream>
#include <stdexcept>
#include <vector>

#include "forked.hpp"

namespace key_source_test {

using namespace credcache;
using testing::in_forked_child;
namespace data = boost::unit_test::data;
namespace fs = std::filesystem;

namespace {

constexpr uid_t somebody_else = 12345;

struct key_folder {
  fs::path folder = fs::temp_directory_path() / ("credcache-key-" + std::to_string(::getpid()));
  fs::path file = folder / "key";
  key_folder() {
    fs::remove_all(folder);
    fs::create_directory(folder);
  }
  ~key_folder() { fs::remove_all(folder); }

  void write(std::size_t size, mode_t mode = 0600) const {
    std::ofstream(file) << std::string(size, 'k');
    ::chmod(file.c_str(), mode);
  }
  /// What read_key_file says, without the "key file …: " in front; empty if it takes the file.
  [[nodiscard]] std::string refusal(key_file_guard guard = key_file_guard::mode) const {
    try {
      (void)read_key_file(file, guard);
      return "";
    } catch (const std::runtime_error& e) {
      const std::string text = e.what(), begin = "key file " + file.string() + ": ";
      BOOST_TEST(text.starts_with(begin));
      return text.substr(std::min(begin.size(), text.size()));
    }
  }
};

struct mode_case {
  mode_t mode;
  const char* shown;  ///< null: accepted
};
std::ostream& operator<<(std::ostream& out, const mode_case& c) {
  return out << std::oct << c.mode;
}
const mode_case modes[] = {{0600, nullptr}, {0400, nullptr}, {0700, "0700"}, {0640, "0640"}, {0604, "0604"},
                           {0660, "0660"},  {0644, "0644"},  {0602, "0602"}, {0610, "0610"}, {0777, "0777"}};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(key_sources, key_folder)

BOOST_AUTO_TEST_CASE(exactly_three_sizes_are_keys) {
  for (std::size_t size = 0; size <= 70; ++size) {
    write(size);
    const std::string found = size > 32 ? "more than 32" : std::to_string(size);
    const bool right = size == 16 || size == 24 || size == 32;
    BOOST_TEST(refusal() == (right ? ""
                                   : "found " + found +
                                         " bytes, expected exactly 16, 24 or 32 (head -c 32 /dev/urandom > FILE makes "
                                         "one)"));
  }
}

BOOST_AUTO_TEST_CASE(the_bytes_of_the_file_are_the_key) {
  for (const std::size_t size : {16u, 24u, 32u}) {
    write(size);
    const std::vector<unsigned char> bytes(size, 'k');
    unsigned char from_file[32], expected[32];
    read_key_file(file).derive("label", from_file);
    master_key(bytes).derive("label", expected);
    BOOST_TEST(std::vector<unsigned char>(from_file, from_file + 32) ==
               std::vector<unsigned char>(expected, expected + 32));
  }
}

BOOST_DATA_TEST_CASE_F(key_folder, only_the_owner_may_have_access, data::make(modes), c) {
  write(32, c.mode);
  const std::string expected = c.shown == nullptr ? ""
                                                  : "found mode " + std::string(c.shown) +
                                                        ", expected 0600 or stricter: chmod 0600 it, and replace its "
                                                        "content if others could read it";
  BOOST_TEST(refusal() == expected);
  BOOST_TEST(refusal(key_file_guard::systemd).empty());  // the mode of a systemd credential shows its access list
}

BOOST_AUTO_TEST_CASE(another_users_file_is_refused) {
  if (::geteuid() != 0) return;  // cannot make one
  write(32);
  BOOST_REQUIRE(::chown(file.c_str(), somebody_else, 0) == 0);
  BOOST_TEST(refusal() == "found owner uid 12345, expected uid 0 or root: chown it");
  BOOST_TEST(refusal(key_file_guard::systemd).empty());
}

BOOST_AUTO_TEST_CASE(a_file_that_cannot_be_read_says_why) {
  BOOST_TEST(refusal() == "found no such file, expected a key (head -c 32 /dev/urandom > FILE makes one)");
  if (::geteuid() != 0) return;  // cannot become somebody else
  write(32);
  ::chmod(folder.c_str(), 0755);
  const auto end = in_forked_child([&] {
    if (::setresuid(somebody_else, somebody_else, somebody_else) != 0) return 77;
    return refusal() == "cannot be opened: Permission denied: repair that" ? 0 : 1;
  });
  BOOST_TEST(end.code == 0);
}

BOOST_AUTO_TEST_CASE(something_that_is_no_regular_file_is_refused_without_waiting_for_it) {
  const std::string expected = "found something that is not a regular file, expected one: choose another";
  fs::create_directory(file);
  BOOST_TEST(refusal() == expected);
  BOOST_TEST(refusal(key_file_guard::systemd) == expected);
  fs::remove(file);
  BOOST_REQUIRE(::mkfifo(file.c_str(), 0600) == 0);
  BOOST_TEST(refusal() == expected);
  fs::remove(file);
  fs::create_symlink("/dev/zero", file);
  BOOST_TEST(refusal() == expected);
}

BOOST_AUTO_TEST_CASE(a_link_to_a_key_is_followed) {
  write(32);
  const fs::path target = folder / "target";
  fs::rename(file, target);
  fs::create_symlink(target, file);
  BOOST_TEST(refusal().empty());
  ::chmod(target.c_str(), 0644);
  BOOST_TEST(refusal().starts_with("found mode 0644"));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace key_source_test
