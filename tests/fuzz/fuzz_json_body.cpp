// JSON bodies of an add (both forms) and of a resolve, through the reader alone and through the whole api.
#include <set>

#include "api/xpanse/credential_body.hpp"
#include "expect.hpp"
#include "scene.hpp"

using namespace credcached;
using fuzzing::expect;

namespace {

void check_reader(std::string_view body, const api::snapshot& configured) {
  const credcache::provider_catalog& catalog = *configured.catalog;
  const config::settings& settings = configured.settings;
  const auto now = credcache::now();
  const auto read = api::read_credential_body(body, catalog, settings, now);
  if (!read) {
    const auto why = read.error();
    expect(!why.details.empty(), "a refusal has details");
    const unsigned status = api::row_of(why.kind).status;
    expect(status == 400 || status == 413 || status == 422, "a wrong body is the client's mistake");
    return;
  }
  const auto* const csp = catalog.find_csp(read->key.csp);
  expect(csp != nullptr && csp->name == read->key.csp, "the csp is known and spelled canonically", read->key.csp);
  expect(!read->key.site.empty() && !read->key.name.empty(), "site and name are given");
  expect(!read->time_to_live || (read->time_to_live->count() > 0 && *read->time_to_live <= settings.lifetime.longest),
         "a time to live is within its bounds");
  expect(
      !read->expires_at || (*read->expires_at > now.wall && *read->expires_at - now.wall <= settings.lifetime.longest),
      "an end is within its bounds");
  expect(!(read->time_to_live && read->expires_at), "a credential has one lifetime");
  expect(read->variables.size() <= settings.limits.variables + 1,
         "there are no more variables than allowed");  // and an endpoint
  for (const auto& variable : read->variables) {
    expect(variable.value.size() <= settings.limits.value_bytes, "no value is longer than allowed");
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  static fuzzing::scene daemon;
  const std::string_view body = fuzzing::text_of(data, size);
  daemon.tidy(body);
  check_reader(body, daemon.configuration());
  daemon.ask(http::verb::post, "/v1/resolve?user=alice", body);
  if (daemon.ask(http::verb::post, "/xpanse/user/credentials", body, {{"X-Credential-User", "alice"}}) == 204) {
    daemon.ask(http::verb::get, "/v1/credentials?user=alice", {});
    daemon.ask(http::verb::get, "/xpanse/user/credentials", {}, {{"X-Credential-User", "alice"}});
  }
  daemon.check_audit();
  return 0;
}
