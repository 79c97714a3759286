// The cache in a plugin: a shared object that a program loads which knows nothing of the library. It shows the program
// five functions in C and hides the rest, so that another plugin may have a library of its own.
//
//   g++ -std=c++20 -shared -fPIC -fvisibility=hidden plugin.cpp -o libplugin.so -Wl,--exclude-libs,ALL
//     $(pkg-config --cflags --libs credcache)
#include <sys/wait.h>
#include <unistd.h>
#include <credcache/credential_service.hpp>

#include <exception>
#include <iostream>

using namespace credcache;

namespace {

// All of the plugin's state. Made by the host's call, not by a static object: a program that makes itself a daemon forks
// first and opens the plugin then, because a child has no keys of its parent.
struct plugin {
  std::shared_ptr<const master_key> key = std::make_shared<const master_key>(master_key::random());
  std::shared_ptr<credential_cache> cache = std::make_shared<credential_cache>();
  credential_service service{cache, key, provider_catalog::load(built_in_definitions()), {}};
  owner user{owner_kind::user, "the plugin's user"};
};

// No exception leaves a function in C.
template <class Work>
int guarded(Work work) noexcept {
  try {
    return work();
  } catch (const std::exception& e) {
    std::cerr << e.what() << '\n';
    return -1;
  }
}

}  // namespace

#define EXPORTED extern "C" [[gnu::visibility("default")]]

/// Null if it fails; standard error says why.
EXPORTED plugin* plugin_open() {
  plugin* opened = nullptr;
  guarded([&] {
    opened = new plugin;
    return 0;
  });
  return opened;
}

EXPORTED void plugin_close(plugin* opened) {
  delete opened;
}

/// 1 if the plugin works in this process, 0 in a forked child, which has to open one of its own.
EXPORTED int plugin_usable(const plugin* opened) {
  return opened->key->usable() ? 1 : 0;
}

/// Caches an access key of AWS for the standard time. 0, or -1 if it fails.
EXPORTED int plugin_add_access_key(plugin* opened, const char* id, const char* secret_key) {
  return guarded([&] {
    add_request request;
    request.key = {"aws", "default", credential_type::variables, "ACCESS_KEY"};
    request.variables.push_back({"AWS_ACCESS_KEY_ID", secret::copy_of(id)});
    request.variables.push_back({"AWS_SECRET_ACCESS_KEY", secret::copy_of(secret_key)});
    opened->service.add(opened->user, request, now()).value();
    return 0;
  });
}

/// Runs a command, a path and its arguments up to a null pointer, with the credential in its environment. Its exit code,
/// or -1 if it fails.
EXPORTED int plugin_run(plugin* opened, char* const* command) {
  return guarded([&] {
    resolution answer;
    opened->service.resolve(opened->user, {.csp_name = "aws"}, now(), answer).value();
    environment_block variables = answer.to_environment().value();
    variables.inherit(environ);
    const pid_t child = ::fork();
    if (child == 0) {  // the block was made before: nothing here allocates, nothing here needs a key
      ::execve(command[0], command, variables.data());
      ::_exit(127);
    }
    int status = 0;
    return child > 0 && ::waitpid(child, &status, 0) == child && WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  });
}
