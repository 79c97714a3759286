#include "signing/pem.hpp"

#include <algorithm>
#include <array>
#include <string>

#include "base/text.hpp"
#include "signing/base64.hpp"

namespace credcache::inline v1 {
namespace {

constexpr std::string_view begin = "-----BEGIN ", end = "-----END ", dashes = "-----";
constexpr std::string_view pkcs8 = "PRIVATE KEY", pkcs1 = "RSA PRIVATE KEY", encrypted = "ENCRYPTED PRIVATE KEY";
constexpr std::string_view white = " \t\r\n";
// Others that people have at hand. No other name is repeated: it may be a piece of the key.
constexpr std::array<std::string_view, 7> other_labels{
    "CERTIFICATE",         "CERTIFICATE REQUEST", "PUBLIC KEY",      "RSA PUBLIC KEY",
    "OPENSSH PRIVATE KEY", "EC PRIVATE KEY",      "DSA PRIVATE KEY",
};

failure refusal(const std::string& found, std::string_view advice) {
  return {error::invalid_value,
          {"The private key: found " + found +
               ", expected an RSA key in PEM, between -----BEGIN PRIVATE KEY----- and "
               "-----END PRIVATE KEY-----.",
           std::string(advice)}};
}

constexpr std::string_view copy_whole = "Copy private_key of the service account's JSON file whole.";
constexpr std::string_view no_pass_phrase = "Take a key without a pass phrase, or decrypt this one first.";

std::string_view trimmed(std::string_view text) noexcept {
  const std::size_t first = text.find_first_not_of(white);
  return first == std::string_view::npos ? "" : text.substr(first, text.find_last_not_of(white) - first + 1);
}

bool is_base64(char c) noexcept {
  return is_alphanumeric(c) || c == '+' || c == '/' || c == '=' || white.find(c) != std::string_view::npos;
}

}  // namespace

result<der_key> read_pem(std::string_view pem) {
  if (pem.size() > longest_pem) {
    return refusal(std::to_string(pem.size()) + " bytes, which is more than " + std::to_string(longest_pem),
                   copy_whole);
  }
  std::string_view text = trimmed(pem);
  if (text.empty()) return refusal("nothing", copy_whole);
  if (!text.starts_with(begin)) return refusal("text that is not PEM", copy_whole);
  text.remove_prefix(begin.size());
  const std::string_view label = text.substr(0, std::min(text.find(dashes), text.size()));
  if (label == encrypted) return refusal("an encrypted key", no_pass_phrase);
  if (label != pkcs8 && label != pkcs1) {
    const bool is_known = std::ranges::find(other_labels, label) != other_labels.end();
    return refusal(is_known ? "PEM of another kind, " + std::string(label) : "PEM of another kind", copy_whole);
  }
  text.remove_prefix(label.size() + std::min(dashes.size(), text.size() - label.size()));
  const std::string last = std::string(end) + std::string(label) + std::string(dashes);
  if (!text.ends_with(last)) return refusal("a key without its last line, or with text behind it", copy_whole);
  text.remove_suffix(last.size());
  if (text.find("ENCRYPTED") != std::string_view::npos) return refusal("an encrypted key", no_pass_phrase);
  if (const auto wrong = std::ranges::find_if_not(text, is_base64); wrong != text.end()) {
    if (*wrong == '\\') return refusal("\\n in place of line breaks", "Read the JSON file with a JSON parser first.");
    return refusal("a character that is no base64", copy_whole);
  }
  return der_key{from_base64(text), label == pkcs1};
}

}  // namespace credcache::inline v1
