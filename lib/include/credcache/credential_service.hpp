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
#include <string>
#include <string_view>
#include <vector>

#include "credcache/cipher.hpp"
#include "credcache/credential.hpp"
#include "credcache/credential_cache.hpp"
#include "credcache/error.hpp"
#include "credcache/explanation.hpp"
#include "credcache/limits.hpp"
#include "credcache/provider_catalog.hpp"
#include "credcache/resolution.hpp"
#include "credcache/result.hpp"
#include "credcache/service_types.hpp"
#include "credcache/value_source.hpp"

#pragma GCC visibility push(default)
namespace credcache::inline v1 {

class credential_service {
 public:
  /// Throws std::invalid_argument, which names it, if a part is null; std::system_error if there is no locked memory.
  credential_service(std::shared_ptr<credential_cache> cache, std::shared_ptr<const master_key> key,
                     std::shared_ptr<const provider_catalog> catalog,
                     std::vector<std::unique_ptr<value_source>> sources, lifetime_limits limits = {});
  ~credential_service();
  credential_service(credential_service&&) noexcept;
  credential_service& operator=(credential_service&&) noexcept;

  [[nodiscard]] const provider_catalog& catalog() const noexcept;

  /// Empty if the csp is active, else the required names that no source has. Throws std::invalid_argument for a csp of
  /// another catalog.
  [[nodiscard]] std::vector<std::string> missing_requirements(const csp_definition& csp) const;
  /// csp_not_active if there are such names, in the words of resolve.
  [[nodiscard]] result<void> check_active(const csp_definition& csp) const;

  // Each of the following refuses an owner without a name, or with one of more than longest_owner_name bytes, as
  // error::invalid_owner. What else is refused stands with each.

  /// Creates or replaces. The error names everything that is wrong at once; what was cached before stays untouched.
  /// unknown_csp, invalid_lifetime, csp_not_active, capability_not_found, unknown_variable, duplicate_variable,
  /// not_text, invalid_value, variables_not_complete, already_cached, owner_full, cache_full.
  [[nodiscard]] result<add_outcome> add(owner_view owner, const add_request& request, instant now);

  /// The owner's living credentials in the order of the catalog: csps, sites, definitions; of one definition first the
  /// one without a profile, then the others as they were added. Those whose definition is gone come last. Nothing is
  /// opened.
  [[nodiscard]] result<std::vector<credential_key>> keys_of(owner_view owner, instant now) const;
  /// Who has living credentials in one of the cache's shards (credential_cache::shards), sorted. An owner is in one
  /// shard, always the same.
  [[nodiscard]] std::vector<owner> owners_in(std::size_t shard, instant now) const;
  /// One of them, opened and masked; credentials_not_found if it has gone since. Does not count as a read.
  [[nodiscard]] result<listed_credential> describe(owner_view owner, const credential_key& key, instant now);
  /// All of them, in that order.
  [[nodiscard]] result<std::vector<listed_credential>> list(owner_view owner, instant now);

  /// Wipes one of them; credentials_not_found if it has gone since.
  [[nodiscard]] result<void> remove_one(owner_view owner, const credential_key& key, instant now);
  /// Wipes what is selected and returns the keys, which may be none. empty_removal if nothing is given; unknown_csp or
  /// capability_not_found if nothing is selected because neither the catalog nor the cache knows such a credential.
  [[nodiscard]] result<std::vector<credential_key>> remove(owner_view owner, const removal& selection, instant now);
  /// Wipes everything of the owner and returns the keys.
  [[nodiscard]] result<std::vector<credential_key>> remove_all(owner_view owner, instant now);

  /// Joins and selects (docs/resolve.md). `out` holds the values in plaintext until out.clear(); whenever there is an
  /// error, or a source throws, it is empty. unknown_csp (also for a csp of another catalog), csp_not_active,
  /// capability_not_found, several_found, variables_not_complete, credentials_not_found, expires_too_soon;
  /// duplicate_variable if two deploy variables are for one variable.
  [[nodiscard]] result<void> resolve(owner_view owner, const resolve_request& request, instant now, resolution& out);
  /// Takes back that resolve has counted `answer` as a read: it was not handed out. Refusals are never counted.
  void uncount(owner_view owner, const resolution& answer) noexcept;
  /// What resolve would do and why. Never a value. unknown_csp, capability_not_found.
  [[nodiscard]] result<explanation> explain(owner_view owner, const resolve_request& request, instant now);

  /// The living credentials of one of the cache's shards (credential_cache::shards) in the portable form, still sealed
  /// (docs/sealed-record.md). Nothing is opened.
  [[nodiscard]] secret_buffer export_shard(std::size_t shard, instant now) const;
  /// Takes in what export_shard has written under the same key, here or elsewhere. Reads begin anew.
  import_report import_records(std::string_view portable, instant now);

  struct [[gnu::visibility("hidden")]] state;  // opaque; for the library's own sources

 private:
  std::unique_ptr<state> state_;
};

}  // namespace credcache::inline v1
#pragma GCC visibility pop
