#include "signing/dialect.hpp"

#include <array>
#include <cstddef>

namespace credcache::inline v1 {
namespace {

// In the order of signing_dialect.
constexpr std::array<dialect_rules, 3> table{{
    {.name = "sigv4",
     .algorithm = "AWS4-HMAC-SHA256",
     .key_prefix = "AWS4",
     .scope_suffix = "aws4_request",
     .key_id_label = "Credential=",
     .separator = ", ",
     .date_header = "x-amz-date",
     .token_header = "x-amz-security-token",
     .content_hash_header = "x-amz-content-sha256",
     .basic_date = true,
     .date_is_signed_apart = true,
     .content_hash_only_s3 = true,
     .sorts_encoded_names = true,
     .joins_blanks = true,
     .signs_every_header = true,
     .path = path_rule::encoded_once_more},
    {.name = "sdk-hmac-sha256",
     .algorithm = "SDK-HMAC-SHA256",
     .key_prefix = "",
     .scope_suffix = "",
     .key_id_label = "Access=",
     .separator = ", ",
     .date_header = "x-sdk-date",
     .token_header = "x-security-token",
     .content_hash_header = "",
     .basic_date = true,
     .date_is_signed_apart = true,
     .content_hash_only_s3 = false,
     .sorts_encoded_names = false,
     .joins_blanks = false,
     .signs_every_header = true,
     .path = path_rule::slash_at_the_end},
    {.name = "acs3-hmac-sha256",
     .algorithm = "ACS3-HMAC-SHA256",
     .key_prefix = "",
     .scope_suffix = "",
     .key_id_label = "Credential=",
     .separator = ",",
     .date_header = "x-acs-date",
     .token_header = "x-acs-security-token",
     .content_hash_header = "x-acs-content-sha256",
     .basic_date = false,
     .date_is_signed_apart = false,
     .content_hash_only_s3 = false,
     .sorts_encoded_names = false,
     .joins_blanks = false,
     .signs_every_header = false,
     .path = path_rule::encoded},
}};

}  // namespace

const dialect_rules& rules_of(signing_dialect dialect) noexcept {
  return table[static_cast<std::size_t>(dialect)];
}

std::string_view to_string(signing_dialect dialect) noexcept {
  return rules_of(dialect).name;
}

}  // namespace credcache::inline v1
