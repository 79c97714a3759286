#include "signing/request_checks.hpp"

#include <algorithm>
#include <set>

#include "base/text.hpp"

namespace credcache::inline v1 {
namespace {

using complaint = std::optional<std::string>;

constexpr std::string_view reserved_in_names = ",/=";  // they separate the parts of scope and Authorization
constexpr std::string_view reserved_in_hosts = "/@?#\\,";
constexpr std::string_view token_characters = "!#$%&'*+-.^_`|~";

std::string sentence(std::string_view where, std::string_view found, std::string_view expected) {
  std::string text(where);
  text.append(": found ").append(found).append(", expected ").append(expected).append(".");
  return text;
}

constexpr bool is_control(char c) noexcept {
  const auto byte = static_cast<unsigned char>(c);
  return byte < 0x20 || byte == 0x7f;
}

// What is wrong with a text that goes into a header as one word; empty: nothing.
std::string wrong_in_word(std::string_view word, std::string_view reserved) {
  for (const char c : word) {
    if (is_control(c)) return "a control character";
    if (c == ' ') return "a blank";
    if (static_cast<unsigned char>(c) > 0x7f) return "a character that is not ASCII";
    if (reserved.find(c) != std::string_view::npos) return std::string("the character ") + c;
  }
  return "";
}

complaint about_word(std::string_view where, std::string_view word, std::string_view reserved,
                     std::string_view expected) {
  if (word.empty()) return sentence(where, "nothing", expected);
  if (const std::string wrong = wrong_in_word(word, reserved); !wrong.empty()) return sentence(where, wrong, expected);
  return std::nullopt;
}

bool is_token(std::string_view text) noexcept {
  return !text.empty() && std::ranges::all_of(text, [](char c) {
    return is_alphanumeric(c) || token_characters.find(c) != std::string_view::npos;
  });
}

complaint about_headers(const dialect_rules& rules, std::span<const name_value> headers) {
  std::set<std::string> names{"host", "authorization", std::string(rules.date_header), std::string(rules.token_header),
                              std::string(rules.content_hash_header)};
  if (!rules.signs_every_header) names.insert({"x-acs-action", "x-acs-version", "x-acs-signature-nonce"});
  for (const auto& [name, value] : headers) {
    const std::string where = "The header " + shown(name);
    if (!is_token(name))
      return sentence(where, "a name with other characters", "letters, digits and " + std::string(token_characters));
    if (!names.insert(lower_case(name)).second)
      return sentence(where, "one that is there already", "each once, without those that the signer writes");
    if (std::ranges::any_of(value, is_control))
      return sentence(where, "a control character in its value", "text on one line");
  }
  return std::nullopt;
}

complaint about_dialect(const dialect_rules& rules, const request_to_sign& request) {
  complaint found;
  if (!rules.scope_suffix.empty()) {
    found = about_word("The region", request.region, reserved_in_names, "one such as us-east-1");
    if (!found) found = about_word("The service", request.service, reserved_in_names, "one such as sts or s3");
  }
  if (!rules.signs_every_header) {
    found = about_word("The action", request.action, reserved_in_names, "one such as GetCallerIdentity");
    if (!found) found = about_word("The version", request.version, reserved_in_names, "a date such as 2015-04-01");
    if (!found && !request.nonce.empty())
      found = about_word("The nonce", request.nonce, reserved_in_names, "letters and digits that are not used twice");
  }
  return found;
}

}  // namespace

std::optional<std::string> complaint_about(signing_dialect dialect, const request_to_sign& request,
                                           const access_key& key, wall_time now) {
  using namespace std::chrono_literals;
  const dialect_rules& rules = rules_of(dialect);
  constexpr wall_time first{}, last = std::chrono::sys_days(std::chrono::year(10000) / 1 / 1);
  if (now < first || now >= last)
    return sentence("The time", "a year that is not 1970 to 9999", "the present: set the clock");
  if (request.method.empty() || !std::ranges::all_of(request.method, is_upper))
    return sentence("The method", shown(request.method), "one in capital letters, such as GET");
  complaint found = about_word("The host", request.host, reserved_in_hosts, "a name, perhaps with a port, and no URL");
  if (!found && !request.path.empty() && !request.path.starts_with('/'))
    found = sentence("The path", shown(request.path), "one that begins with /");
  if (!found)
    found = about_word("The id of the access key", key.id, reserved_in_names, "that of a key without blanks around it");
  if (!found && key.secret.empty())
    found = sentence("The secret of the access key", "nothing", "the one that belongs to its id");
  if (!found && !key.session_token.empty())
    found = about_word("The session token", key.session_token, "", "one line of ASCII, copied whole");
  if (!found) found = about_dialect(rules, request);
  if (!found) found = about_headers(rules, request.headers);
  return found;
}

}  // namespace credcache::inline v1
