// A credential_service over the test catalogs, and short ways to ask it and to print what it says.
#pragma once

#include "base/text.hpp"
#include "library_fixture.hpp"
#include "test_definitions.hpp"

namespace credcache::testing {

using name_values = std::vector<std::pair<const char*, const char*>>;

inline std::vector<given_variable> given(const name_values& values) {
  std::vector<given_variable> variables;
  for (const auto& [name, value] : values) variables.push_back({name, secret::copy_of(value), false});
  return variables;
}

inline credential_key alpha_key(std::string name, std::string site = "North", std::string profile = "") {
  const auto type = name == "KEY" ? credential_type::api_key : credential_type::variables;
  return {"Alpha", std::move(site), type, std::move(name), std::move(profile)};
}

struct service_fixture {
  std::shared_ptr<recorder> events = std::make_shared<recorder>();
  std::shared_ptr<credential_cache> cache;
  std::shared_ptr<const master_key> key = std::make_shared<const master_key>(master_key::random());
  std::shared_ptr<value_map> credentials = std::make_shared<value_map>();
  std::shared_ptr<value_map> environment =
      std::make_shared<value_map>(value_map{{"BETA_URL", "https://b"}, {"BETA_ZONE", "z"}});
  credential_service service;
  owner alice{owner_kind::user, "alice"};

  explicit service_fixture(cache_limits limits = {}, lifetime_limits lifetimes = {})
      : cache(std::make_shared<credential_cache>(limits, events)),
        service(cache, key, catalog_of({alpha, beta, omega}), sources(), lifetimes) {}

  /// Another catalog, and sources as they are now, over the same cache.
  void configure(const std::vector<std::string>& definitions) {
    service = credential_service(cache, key, catalog_of(definitions), sources());
  }

  [[nodiscard]] std::vector<std::unique_ptr<value_source>> sources() const {
    std::vector<std::unique_ptr<value_source>> made;
    made.push_back(std::make_unique<map_source>(value_origin::systemd_credential, credentials));
    made.push_back(std::make_unique<map_source>(value_origin::environment, environment));
    return made;
  }

  result<add_outcome> add(const credential_key& where, const name_values& values, instant now = at(),
                          std::optional<std::chrono::seconds> life = {}) {
    return service.add(alice, {where, {}, given(values), life, {}}, now);
  }
  resolve_request asking(std::string_view csp = "Alpha") const {
    resolve_request request;
    request.csp = service.catalog().find_csp(csp);
    return request;
  }
  std::string resolve(const resolve_request& request, instant now = at()) { return resolve(alice, request, now); }
  /// "PAIR@North A_ID=AB(cache) A_SECRET=s(environment)", or the error as below. With profiles:
  /// "PAIR@North/dev[prod] A_ID=…" of dev, while there is prod as well.
  std::string resolve(owner_view asking_owner, const resolve_request& request, instant now) {
    resolution out;
    if (auto outcome = service.resolve(asking_owner, request, now, out); !outcome) return text_of(outcome.error());
    std::string text = out.definition()->name + "@" + std::string(out.site());
    if (!out.profile().empty()) text += "/" + std::string(out.profile());
    if (!out.others().empty()) text += "[" + enumerate(out.others()) + "]";
    for (const resolved_variable& v : out.variables()) {
      if (v.origin == value_origin::missing) continue;
      text += " " + v.names->front() + "=" + std::string(v.value) + "(" + std::string(to_string(v.origin)) + ")";
    }
    return text;
  }

  /// "capability_not_found: first detail | second detail".
  static std::string text_of(const failure& f) {
    std::string text = std::string(to_string(f.code)) + ":";
    for (std::size_t i = 0; i < f.details.size(); ++i) text += (i == 0 ? " " : " | ") + f.details[i];
    return text;
  }
  static std::string text_of(const result<add_outcome>& outcome) {
    if (!outcome) return text_of(outcome.error());
    return *outcome == add_outcome::added ? "added" : "replaced";
  }
};

}  // namespace credcache::testing
