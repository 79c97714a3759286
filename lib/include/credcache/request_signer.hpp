// Signs HTTP requests to clouds with an access key, so that whoever sends one needs no secret.
//
// What is signed is what is sent: method, host, target and headers of the answer go out as they are, and the body as it
// was given. Names and values of the query are text, which is encoded here and nowhere else.
//
// Thread safety: pure functions, but for random bytes of the kernel.
// Ownership:     the request is views of the caller's memory; the answer owns its bytes. Header values clear
//                themselves, because a session token is among them; path and query are no secrets.
// Failure:       error::invalid_value for what no header can carry or what the dialect lacks; std::bad_alloc.
// Sources:       AWS, "Create a signed AWS API request"; Huawei Cloud, "AK/SK signing and authentication algorithm";
//                Alibaba Cloud, "Request syntax and signature method V3".
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "credcache/clock.hpp"
#include "credcache/result.hpp"
#include "credcache/secret.hpp"

#pragma GCC visibility push(default)
namespace credcache::inline v1 {

enum class signing_dialect : std::uint8_t {
  sigv4,             ///< AWS, and what is compatible with S3: AWS4-HMAC-SHA256
  sdk_hmac_sha256,   ///< Huawei Cloud and its relatives
  acs3_hmac_sha256,  ///< Alibaba Cloud
};

/// "sigv4", "sdk-hmac-sha256", "acs3-hmac-sha256".
[[nodiscard]] std::string_view to_string(signing_dialect dialect) noexcept;

struct name_value {
  std::string_view name, value;
};

struct access_key {
  std::string_view id, secret;
  std::string_view session_token{};  ///< of temporary credentials, else empty
};

struct request_to_sign {
  std::string_view method = "GET";
  std::string_view host;                  ///< as the Host header has it, with a port that is not the scheme's own
  std::string_view path = "/";            ///< not encoded; empty is "/"
  std::span<const name_value> query{};    ///< not encoded, in any order
  std::span<const name_value> headers{};  ///< further ones, each once; those that the signer writes are refused
  std::string_view body{};

  std::string_view region{}, service{};  ///< sigv4: "us-east-1", "sts"; "s3" is signed as S3 wants it
  std::string_view action{}, version{};  ///< acs3: "GetCallerIdentity", "2015-04-01"
  std::string_view nonce{};              ///< acs3: never twice; random if it is empty
};

struct signed_header {
  std::string name;  ///< in lower case
  secret_buffer value;
};

struct signed_request {
  std::string target;                  ///< path and query, encoded, for the request line
  std::vector<signed_header> headers;  ///< all that must be sent, `host` among them; Content-Length is the sender's
};

/// The clouds take a signature for 5 (AWS) to 15 minutes around `now`.
[[nodiscard]] result<signed_request> sign_request(signing_dialect dialect, const request_to_sign& request,
                                                  const access_key& key, wall_time now);

}  // namespace credcache::inline v1
#pragma GCC visibility pop
