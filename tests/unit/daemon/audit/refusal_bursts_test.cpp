// Many refusals in few lines, none of them lost, and none of one peer or kind behind those of another.
#include "audit/refusal_bursts.hpp"

#include <boost/json/parse.hpp>
#include <boost/test/unit_test.hpp>

#include "files.hpp"
#include "freed_memory.hpp"

namespace refusal_bursts_test {

using namespace credcached;
using namespace credcached::testing;
using namespace std::chrono_literals;

namespace {

struct bursts_fixture {
  temporary_folder folder;
  audit::audit_log log;
  audit::refusal_bursts bursts;
  platform::peer peer;
  credcache::time_point now{100s};
  std::vector<credcache::time_point> wanted;  // what on_first was told

  bursts_fixture() {
    log.use(audit::open_audit_file({folder / "audit", config::audit_failure::count}));
    bursts.on_first = [this](credcache::time_point due) { wanted.push_back(due); };
    peer.uid = 1000;
  }
  /// True if it has its own line.
  bool refuse(std::string_view csp, unsigned status = 403, std::string_view token = {}) {
    audit::audit_event e;
    e.event = "resolve";
    e.peer = &peer;
    e.owner.emplace(credcache::owner_view{credcache::owner_kind::user, "alice"});
    e.csp = csp;
    e.status = status;
    e.token = token;
    return bursts.has_its_own_line(e, now);
  }
  credcache::time_point flush() { return bursts.flush(now, log); }
  /// The lines that have come since the last call.
  std::vector<boost::json::object> lines() {
    std::vector<boost::json::object> parsed;
    std::istringstream all(read_text(folder / "audit"));
    std::string line;
    for (std::size_t i = 0; std::getline(all, line); ++i)
      if (i >= read_) parsed.push_back(boost::json::parse(line).as_object());
    read_ += parsed.size();
    return parsed;
  }

 private:
  std::size_t read_ = 0;
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(refusal_bursts, bursts_fixture)

BOOST_AUTO_TEST_CASE(the_first_has_its_line_and_then_one_a_second_says_how_many_and_which_was_last) {
  BOOST_TEST(refuse("aws"));
  BOOST_TEST((wanted == std::vector<credcache::time_point>{now + 1s}));
  for (int i = 0; i < 1'000; ++i) BOOST_TEST(!refuse("aws"));
  now += 500ms;
  BOOST_TEST((flush() == now + 500ms));
  BOOST_TEST(lines().empty());
  now += 500ms;
  BOOST_TEST((flush() == now + 1s));
  const auto written = lines();
  BOOST_TEST_REQUIRE(written.size() == 1U);
  BOOST_TEST(written[0].at("event").as_string() == "resolve");
  BOOST_TEST(written[0].at("uid").to_number<unsigned>() == 1000U);
  BOOST_TEST(written[0].at("user").as_string() == "alice");
  BOOST_TEST(written[0].at("csp").as_string() == "aws");
  BOOST_TEST(written[0].at("count").to_number<int>() == 1000);
  BOOST_TEST(written[0].at("status").to_number<int>() == 403);
  BOOST_TEST(!refuse("aws"));  // it goes on: no line before the next second
  now += 1s;
  (void)flush();
  BOOST_TEST(lines().size() == 1U);
  BOOST_TEST(wanted.size() == 1U);
}

BOOST_AUTO_TEST_CASE(after_a_second_without_any_it_begins_anew_and_nothing_is_kept) {
  BOOST_TEST(refuse("aws"));
  now += 1s;
  BOOST_TEST((flush() == credcache::time_point::max()));
  BOOST_TEST(lines().empty());
  BOOST_TEST(refuse("aws"));
  BOOST_TEST(wanted.size() == 2U);
}

BOOST_AUTO_TEST_CASE(another_peer_another_token_and_another_status_have_lines_of_their_own) {
  BOOST_TEST(refuse("aws"));
  BOOST_TEST(refuse("aws", 429));
  BOOST_TEST(refuse("aws", 403, "runner"));
  peer.uid = 1001;
  BOOST_TEST(refuse("aws"));
  BOOST_TEST(!refuse("aws"));
  BOOST_TEST(wanted.size() == 1U);
  now += 1s;
  (void)flush();
  const auto written = lines();
  BOOST_TEST_REQUIRE(written.size() == 1U);
  BOOST_TEST(written[0].at("uid").to_number<unsigned>() == 1001U);
}

BOOST_AUTO_TEST_CASE(a_flood_of_one_kind_hides_no_other) {
  for (int i = 0; i < 100; ++i) (void)refuse("aws");
  BOOST_TEST(refuse("azure"));
}

BOOST_AUTO_TEST_CASE(whoever_names_many_things_fills_neither_audit_nor_memory) {
  int own_lines = 0;
  for (int i = 0; i < 1'000; ++i) own_lines += refuse("csp" + std::to_string(i)) ? 1 : 0;
  BOOST_TEST(own_lines <= 65);
  now += 1s;
  (void)flush();
  const auto written = lines();
  BOOST_TEST_REQUIRE(written.size() == 1U);
  BOOST_TEST(written[0].at("count").to_number<int>() == 1'000 - own_lines);
}

BOOST_AUTO_TEST_CASE(without_memory_it_has_its_own_line) {
  peer.uid = 1;
  const std::string token(100, 't');
  const credcache::testing::failing_allocation failing(1);
  BOOST_TEST(refuse("aws", 403, token));
  BOOST_TEST(failing.happened());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace refusal_bursts_test
