// S2: between requests no value is in the memory of the daemon. Two hundred credentials go in and out over every door,
// well-formed or not; then all of its memory is read. The control keeps a copy on purpose and has to be found out.
#include "memory_scan.hpp"

#include <set>

#include "marked_scene.hpp"
#include "request_text.hpp"
#include "skipped.hpp"

namespace memory_scan_test {

using namespace credcached::testing;

namespace {

bool sanitized(std::string_view test) {
  return credcache::testing::skipped_when_sanitized(test, "sanitizers keep copies of freed memory on purpose");
}

/// A piece of the ciphertext of every living credential of `owner`: it stands behind the owner's name, which is in the
/// clear. Not its beginning, because freed memory loses that anyway. Random bytes are told from others by their
/// variety.
std::vector<std::string> ciphertexts_of(pid_t process, std::string_view owner) {
  constexpr std::size_t piece = 32;
  std::vector<std::string> all;
  for (const auto& found : find_in_memory(process, owner)) {
    const auto bytes = read_memory(process, found.address + owner.size() + 24, piece);
    if (std::set<char>(bytes.begin(), bytes.end()).size() >= piece * 3 / 4) all.push_back(bytes);
  }
  return all;
}

/// A credential of an owner whose name is found nowhere else, and its ciphertext.
struct one_credential : running_daemon {
  marked_values name;
  std::string ciphertext;
  std::string body = text(aws());

  bool add(std::string_view with_body) {
    BOOST_TEST_REQUIRE(http.post(users, with_body, as_user(name.word())).status == 204);
    const auto found = ciphertexts_of(daemon.pid(), name.word());
    BOOST_TEST_REQUIRE(found.size() == 1U);
    ciphertext = found.front();
    return true;
  }
  [[nodiscard]] bool there() const { return !find_in_memory(daemon.pid(), ciphertext).empty(); }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(memory_scan)

BOOST_AUTO_TEST_CASE(no_value_is_left_between_requests) {
  if (sanitized("no_value_is_left_between_requests")) return;
  scene own;
  own.everything(200);
  BOOST_TEST(!find_in_memory(own.daemon.pid(), "owner-199").empty());  // the scan sees the cache
  BOOST_TEST_CONTEXT("connections open") own.check_nothing_left();
  own.clients.clear();
  own.tcp_clients.clear();
  BOOST_TEST_CONTEXT("connections closed") own.check_nothing_left();
}

// The next request could have overwritten what the one before left behind.
BOOST_AUTO_TEST_CASE(no_value_is_left_by_any_request_alone) {
  if (sanitized("no_value_is_left_by_any_request_alone")) return;
  scene own;
  own.scan_each = true;
  own.everything(25);
}

// Requests that wait hold their own values and no others; when they end, however they do, those go as well.
BOOST_AUTO_TEST_CASE(no_value_is_left_while_requests_wait_or_after_they_were_cancelled) {
  if (sanitized("no_value_is_left_while_requests_wait_or_after_they_were_cancelled")) return;
  scene own(CREDCACHED_WAITING_EXECUTABLE);
  const marked_values held;
  const auto body = text(aws(held.value(20), held.value(3'000)));
  BOOST_TEST(own.fresh().post(users, body, as_user("waiter")).status == 204);
  BOOST_TEST(own.left_of(held.word()).empty());
  const auto ask = [&](std::string_view method, std::string_view query, std::string_view with_body) {
    std::string request = request_text(method, "/test/wait?csp=aws" + std::string(query), with_body);
    own.fresh().send_raw(request.insert(request.find("\r\n") + 2, "X-Credential-User: waiter\r\n"));
  };
  for (int i = 0; i < 4; ++i) {
    ask("GET", "", "");
    ask("POST", "", body);
  }
  std::deque<http_client> waiting = std::move(own.clients);
  own.clients.clear();
  BOOST_TEST(eventually([&] { return find_in_memory(own.daemon.pid(), held.word()).size() >= 8; }));
  own.everything(25);
  own.check_nothing_left();
  BOOST_TEST(!find_in_memory(own.daemon.pid(), held.word()).empty());  // they wait still
  ask("GET", "&milliseconds=1", "");
  BOOST_TEST(contains(own.clients.back().read_response().body, held.word()));
  waiting.clear();
  const auto found = own.left_of(held.word());
  BOOST_TEST_CONTEXT(found) BOOST_TEST(found.empty());
}

BOOST_AUTO_TEST_CASE(the_scan_finds_a_copy_where_there_is_one) {
  if (sanitized("the_scan_finds_a_copy_where_there_is_one")) return;
  scene own(CREDCACHED_LEAKY_EXECUTABLE);
  own.add(0);
  BOOST_TEST(!find_in_memory(own.daemon.pid(), own.marks.word()).empty());
}

// S3: at the deadline the ciphertext goes as well, read or not.
BOOST_FIXTURE_TEST_CASE(an_expired_credential_is_wiped_within_a_second, one_credential) {
  if (sanitized("an_expired_credential_is_wiped_within_a_second")) return;
  const auto deadline = std::chrono::steady_clock::now() + 2s;
  add(text(with(aws(), "timeToLive", 2)));
  BOOST_TEST(there());
  BOOST_TEST(eventually([&] { return !there(); }));
  const auto wiped = std::chrono::steady_clock::now();
  BOOST_TEST((wiped > deadline));
  BOOST_TEST((wiped - deadline < 1s));
}

BOOST_FIXTURE_TEST_CASE(a_removed_or_replaced_credential_is_wiped_at_once, one_credential) {
  if (sanitized("a_removed_or_replaced_credential_is_wiped_at_once")) return;
  add(body);
  BOOST_TEST(there());
  BOOST_TEST(http.get("/v1/resolve?csp=aws", as_user(name.word())).status == 200);
  BOOST_TEST(http.get("/v1/credentials", as_user(name.word())).status == 200);
  BOOST_TEST(there());
  const auto before = ciphertext;
  add(body);
  BOOST_TEST(find_in_memory(daemon.pid(), before).empty());
  BOOST_TEST(http.remove("/v1/credentials?all=true", as_user(name.word())).status == 200);
  BOOST_TEST(eventually([&] { return !there(); }, 1s));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace memory_scan_test
