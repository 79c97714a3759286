// What a child may do with the library of its parent: ask whether the key is usable, be told in words that it is not,
// destroy everything, and begin anew. The parent notices nothing.
#include <optional>
#include <stdexcept>

#include "child.hpp"
#include "embedded.hpp"

namespace {

std::optional<embedded> library;

template <class Work>
void check_refused(std::string_view what, Work work) {
  try {
    work();
  } catch (const std::logic_error& e) {
    check(std::string_view(e.what()).find("after fork()") != std::string_view::npos, "the error says what to do");
    return;
  }
  std::cerr << what << " was not refused\n";
  std::_Exit(1);
}

}  // namespace

int main() {
  library.emplace();
  check(library->key().usable(), "a key is usable where it was made");
  in_child("a child can tell that it has lost the key", [] { check(!library->key().usable(), "the key is gone"); });
  in_child("a child is refused in words", [] {
    for (int twice = 0; twice < 2; ++twice) {
      check_refused("resolve", [] { library->resolve(); });
      check_refused("list", [] { library->list(); });
      check_refused("add", [] { library->add(); });
      check_refused("a cipher", [] { const credcache::cipher made(library->key()); });
    }
  });
  in_child("a child destroys what it has inherited and begins anew", [] {
    library.reset();
    library.emplace();
    check(library->key().usable(), "the child's own key is usable");
    library->resolve();
    in_child("a grandchild has lost the child's key", [] { check(!library->key().usable(), "the key is gone"); });
    library->resolve();
  });
  in_child("a child has a library of its own beside its parent's", [] {
    embedded own;
    own.resolve();
    check_refused("resolve", [] { library->resolve(); });
    own.resolve();
  });
  check(library->key().usable(), "the parent's key is usable still");
  library->resolve();
}
