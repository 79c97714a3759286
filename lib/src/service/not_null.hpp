// What the constructors of the service's parts ask of the pointers they are given.
//
// Failure: std::invalid_argument that names the part.
#pragma once

#include <stdexcept>
#include <string>

namespace credcache::inline v1 {

/// The pointer, which is not null. `name` says whose part it is: "credential_service: cache".
template <class Pointer>
Pointer not_null(Pointer pointer, const char* name) {
  if (pointer == nullptr) throw std::invalid_argument(std::string(name) + ": found null, expected one");
  return pointer;
}

}  // namespace credcache::inline v1
