#include "api/documents/base_url.hpp"

#include <algorithm>
#include <string_view>

#include "base/text.hpp"
#include "http/authority.hpp"

namespace credcached::api {
namespace {

/// A prefix is a few segments.
constexpr std::size_t longest_prefix = 255;

// "/gateway/credentials": no empty or dotted segment, nothing that would need escaping.
bool is_prefix(std::string_view text) noexcept {
  if (!text.starts_with('/') || text.size() > longest_prefix || text.find("//") != std::string_view::npos ||
      text.find("/.") != std::string_view::npos) {
    return false;
  }
  return std::all_of(text.begin(), text.end(), [](char c) {
    return credcache::is_alphanumeric(c) || c == '/' || c == '-' || c == '.' || c == '_' || c == '~';
  });
}

}  // namespace

std::string base_url_of(const http::request& r, bool trust_proxy) {
  std::string url = http::origin_of_server(r, trust_proxy);
  if (!trust_proxy) return url;
  std::string_view prefix = http::first_of(r, "X-Forwarded-Prefix");
  if (!is_prefix(prefix)) return url;
  if (prefix.ends_with('/')) prefix.remove_suffix(1);
  return url.append(prefix);
}

}  // namespace credcached::api
