// In what the dialects differ: one row each. All else they have in common.
//
// Thread safety: constants.
#pragma once

#include <string_view>

#include "credcache/request_signer.hpp"

namespace credcache::inline v1 {

enum class path_rule : std::uint8_t {
  encoded,            ///< once, as it is sent
  slash_at_the_end,   ///< the same, and there is always a slash behind it
  encoded_once_more,  ///< of what is sent, without dot segments and empty ones; for S3 as it is sent
};

struct dialect_rules {
  std::string_view name;
  std::string_view algorithm;
  std::string_view key_prefix;    ///< stands before the secret
  std::string_view scope_suffix;  ///< last part of the scope, from which the key is derived; empty: there is no scope
  std::string_view key_id_label, separator;  ///< of the Authorization header
  std::string_view date_header, token_header, content_hash_header;
  bool basic_date;            ///< 20260102T030405Z, else 2026-01-02T03:04:05Z
  bool date_is_signed_apart;  ///< in the string to sign, besides its header
  bool content_hash_only_s3;  ///< else it is always sent, if it has a header
  bool sorts_encoded_names;   ///< those of the query; else as they were before
  bool joins_blanks;          ///< several in a header value count as one
  bool signs_every_header;    ///< else host, content-type and x-acs-* alone
  path_rule path;
};

[[nodiscard]] const dialect_rules& rules_of(signing_dialect dialect) noexcept;

}  // namespace credcache::inline v1
