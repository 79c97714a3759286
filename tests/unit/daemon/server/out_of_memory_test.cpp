// S13: whichever allocation of a request fails, the answer is a whole 503 or the connection ends, nothing is half done,
// no value is left in freed memory, and the next request works.
#include "connection_scene.hpp"

namespace out_of_memory_test {

using namespace credcached;
using namespace credcached::testing;

namespace {

constexpr std::string_view resolve = "/v1/resolve?csp=Alpha";

struct memory_fixture : connection_scene {
  // Long enough to be recognised wherever a piece of it is left.
  const std::string old_secret = std::string(600, 'o'), new_secret = std::string(600, 'n');

  memory_fixture() {
    state->audit.use(audit::open_audit_file({"/dev/null", config::audit_failure::count}));
    put_back();
  }
  void put_back() {
    BOOST_TEST_REQUIRE(
        ask(request_text("PUT", users, alpha_credential("OLD", old_secret))).starts_with("HTTP/1.1 204 "));
  }
  [[nodiscard]] bool cached_is(std::string_view id, const std::string& secret) {
    const auto answer = ask(request_text("GET", resolve));
    return answer.find("\"" + std::string(id) + "\"") != std::string::npos && answer.find(secret) != std::string::npos;
  }
  template <class Check>
  std::size_t fail_each_of(const std::string& request, const std::string& secret, Check check) {
    return fail_each(
        request, secret, [&] { settle(context); }, check);
  }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(out_of_memory, memory_fixture)

BOOST_AUTO_TEST_CASE(an_add_is_done_or_not_and_the_answer_says_which) {
  const std::string body = alpha_credential("NEW", new_secret);
  for (const auto* method : {"POST", "PUT"}) {
    const auto failures = fail_each_of(request_text(method, users, body), new_secret, [&](std::string_view answer) {
      if (!answer.empty()) check_whole(answer);
      if (answer.starts_with("HTTP/1.1 204 ")) {
        BOOST_TEST(cached_is("NEW", new_secret));
      } else if (answer.starts_with("HTTP/1.1 503 ")) {
        BOOST_TEST(cached_is("OLD", old_secret));
      } else {
        BOOST_TEST(answer == "");
        BOOST_TEST((cached_is("OLD", old_secret) || cached_is("NEW", new_secret)));
      }
      BOOST_TEST(state->cache->entries() == 1U);
      put_back();
    });
    BOOST_TEST(failures > 10U);
  }
  BOOST_TEST(state->audit.failures() > 0U);  // a line that was lost takes nothing back
}

BOOST_AUTO_TEST_CASE(a_resolve_answers_all_or_nothing) {
  for (const auto& request :
       {request_text("GET", resolve), request_text("POST", "/v1/resolve", R"({"csp":"Alpha","site":"North"})")}) {
    const auto failures = fail_each_of(request, old_secret, [&](std::string_view answer) {
      if (!answer.empty()) check_whole(answer);
      if (answer.starts_with("HTTP/1.1 200 ")) {
        BOOST_TEST(answer.find(old_secret) != std::string_view::npos);
      } else {
        BOOST_TEST((answer.empty() || answer.starts_with("HTTP/1.1 503 ")));
        BOOST_TEST(answer.find("ooo") == std::string_view::npos);
      }
      BOOST_TEST(cached_is("OLD", old_secret));
    });
    BOOST_TEST(failures > 1U);
  }
}

BOOST_AUTO_TEST_CASE(a_removal_is_done_or_not_and_the_answer_says_which) {
  for (const auto* target : {"/v1/credentials?csp=Alpha", "/v1/credentials?name=PAIR", "/v1/credentials?all=true",
                             "/xpanse/user/credentials?cspName=Alpha&siteName=North&type=variables&name=PAIR"}) {
    const auto failures = fail_each_of(request_text("DELETE", target), old_secret, [&](std::string_view answer) {
      if (!answer.empty()) check_whole(answer);
      if (answer.starts_with("HTTP/1.1 20")) {
        BOOST_TEST(state->cache->entries() == 0U);
      } else if (answer.starts_with("HTTP/1.1 503 ")) {
        BOOST_TEST(state->cache->entries() == 1U);
      } else {
        BOOST_TEST(answer == "");
      }
      put_back();
    });
    BOOST_TEST(failures > 3U);
  }
}

BOOST_AUTO_TEST_CASE(a_failure_is_counted_whether_or_not_it_could_be_said) {
  const auto failed = [&] {
    std::uint64_t sum = 0;
    for (std::size_t i = 0; i <= api::routes().size(); ++i) sum += counters->requests[i].by_class[5].value();
    return sum;
  };
  std::uint64_t before = failed();
  const auto failures = fail_each_of(request_text("GET", resolve), old_secret, [&](std::string_view answer) {
    BOOST_TEST(failed() - before == (answer.starts_with("HTTP/1.1 200 ") ? 0U : 1U), answer);
    before = failed();
  });
  BOOST_TEST(failures > 1U);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace out_of_memory_test
