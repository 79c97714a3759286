// The courier's reading of what the daemon writes: cut anywhere, and of what is no request.
#include "request_reader.hpp"

#include <boost/test/unit_test.hpp>
#include <cstring>
#include <string>

#include "failure.hpp"

namespace request_reader_test {

using namespace credcached;
using namespace credcached::courier;

namespace {

const std::string whole =
    "POST https://a.example/b HTTP/1.1\r\nHost: a.example\r\nCourier-Ca: /ca\r\nCourier-Proxy: http://u:p@p:1\r\n"
    "Courier-No-Proxy: x\r\nCourier-Allow-Private: 10.0.0.0/8\r\ncourier-allow-http: 1\r\nAuthorization: Bearer t\r\n"
    "Content-Length: 3\r\n\r\nxyz";

void check(const request& r) {
  BOOST_TEST(r.method == "POST");
  BOOST_TEST(r.to.host == "a.example");
  BOOST_TEST(r.ca == "/ca");
  BOOST_TEST(r.proxy.reveal() == "http://u:p@p:1");
  BOOST_TEST(r.no_proxy == "x");
  BOOST_TEST(r.allow_private == "10.0.0.0/8");
  BOOST_TEST(r.allow_http);
  BOOST_TEST(r.fields.reveal() == "Authorization: Bearer t\r\n");
  BOOST_TEST(r.body.reveal() == "xyz");
}

}  // namespace

BOOST_AUTO_TEST_SUITE(courier_request_reader)

BOOST_AUTO_TEST_CASE(whole_and_in_two_parts) {
  for (std::size_t cut = 0; cut <= whole.size(); ++cut) {
    request into;
    request_reader reader(into);
    std::string waiting = whole.substr(0, cut);
    waiting.erase(0, reader.read(waiting));
    BOOST_TEST(reader.is_done() == (cut == whole.size()));
    waiting += whole.substr(cut);
    while (!waiting.empty() && !reader.is_done()) waiting.erase(0, reader.read(waiting));
    BOOST_TEST_REQUIRE(reader.is_done());
    BOOST_TEST(waiting.empty());
    check(into);
  }
}

BOOST_AUTO_TEST_CASE(a_header_in_pieces_is_no_longer_than_a_whole_one) {
  request into;
  request_reader reader(into);
  std::string waiting = "POST https://a.example/b HTTP/1.1\r\nHo";
  const auto take_all = [&] {
    for (std::size_t used = 1; used > 0 && !waiting.empty(); waiting.erase(0, used)) used = reader.read(waiting);
  };
  take_all();
  waiting += "st: a.example\r\nA-";
  const auto flood = [&] {
    for (int i = 0; i < 12; ++i) {
      take_all();
      waiting += "b: " + std::string(4000, 'a') + "\r\nA-";
    }
  };
  BOOST_CHECK_EXCEPTION(flood(), failure, [](const failure& e) {
    return std::string_view(e.what()).starts_with("found a header over 32768 bytes");
  });
}

BOOST_AUTO_TEST_CASE(no_message_repeats_what_may_be_a_secret) {
  for (const std::string& text : {std::string("GET https://a.example/?key=SECRET#x HTTP/1.1\r\n\r\n"),
                                  std::string("GET https://SECRET@a/ HTTP/1.1\r\n\r\n"),
                                  std::string("GET https://a/ HTTP/1.1\r\nHost: SECRET\r\n\r\n"),
                                  std::string("GET https://a/ HTTP/1.1\r\nSECRET\r\n\r\n")}) {
    request into;
    request_reader reader(into);
    try {
      static_cast<void>(reader.read(text));
      BOOST_TEST(false, "refused: " << text);
    } catch (const failure& e) {
      BOOST_TEST((e.what_happened == outgoing::outcome::bad_request));
      BOOST_TEST(std::strstr(e.what(), "SECRET") == nullptr, e.what());
      BOOST_TEST(std::strstr(e.what(), "found ") == e.what());
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace request_reader_test
