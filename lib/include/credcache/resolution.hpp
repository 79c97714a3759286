// What a resolve is asked, and what it answers: the joined credential.
//
// Thread safety: none; one thread at a time per object.
// Ownership:     a resolution owns its plaintext, what was given as deploy variables included, and keeps the catalog
//                that it points into alive. Its views hold until clear(), the next resolve into it, or its end; moving
//                it keeps them.
// Failure:       std::bad_alloc.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "credcache/credential_key.hpp"
#include "credcache/environment_block.hpp"
#include "credcache/provider_catalog.hpp"
#include "credcache/result.hpp"
#include "credcache/value_origin.hpp"

#pragma GCC visibility push(default)
namespace credcache::inline v1 {

enum class purpose : std::uint8_t { monitoring, deployment };

/// Text that the caller keeps alive for the length of the call.
struct resolve_request {
  const csp_definition* csp = nullptr;  ///< from the service's catalog; null: the one that csp_name names
  std::string_view csp_name{};          ///< name or xpanse constant, in any case
  std::string_view site{};              ///< case-sensitive; empty: the csp's only or first one
  credential_type type = credential_type::variables;
  std::string_view name{};                    ///< empty: any definition
  std::string_view host{};                    ///< the credential has to be for it (authentication.hpp); empty: any
  std::optional<std::string_view> profile{};  ///< case-sensitive; empty text: the one without a profile; none: any
  credcache::several several = several::first;
  std::function<bool(std::string_view profile)> sees{};  ///< profiles that exist for the caller; empty: all of them
  std::chrono::seconds min_ttl{0};  ///< refuse if less than this is left; 0 or less: whatever is left
  credcache::purpose purpose = purpose::monitoring;
  std::span<const given_variable> deploy_variables{};  ///< count for purpose::deployment only
};

/// One variable of a joined credential. `position` is its place in the answer: the definition's variables first, then
/// the csp's required names.
struct resolved_variable {
  std::size_t position = 0;
  const std::vector<std::string>* names = nullptr;  ///< every name under which it is handed out
  value_origin origin = value_origin::missing;
  std::string_view value;  ///< plaintext, in memory of the resolution
};

struct joined_credential;  // opaque

class resolution {
 public:
  resolution() noexcept;
  resolution(resolution&&) noexcept;
  resolution& operator=(resolution&&) noexcept;
  ~resolution();

  /// True before the first resolve, after one that has failed or thrown, after clear(), and when moved from.
  [[nodiscard]] bool empty() const noexcept { return definition() == nullptr; }
  [[nodiscard]] const csp_definition* csp() const noexcept;                ///< null if empty
  [[nodiscard]] const credential_definition* definition() const noexcept;  ///< null if empty
  [[nodiscard]] std::size_t site_index() const noexcept;                   ///< in csp()->sites
  [[nodiscard]] std::string_view site() const noexcept;                    ///< empty if empty
  [[nodiscard]] std::string_view profile() const noexcept;                 ///< empty if it has none
  /// Further profiles that the request may have meant, in the order in which they were added. None if it named one.
  [[nodiscard]] const std::vector<std::string>& others() const noexcept;
  /// When the first of its values dies, of the cached ones and those of the sources; none: none of them does.
  [[nodiscard]] std::optional<time_point> deadline() const noexcept;

  /// Calls visit(std::string_view name, std::string_view value, value_origin origin) for everything that is handed out,
  /// in the order of the definition: variables under each of their names, required names, constants.
  template <class Visit>
  void for_each(Visit visit) const {
    if (empty()) return;
    for (const resolved_variable& variable : variables()) {
      if (variable.origin == value_origin::missing) continue;
      for (const std::string& name : *variable.names) visit(std::string_view(name), variable.value, variable.origin);
    }
    for (const auto& [name, value] : definition()->constants)
      visit(std::string_view(name), std::string_view(value), value_origin::definition);
  }
  /// The value that for_each shows under `name`; none if there is no such name.
  [[nodiscard]] std::optional<std::string_view> find(std::string_view name) const noexcept;
  /// All of them for execve(2), without the environment of this process (environment_block::inherit).
  /// error::invalid_value if one of them cannot be in an environment.
  [[nodiscard]] result<environment_block> to_environment() const;
  /// What for_each goes through, those that are missing included and the constants not: for writers that prepare the
  /// text of a definition beforehand.
  [[nodiscard]] std::span<const resolved_variable> variables() const noexcept;

  /// Wipes every value and forgets the rest; keeps the memory for the next use.
  void clear() noexcept;

 private:
  friend class credential_service;
  std::unique_ptr<joined_credential> content_;  // null until it is used for the first time
};

}  // namespace credcache::inline v1
#pragma GCC visibility pop
