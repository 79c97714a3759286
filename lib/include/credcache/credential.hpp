// What a caller gives of a credential, and what is shown of a cached one.
//
// Thread safety: plain values, copyable and comparable. None of them holds a credential's values except given_variable.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "credcache/clock.hpp"
#include "credcache/credential_key.hpp"
#include "credcache/secret.hpp"

#pragma GCC visibility push(default)
namespace credcache::inline v1 {

/// One variable as a caller gives it.
struct given_variable {
  std::string name;        ///< the definition's name or one of its aliases
  secret value;            ///< blank counts as not given
  bool sensitive = false;  ///< callers can add sensitivity, never take it away
};

/// One variable of a listed credential. Non-sensitive values are plaintext like the others, hence `secret`.
struct listed_variable {
  std::size_t index;  ///< position in the definition
  bool sensitive;     ///< by definition or by the caller's wish: then `value` is empty
  secret value;
  std::string fingerprint;  ///< keyed, 16 hexadecimal digits: equal for equal values of one owner
};

/// A cached credential without its sensitive values.
struct listed_credential {
  credential_key key;
  secret description;  ///< what the caller gave, else empty
  std::chrono::seconds time_to_live{};
  time_point created, deadline;
  std::optional<time_point> last_read;
  std::uint64_t reads = 0;
  std::string fingerprint;  ///< of all values together
  std::vector<listed_variable> variables;
};

}  // namespace credcache::inline v1
#pragma GCC visibility pop
