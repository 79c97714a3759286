// What the parts of credential_service share (add.cpp, inventory.cpp, portability.cpp, resolver.cpp).
#pragma once

#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "cache/entry_store.hpp"
#include "credcache/credential_service.hpp"
#include "seal/portable_record.hpp"

namespace credcache::inline v1 {

struct credential_service::state {
  std::shared_ptr<credential_cache> shared_cache;
  entry_store* cache;                               ///< what is in it
  std::shared_ptr<const provider_catalog> catalog;  ///< counted apart from the other services': see the constructor
  std::vector<std::unique_ptr<value_source>> sources;
  lifetime_limits limits;
  cipher crypt;
  key_id_bytes key_id;

  // A definition of the catalog with the numbers that the cache has for it.
  struct indexed_definition {
    const csp_definition* csp = nullptr;
    const credential_definition* definition = nullptr;
    names_id names = 0;                    ///< of its variables
    std::vector<slot_id> slots;            ///< per site
    std::vector<std::string> slot_fields;  ///< per site: the first part of the associated data, without a profile
  };
  struct definition_at_site {
    std::size_t definition;
    std::size_t site;
  };
  std::vector<std::vector<std::string>> missing_requirements;  ///< by csp_definition::index
  std::vector<indexed_definition> definitions;                 ///< by credential_definition::index
  std::unordered_map<slot_id, definition_at_site> slots;

  // Reused by every call.
  std::string associated;
  std::string other_slot_fields;
  cached_entry entry;
  secret_buffer record;

  state(std::shared_ptr<credential_cache> cache_of_services, const master_key& key,
        std::shared_ptr<const provider_catalog> shared_catalog,
        std::vector<std::unique_ptr<value_source>> value_sources, lifetime_limits life);

  /// The first part of an entry's associated data: that of its definition as long as it has the same names and no
  /// profile, or made for the purpose and valid until the next call.
  [[nodiscard]] std::string_view slot_fields_of(const entry_info& info, std::string_view profile,
                                                const definition_at_site* found);
  /// The associated data of an entry. Valid until the next call.
  [[nodiscard]] std::string_view associated_data(std::string_view slot_fields, owner_view owner, wall_time deadline,
                                                 std::uint64_t generation);
  /// Opens a sealed entry into `out`; false if it is not authentic, which only a damaged memory can bring about.
  [[nodiscard]] bool open(const cached_entry& cached, std::string_view slot_fields, owner_view owner,
                          secret_buffer& out);

  /// By any of its names, or unknown_csp.
  [[nodiscard]] result<const csp_definition*> find_csp(std::string_view name) const;
  /// True if the pointer points to a csp of the catalog; what it points to is not looked at.
  [[nodiscard]] bool owns(const csp_definition* csp) const noexcept;
  [[nodiscard]] result<void> check_active(const csp_definition& csp) const;
  /// The whole key of an entry.
  [[nodiscard]] credential_key key_of(const entry_key& named) const;
  /// Null if the slot's definition is not in the catalog any more.
  [[nodiscard]] const definition_at_site* find_definition(slot_id slot) const noexcept;
};

/// Clears a buffer that is reused when its use ends, in whatever way that happens.
class cleared_at_the_end {
 public:
  explicit cleared_at_the_end(secret_buffer& buffer) noexcept : buffer_(buffer) {}
  cleared_at_the_end(const cleared_at_the_end&) = delete;
  cleared_at_the_end& operator=(const cleared_at_the_end&) = delete;
  ~cleared_at_the_end() { buffer_.clear(); }

 private:
  secret_buffer& buffer_;
};

/// True if the owner's name has a length that a sealed record takes.
[[nodiscard]] inline bool is_valid(owner_view owner) noexcept {
  return !owner.name.empty() && owner.name.size() <= longest_owner_name;
}
[[nodiscard]] failure invalid_owner(owner_view owner);

/// Position of `site` among the csp's sites, or sites.size().
[[nodiscard]] std::size_t site_index(const csp_definition& csp, std::string_view site) noexcept;

[[nodiscard]] failure no_such_site(const csp_definition& csp, std::string_view site);
/// A type that is not given, or an empty name, was not asked for.
[[nodiscard]] failure no_such_definition(const csp_definition& csp, std::optional<credential_type> type,
                                         std::string_view name);

}  // namespace credcache::inline v1
