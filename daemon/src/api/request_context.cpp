#include "api/request_context.hpp"

#include "api/pipeline.hpp"
#include "api/unknown_csp.hpp"
#include "base/profile.hpp"
#include "base/text.hpp"

namespace credcached::api {

request_context::~request_context() {
  clear();
}

const config::listener& request_context::listener() const {
  return configuration().settings.listeners[request.peer->listener];
}
daemon_state& request_context::state() noexcept {
  return pipeline_.state();
}
std::span<const route> request_context::table() const noexcept {
  return pipeline_.table();
}
metrics::worker_counters& request_context::counters() noexcept {
  return pipeline_.counters();
}

credcache::resolution& request_context::resolution() {
  if (!resolution_) resolution_ = pipeline_.take_resolution();
  return *resolution_;
}

bool request_context::may(std::string_view csp, std::optional<std::string_view> profile) const {
  return configuration().rules.allows(*caller, matched->access, owner(), csp, profile);
}

json::json_writer request_context::ok() {
  return json::json_writer(ok("application/json"));
}

credcache::secret_buffer& request_context::ok(std::string_view content_type,
                                              std::initializer_list<http::name_value> fields) {
  response.start(200, content_type);
  for (const http::name_value& f : fields) response.field(f.name, f.value);
  return response.body();
}

void request_context::no_content() {
  response.start(204);
}

void request_context::note(std::string_view csp, std::string_view site, std::string_view type, std::string_view name,
                           std::string_view profile) {
  if (!state().audit.on()) return;
  named_ = {std::string(csp), std::string(site), std::string(type), std::string(name), std::string(profile)};
}

void request_context::fail(const error& error) {
  failed = error.kind;
  response.discard();
  (matched == nullptr ? write_error : matched->group->write_error)(response, error);
}

// Which rule decided is for whoever reads the audit.
void request_context::deny(std::string_view csp, std::optional<std::string_view> profile) {
  if (!csp.empty() && !named_) note(csp, "", "", "", profile.value_or(""));
  refused_by = configuration().rules.decide(*caller, matched->access, owner(), csp, profile).rule;
  std::string sentence = "The access rules do not let you do this: action " + std::string(to_string(matched->access));
  if (matched->owner != owner_source::nobody) {
    sentence += owner_kind == credcache::owner_kind::user ? ", owner " : ", owner isv:";
    sentence += owner_name;
  }
  if (!csp.empty()) sentence.append(", csp ").append(csp);
  if (profile) sentence += profile->empty() ? ", without a profile" : ", profile " + credcache::shown(*profile);
  fail(error_kind::access_denied, sentence + ".");
}

bool request_context::announce_change() {
  return pipeline_.announce_change(*this);
}

const credcache::csp_definition* request_context::find_csp(std::string_view name) {
  const credcache::csp_definition* const csp = catalog().find_csp(name);
  if (csp == nullptr) {
    fail(error_kind::unprocessable, unknown_csp(name, catalog()));
    return nullptr;
  }
  if (matched->owner != owner_source::nobody && !may(csp->name)) {
    deny(csp->name);
    return nullptr;
  }
  return csp;
}

bool request_context::check_active(const credcache::csp_definition& csp) {
  const auto active = service().check_active(csp);
  if (!active) fail(error_from(active.error()));
  return active.has_value();
}

bool request_context::require(std::initializer_list<std::string_view> names) {
  std::vector<std::string> details;
  for (const std::string_view name : names) {
    const auto value = request.parameter(name);
    if (value && !credcache::is_blank(*value)) continue;
    details.push_back("The query parameter " + std::string(name) + " is required.");
  }
  if (details.empty()) return true;
  fail(error(error_kind::parameters_invalid, std::move(details)));
  return false;
}

std::optional<std::string_view> request_context::filter(std::string_view parameter) const {
  const auto value = request.parameter(parameter);
  return value && !credcache::is_blank(*value) ? value : std::nullopt;
}

bool request_context::read_type(std::string_view text, credcache::credential_type& type) {
  const auto known = credcache::credential_type_of(text);
  if (known) {
    type = *known;
    return true;
  }
  fail(error_kind::unprocessable, "Unknown credential type " + credcache::shown(text) +
                                      "; expected variables, http_authentication, api_key or oauth2.");
  return false;
}

bool request_context::read_profile(const http::name_value& parameter, std::optional<std::string_view>& profile) {
  const bool is_name = parameter.name == "profile";
  std::string_view wrong;
  if (profile) {
    wrong = "profile and noProfile: found both, expected one of them.";
  } else if (is_name && credcache::is_blank(parameter.value)) {
    wrong = "profile: found nothing, expected a name; noProfile=true means the credential without one.";
  } else if (const std::string bad = is_name ? credcache::complaint_about_profile(parameter.value) : ""; !bad.empty()) {
    fail(error_kind::parameters_invalid, "profile: " + bad + ".");
    return false;
  } else if (!is_name && parameter.value != "true") {
    wrong = "noProfile: expected true.";
  }
  if (wrong.empty()) {
    profile = is_name ? parameter.value : std::string_view{};
    return true;
  }
  fail(error_kind::parameters_invalid, std::string(wrong));
  return false;
}

bool request_context::begin(std::uint64_t size) {
  body_size = size;
  return pipeline_.begin(*this);
}
bool request_context::finish() {
  return pipeline_.finish(*this);
}
void request_context::refuse(unsigned status, std::string_view reason) {
  pipeline_.refuse(*this, status, reason);
}

std::chrono::seconds request_context::time_limit() const noexcept {
  return matched->time_limit.value_or(configuration().settings.limits.request_timeout);
}

void request_context::cancel() noexcept {
  cancelled = true;
  if (open_answer_) open_answer_->cancellation.emit(boost::asio::cancellation_type::terminal);
}

void request_context::clear() noexcept {
  if (resolution_) pipeline_.give_back(std::move(resolution_));
  configuration_.reset();
  if (open_answer_) open_answer_->context = nullptr;
  open_answer_.reset();
  matched = nullptr;
  parameters = {};
  path_known = navigates = false;
  caller.reset();
  owner_kind = credcache::owner_kind::user;
  owner_name = {};
  origin_fields.clear();
  failed.reset();
  refused_by = nullptr;
  handled = cancelled = false;
  named_.reset();
  count_.reset();
  request.reset();
}

}  // namespace credcached::api
