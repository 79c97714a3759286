#include "formats/presentations.hpp"

#include <algorithm>
#include <string_view>

namespace credcached::formats {
namespace {

using credcache::authentication_scheme;
using credcache::key_place;
using credcache::presentation;
using credcache::resolution;
using credcache::secret_buffer;

void append(secret_buffer& out, std::initializer_list<std::string_view> pieces) {
  for (const std::string_view piece : pieces) out.append(piece);
}

// What all readers of netrc take as one word.
bool is_plain_word(std::string_view text) noexcept {
  return !text.empty() && std::ranges::all_of(text, [](char c) {
    return c > ' ' && c < '\x7f' && std::string_view("\"'\\#").find(c) == std::string_view::npos;
  });
}

void append_escaped(secret_buffer& out, std::string_view text) {
  for (const char c : text) {
    if (c == '"' || c == '\\') out.push_back('\\');
    out.push_back(c);
  }
}

}  // namespace

bool write_header(secret_buffer& out, const presentation& presented, const resolution&) {
  const auto& how = *presented.how;
  if (how.in == key_place::query) return false;
  if (how.in == key_place::header) {
    append(out, {how.field, ": ", presented.value.reveal(), "\n"});
  } else {
    append(out, {"Cookie: ", how.field, "=", presented.value.reveal(), "\n"});
  }
  return true;
}

bool write_curl(secret_buffer& out, const presentation& presented, const resolution&) {
  const auto& how = *presented.how;
  if (how.in == key_place::query) return false;
  out.append(how.in == key_place::header ? "header = \"" : "cookie = \"");
  append(out, {how.field, how.in == key_place::header ? ": " : "="});
  append_escaped(out, presented.value.reveal());
  out.append("\"\n");
  return true;
}

bool write_netrc(secret_buffer& out, const presentation& presented, const resolution& resolved) {
  const auto& how = *presented.how;
  if (how.scheme != authentication_scheme::basic) return false;
  const std::string_view user = resolved.variables()[how.username].value;
  const std::string_view password = resolved.variables()[how.secret].value;
  if (!is_plain_word(user) || !is_plain_word(password)) return false;
  for (const std::string_view host : presented.hosts) {
    const auto port = host.rfind(':');
    const bool has_port = port != std::string_view::npos && !host.ends_with(']');
    append(out, {"machine ", has_port ? host.substr(0, port) : host, " login ", user, " password ", password, "\n"});
  }
  return true;
}

}  // namespace credcached::formats
