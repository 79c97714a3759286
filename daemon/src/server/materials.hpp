// What a start and every reload read from outside: key, definitions, environment, systemd credentials, tokens.
//
// Thread safety: belongs to the main thread; what it hands out is immutable and shared by the workers.
// Failure: throws std::exception with one line; on a reload the caller then keeps what it has.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "access/access_rules.hpp"
#include "config/settings.hpp"
#include "credcache/cipher.hpp"
#include "credcache/provider_catalog.hpp"
#include "credcache/value_source.hpp"

namespace credcached::server {

struct materials {
  std::shared_ptr<const credcache::master_key> key;
  std::string key_source;  ///< "random", "file", "systemd credential"
  std::shared_ptr<const credcache::provider_catalog> catalog;
  std::shared_ptr<credcache::sealed_values> environment;  ///< grows with each reload: what was imported once is gone
  std::shared_ptr<credcache::sealed_values> credentials;  ///< systemd's
  std::shared_ptr<const access::token_set> tokens;

  /// The sources a service joins from, after the cache.
  [[nodiscard]] std::vector<std::unique_ptr<credcache::value_source>> sources() const;
};

/// Reads everything. `previous` is what a reload begins with: its key and its imported environment are kept.
[[nodiscard]] materials read_materials(const config::settings& settings, const materials* previous = nullptr);

}  // namespace credcached::server
