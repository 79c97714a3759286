// S13: nothing that goes wrong while accepting ends the accepting.
#include <fcntl.h>
#include <sys/un.h>

#include <boost/asio/post.hpp>
#include <boost/test/unit_test.hpp>
#include <cstring>

#include "api_scene.hpp"
#include "base/unique_fd.hpp"
#include "files.hpp"
#include "freed_memory.hpp"
#include "server/acceptor.hpp"

namespace acceptor_test {

using namespace credcached;
using namespace credcached::testing;
using credcache::testing::failing_allocation;

namespace {

struct acceptor_fixture {
  sockaddr_un address{};
  boost::asio::io_context context{1};
  std::vector<credcache::unique_fd> admitted;
  std::unique_ptr<server::acceptor> own;

  acceptor_fixture() {
    const int fd = ::socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    address.sun_family = AF_UNIX;  // of an abstract name, which the kernel chooses
    socklen_t size = sizeof(sa_family_t);
    BOOST_REQUIRE(::bind(fd, reinterpret_cast<sockaddr*>(&address), size) == 0);
    BOOST_REQUIRE(::listen(fd, 16) == 0);
    size = sizeof address;
    ::getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size);
    address_size_ = size;
    own = std::make_unique<server::acceptor>(context, fd, AF_UNIX, 0, [this](int socket, int, std::size_t) {
      admitted.emplace_back(socket);
      boost::asio::post(context, [] {});  // as reading from it would, this takes the memory that the acceptor waited in
      return true;
    });
    own->start();
  }
  [[nodiscard]] credcache::unique_fd connect() const {
    credcache::unique_fd client{::socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)};
    BOOST_REQUIRE(::connect(client.get(), reinterpret_cast<const sockaddr*>(&address), address_size_) == 0);
    return client;
  }

 private:
  socklen_t address_size_ = 0;
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(acceptor, acceptor_fixture)

BOOST_AUTO_TEST_CASE(it_goes_on_accepting_whichever_allocation_fails) {
  std::size_t failures = 0;
  for (std::size_t n = 1; failures == n - 1; ++n) {
    BOOST_TEST_CONTEXT("allocation " << n) {
      const auto first = connect();
      {
        const failing_allocation failing(n);
        try {
          settle(context);
        } catch (const std::bad_alloc&) {
          BOOST_ERROR("it should keep that to itself");
        }
        if (failing.happened()) ++failures;
      }
      admitted.clear();
      const auto second = connect();
      settle(context);
      BOOST_TEST(admitted.size() == 1U);
    }
  }
  BOOST_TEST(failures > 0U);
}

// Readable for ever, and accept4 says EINVAL: it does not listen.
BOOST_AUTO_TEST_CASE(an_error_that_nobody_expects_is_logged_and_not_spun_on) {
  const int fd = ::socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  server::acceptor deaf(context, fd, AF_UNIX, 0, [](int, int, std::size_t) { return false; });
  const temporary_folder folder;
  const credcache::unique_fd log(::open((folder / "log").c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
  const credcache::unique_fd standard_error(::dup(STDERR_FILENO));
  ::dup2(log.get(), STDERR_FILENO);
  deaf.start();
  const std::size_t turns = context.run_for(std::chrono::milliseconds(250));
  ::dup2(standard_error.get(), STDERR_FILENO);
  BOOST_TEST(turns >= 2U);
  BOOST_TEST(turns < 10U);
  BOOST_TEST(read_text(folder / "log").find("Connections have to wait: Invalid argument.") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace acceptor_test
