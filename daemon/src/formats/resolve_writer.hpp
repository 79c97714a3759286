// The answer of resolve in any output format. JSON is put together from pieces made at the definition's first answer,
// because a daemon is asked for few of those it knows: only the values, the owner and the times are new
// (docs/architecture.md, the hot path).
//
// Thread safety: belongs to one worker. Ownership: refers to the catalog it was made from, which must live as long.
#pragma once

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "credcache/provider_catalog.hpp"
#include "credcache/resolution.hpp"
#include "credcache/secret.hpp"
#include "formats/output_format.hpp"

namespace credcached::formats {

class resolve_writer {
 public:
  explicit resolve_writer(const credcache::provider_catalog& catalog);

  /// Appends the answer. Returns the names whose values the format has no form for: if there are any, what was appended
  /// is to be thrown away.
  /// `presented` is that of `resolved`; a format of what is presented must have one.
  [[nodiscard]] std::vector<std::string_view> write(credcache::secret_buffer& out, const output_format& format,
                                                    const credcache::resolution& resolved, credcache::owner_view owner,
                                                    credcache::instant now,
                                                    const credcache::presentation& presented = {});

 private:
  // The constant parts of one definition's answer.
  struct pieces {
    std::vector<std::string> heads;  ///< per site: {"csp":…,"name":"…"
    std::vector<std::vector<std::string>>
        variable_keys;  ///< per position, per name: ","NAME":" (what ends the value before)
    std::vector<std::array<std::string, credcache::value_origin::kinds>>
        position_origins;                     ///< per position, per origin: ,"NAME":"cache" for all its names
    std::string constants, constant_origins;  ///< ,"OS_AUTH_TYPE":"…" as it follows others
    std::vector<std::string> expires_as;      ///< every name of the time of expiry
    std::vector<std::string> never_set;       ///< of the names that the csp knows, those that are not this definition's
    std::string expiry;                       ///< },"expiresAs":[…],"unset":[
    std::string unset_expiry, unset_never;    ///< ,"NAME" for each of them
    std::vector<std::string> unset_variable;  ///< per position: ,"NAME" for each of its names
  };
  static pieces make_pieces(const credcache::csp_definition& csp, const credcache::credential_definition& definition);
  /// What is removed from an environment that had another credential.
  static std::vector<std::string_view> names_to_unset(const pieces& p, const credcache::resolution& resolved);
  static void write_unset_json(credcache::secret_buffer& out, const pieces& p, const credcache::resolution& resolved);
  static void write_json(credcache::secret_buffer& out, const pieces& p, const credcache::resolution& resolved,
                         credcache::owner_view owner, credcache::instant now);

  std::vector<pieces> definitions_;
};

}  // namespace credcached::formats
