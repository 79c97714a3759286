#include "outgoing/protocol/host_list.hpp"

#include <algorithm>
#include <boost/asio/ip/network_v4.hpp>
#include <boost/asio/ip/network_v6.hpp>
#include <optional>
#include <string>

#include "base/text.hpp"
#include "outgoing/protocol/url.hpp"

namespace credcached::outgoing {

namespace {

namespace ip = boost::asio::ip;

std::string_view trimmed(std::string_view text) noexcept {
  const auto first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

template <class Visit>
bool any_entry(std::string_view list, Visit visit) {
  while (!list.empty()) {
    const auto comma = std::min(list.find(','), list.size());
    const auto entry = trimmed(list.substr(0, comma));
    if (!entry.empty() && visit(entry)) return true;
    list.remove_prefix(std::min(comma + 1, list.size()));
  }
  return false;
}

bool same_name(std::string_view a, std::string_view b) noexcept {
  return std::ranges::equal(a, b, {}, credcache::to_lower, credcache::to_lower);
}

std::optional<ip::address> address_of(std::string_view text) {
  if (!is_address(text)) return std::nullopt;
  boost::system::error_code error;
  const auto address = ip::make_address(std::string(text), error);
  return error ? std::nullopt : std::optional(address);
}

struct range {
  ip::address base;
  unsigned short bits;
};

std::optional<range> range_of(std::string_view entry) {
  const auto slash = entry.find('/');
  const auto base = address_of(entry.substr(0, slash));
  if (!base) return std::nullopt;
  const unsigned short most = base->is_v4() ? 32 : 128;
  if (slash == std::string_view::npos) return range{*base, most};
  const auto bits = credcache::whole_number<unsigned short>(entry.substr(slash + 1));
  if (!bits || *bits > most) return std::nullopt;
  return range{*base, *bits};
}

bool is_in(const ip::address& address, const range& r) noexcept {
  if (address.is_v4() != r.base.is_v4()) return false;
  if (address.is_v4())
    return ip::network_v4(address.to_v4(), r.bits).network() == ip::network_v4(r.base.to_v4(), r.bits).network();
  return ip::network_v6(address.to_v6(), r.bits).network() == ip::network_v6(r.base.to_v6(), r.bits).network();
}

bool name_matches(std::string_view entry, std::string_view host, subdomains of_plain_names) noexcept {
  const bool dotted = entry.starts_with('.');
  const auto name = dotted ? entry.substr(1) : entry;
  if (same_name(name, host)) return true;
  if (!dotted && of_plain_names == subdomains::excluded) return false;
  return host.size() > name.size() + 1 && host[host.size() - name.size() - 1] == '.' &&
         same_name(host.substr(host.size() - name.size()), name);
}

}  // namespace

bool has_host(std::string_view list, std::string_view host, std::uint16_t port, subdomains of_plain_names) {
  const auto address = address_of(host);
  return any_entry(list, [&](std::string_view entry) {
    if (entry == "*") return true;
    if (const auto r = range_of(entry)) return address && is_in(*address, *r);
    const bool dotted = entry.starts_with('.');
    const auto parts = parse_authority(dotted ? entry.substr(1) : entry);
    if (!parts || (parts->port != 0 && parts->port != port)) return false;
    if (const auto own = address_of(parts->host)) return !dotted && address && *own == *address;
    const auto name = entry.substr(0, parts->host.size() + (dotted ? 1 : 0));
    return !address && name_matches(name, host, of_plain_names);
  });
}

bool has_address(std::string_view list, const ip::address& address) {
  return any_entry(list, [&](std::string_view entry) {
    const auto r = range_of(entry);
    return r && is_in(address, *r);
  });
}

bool is_host_entry(std::string_view entry) {
  if (entry == "*" || range_of(entry)) return true;
  const bool dotted = entry.starts_with('.');
  const auto parts = parse_authority(dotted ? entry.substr(1) : entry);
  return parts && !(dotted && is_address(parts->host));
}

}  // namespace credcached::outgoing
