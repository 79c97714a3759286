// The command line's HTTP client against a listener that plays back bytes.
#include "client/http_client.hpp"

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <boost/test/unit_test.hpp>
#include <cstdlib>
#include <thread>

namespace http_client_test {

using namespace credcached::client;

namespace {

/// Accepts one connection, reads until `until` came, answers, closes.
class playback {
 public:
  explicit playback(std::string answer, std::string until = "\r\n\r\n")
      : answer_(std::move(answer)), until_(std::move(until)) {
    char name[] = "/tmp/http_client_test.XXXXXX";
    folder_ = ::mkdtemp(name);
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    path().copy(address.sun_path, sizeof address.sun_path - 1);
    listener_ = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    BOOST_REQUIRE(::bind(listener_, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
    BOOST_REQUIRE(::listen(listener_, 1) == 0);
    thread_ = std::thread([this] { serve(); });
  }
  ~playback() {
    if (thread_.joinable()) thread_.join();
    ::close(listener_);
    ::unlink(path().c_str());
    ::rmdir(folder_.c_str());
  }
  [[nodiscard]] std::string path() const { return folder_ + "/s"; }
  [[nodiscard]] const std::string& request() {
    thread_.join();
    return request_;
  }

 private:
  void serve() {
    const int peer = ::accept(listener_, nullptr, nullptr);
    char buffer[4096];
    while (request_.find(until_) == std::string::npos) {
      const auto count = ::recv(peer, buffer, sizeof buffer, 0);
      if (count <= 0) break;
      request_.append(buffer, static_cast<std::size_t>(count));
    }
    // In small pieces, as a socket may deliver them.
    for (const char c : answer_) static_cast<void>(::send(peer, &c, 1, MSG_NOSIGNAL));
    ::close(peer);
  }

  std::string answer_, until_, folder_, request_;
  int listener_ = -1;
  std::thread thread_;
};

bool mentions(const std::exception& e, std::string_view text) {
  return std::string_view(e.what()).find(text) != std::string_view::npos;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(http_client_of_the_verbs)

BOOST_AUTO_TEST_CASE(sends_what_it_is_told) {
  playback daemon("HTTP/1.1 204 No Content\r\n\r\n", "{\"a\":1}");
  const auto answer =
      http_client(daemon.path()).request("POST", "/x?y=z", {{"X-Credential-User", "ann"}, {"X-None", ""}}, "{\"a\":1}");
  BOOST_TEST(answer.status == 204U);
  BOOST_TEST(answer.ok());
  BOOST_TEST(answer.body.empty());
  BOOST_TEST(daemon.request() ==
             "POST /x?y=z HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nX-Credential-User: ann\r\n"
             "Content-Type: application/json\r\nContent-Length: 7\r\n\r\n{\"a\":1}");
}

BOOST_AUTO_TEST_CASE(reads_bodies_of_each_framing) {
  for (const char* framed :
       {"Content-Length: 5\r\n\r\nhello", "Transfer-Encoding: chunked\r\n\r\n2\r\nhe\r\n3\r\nllo\r\n0\r\n\r\n",
        "Connection: close\r\n\r\nhello"}) {
    playback daemon("HTTP/1.1 404 Not Found\r\nContent-Type: application/json\r\n" + std::string(framed));
    const auto answer = http_client(daemon.path()).request("GET", "/");
    BOOST_TEST(answer.status == 404U);
    BOOST_TEST(!answer.ok());
    BOOST_TEST(answer.content_type == "application/json");
    BOOST_TEST(answer.body.reveal() == "hello");
  }
}

BOOST_AUTO_TEST_CASE(a_long_body_arrives_whole) {
  const std::string body(100'000, 'x');
  playback daemon("HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n" + body);
  BOOST_TEST((http_client(daemon.path()).request("GET", "/").body.reveal() == body));
}

BOOST_AUTO_TEST_CASE(half_an_answer_is_none) {
  for (const char* text : {"", "HTTP/1.1 200", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhell", "SSH-2.0-x\r\n"}) {
    playback daemon(text);
    BOOST_CHECK_THROW(static_cast<void>(http_client(daemon.path()).request("GET", "/")), unreachable);
  }
}

BOOST_AUTO_TEST_CASE(nobody_there_says_what_to_do) {
  BOOST_CHECK_EXCEPTION(
      static_cast<void>(http_client("/nowhere/s").request("GET", "/")), unreachable, [](const auto& e) {
        return mentions(e, "/nowhere/s: No such file or directory") && mentions(e, "credcached serve");
      });
  BOOST_CHECK_EXCEPTION(static_cast<void>(http_client(std::string(200, '/')).request("GET", "/")), unreachable,
                        [](const auto& e) { return mentions(e, "107 bytes"); });
}

BOOST_AUTO_TEST_CASE(a_silent_daemon_is_not_waited_for_for_ever) {
  playback daemon("", "never comes");
  BOOST_CHECK_EXCEPTION(
      static_cast<void>(http_client(daemon.path(), std::chrono::milliseconds{20}).request("GET", "/")), unreachable,
      [](const auto& e) { return mentions(e, "did not answer in time"); });
}

BOOST_AUTO_TEST_CASE(a_header_cannot_smuggle_another) {
  BOOST_CHECK_THROW(static_cast<void>(http_client("/x").request("GET", "/", {{"X-Credential-User", "a\r\nHost: b"}})),
                    std::invalid_argument);
}

BOOST_AUTO_TEST_CASE(targets_are_encoded) {
  BOOST_TEST(target("/v1/resolve").with("csp", "aws").with("site", "").with("name", "a b&c=d/é").text() ==
             "/v1/resolve?csp=aws&name=a%20b%26c%3Dd%2F%C3%A9");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace http_client_test
