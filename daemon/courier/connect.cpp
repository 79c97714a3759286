#include "connect.hpp"

#include <openssl/evp.h>

#include <algorithm>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/error.hpp>
#include <memory>
#include <optional>
#include <vector>

#include "address_policy.hpp"
#include "base/text.hpp"
#include "failure.hpp"
#include "outgoing/protocol/bounds.hpp"
#include "outgoing/protocol/host_list.hpp"

namespace credcached::courier {

namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;
using outgoing::outcome;
using outgoing::subdomains;
using namespace std::chrono_literals;
using clock = std::chrono::steady_clock;

constexpr auto least_attempt = 250ms;

[[noreturn]] void fail(outcome what, const std::string& sentence) {
  throw failure(what, sentence);
}

struct lookup {
  explicit lookup(const asio::any_io_executor& executor) : resolver(executor), waiting(executor) {}
  tcp::resolver resolver;
  asio::steady_timer waiting;
  std::vector<asio::ip::address> found;
  std::optional<error_code> end;
};

// getaddrinfo cannot be broken off: when it takes too long, its thread is left behind until the process ends.
asio::awaitable<std::vector<asio::ip::address>> look_up(std::string host, clock::time_point deadline) {
  if (outgoing::is_address(host)) co_return std::vector{asio::ip::make_address(host)};
  const auto asking = std::make_shared<lookup>(co_await asio::this_coro::executor);
  asking->waiting.expires_at(deadline);
  asking->resolver.async_resolve(host, "", [asking](error_code error, const tcp::resolver::results_type& results) {
    asking->end = error;
    for (const auto& result : results) asking->found.push_back(result.endpoint().address());
    asking->waiting.cancel();
  });
  error_code ignored;
  co_await asking->waiting.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
  if (!asking->end)
    fail(outcome::dns, "found no answer of the name servers about " + host +
                           " in time, expected its address: look at this machine's resolver");
  if (*asking->end || asking->found.empty())
    fail(outcome::dns, "found no address of " + host + " (" + asking->end->message() +
                           "), expected one: check the name, and this machine's resolver");
  auto& all = asking->found;
  all.erase(std::unique(all.begin(), all.end()), all.end());
  co_return std::move(all);
}

void check_address(const asio::ip::address& address, const request& asked, const route& way) {
  const auto refuse = [&](std::string_view kind, std::string_view todo) {
    const std::string shown = address.to_string();
    fail(outcome::refused_address, "found " + shown + (shown == way.host ? "" : " as the address of " + way.host) +
                                       ", " + std::string(kind) + ": " + std::string(todo));
  };
  const reach what = reach_of(address);
  if (what == reach::never)
    refuse("which is link-local, a metadata service's, unspecified, multicast or reserved",
           "nothing is ever sent there");
  if (!way.by_proxy && !asked.to.https && what != reach::loopback)
    refuse("expected a loopback address for plain HTTP", "use https");
  if (what == reach::everybody || way.by_proxy) return;  // the administrator named the proxy
  if (outgoing::has_address(asked.allow_private, address)) return;
  if (outgoing::has_host(asked.allow_private, asked.to.host, asked.to.port, subdomains::excluded)) return;
  refuse(what == reach::loopback ? "a loopback address" : "a private address",
         "if that is meant, name the host or the range in outgoing.allowPrivate");
}

void append_base64(credcache::secret_buffer& out, std::string_view text) {
  const std::size_t before = out.size(), room = (text.size() + 2) / 3 * 4 + 1;  // with the zero byte of OpenSSL
  char* const begin = out.extend(room);
  const int size = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(begin),
                                   reinterpret_cast<const unsigned char*>(text.data()), static_cast<int>(text.size()));
  out.resize(before + static_cast<std::size_t>(size));
}

}  // namespace

std::string place(std::string_view host, std::uint16_t port) {
  return std::string(host) + " port " + std::to_string(port);
}

route choose_route(const request& asked) {
  route way;
  way.host = asked.to.host;
  way.port = asked.to.port;
  std::string_view proxy = asked.proxy.reveal();
  if (proxy.empty() || !asked.to.https) return way;
  if (outgoing::has_host(asked.no_proxy, asked.to.host, asked.to.port, subdomains::included)) return way;

  constexpr std::string_view scheme = "http://";
  const auto refuse = [] {
    fail(outcome::bad_request, "found another proxy, expected http://HOST:PORT or http://USER:PASSWORD@HOST:PORT");
  };
  if (!proxy.starts_with(scheme)) refuse();
  proxy.remove_prefix(scheme.size());
  if (proxy.ends_with('/')) proxy.remove_suffix(1);
  if (const auto at = proxy.rfind('@'); at != std::string_view::npos) {
    append_base64(way.authorization, proxy.substr(0, at));
    proxy.remove_prefix(at + 1);
  }
  const auto parts = outgoing::parse_authority(proxy);
  if (!parts || parts->port == 0) refuse();
  way.by_proxy = true;
  way.host = parts->host;
  way.port = parts->port;
  return way;
}

