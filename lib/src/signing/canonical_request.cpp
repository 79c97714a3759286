#include "signing/canonical_request.hpp"

#include <algorithm>
#include <utility>

#include "base/text.hpp"

namespace credcache::inline v1 {
namespace {

constexpr bool is_unreserved(char c) noexcept {
  return is_alphanumeric(c) || c == '-' || c == '.' || c == '_' || c == '~';
}

// Without empty segments, "." and "..". As AWS's own clients do it: "/a/b/.." is "/a".
std::string without_dot_segments(std::string_view path) {
  std::vector<std::string_view> kept;
  for (std::string_view rest = path; !rest.empty();) {
    const std::string_view segment = rest.substr(0, rest.find('/'));
    rest.remove_prefix(std::min(segment.size() + 1, rest.size()));
    if (segment.empty() || segment == ".") continue;
    if (segment != "..") {
      kept.push_back(segment);
    } else if (!kept.empty()) {
      kept.pop_back();
    }
  }
  std::string clean = "/" + joined(kept, "/");
  if (path.ends_with('/') && !kept.empty()) clean += '/';
  return clean;
}

// The value without blanks at its ends, and if the dialect says so with one blank where there are several.
void append_canonical_value(secret_buffer& out, std::string_view value, bool joins_blanks) {
  while (value.starts_with(' ')) value.remove_prefix(1);
  while (value.ends_with(' ')) value.remove_suffix(1);
  char last = 0;
  for (const char c : value) {
    if (c != ' ' || last != ' ' || !joins_blanks) out.push_back(c);
    last = c;
  }
}

}  // namespace

std::string percent_encoded(std::string_view text, bool keeps_slashes) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    if (is_unreserved(c) || (c == '/' && keeps_slashes)) {
      out += c;
    } else {
      const auto byte = static_cast<unsigned char>(c);
      out += {'%', digits[byte >> 4U], digits[byte & 15U]};
    }
  }
  return out;
}

std::string canonical_path(const dialect_rules& rules, std::string_view encoded, std::string_view service) {
  std::string path(encoded);
  if (rules.path == path_rule::slash_at_the_end && !path.ends_with('/')) path += '/';
  if (rules.path == path_rule::encoded_once_more && service != "s3") {
    path = percent_encoded(without_dot_segments(path), true);
  }
  return path;
}

std::string canonical_query(const dialect_rules& rules, std::span<const name_value> query) {
  struct parameter {
    std::pair<std::string, std::string> key, encoded;
  };
  std::vector<parameter> parameters;
  for (const auto& [name, value] : query) {
    std::pair encoded(percent_encoded(name), percent_encoded(value));
    parameters.push_back(
        {rules.sorts_encoded_names ? encoded : std::pair(std::string(name), std::string(value)), encoded});
  }
  std::ranges::sort(parameters, {}, &parameter::key);
  std::string out;
  for (const auto& [key, encoded] : parameters) {
    out.append(out.empty() ? "" : "&").append(encoded.first).append("=").append(encoded.second);
  }
  return out;
}

bool is_signed(const dialect_rules& rules, std::string_view name) noexcept {
  return rules.signs_every_header || name == "host" || name == "content-type" || name.starts_with("x-acs-");
}

secret_buffer canonical_request(const dialect_rules& rules, const canonical_parts& parts) {
  secret_buffer out(1024);
  const auto line = [&](std::string_view text) {
    out.append(text);
    out.push_back('\n');
  };
  line(parts.method);
  line(parts.path);
  line(parts.query);
  for (const signed_header* header : parts.headers) {
    out.append(header->name);
    out.push_back(':');
    append_canonical_value(out, header->value.reveal(), rules.joins_blanks);
    out.push_back('\n');
  }
  line("");
  line(parts.signed_names);
  out.append(parts.body_hash);
  return out;
}

}  // namespace credcache::inline v1
