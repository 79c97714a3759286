#include "outgoing/courier_request.hpp"

#include <algorithm>
#include <array>
#include <stdexcept>
#include <string>

#include "base/text.hpp"
#include "outgoing/protocol/bounds.hpp"
#include "outgoing/protocol/host_list.hpp"

namespace credcached::outgoing {

namespace {

constexpr std::array<std::string_view, 4> methods{"GET", "POST", "PUT", "DELETE"};

// RFC 9110, 5.6.2 and 5.5: tokens, and values without control characters.
bool is_token(std::string_view name) noexcept {
  constexpr std::string_view others = "!#$%&'*+-.^_`|~";
  return !name.empty() && std::ranges::all_of(name, [&](char c) {
    return credcache::is_alphanumeric(c) || others.find(c) != std::string_view::npos;
  });
}
bool is_value(std::string_view value) noexcept {
  return std::ranges::all_of(value,
                             [](char c) { return c == '\t' || (static_cast<unsigned char>(c) >= ' ' && c != 0x7f); });
}

/// Rules for the courier, and what follows from URL and body.
bool is_own(std::string_view name) noexcept {
  constexpr std::string_view rules = "Courier-";
  const auto same = [](std::string_view a, std::string_view b) {
    return std::ranges::equal(a, b, {}, credcache::to_lower, credcache::to_lower);
  };
  return same(name.substr(0, rules.size()), rules) || same(name, "Host") || same(name, "Content-Length");
}

void append_field(credcache::secret_buffer& out, std::string_view name, std::string_view value) {
  for (const auto part : {name, std::string_view(": "), value, std::string_view("\r\n")}) out.append(part);
}

void append_rule(credcache::secret_buffer& out, std::string_view name, std::string_view value) {
  if (!value.empty()) append_field(out, name, value);
}

}  // namespace

courier_request::courier_request(std::string_view method, std::string_view url) {
  if (std::ranges::find(methods, method) == methods.end())
    throw std::invalid_argument("found another method, expected GET, POST, PUT or DELETE");
  url_.append(url);
  const auto parts = parse_url(url_.reveal());
  if (!parts)
    throw std::invalid_argument(
        "found no URL such as https://api.example.org/path, expected one without user and fragment");
  to_ = *parts;
  for (const auto part : {method, std::string_view(" "), url, std::string_view(" HTTP/1.1\r\n")}) line_.append(part);
}

courier_request& courier_request::field(std::string_view name, std::string_view value) {
  if (!is_token(name)) throw std::invalid_argument("found something else than a field's name");
  if (is_own(name))
    throw std::invalid_argument("found the field " + std::string(name) + ", expected none that is written here");
  if (!is_value(value))
    throw std::invalid_argument("found a control character in the field " + std::string(name) +
                                ", expected text in one line");
  if (line_.size() + fields_.size() + name.size() + value.size() > longest_request_header / 2)
    throw std::invalid_argument("found fields over " + std::to_string(longest_request_header / 2) +
                                " bytes, expected fewer");
  append_field(fields_, name, value);
  return *this;
}

courier_request& courier_request::body(std::string_view content_type, std::string_view bytes) {
  if (bytes.size() > longest_request_body)
    throw std::invalid_argument("found a body over " + std::to_string(longest_request_body) +
                                " bytes, expected a shorter one");
  field("Content-Type", content_type);
  body_.append(bytes);
  return *this;
}

credcache::secret_buffer courier_request::text(const config::outgoing& rules) const {
  credcache::secret_buffer all(line_.size() + fields_.size() + body_.size() + 1024);
  all.append(line_.reveal());
  append_field(all, "Host", to_.authority);
  append_rule(all, "Courier-Ca", rules.ca);
  append_rule(all, "Courier-Proxy", rules.proxy);
  append_rule(all, "Courier-No-Proxy", credcache::joined(rules.no_proxy, ","));
  append_rule(all, "Courier-Allow-Private", credcache::joined(rules.allow_private, ","));
  append_rule(all, "Courier-Allow-Http", rules.allow_http ? "1" : "");
  all.append(fields_.reveal());
  if (!body_.empty()) append_field(all, "Content-Length", std::to_string(body_.size()));
  all.append("\r\n");
  all.append(body_.reveal());
  return all;
}

bool may_be_named(const config::outgoing& rules, const url& endpoint) {
  return has_host(credcache::joined(rules.allow, ","), endpoint.host, endpoint.port, subdomains::excluded);
}

}  // namespace credcached::outgoing