asio::awaitable<void> connect(tcp_stream& stream, const request& asked, const route& way) {
  const auto deadline = clock::now() + outgoing::connect_phase;
  if (way.by_proxy && outgoing::is_address(asked.to.host)) {
    // A name is the proxy's to look up; an address is known here.
    route direct;
    direct.host = asked.to.host;
    check_address(asio::ip::make_address(direct.host), asked, direct);
  }
  const auto addresses = co_await look_up(way.host, deadline);
  for (const auto& address : addresses) check_address(address, asked, way);

  error_code error;
  auto left = static_cast<int>(addresses.size());
  for (const auto& address : addresses) {
    stream.socket().close(error);  // of an address of the other family, perhaps
    // One that does not answer leaves time for the others.
    const auto share = std::max<clock::duration>((deadline - clock::now()) / left--, least_attempt);
    stream.expires_at(std::min(deadline, clock::now() + share));
    co_await stream.async_connect(tcp::endpoint(address, way.port), asio::redirect_error(asio::use_awaitable, error));
    if (!error) {
      stream.socket().set_option(tcp::no_delay(true), error);
      co_return;
    }
    if (clock::now() >= deadline) break;
  }
  const std::string where = (way.by_proxy ? "the proxy " : "") + place(way.host, way.port);
  if (error == boost::beast::error::timeout)
    fail(outcome::timeout, "found no answer to a connection to " + where + " within " +
                               std::to_string(outgoing::connect_phase.count()) +
                               " s, expected one: is there a firewall on the way, or does a proxy have to be used?");
  fail(outcome::unreachable, "found no way to connect to " + where + " (" + error.message() +
                                 "), expected a connection: check name, port and route");
}

asio::awaitable<void> open_tunnel(tcp_stream& stream, const request& asked, const route& way) {
  const bool v6 = asked.to.host.find(':') != std::string_view::npos;
  const std::string host = v6 ? "[" + std::string(asked.to.host) + "]" : std::string(asked.to.host);
  const std::string target = host + ":" + std::to_string(asked.to.port);
  credcache::secret_buffer head(512);
  head.append("CONNECT " + target + " HTTP/1.1\r\nHost: " + target + "\r\n");
  if (!way.authorization.empty()) {
    head.append("Proxy-Authorization: Basic ");
    head.append(way.authorization.reveal());
    head.append("\r\n");
  }
  head.append("\r\n");
  error_code error;
  co_await asio::async_write(stream, asio::buffer(head.data(), head.size()),
                             asio::redirect_error(asio::use_awaitable, error));
  const std::string proxy = "the proxy " + place(way.host, way.port);
  // A byte at a time: what follows the header belongs to the tunnel.
  std::string said;
  while (!error && !said.ends_with("\r\n\r\n")) {
    char c = 0;
    co_await asio::async_read(stream, asio::buffer(&c, 1), asio::redirect_error(asio::use_awaitable, error));
    said += c;
    if (said.size() > outgoing::longest_answer_header)
      fail(outcome::proxy_refused, "found an endless answer of " + proxy + ", expected \"HTTP/1.1 200\"");
  }
  if (error == boost::beast::error::timeout)
    fail(outcome::timeout, "found no answer of " + proxy + " to CONNECT within " +
                               std::to_string(outgoing::tls_phase.count()) + " s, expected \"HTTP/1.1 200\"");
  std::string status = said.starts_with("HTTP/1.") && said.size() > 12 && said[8] == ' ' ? said.substr(9, 3) : "";
  if (!std::ranges::all_of(status, credcache::is_digit)) status.clear();
  if (error || status.empty())
    fail(outcome::proxy_refused,
         "found no HTTP answer of " + proxy + ", expected \"HTTP/1.1 200\": is it an HTTP proxy?");
  if (status == "407")
    fail(outcome::proxy_refused, "found status 407 of " + proxy +
                                     ", expected 200: it wants a user and a password, or others than it was given");
  if (status[0] != '2')
    fail(outcome::proxy_refused, "found status " + credcache::shown(status) + " of " + proxy + " for " + target +
                                     ", expected 200: it does not let this connection through, or cannot make it");
}

}  // namespace credcached::courier
