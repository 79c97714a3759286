// The configuration file: it is read, or refused in one line.
#include "config/listener.hpp"
#include "config/load_settings.hpp"
#include "expect.hpp"

using namespace credcached;
using fuzzing::expect;

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  try {
    const auto s = config::parse_settings(std::string(fuzzing::text_of(data, size)), "fuzz.yaml");
    expect(!config::find_inconsistency(s), "settings that were read go together");
    expect(s.lifetime.standard.count() > 0 && s.lifetime.standard <= s.lifetime.longest,
           "the times to live are in order");
    expect(config::is_log_level(s.log_level), "the log level is one", s.log_level);
    for (const auto& l : s.listeners) {
      const auto again = config::parse_listener(config::to_string(l));
      expect(config::to_string(again) == config::to_string(l), "a listener can be written and read", l.path);
    }
  } catch (const config::config_error& e) {
    fuzzing::expect_message(e.what(), "fuzz.yaml:");
  }
  return 0;
}
