// Text that a caller puts into a target, a header field, a flag or a setting: targets and their parameters, media
// types, times, durations, listeners. The whole input is tried as each of them.
#include <algorithm>

#include "api/routes.hpp"
#include "base/time.hpp"
#include "config/duration.hpp"
#include "config/listener.hpp"
#include "expect.hpp"
#include "formats/output_format.hpp"
#include "json/json_writer.hpp"
#include "scene.hpp"

using namespace credcached;
using fuzzing::expect;
using namespace std::chrono;

namespace {

void check_target(std::string_view text) {
  http::request r;
  r.target = text;
  if (r.split_target() != http::target_form::good) return;
  expect(r.path().starts_with('/'), "a path begins with a slash", r.path());
  expect(r.parameters().size() <= http::most_parameters, "there is a limit on parameters");
  for (const auto& p : r.parameters()) expect(r.parameter(p.name).has_value(), "a parameter is found by its name");
  const auto found = api::find_route(api::routes(), http::verb::get, r.path(), config::listener::kind::unix_socket);
  expect(found.found == nullptr || found.path_known, "a route has a known path", r.path());
  expect(found.path_known != api::allowed_methods(api::routes(), r.path()).empty(), "a known path has methods",
         r.path());
}

void check_time(std::string_view text) {
  const auto time = credcache::parse_rfc3339(text);
  if (!time) return;
  const year_month_day date{floor<days>(*time)};
  if (date.year() < year{0} || date.year() > year{9999}) return;  // an offset has led out of what can be written
  credcache::secret_buffer written;
  json::append_time(written, *time);
  const auto again = credcache::parse_rfc3339(written.reveal());
  expect(again && *again == floor<seconds>(*time), "a time can be written and read", written.reveal());
}

void check_duration(std::string_view text) {
  const auto duration = config::parse_duration(text);
  if (!duration) return;
  expect(duration->count() >= 0 && *duration <= config::longest_duration, "a duration is within its bounds", text);
  expect(config::parse_duration(config::format_duration(*duration)) == duration, "a duration can be written and read",
         text);
}

void check_listener(std::string_view text) {
  try {
    const auto address = config::to_string(config::parse_listener(text));
    expect(config::to_string(config::parse_listener(address)) == address, "a listener can be written and read",
           address);
  } catch (const config::config_error&) {
  }
}

// What a parser of headers lets through: no control characters.
bool is_field_value(std::string_view text) {
  return std::none_of(text.begin(), text.end(),
                      [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  static fuzzing::scene daemon;
  const std::string_view text = fuzzing::text_of(data, size);
  check_target(text);
  check_time(text);
  check_duration(text);
  check_listener(text);
  static_cast<void>(formats::output_format_for_accept(text));
  const auto* const format = formats::find_output_format(text);
  expect(format == nullptr || format->name == text, "a format is found by its name", text);
  if (!is_field_value(text)) return 0;

  daemon.tidy(text);
  if (text.starts_with('/')) {
    for (const auto method : {http::verb::get, http::verb::delete_}) daemon.ask(method, text, {});
  } else {
    daemon.ask(http::verb::get, "/v1/resolve?csp=aws&user=alice", {}, {{"Accept", text}});
    daemon.ask(http::verb::get, "/v1/resolve?csp=aws&user=alice&minTtl=" + std::string(text), {});
    daemon.ask(http::verb::get, "/xpanse/user/credentials", {}, {{"X-Credential-User", text}});
  }
  daemon.check_audit();
  return 0;
}
