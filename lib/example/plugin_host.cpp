// A program that loads the plugin beside it: plugin_host FILE. It links no library but the C library's loader.
#include <dlfcn.h>

#include <cstdio>

int main(int count, char** arguments) {
  void* const loaded = count == 2 ? ::dlopen(arguments[1], RTLD_NOW | RTLD_LOCAL) : nullptr;
  if (loaded == nullptr) return std::fprintf(stderr, "usage: plugin_host FILE; %s\n", ::dlerror()), 2;
  const auto open = reinterpret_cast<void* (*)()>(::dlsym(loaded, "plugin_open"));
  const auto add = reinterpret_cast<int (*)(void*, const char*, const char*)>(::dlsym(loaded, "plugin_add_access_key"));
  const auto run = reinterpret_cast<int (*)(void*, char* const*)>(::dlsym(loaded, "plugin_run"));
  const auto close = reinterpret_cast<void (*)(void*)>(::dlsym(loaded, "plugin_close"));

  void* const plugin = open();
  if (plugin == nullptr || add(plugin, "AKIAIOSFODNN7EXAMPLE", "not a real secret") != 0) return 1;
  char shell[] = "/bin/sh", option[] = "-c", script[] = "echo the command has the key $AWS_ACCESS_KEY_ID";
  char* const command[] = {shell, option, script, nullptr};
  const int code = run(plugin, command);
  close(plugin);
  return ::dlclose(loaded) == 0 ? code : 1;
}
