// fork() in a host with Crypto++ of its own: a child goes on with it, and whoever comes first to the library may use it.
#include <optional>

#include "child.hpp"
#include "embedded.hpp"
#include "own_cryptopp.hpp"

namespace {

std::optional<embedded> library;  // static: destroyed in every child as well

}  // namespace

int main() {
  own_cryptopp own;
  in_child("a child forked before the first use uses the library", [&] {
    library.emplace();
    library->resolve();
    own.use();
  });
  library.emplace();
  own_cryptopp beside;
  in_child("a child forked after the first use goes on with the host's own Crypto++", [&] {
    own.use();
    beside.use();
    own_cryptopp().use();
  });
  library->resolve();
  own.use();
}
