// The daemon's side of an exchange: with couriers that are scripts and say what a test wants, sockets that nobody serves, and
// the real one.
#include "outgoing/courier.hpp"

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/test/unit_test.hpp>
#include <exception>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "files.hpp"
#include "page_server.hpp"

namespace courier_test {

using namespace credcached;
using namespace credcached::testing;
using namespace std::chrono_literals;
using outgoing::courier_answer;
using outgoing::courier_request;
using outgoing::outcome;

namespace {

constexpr const char* some_answer =
    "HTTP/1.1 200 OK\\r\\nCourier-Outcome: answered\\r\\nCourier-Connect-Ms: 1\\r\\nCourier-Latency-Ms: 2\\r\\n"
    "Content-Length: 2\\r\\n\\r\\nhi";

struct scene {
  temporary_folder folder;
  boost::asio::io_context context{1};
  outgoing::courier courier;
  config::outgoing settings{.enabled = true};
  std::vector<courier_answer> answers;
  std::exception_ptr thrown;

  explicit scene(std::size_t most = 16, std::chrono::milliseconds longest = 12s) : courier(most, longest) {}
  ~scene() {
    context.restart();
    context.run_for(5s);  // ends when the last child is reaped
    BOOST_TEST(courier.under_way() == 0U);
    BOOST_TEST(::waitpid(-1, nullptr, WNOHANG) == -1);
    BOOST_TEST(errno == ECHILD);
  }
  /// The courier is a shell script, whose standard input is the socket.
  void script(const std::string& text) {
    write_text(folder / "courier", "#!/bin/sh\n" + text + "\n", 0755);
    settings.courier = folder / "courier";
  }
  void begin(boost::asio::cancellation_signal* cancel = nullptr) {
    auto done = [this](const std::exception_ptr& e, courier_answer answer) {
      thrown = e;
      answers.push_back(std::move(answer));
    };
    if (cancel == nullptr) {
      boost::asio::co_spawn(context, courier.send(settings, request), done);
    } else {
      boost::asio::co_spawn(context, courier.send(settings, request),
                            boost::asio::bind_cancellation_slot(cancel->slot(), done));
    }
  }
  courier_answer ask() {
    answers.clear();
    begin();
    context.restart();
    while (answers.empty() && context.run_one_for(20s) != 0) {
    }
    BOOST_TEST_REQUIRE(answers.size() == 1U);
    return std::move(answers.front());
  }
  courier_request request{"GET", "https://a.example/"};
};

/// A Unix socket that is listened on, whose connections a test takes.
struct unix_listener {
  explicit unix_listener(const std::string& path) : fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    path.copy(address.sun_path, sizeof address.sun_path - 1);
    BOOST_REQUIRE(::bind(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
    BOOST_REQUIRE(::listen(fd, 4) == 0);
  }
  ~unix_listener() { ::close(fd); }
  unix_listener(const unix_listener&) = delete;
  int fd;
};

}  // namespace

BOOST_AUTO_TEST_SUITE(outgoing_courier)

BOOST_AUTO_TEST_CASE(off_unless_enabled) {
  scene own;
  own.settings = {};
  const auto answer = own.ask();
  BOOST_TEST((answer.what == outcome::disabled));
  BOOST_TEST(contains(answer.detail, "outgoing.enabled: true"));
}

BOOST_AUTO_TEST_CASE(a_child_gets_the_request_and_is_answered) {
  scene own;
  own.script("head -n 2 > " + (own.folder / "request") + "\nprintf '" + some_answer + "' >&0");
  const auto answer = own.ask();
  BOOST_TEST(answer.answered(), answer.detail);
  BOOST_TEST(answer.body.reveal() == "hi");
  BOOST_TEST(read_text(own.folder / "request") == "GET https://a.example/ HTTP/1.1\r\nHost: a.example\r\n");
}

BOOST_AUTO_TEST_CASE(a_child_has_no_environment_and_no_descriptors) {
  scene own;
  const int inherited = ::open("/dev/null", O_RDONLY);  // without O_CLOEXEC
  ::setenv("CREDCACHED_TEST_VALUE", "foreign", 1);
  own.script("tr '\\0' '\\n' </proc/$$/environ >" + (own.folder / "environment") + "; exec ls /proc/self/fd >" +
             (own.folder / "descriptors"));
  BOOST_TEST((own.ask().what == outcome::unknown));
  ::unsetenv("CREDCACHED_TEST_VALUE");
  ::close(inherited);
  BOOST_TEST(std::filesystem::exists(own.folder / "environment"));
  BOOST_TEST(read_text(own.folder / "environment") == "");
  BOOST_TEST(read_text(own.folder / "descriptors") == "0\n1\n2\n3\n");  // 3 is the folder that ls reads
}

BOOST_AUTO_TEST_CASE(a_child_that_ends_anywhere) {
  scene own;
  for (const char* text : {"exit 0", "exit 1", "kill -9 $$", "printf 'HTTP/1.1 200 OK\\r\\n' >&0; kill -9 $$",
                           "echo garbage >&0", "head -c 200000 /dev/zero >&0"}) {
    own.script(text);
    BOOST_TEST((own.ask().what == outcome::unknown), text);
  }
}

BOOST_AUTO_TEST_CASE(no_courier_to_be_had) {
  scene own;
  for (const std::string& where :
       {std::string("/nowhere/credcached-courier"), std::string("unix:/nowhere/courier.sock"),
        own.folder.path().string(), "unix:" + std::string(200, 'x')}) {
    own.settings.courier = where;
    const auto answer = own.ask();
    BOOST_TEST((answer.what == outcome::unavailable), where);
    BOOST_TEST(contains(answer.detail, "found "));
    BOOST_TEST(contains(answer.detail, "outgoing.courier"), answer.detail);
  }
}

BOOST_AUTO_TEST_CASE(over_a_socket) {
  scene own;
  const unix_listener listening(own.folder / "courier.sock");
  own.settings.courier = "unix:" + (own.folder / "courier.sock");
  std::thread courier([&] {
    const int connection = ::accept(listening.fd, nullptr, nullptr);
    char room[4096];
    (void)::recv(connection, room, sizeof room, 0);
    const std::string_view text =
        "HTTP/1.1 502 Bad Gateway\r\nCourier-Outcome: tls_name\r\nContent-Length: 5\r\n\r\nfound";
    (void)::send(connection, text.data(), text.size(), MSG_NOSIGNAL);
    ::close(connection);
  });
  const auto answer = own.ask();
  courier.join();
  BOOST_TEST((answer.what == outcome::tls_name));
  BOOST_TEST(answer.detail == "found");
}

BOOST_AUTO_TEST_CASE(a_courier_that_says_nothing_is_left_in_time) {
  scene own(16, 200ms);
  own.script("exec sleep 60");
  BOOST_TEST((own.ask().what == outcome::timeout));
  const unix_listener listening(own.folder / "courier.sock");
  own.settings.courier = "unix:" + (own.folder / "courier.sock");
  const auto answer = own.ask();
  BOOST_TEST((answer.what == outcome::timeout));
  BOOST_TEST(contains(answer.detail, "200 ms"));
}

BOOST_AUTO_TEST_CASE(no_more_than_so_many_at_once) {
  scene own(2, 300ms);
  own.script("exec sleep 60");
  own.begin();
  own.begin();
  own.context.poll();
  BOOST_TEST(own.courier.under_way() == 2U);
  own.begin();
  own.context.poll();
  BOOST_TEST_REQUIRE(own.answers.size() == 1U);
  BOOST_TEST((own.answers.front().what == outcome::busy));
  own.context.run_for(5s);
  BOOST_TEST(own.answers.size() == 3U);
}

BOOST_AUTO_TEST_CASE(cancelled_it_ends_at_once_and_so_does_the_child) {
  scene own;
  own.script("echo $$ >" + (own.folder / "pid") + "; exec sleep 60");
  boost::asio::cancellation_signal cancel;
  own.begin(&cancel);
  while (read_text(own.folder / "pid").empty()) own.context.run_for(10ms);
  const pid_t child = std::stoi(read_text(own.folder / "pid"));
  cancel.emit(boost::asio::cancellation_type::terminal);
  own.context.run_for(2s);
  BOOST_TEST_REQUIRE(own.answers.size() == 1U);
  BOOST_TEST((own.thrown || own.answers.front().what == outcome::cancelled));
  BOOST_TEST(::kill(child, 0) == -1);
}

#ifdef CREDCACHED_HAS_COURIER
BOOST_AUTO_TEST_CASE(the_real_courier) {
  scene own;
  page_server server;
  server.serve("<p>page</p>");
  const auto ask = [&](const std::string& url) {
    own.request = courier_request("GET", url);
    return own.ask();
  };
  const std::string page = "http://127.0.0.1:" + std::to_string(server.port()) + "/";
  BOOST_TEST((ask(page).what == outcome::bad_request));
  own.settings.allow_http = true;
  BOOST_TEST((ask(page).what == outcome::refused_address));
  own.settings.allow_private = {"127.0.0.0/8"};
  const auto answer = ask(page);
  BOOST_TEST(answer.answered(), answer.detail);
  BOOST_TEST(answer.status == 200U);
  BOOST_TEST(answer.body.reveal() == "<p>page</p>");
  BOOST_TEST(answer.content_type == "text/html; charset=utf-8");
  own.settings.ca = own.folder.path().string();  // a machine need not have any authorities
  BOOST_TEST((ask("https://127.0.0.1:1/").what == outcome::unreachable));
  BOOST_TEST((ask("https://127.0.0.1:" + std::to_string(server.port()) + "/").what == outcome::not_tls));
}
#endif

BOOST_AUTO_TEST_CASE(a_loop_that_ends_meanwhile_leaves_no_child) {
  pid_t child = 0;
  {
    scene own;
    own.script("echo $$ >" + (own.folder / "pid") + "; exec sleep 60");
    {
      boost::asio::io_context context;
      boost::asio::co_spawn(context, own.courier.send(own.settings, own.request), [](const auto&...) {});
      while (read_text(own.folder / "pid").empty()) context.run_for(10ms);
      child = std::stoi(read_text(own.folder / "pid"));
    }
  }
  BOOST_TEST(::kill(child, 0) == -1);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace courier_test
