// The answer of resolve in its four formats. JSON is put together from pieces made at the definition's first answer,
// because a daemon is asked for few of those it knows: only the values, the owner and the times are new
// (docs/architecture.md, the hot path).
//
// Thread safety: belongs to one worker. Ownership: refers to the catalog it was made from, which must live as long.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "credcache/provider_catalog.hpp"
#include "credcache/resolution.hpp"
#include "credcache/secret.hpp"

namespace credcached::formats {

enum class resolve_format : std::uint8_t { json, dotenv, shell, tfvars };

/// By name ("json", "dotenv", "shell", "tfvars").
[[nodiscard]] std::optional<resolve_format> resolve_format_of(std::string_view name) noexcept;
/// By Accept: the media types of content_type_of(); anything else, or no such field, is JSON.
[[nodiscard]] resolve_format resolve_format_for_accept(std::string_view accept) noexcept;
[[nodiscard]] std::string_view content_type_of(resolve_format format) noexcept;

class resolve_writer {
 public:
  explicit resolve_writer(const credcache::provider_catalog& catalog);

  void write(credcache::secret_buffer& out, resolve_format format, const credcache::resolution& resolved,
             credcache::owner_view who, credcache::instant now);

 private:
  // The constant parts of one definition's answer.
  struct pieces {
    std::vector<std::string> heads;  ///< per site: {"csp":…,"name":"…"
    std::vector<std::vector<std::string>>
        variable_keys;  ///< per slot, per name: ","NAME":" (what ends the value before)
    std::vector<std::array<std::string, 6>> slot_sources;  ///< per slot, per source: ,"NAME":"cache" for all its names
    std::string constants, constant_sources;               ///< ,"OS_AUTH_TYPE":"…" as it follows others
  };
  static pieces make_pieces(const credcache::csp_definition& csp, const credcache::credential_definition& definition);
  void write_json(credcache::secret_buffer& out, const credcache::resolution& resolved, credcache::owner_view who,
                  credcache::instant now) const;

  std::vector<pieces> definitions_;
};

}  // namespace credcached::formats
