#include "request_reader.hpp"

#include <algorithm>
#include <array>
#include <boost/beast/http/verb.hpp>

#include "base/text.hpp"
#include "failure.hpp"
#include "outgoing/protocol/bounds.hpp"

namespace credcached::courier {

namespace {

namespace beast_http = boost::beast::http;
using outgoing::outcome;

constexpr std::string_view rule_prefix = "Courier-";
constexpr std::array<std::string_view, 6> once{"Courier-Ca",         "Courier-Proxy",         "Courier-No-Proxy",
                                               "Courier-Allow-Http", "Courier-Allow-Private", "Host"};

// Written here, or about the connection from the daemon.
constexpr std::array<std::string_view, 12> never{"Connection",
                                                 "Keep-Alive",
                                                 "Transfer-Encoding",
                                                 "TE",
                                                 "Trailer",
                                                 "Upgrade",
                                                 "Expect",
                                                 "User-Agent",
                                                 "Accept-Encoding",
                                                 "Proxy-Authorization",
                                                 "Proxy-Connection",
                                                 "HTTP2-Settings"};

bool same(std::string_view a, std::string_view b) noexcept {
  return std::ranges::equal(a, b, {}, credcache::to_lower, credcache::to_lower);
}

[[noreturn]] void refuse(const std::string& sentence) {
  throw failure(outcome::bad_request, sentence);
}

}  // namespace

request_reader::request_reader(request& into) : into_(into) {
  header_limit(outgoing::longest_request_header);
  body_limit(outgoing::longest_request_body);
  eager(true);
}

std::size_t request_reader::read(std::string_view bytes) {
  error_code error;
  const auto used = put(boost::asio::const_buffer(bytes.data(), bytes.size()), error);
  if (error && error != beast_http::error::need_more)
    refuse("found a request to the courier that is no HTTP (" + error.message() + "), expected one in absolute-form");
  return used;
}

void request_reader::on_request_impl(beast_http::verb method, text, text target, int version, error_code&) {
  switch (method) {
    case beast_http::verb::get:
    case beast_http::verb::post:
    case beast_http::verb::put:
    case beast_http::verb::delete_:
      break;
    default:
      refuse("found another method, expected GET, POST, PUT or DELETE");
  }
  into_.method = beast_http::to_string(method);
  into_.target.append({target.data(), target.size()});
  const auto to = outgoing::parse_url(into_.target.reveal());
  if (!to || version != 11) refuse("found another request line, expected METHOD https://HOST/PATH HTTP/1.1");
  into_.to = *to;
}

void request_reader::on_field_impl(beast_http::field, text name, text value, error_code&) {
  const std::string_view key(name.data(), name.size()), content(value.data(), value.size());
  // Beast holds each piece that it is given to its limit, and not their sum.
  header_size_ += key.size() + content.size() + std::string_view(": \r\n").size();
  if (header_size_ > outgoing::longest_request_header)
    refuse("found a header over " + std::to_string(outgoing::longest_request_header) +
           " bytes, expected a shorter one");
  if (const auto index = static_cast<std::size_t>(
          std::ranges::find_if(once, [&](std::string_view known) { return same(known, key); }) - once.begin());
      index < once.size()) {
    const unsigned bit = 1U << index;
    if ((seen_ & bit) != 0) refuse("found " + std::string(once[index]) + " twice, expected it once");
    seen_ |= bit;
    return take_rule(once[index], content);
  }
  if (same(key.substr(0, rule_prefix.size()), rule_prefix))
    refuse("found the rule " + credcache::shown(key) +
           ", expected one that this courier knows: it is of another version");
  if (std::ranges::any_of(never, [&](std::string_view own) { return same(own, key); }))
    refuse("found the field " + std::string(key) + ", expected none that the courier itself writes");
  if (same(key, "Content-Length")) return;
  for (const auto part : {key, std::string_view(": "), content, std::string_view("\r\n")}) into_.fields.append(part);
}

void request_reader::take_rule(std::string_view name, std::string_view value) {
  if (name == "Host") {
    if (value != into_.to.authority) refuse("found a Host that is not the target's, expected the same in both");
  } else if (name == "Courier-Ca") {
    if (!value.starts_with('/'))
      refuse("found " + credcache::shown(value) + " as Courier-Ca, expected an absolute path");
    into_.ca = value;
  } else if (name == "Courier-Proxy") {
    into_.proxy.append(value);
  } else if (name == "Courier-No-Proxy") {
    into_.no_proxy = value;
  } else if (name == "Courier-Allow-Private") {
    into_.allow_private = value;
  } else {
    if (value != "1") refuse("found " + credcache::shown(value) + " as Courier-Allow-Http, expected 1");
    into_.allow_http = true;
  }
}

void request_reader::on_header_impl(error_code&) {
  if ((seen_ & (1U << (once.size() - 1))) == 0) refuse("found no Host, expected that of the target");
}

std::size_t request_reader::on_body_impl(text part, error_code&) {
  into_.body.append({part.data(), part.size()});
  return part.size();
}

}  // namespace credcached::courier
