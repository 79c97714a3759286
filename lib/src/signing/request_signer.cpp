#include "credcache/request_signer.hpp"

#include <algorithm>
#include <array>
#include <iterator>

#include "base/text.hpp"
#include "base/time.hpp"
#include "base/wiped_stack.hpp"
#include "credcache/cipher.hpp"
#include "signing/canonical_request.hpp"
#include "signing/request_checks.hpp"
#include "signing/signature.hpp"

namespace credcache::inline v1 {
namespace {

secret_buffer bytes_of(std::string_view text) {
  secret_buffer bytes(text.size());
  bytes.append(text);
  return bytes;
}

std::string date_text(wall_time time, bool basic) {
  const auto rfc = rfc3339(time);
  std::string text(rfc.begin(), rfc.end());
  if (basic) std::erase_if(text, [](char c) { return c == '-' || c == ':'; });
  return text;
}

std::string random_nonce() {
  std::array<unsigned char, 16> bytes;
  fill_random(bytes);
  std::string text;
  for (const unsigned char byte : bytes) text += {hex_digit(byte >> 4U), hex_digit(byte)};
  return text;
}

// All headers but Authorization, sorted by name.
std::vector<signed_header> headers_of(const dialect_rules& rules, const request_to_sign& request, const access_key& key,
                                      std::string_view date, std::string_view body_hash) {
  std::vector<signed_header> headers;
  const auto add = [&](std::string_view name, std::string_view value) {
    headers.push_back({lower_case(name), bytes_of(value)});
  };
  add("host", request.host);
  add(rules.date_header, date);
  if (!key.session_token.empty()) add(rules.token_header, key.session_token);
  if (!rules.content_hash_header.empty() && (!rules.content_hash_only_s3 || request.service == "s3"))
    add(rules.content_hash_header, body_hash);
  if (!rules.signs_every_header) {
    add("x-acs-action", request.action);
    add("x-acs-version", request.version);
    add("x-acs-signature-nonce", request.nonce.empty() ? random_nonce() : std::string(request.nonce));
  }
  for (const auto& [name, value] : request.headers) add(name, value);
  std::ranges::sort(headers, {}, &signed_header::name);
  return headers;
}

// Not inlined: its caller wipes the stack that it has used.
[[gnu::noinline]] signed_request sign(const dialect_rules& rules, const request_to_sign& request, const access_key& key,
                                      wall_time now) {
  const std::string date = date_text(now, rules.basic_date);
  const std::string body_hash = hex_sha256(request.body);
  const std::string path = request.path.empty() ? "/" : percent_encoded(request.path, true);
  const std::string query = canonical_query(rules, request.query);

  signed_request out{query.empty() ? path : path + '?' + query, headers_of(rules, request, key, date, body_hash)};
  std::vector<const signed_header*> headers;
  std::vector<std::string_view> names;
  for (const signed_header& header : out.headers) {
    if (!is_signed(rules, header.name)) continue;
    headers.push_back(&header);
    names.push_back(header.name);
  }
  const std::string signed_names = joined(names, ";");
  const secret_buffer canonical = canonical_request(
      rules, {request.method, canonical_path(rules, path, request.service), query, headers, signed_names, body_hash});

  std::vector<std::string_view> scope;
  if (!rules.scope_suffix.empty()) {
    const std::string_view day = std::string_view(date).substr(0, 8);
    scope = {day, request.region, request.service, rules.scope_suffix};
  }
  std::vector<std::string_view> lines{rules.algorithm};
  if (rules.date_is_signed_apart) lines.push_back(date);
  const std::string scope_text = joined(scope, "/");
  if (!scope.empty()) lines.push_back(scope_text);
  const std::string canonical_hash = hex_sha256(canonical.reveal());
  lines.push_back(canonical_hash);
  const std::string signature = hmac_signature(rules.key_prefix, key.secret, scope, joined(lines, "\n"));

  secret_buffer authorization;
  const auto append = [&](auto... texts) { (authorization.append(texts), ...); };
  append(rules.algorithm, std::string_view(" "), rules.key_id_label, key.id);
  if (!scope.empty()) append(std::string_view("/"), std::string_view(scope_text));
  append(rules.separator, std::string_view("SignedHeaders="), std::string_view(signed_names), rules.separator,
         std::string_view("Signature="), std::string_view(signature));
  out.headers.push_back({"authorization", std::move(authorization)});
  return out;
}

}  // namespace

result<signed_request> sign_request(signing_dialect dialect, const request_to_sign& request, const access_key& key,
                                    wall_time now) {
  const dialect_rules& rules = rules_of(dialect);
  if (auto complaint = complaint_about(dialect, request, key, now)) {
    return failure{error::invalid_value, {*std::move(complaint)}};
  }
  const stack_wiped_at_the_end wiped;
  return sign(rules, request, key, now);
}

}  // namespace credcache::inline v1
