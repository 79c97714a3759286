// What the daemon makes of what a courier says, and above all of what is no answer.
#include "outgoing/courier_answer.hpp"

#include <boost/test/unit_test.hpp>
#include <string>

#include "freed_memory.hpp"

namespace courier_answer_test {

using namespace credcached::outgoing;

namespace {

std::string answered(std::string_view status, std::string_view fields, std::string_view body) {
  return "HTTP/1.1 " + std::string(status) +
         "\r\nCourier-Outcome: answered\r\nCourier-Connect-Ms: 3\r\nCourier-Latency-Ms: 12\r\n" + std::string(fields) +
         "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + std::string(body);
}

std::string failed(std::string_view what, std::string_view sentence, std::string_view status = "502 Bad Gateway") {
  return "HTTP/1.1 " + std::string(status) + "\r\nCourier-Outcome: " + std::string(what) +
         "\r\nContent-Length: " + std::to_string(sentence.size()) + "\r\n\r\n" + std::string(sentence);
}

void check_unknown(std::string_view said) {
  const auto answer = understand(said);
  BOOST_TEST_CONTEXT(said.substr(0, 300)) {
    BOOST_TEST((answer.what == outcome::unknown));
    BOOST_TEST(answer.status == 0U);
    BOOST_TEST(answer.body.empty());
    BOOST_TEST(answer.subject_token.empty());
    BOOST_TEST(answer.detail.starts_with("found "));
  }
}

}  // namespace

BOOST_AUTO_TEST_SUITE(outgoing_courier_answer)

BOOST_AUTO_TEST_CASE(an_answer_of_the_remote_host) {
  const auto answer = understand(answered("429 Too Many Requests",
                                          "Content-Type: application/json\r\nDate: D\r\nRetry-After: 7\r\n"
                                          "WWW-Authenticate: Keystone uri=\"u\"\r\nX-Subject-Token: token\r\n",
                                          "{}"));
  BOOST_TEST(answer.answered());
  BOOST_TEST(answer.status == 429U);
  BOOST_TEST(answer.content_type == "application/json");
  BOOST_TEST(answer.date == "D");
  BOOST_TEST(answer.retry_after == "7");
  BOOST_TEST(answer.www_authenticate == "Keystone uri=\"u\"");
  BOOST_TEST(answer.subject_token.reveal() == "token");
  BOOST_TEST(answer.body.reveal() == "{}");
  BOOST_TEST(answer.connect.count() == 3);
  BOOST_TEST(answer.latency.count() == 12);
  BOOST_TEST(answer.detail == "");
  BOOST_TEST(understand(answered("204 No Content", "", "")).status == 204U);
  BOOST_TEST(understand(answered("300 Multiple Choices", "", "x")).status == 300U);
  BOOST_TEST(understand(answered("200 OK", "", std::string(65'536, 'x'))).body.size() == 65'536U);
}

BOOST_AUTO_TEST_CASE(every_outcome_has_its_word) {
  for (int i = 1; i < static_cast<int>(outcome::disabled); ++i) {
    const auto what = static_cast<outcome>(i);
    const auto answer = understand(failed(to_string(what), "found a\nb\x1b, expected c"));
    BOOST_TEST((answer.what == what), to_string(what));
    BOOST_TEST(answer.detail == "found a?b?, expected c");
    BOOST_TEST(answer.status == 0U);
  }
  for (const auto what : {outcome::disabled, outcome::busy, outcome::unavailable, outcome::unknown, outcome::cancelled})
    check_unknown(failed(to_string(what), "found"));
}

BOOST_AUTO_TEST_CASE(cut_off_at_every_byte) {
  for (const std::string& whole :
       {answered("200 OK", "X-Subject-Token: token\r\n", "{\"a\":1}"), failed("dns", "found no name")})
    for (std::size_t size = 0; size < whole.size(); ++size) check_unknown(std::string_view(whole).substr(0, size));
}

BOOST_AUTO_TEST_CASE(every_byte_replaced_is_an_answer_within_its_bounds_or_unknown) {
  const std::string whole = answered("200 OK", "Date: D\r\n", "{}");
  for (std::size_t at = 0; at < whole.size(); ++at)
    for (int byte = 0; byte < 256; ++byte) {
      std::string other = whole;
      other[at] = static_cast<char>(byte);
      const auto answer = understand(other);
      const bool right = answer.answered() ? answer.status >= 200 && answer.status <= 599 && answer.body.size() == 2
                                           : answer.what == outcome::unknown && answer.body.empty();
      BOOST_TEST(right, at << " " << byte);
    }
}

BOOST_AUTO_TEST_CASE(what_is_no_answer) {
  const std::string body_of_another =
      "HTTP/1.1 200 OK\r\nCourier-Outcome: answered\r\nCourier-Connect-Ms: 3\r\nCourier-Latency-Ms: 12\r\n";
  const std::string whole = answered("200 OK", "", "{}");
  for (const std::string& said : {
           std::string("garbage"),
           std::string(100, '\0'),
           whole + "x",
           whole + whole,
           "\r\n\r\n" + whole.substr(0, 20),
           body_of_another + "\r\n{}",                                                  // up to the end
           body_of_another + "Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n",  // in chunks
           body_of_another + "Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}",        // two lengths
           body_of_another + "Content-Encoding: gzip\r\nContent-Length: 2\r\n\r\n{}",
           answered("200 OK", "Courier-Outcome: dns\r\n", "{}"),  // two outcomes
           answered("200 OK", "Date: D\r\nDate: D\r\n", "{}"),
           answered("200 OK", "Date : D\r\n", "{}"),
           answered("100 Continue", "", ""),
           answered("600 Other", "", ""),
           answered("20 OK", "", ""),
           answered("200 OK", "", std::string(65'537, 'x')),
           answered("200 OK", "X: " + std::string(20'000, 'x') + "\r\n", ""),
           std::string(longest_courier_answer + 1, 'x'),
           failed("dns", "found", "200 OK"),
           failed("dns", std::string(longest_detail + 1, 'x')),
           failed("", "found"),
           failed("DNS", "found"),
           failed("no_such_outcome", "found"),
           failed("answered", "found"),  // without its times
           std::string("HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n"),
           std::string("HTTP/1.1 200 OK\r\nCourier-Outcome: answered\r\nCourier-Connect-Ms: -1\r\nCourier-Latency-Ms: "
                       "1\r\nContent-Length: 0\r\n\r\n"),
           std::string("HTTP/1.1 200 OK\r\nCourier-Outcome: answered\r\nCourier-Connect-Ms: 1\r\nCourier-Latency-Ms: "
                       "60001\r\nContent-Length: 0\r\n\r\n"),
           std::string("GET / HTTP/1.1\r\nHost: a\r\n\r\n"),
       })
    check_unknown(said);
}

BOOST_AUTO_TEST_CASE(nothing_of_an_answer_stays_in_freed_memory) {
  const std::string secret(600, 's');
  const std::string whole = answered("200 OK", "X-Subject-Token: " + secret + "\r\n", secret + secret);
  credcache::testing::freed_memory watch(std::string_view(secret).substr(0, 16));
  {
    auto answer = understand(whole);
    answer = understand(std::string_view(whole).substr(0, whole.size() - 1));
    answer = understand(whole);
  }
  watch.stop();
  BOOST_TEST(watch.blocks() != 0U);
  BOOST_TEST(watch.found() == 0U);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace courier_answer_test
