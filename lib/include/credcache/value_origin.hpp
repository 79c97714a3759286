// Where a value comes from: one of the library's own origins, or a value source of the embedding program.
//
// Thread safety: a plain value.
// Ownership:     the name of a source is not copied; whoever hands an origin on says how long its name lives.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#pragma GCC visibility push(default)
namespace credcache::inline v1 {

class value_origin {
 public:
  /// In the order of precedence. `definition` is a constant of the provider definition, `other` a source with a name of
  /// its own.
  enum kind_type : std::uint8_t {
    missing,
    deploy_variables,
    cache,
    systemd_credential,
    configuration,
    environment,
    definition,
    other
  };
  static constexpr std::size_t kinds = other + std::size_t{1};

  constexpr value_origin(kind_type kind = missing) noexcept : kind_(kind) {}
  /// A source of the embedding program, as explain, messages and the audit call it: "vault". `name` must live as long
  /// as this value and its copies.
  [[nodiscard]] static constexpr value_origin named(std::string_view name) noexcept {
    value_origin origin(other);
    origin.name_ = name;
    return origin;
  }

  [[nodiscard]] constexpr kind_type kind() const noexcept { return kind_; }
  friend constexpr bool operator==(value_origin a, value_origin b) noexcept {
    return a.kind_ == b.kind_ && a.name_ == b.name_;
  }
  friend constexpr bool operator==(value_origin a, kind_type b) noexcept { return a.kind_ == b; }

  /// "missing", "deploy variables", "cache", "systemd credential", "configuration", "environment", "definition", or the
  /// source's name.
  friend std::string_view to_string(value_origin origin) noexcept;

 private:
  kind_type kind_;
  std::string_view name_{};  // of `other`
};

/// As above; for arguments that are enumerators.
[[nodiscard]] std::string_view to_string(value_origin origin) noexcept;

}  // namespace credcache::inline v1
#pragma GCC visibility pop
