// Why there is no answer of the remote host: a word for the daemon and a sentence for people.
//
// Failure: thrown by whatever part of an exchange cannot go on; main() makes it the answer to the daemon.
#pragma once

#include <stdexcept>
#include <string>

#include "outgoing/protocol/outcome.hpp"

namespace credcached::courier {

/// The sentence says what was found, what was expected and what to do; nothing in it is a secret.
class failure : public std::runtime_error {
 public:
  failure(outgoing::outcome what, const std::string& sentence) : std::runtime_error(sentence), what_happened(what) {}
  outgoing::outcome what_happened;
};

}  // namespace credcached::courier
