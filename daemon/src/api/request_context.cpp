#include "api/request_context.hpp"

#include "api/pipeline.hpp"

namespace credcached::api {
namespace {

// What a caller sent, short enough for a message.
std::string shown(std::string_view text) {
  return "\"" + std::string(text.substr(0, 64)) + "\"";
}

}  // namespace

credcache::credential_service& request_context::service() noexcept {
  return self_.service();
}
const credcache::provider_catalog& request_context::catalog() noexcept {
  return self_.service().catalog();
}

bool request_context::may(std::string_view csp) {
  return self_.policy().allows(notes_.who, notes_.matched->access, owner(), csp);
}

json::json_writer request_context::ok() {
  return json::json_writer(ok("application/json"));
}

credcache::secret_buffer& request_context::ok(std::string_view content_type,
                                              std::initializer_list<http::name_value> fields) {
  response_.start(200, content_type);
  for (const http::name_value& f : fields) response_.field(f.name, f.value);
  return response_.body();
}

void request_context::no_content() {
  response_.start(204);
}

void request_context::note(std::string_view csp, std::string_view site, std::string_view type, std::string_view name) {
  if (!self_.facts().audit.on()) return;
  named_ = {std::string(csp), std::string(site), std::string(type), std::string(name)};
}

void request_context::describe(audit::audit_event& event) const {
  event.owner = owner();
  if (named_) {
    event.csp = named_->csp;
    event.site = named_->site;
    event.type = named_->type;
    event.name = named_->name;
  }
  event.count = count_;
  if (problem_) event.error_type = error_type_of(*problem_);
}

void request_context::fail(const error& what) {
  problem_ = what.kind;
  self_.counters().problems[static_cast<std::size_t>(what.kind)].add();
  response_.discard();
  write_error(response_, what);
}

void request_context::deny(std::string_view csp) {
  fail(error_kind::access_denied, "The access rules do not let you do this for " + std::string(owner().name) +
                                      " and csp " + std::string(csp) + ".");
}

const credcache::csp_definition* request_context::find_csp(std::string_view name) {
  const credcache::csp_definition* const csp = catalog().find_csp(name);
  if (csp == nullptr) {
    fail(error_kind::unprocessable, "Unknown csp " + shown(name) + "; GET /xpanse/csps/active lists the csps.");
    return nullptr;
  }
  if (notes_.matched->owner != owner_of::nobody && !may(csp->name)) {
    deny(csp->name);
    return nullptr;
  }
  return csp;
}

bool request_context::check_active(const credcache::csp_definition& csp) {
  const auto missing = service().missing_requirements(csp);
  if (missing.empty()) return true;
  std::string names;
  for (const std::string& name : missing) names += (names.empty() ? "" : ", ") + name;
  fail(error_kind::plugin_not_found, csp.name + " is not active: the daemon's environment lacks " + names + ".");
  return false;
}

bool request_context::require(std::initializer_list<std::string_view> parameters) {
  error what(error_kind::parameters_invalid, std::vector<std::string>{});
  for (const std::string_view name : parameters) {
    const auto value = request_.parameter(name);
    if (value && !credcache::is_blank(*value)) continue;
    what.details.push_back("The query parameter " + std::string(name) + " is required.");
  }
  if (what.details.empty()) return true;
  fail(what);
  return false;
}

bool request_context::read_type(std::string_view text, credcache::credential_type& type) {
  const auto known = credcache::credential_type_of(text);
  if (known) {
    type = *known;
    return true;
  }
  fail(error_kind::unprocessable,
       "Unknown credential type " + shown(text) + "; expected variables, http_authentication, api_key or oauth2.");
  return false;
}

}  // namespace credcached::api
