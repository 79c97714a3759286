// A plugin with a copy of the library of its own.
#include <optional>

#include "embedded.hpp"
#include "own_cryptopp.hpp"

namespace {

struct plugin {
  embedded library;
  own_cryptopp own;
};
std::optional<plugin> loaded;

}  // namespace

extern "C" [[gnu::visibility("default")]] void plugin_begin() {
  loaded.emplace();
}
extern "C" [[gnu::visibility("default")]] void plugin_use() {
  loaded->own.use();
  loaded->library.add();
  loaded->library.resolve();
  loaded->library.list();
}
extern "C" [[gnu::visibility("default")]] void plugin_end() {
  loaded.reset();
}
