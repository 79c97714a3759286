#include "platform/program_pages.hpp"

#include <boost/test/unit_test.hpp>
#include <fstream>
#include <string>

using namespace credcached;

namespace {

// KiB of the program's own code that are in memory.
long resident_code(const std::string& program) {
  std::ifstream smaps("/proc/self/smaps");
  long total = 0;
  bool own = false;
  for (std::string line; std::getline(smaps, line);) {
    if (line.find(" r-xp ") != std::string::npos) own = line.ends_with(program);
    if (own && line.starts_with("Rss:")) total += std::stol(line.substr(4));
    if (line.starts_with("VmFlags")) own = false;
  }
  return total;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(program_pages)

BOOST_AUTO_TEST_CASE(what_is_not_used_does_not_come_back) {
  const std::string name = boost::unit_test::framework::master_test_suite().argv[0];
  const std::string program = name.substr(name.rfind('/'));
  const long before = resident_code(program);
  BOOST_TEST_REQUIRE(before > 0);
  platform::let_go_of_program_pages();
  const long after = resident_code(program);
  BOOST_TEST(after < before);
  BOOST_TEST(after > 0);  // what runs this test is back
}

BOOST_AUTO_TEST_SUITE_END()
