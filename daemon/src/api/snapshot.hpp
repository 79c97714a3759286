// What is configured: settings, definitions, rules, tokens, and the values imported from outside. Immutable; a reload
// makes a new one. Every request is answered with the snapshot that was in force when it began.
//
// Thread safety: immutable, shared by all workers.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "access/access_rules.hpp"
#include "access/tokens.hpp"
#include "config/settings.hpp"
#include "credcache/cipher.hpp"
#include "credcache/provider_catalog.hpp"
#include "credcache/value_source.hpp"

namespace credcached::api {

struct snapshot {
  config::settings settings;                           ///< `listeners` are those that are open
  std::vector<config::listener> configured_listeners;  ///< what the configuration asks for
  std::shared_ptr<const credcache::master_key> key;
  std::string key_source;  ///< "random", "file", "systemd credential"
  std::shared_ptr<const credcache::provider_catalog> catalog;
  std::shared_ptr<const credcache::sealed_values> given;        ///< settings.environment; null: none
  std::shared_ptr<const credcache::sealed_values> environment;  ///< what was imported once stays
  std::shared_ptr<const credcache::sealed_values> credentials;  ///< systemd's; null: none
  access::token_set tokens;
  access::access_rules rules;

  /// The sources that a service joins from, after the cache: those that have values.
  [[nodiscard]] std::vector<std::unique_ptr<credcache::value_source>> sources() const;
};

}  // namespace credcached::api
