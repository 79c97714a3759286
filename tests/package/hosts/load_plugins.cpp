// load_plugins local|global FILE…: a host that knows nothing of the library. Loads the plugins in the order given, uses
// them in turns and unloads them in that order, twenty times.
#include <dlfcn.h>

#include <string>
#include <vector>

#include "check.hpp"

namespace {

class loaded_plugin {
 public:
  loaded_plugin(const char* file, int scope) : handle_(::dlopen(file, RTLD_NOW | scope)) {
    check(handle_ != nullptr, handle_ == nullptr ? ::dlerror() : "");
  }
  void call(const char* name) const {
    auto* const function = reinterpret_cast<void (*)()>(::dlsym(handle_, name));
    check(function != nullptr, std::string("the plugin has ") + name);
    function();
  }
  void unload() const { check(::dlclose(handle_) == 0, "the plugin can be unloaded"); }

 private:
  void* handle_;
};

}  // namespace

int main(int, char** arguments) {
  const int scope = std::string_view(arguments[1]) == "global" ? RTLD_GLOBAL : RTLD_LOCAL;
  for (int round = 0; round < 20; ++round) {
    std::vector<loaded_plugin> plugins;
    for (char** file = arguments + 2; *file != nullptr; ++file) plugins.emplace_back(*file, scope);
    for (const loaded_plugin& plugin : plugins) plugin.call("plugin_begin");
    for (int turn = 0; turn < 3; ++turn) {
      for (const loaded_plugin& plugin : plugins) plugin.call("plugin_use");
    }
    while (!plugins.empty()) {
      plugins.front().call("plugin_end");
      plugins.front().unload();
      plugins.erase(plugins.begin());
      for (const loaded_plugin& plugin : plugins) plugin.call("plugin_use");
    }
  }
}
