#include "credcache/jwt_signer.hpp"

#include <array>
#include <boost/json/object.hpp>
#include <optional>
#include <string>
#include <utility>

#include "base/json_memory.hpp"
#include "base/text.hpp"
#include "base/wiped_stack.hpp"
#include "signing/base64.hpp"
#include "signing/private_key.hpp"

namespace credcache::inline v1 {
namespace {

constexpr std::chrono::seconds longest_lifetime = std::chrono::hours(1);  // Google's

std::optional<failure> complaint_about(const jwt_claims& claims) {
  for (const auto& [name, value] : {std::pair("issuer", claims.issuer), std::pair("audience", claims.audience)}) {
    if (value.empty()) {
      return failure{
          error::invalid_value,
          {"The " + std::string(name) + " of the token: found nothing, expected " +
           (name == std::string_view("issuer") ? "client_email" : "token_uri") + " of the service account."}};
    }
  }
  for (const auto& [name, value] : {std::pair("key id", claims.key_id), std::pair("issuer", claims.issuer),
                                    std::pair("audience", claims.audience), std::pair("scope", claims.scope)}) {
    if (!is_utf8(value)) {
      return failure{error::not_text,
                     {"The " + std::string(name) + " of the token: found bytes that are not UTF-8, expected text."}};
    }
  }
  if (claims.lifetime < std::chrono::seconds(1) || claims.lifetime > longest_lifetime) {
    return failure{error::invalid_lifetime,
                   {"The lifetime of the token: found " + std::to_string(claims.lifetime.count()) +
                    " seconds, expected 1 to " + std::to_string(longest_lifetime.count()) + "."}};
  }
  return std::nullopt;
}

void append_part(secret_buffer& token, const boost::json::object& part) {
  secret_buffer text;
  append_json(text, part);
  append_base64url(token, text.reveal());
}

// Not inlined: its caller wipes the stack that it has used.
[[gnu::noinline]] result<secret_buffer> sign(const jwt_claims& claims, std::string_view pem, wall_time now) {
  private_key key;
  if (const auto read = key.read(pem); !read) return read.error();

  json_memory memory;
  boost::json::object header(&memory), payload(&memory);
  header = {{"alg", "RS256"}, {"typ", "JWT"}};
  if (!claims.key_id.empty()) header["kid"] = claims.key_id;
  const std::int64_t issued = std::chrono::floor<std::chrono::seconds>(now.time_since_epoch()).count();
  payload["iss"] = claims.issuer;
  if (!claims.scope.empty()) payload["scope"] = claims.scope;
  payload["aud"] = claims.audience;
  payload["iat"] = issued;
  payload["exp"] = issued + claims.lifetime.count();

  secret_buffer token(2048);
  append_part(token, header);
  token.push_back('.');
  append_part(token, payload);
  const auto signature = key.sign(token.reveal());
  if (!signature) return signature.error();
  token.push_back('.');
  append_base64url(token, signature->reveal());
  return token;
}

}  // namespace

result<secret_buffer> sign_jwt(const jwt_claims& claims, std::string_view private_key, wall_time now) {
  if (auto complaint = complaint_about(claims)) return *std::move(complaint);
  const stack_wiped_at_the_end wiped;
  return sign(claims, private_key, now);
}

}  // namespace credcache::inline v1
