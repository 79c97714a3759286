// START HERE. The library's one door: add, list, remove, resolve, explain.
//
// A credential_service joins the parts: a catalog says what credentials look like, a cache keeps them sealed, sources
// fill what the cache lacks. Programs with several threads make one service per thread over one shared cache and one
// key, and another service when catalog or sources change: cached entries stay. One whose definition is gone is still
// listed and removable, but not resolved.
//
// Thread safety: a service belongs to one thread. The cache, the key and the catalog it is given may be shared.
// Ownership:     shared_ptr for what is shared; the service owns its sources. A resolution belongs to the caller.
// Failure:       result<T> for what a caller asked wrongly (result.hpp); std::bad_alloc; nothing is half done.
// Time:          an argument of every call (clock.hpp).
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "credcache/cipher.hpp"
#include "credcache/credential.hpp"
#include "credcache/credential_cache.hpp"
#include "credcache/limits.hpp"
#include "credcache/provider_catalog.hpp"
#include "credcache/resolution.hpp"
#include "credcache/result.hpp"
#include "credcache/value_source.hpp"

#pragma GCC visibility push(default)
namespace credcache::inline v1 {

struct add_request {
  credential_key key;                 ///< csp in any spelling
  std::optional<secret> description;  ///< a caller may write anything into it: kept like the values
  std::vector<given_variable> variables;
  std::optional<std::chrono::seconds> time_to_live;  ///< at most one of these two
  std::optional<wall_time> expires_at;
};

/// Which cached credentials a removal means: every part that is given must match.
struct removal {
  std::optional<std::string> csp;  ///< canonical spelling
  std::optional<std::string> site;
  std::optional<credential_type> type;
  std::optional<std::string> name;
};

/// What became of the records that import_records was given.
struct import_report {
  std::size_t taken_in = 0;
  std::size_t expired = 0;
  std::size_t outdated = 0;  ///< a later generation is cached already
  std::size_t refused = 0;   ///< another key or version, damaged, over the longest time to live, or no room
};

class credential_service {
 public:
  credential_service(std::shared_ptr<credential_cache> cache, std::shared_ptr<const master_key> key,
                     std::shared_ptr<const provider_catalog> catalog,
                     std::vector<std::unique_ptr<value_source>> sources, lifetime_limits limits = {});
  ~credential_service();
  credential_service(credential_service&&) noexcept;
  credential_service& operator=(credential_service&&) noexcept;

  [[nodiscard]] const provider_catalog& catalog() const noexcept;

  /// Empty if the csp is active, else the required names that no source has.
  [[nodiscard]] std::vector<std::string> missing_requirements(const csp_definition& csp) const;
  /// csp_not_active if there are such names, in the words of resolve.
  [[nodiscard]] result<void> check_active(const csp_definition& csp) const;

  /// Creates or replaces. The error names everything that is wrong at once; what was cached before stays untouched.
  [[nodiscard]] result<put_outcome> add(owner_view owner, const add_request& request, instant now);

  /// The owner's living credentials in the order of the catalog: csps, sites, definitions. Those whose definition is
  /// gone come last. Nothing is opened or copied.
  [[nodiscard]] std::vector<slot_id> slots_of(owner_view owner, instant now) const;
  [[nodiscard]] credential_key key_of(slot_id slot) const;
  /// One of them, opened and masked; nothing if it has gone since. Does not count as a read.
  [[nodiscard]] std::optional<listed_credential> describe(owner_view owner, slot_id slot, instant now);
  /// All of them, in that order.
  [[nodiscard]] std::vector<listed_credential> list(owner_view owner, instant now);
  /// Returns false if there was no living credential.
  bool remove(owner_view owner, slot_id slot, instant now);
  /// Returns the keys that were removed.
  std::vector<credential_key> remove(owner_view owner, const removal& selection, instant now);

  /// Joins and selects (docs/resolve.md). On success `out` holds the values in plaintext until out.clear().
  [[nodiscard]] result<void> resolve(owner_view owner, const resolve_request& request, instant now, resolution& out);
  /// What resolve would do and why. Never a value.
  [[nodiscard]] result<explanation> explain(owner_view owner, const resolve_request& request, instant now);

  /// The living credentials of one of the cache's shards (credential_cache::shards) in the portable form, still sealed
  /// (docs/sealed-record.md). Nothing is opened.
  [[nodiscard]] secret_buffer export_shard(std::size_t shard, instant now) const;
  /// Takes in what export_shard has written under the same key, here or elsewhere. Reads begin anew.
  import_report import_records(std::string_view portable, instant now);

  struct state;  // opaque; for the library's own sources

 private:
  std::unique_ptr<state> state_;
};

}  // namespace credcache::inline v1
#pragma GCC visibility pop
