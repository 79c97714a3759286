// The configuration file: YAML in, settings out. etc/credcached/config.full.yaml shows every key with its default and
// its reason.
//
// Thread safety: pure functions of their input.
// Failure:       config_error, one line "FILE:LINE:COLUMN: found …, expected …". Any bytes may be given; nothing else is
//                thrown but std::bad_alloc.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "config/config_error.hpp"
#include "config/settings.hpp"

namespace credcached::config {

/// A configuration file is at most this long: ours has 5 KiB, and a wrong file name should not fill the memory.
inline constexpr std::size_t longest_config_file = 256 * 1024;

/// A time to live over ten years is a typing error.
inline constexpr std::chrono::seconds longest_time_to_live{std::chrono::hours{24 * 3650}};

inline constexpr unsigned most_workers = 1024;

[[nodiscard]] settings load_settings(const std::string& file);

/// The same for text that is here already; `name` is what messages call it and what settings::config_file becomes.
[[nodiscard]] settings parse_settings(const std::string& text, const std::string& name);

/// Two settings that are each right and do not go together.
struct inconsistency {
  std::string_view key;  ///< the top-level key to change
  std::string text;      ///< found …, expected …
};

/// Checked after reading a file, and again by whoever changes settings afterwards (the flags of serve).
[[nodiscard]] std::optional<inconsistency> find_inconsistency(const settings& s);

/// Every key the loader knows, nested ones with dots: "cache.entries", "access.peer.user".
[[nodiscard]] std::vector<std::string> known_keys();

/// "info", "warning", "error", "off"
[[nodiscard]] bool is_log_level(std::string_view text) noexcept;

}  // namespace credcached::config
