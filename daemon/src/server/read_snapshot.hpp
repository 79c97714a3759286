// Reads everything that is configured: settings, key, definitions, environment, systemd credentials, tokens, rules, audit
// file. Nothing outside is changed by it, so that a failing reload leaves everything as it was; what is to be changed
// when the snapshot is put in force cannot fail.
//
// Thread safety: a start calls it on the main thread, a reload on a thread of its own, because files and the account
//                database may take their time.
// Failure:       std::exception with one line for the user.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "api/snapshot.hpp"
#include "audit/audit_log.hpp"

namespace credcached::server {

struct snapshot_reading {
  std::shared_ptr<api::snapshot> snapshot;
  audit::audit_file audit;                     ///< opened, not in use yet
  std::vector<std::string> environment_names;  ///< to be erased from the environment once the snapshot is in force
  std::vector<std::string> warnings;           ///< sentences: what is probably not meant, or changes at a restart only
};

/// At the start: with the addresses that are open.
[[nodiscard]] snapshot_reading read_snapshot(config::settings settings, std::vector<config::listener> open);
/// On a reload: key, listeners and what was imported from the environment are those of `previous`.
[[nodiscard]] snapshot_reading read_snapshot(config::settings settings, const api::snapshot& previous);

}  // namespace credcached::server
