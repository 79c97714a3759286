#include "api/pipeline.hpp"

#include <algorithm>
#include <exception>
#include <new>
#include <utility>

#include "base/text.hpp"
#include "platform/log.hpp"

namespace credcached::api {
namespace {

/// Login names have at most 256 characters on Linux; portals use mail addresses and UUIDs.
constexpr std::size_t longest_owner_name = 255;

bool is_json(std::string_view media_type) noexcept {
  const std::size_t end = std::min(media_type.find(';'), media_type.size());
  std::string_view type = media_type.substr(0, end);
  while (!type.empty() && (type.back() == ' ' || type.back() == '\t')) type.remove_suffix(1);
  return credcache::equal_ignoring_case(type, "application/json");
}

bool is_owner_name(std::string_view name) noexcept {
  if (name.size() > longest_owner_name) return false;
  bool blank = true, ascii = true;
  for (const char c : name) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20 || byte == 0x7f) return false;
    blank = blank && byte == ' ';
    ascii = ascii && byte < 0x80;
  }
  return !blank && (ascii || credcache::is_utf8(name));
}

// The name of a Host field without its port (RFC 9110, 7.2).
std::string_view host_name(std::string_view host) noexcept {
  const std::size_t colon = host.rfind(':');
  const bool has_port = colon != std::string_view::npos && host.find(']', colon) == std::string_view::npos;
  return has_port ? host.substr(0, colon) : host;
}

}  // namespace

pipeline::pipeline(std::shared_ptr<daemon_facts> facts, std::shared_ptr<metrics::worker_counters> counters,
                   credcache::credential_service service, const config::settings& settings,
                   std::shared_ptr<const access::token_set> tokens)
    : facts_(std::move(facts)),
      counters_(std::move(counters)),
      service_(std::move(service)),
      writer_(std::make_unique<formats::resolve_writer>(service_.catalog())) {
  configure(settings, std::move(tokens));
}

void pipeline::configure(const config::settings& settings, std::shared_ptr<const access::token_set> tokens) {
  policy_ = std::make_unique<access::access_policy>(settings.access, std::move(tokens));
  listeners_ = settings.listeners;
  cors_origins_ = settings.cors_origins;
  bounds_ = {settings.limits.variables, settings.limits.value_bytes, settings.limits.json_depth,
             settings.lifetime.longest};
  body_bytes_ = settings.limits.body_bytes;
  ++reloads_;
}

void pipeline::reload(std::shared_ptr<const credcache::provider_catalog> catalog,
                      std::vector<std::unique_ptr<credcache::value_source>> sources, const config::settings& settings,
                      std::shared_ptr<const access::token_set> tokens) {
  auto writer = std::make_unique<formats::resolve_writer>(*catalog);
  configure(settings, std::move(tokens));
  service_.reload(std::move(catalog), std::move(sources));
  writer_ = std::move(writer);
}

bool pipeline::begin(http::request& r, std::uint64_t body_size, http::response& out) {
  call_notes& notes = r.notes<call_notes>();
  notes.reloads = reloads_;
  const config::listener& on = listener_of(r);
  if (!r.split_target()) {
    fail(r, out, &notes, {error_kind::parameters_invalid, "The request target is malformed."});
    return false;
  }
  allow_origin(r, out);
  if (auto wrong = check_transport(r, on)) {
    fail(r, out, &notes, *wrong);
    return false;
  }
  if (r.method == http::verb::options && answer_preflight(r, out)) return false;
  if (auto wrong = identify(r, on, notes.who)) {
    fail(r, out, &notes, *wrong);
    return false;
  }
  const route_match match = find_route(r.method, r.path());
  if (match.found == nullptr) {
    if (match.path_known) {
      error what(error_kind::method_not_allowed,
                 "This path does not take " + std::string(r.method_text.substr(0, 32)) + ".");
      what.allow = allowed_methods(r.path());
      fail(r, out, &notes, what);
    } else {
      fail(r, out, &notes, {error_kind::resource_not_found, "There is no such path; /openapi.json lists them."});
    }
    return false;
  }
  notes.matched = match.found;
  notes.parameters = match.parameters;
  if (auto wrong = find_owner(r, notes)) {
    fail(r, out, &notes, *wrong);
    return false;
  }
  if (!match.found->has_body) return true;
  if (const auto type = r.field(http::field_id::content_type); !type || !is_json(*type)) {
    fail(r, out, &notes, {error_kind::unsupported_media_type, "Expected Content-Type: application/json."});
    return false;
  }
  if (body_size > body_bytes_) {
    fail(r, out, &notes,
         {error_kind::payload_too_large, "The body has " + std::to_string(body_size) + " bytes; at most " +
                                             std::to_string(body_bytes_) + " are taken."});
    return false;
  }
  return true;
}

void pipeline::finish(http::request& r, http::response& out) {
  call_notes& notes = r.notes<call_notes>();
  allow_origin(r, out);
  request_context context(*this, r, out, notes);
  try {
    // While the body was on its way, rules and tokens may have been reloaded: what the notes refer to is gone then.
    std::optional<error> wrong;
    if (notes.reloads != reloads_) {
      notes.owner_name = {};
      wrong = identify(r, listener_of(r), notes.who);
      if (!wrong) wrong = find_owner(r, notes);
    }
    if (wrong) {
      context.fail(*wrong);
    } else {
      run(context, notes, out);
    }
    if (!notes.matched->audited_as().empty()) write_audit(context, r, out);
  } catch (const std::bad_alloc&) {
    out.discard();
    resolution_.clear();  // first, since the rest may fail as well
    log::error("Out of memory while answering " + std::string(notes.matched->operation) + ".");
    write_error(out, {error_kind::capacity_exceeded, "The daemon is out of memory; try again."});
  } catch (const std::exception& e) {
    out.discard();
    resolution_.clear();
    log::error("Failure while answering " + std::string(notes.matched->operation) + ": " + e.what());
    write_error(out, {error_kind::internal, "The daemon failed; its log says more."});
  }
  resolution_.clear();
  count(notes.matched, out.status());
}

void pipeline::run(request_context& context, const call_notes& notes, http::response& out) {
  (void)out;
  if (!notes.matched->audited_as().empty() && !facts_->audit.available()) {
    return context.fail(error_kind::capacity_exceeded,
                        "The audit cannot be written; nothing is handed out until it can.");
  }
  notes.matched->handle(context);
}

// A credential that cannot be audited is not handed out, if the settings say so.
void pipeline::write_audit(const request_context& context, const http::request& r, http::response& out) {
  if (!facts_->audit.on()) return;
  audit::audit_event event;
  event.event = context.notes().matched->audited_as();
  event.from = r.from;
  if (context.notes().who.token) event.token = policy_->tokens().name(*context.notes().who.token);
  context.describe(event);
  if (out.status() < 300) event.resolved = &resolution_;
  event.status = out.status();
  event.duration = std::chrono::duration_cast<std::chrono::microseconds>(credcache::boot_clock::now() - r.arrived.boot);
  if (facts_->audit.write(event, r.arrived.wall)) return;
  out.discard();
  write_error(out, {error_kind::capacity_exceeded, "The audit cannot be written; nothing is handed out until it can."});
}

void pipeline::audit_refusal(const http::request& r, const call_notes& notes, const error& what) {
  audit::audit_event event;
  event.event = "refusal";
  event.from = r.from;
  if (notes.who.token) event.token = policy_->tokens().name(*notes.who.token);
  if (!notes.owner_name.empty()) event.owner = credcache::owner_view{notes.owner_kind, notes.owner_name};
  event.status = status_of(what.kind);
  event.error_type = error_type_of(what.kind);
  event.duration = std::chrono::duration_cast<std::chrono::microseconds>(credcache::boot_clock::now() - r.arrived.boot);
  facts_->audit.write(event, r.arrived.wall);
}

void pipeline::refuse(const http::request& r, unsigned status, std::string_view why, http::response& out) {
  fail(r, out, nullptr, {kind_of_status(status), std::string(why)});
}

void pipeline::fail(const http::request& r, http::response& out, const call_notes* notes, const error& what) {
  counters_->problems[static_cast<std::size_t>(what.kind)].add();
  write_error(out, what);
  count(notes == nullptr ? nullptr : notes->matched, out.status());
  const bool of_access = what.kind == error_kind::unauthorized || what.kind == error_kind::access_denied ||
                         what.kind == error_kind::too_many_requests;
  if (notes != nullptr && of_access && facts_->audit.on()) audit_refusal(r, *notes, what);
}

void pipeline::count(const route* matched, unsigned status) noexcept {
  const std::size_t index = matched == nullptr ? routes().size() : static_cast<std::size_t>(matched - routes().data());
  counters_->requests[index].by_class[status / 100].add();
}

// A page in a browser on this machine can reach TCP, not Unix sockets: there, whatever smells of a browser or a proxy
// is refused unless the configuration asks for it (4-security, S8).
std::optional<error> pipeline::check_transport(const http::request& r, const config::listener& on) const {
  if (on.transport != config::listener::kind::tcp) return std::nullopt;
  const std::string_view host = host_name(r.field(http::field_id::host).value_or(""));
  const bool known_host = host == "127.0.0.1" || host == "localhost" || host == "[::1]" ||
                          std::find(on.hosts.begin(), on.hosts.end(), host) != on.hosts.end();
  if (!known_host) {
    return error(error_kind::access_denied, "The Host field names a host that is not on the list of this listener.");
  }
  const auto origin = r.field(http::field_id::origin);
  const bool known_origin =
      origin && std::find(cors_origins_.begin(), cors_origins_.end(), *origin) != cors_origins_.end();
  if (origin && !known_origin) {
    return error(error_kind::access_denied, "Requests of this Origin are refused; corsOrigins lists the ones allowed.");
  }
  for (const http::header_field& f : r.fields()) {
    const auto begins = [&](std::string_view prefix) {
      return f.name.size() >= prefix.size() && credcache::equal_ignoring_case(f.name.substr(0, prefix.size()), prefix);
    };
    if (begins("Sec-Fetch-") && !known_origin) {
      return error(error_kind::access_denied,
                   "Requests of browsers are refused unless corsOrigins lists their origin.");
    }
    const bool proxied = begins("X-Forwarded-") || f.id == http::field_id::forwarded || f.id == http::field_id::via;
    if (proxied && !on.trust_proxy) {
      return error(error_kind::access_denied, "Requests through a proxy are refused unless trustProxy is set.");
    }
  }
  return std::nullopt;
}

std::optional<error> pipeline::identify(const http::request& r, const config::listener& on, access::subject& who) {
  who = {r.from, std::nullopt};
  if (on.transport == config::listener::kind::tcp) {
    constexpr std::string_view scheme = "Bearer ";
    const std::string_view given = r.field(http::field_id::authorization).value_or("");
    const bool bearer =
        given.size() > scheme.size() && credcache::equal_ignoring_case(given.substr(0, scheme.size()), scheme);
    who.token = policy_->tokens().find(bearer ? given.substr(scheme.size()) : std::string_view{});
    if (!who.token) {
      return error(error_kind::unauthorized, "Expected Authorization: Bearer with a token of this daemon.");
    }
  }
  const std::uint64_t bucket = who.token ? (std::uint64_t{1} << 32) + *who.token : r.from->uid;
  if (auto wait = facts_->requests.take(bucket, r.arrived.boot)) {
    error what(error_kind::too_many_requests,
               "Too many requests; try again in " + std::to_string(wait->count()) + " s.");
    what.retry_after = wait;
    return what;
  }
  if (policy_->knows(who)) return std::nullopt;
  return error(error_kind::access_denied, "The access rules of this daemon do not serve you.");
}

std::optional<error> pipeline::find_owner(const http::request& r, call_notes& notes) {
  const route& matched = *notes.matched;
  const bool admin = matched.access == config::action::admin;
  if (matched.owner == owner_of::nobody) {
    notes.owner_name = {};
    if (!admin || policy_->allows(notes.who, matched.access, {credcache::owner_kind::user, ""}, ""))
      return std::nullopt;
    return error(error_kind::access_denied, "The access rules do not let you do this (action admin).");
  }
  const bool isv_only = matched.owner == owner_of::isv;
  const bool native = matched.owner == owner_of::any;
  std::optional<std::string_view> user, isv;
  std::size_t named = 0;
  constexpr std::string_view user_field = "X-Credential-User";
  constexpr std::string_view isv_field = "X-Credential-Isv";
  const auto is = [](const http::header_field& f, std::string_view name) {
    return f.id == http::field_id::unknown && credcache::equal_ignoring_case(f.name, name);
  };
  for (const http::header_field& f : r.fields()) {
    if (!isv_only && is(f, user_field)) {
      user = f.value;
      ++named;
    } else if ((isv_only || native) && is(f, isv_field)) {
      isv = f.value;
      ++named;
    }
  }
  if (native) {
    for (const http::name_value& p : r.parameters()) {
      if (p.name != "user" && p.name != "isv") continue;
      (p.name == "user" ? user : isv) = p.value;
      ++named;
    }
  }
  if (named > 1) return error(error_kind::parameters_invalid, "The owner is named more than once; name one.");
  notes.owner_kind = isv || (isv_only && !user) ? credcache::owner_kind::isv : credcache::owner_kind::user;
  notes.owner_name = isv ? *isv : user ? *user : std::string_view(policy_->default_owner(notes.who));
  if (named == 0 && notes.owner_name.empty()) {
    return error(error_kind::parameters_invalid,
                 "This token is bound to no user; name the owner with X-Credential-User or X-Credential-Isv.");
  }
  if (!is_owner_name(notes.owner_name)) {
    return error(error_kind::parameters_invalid,
                 "The owner's name is blank, longer than 255 bytes, or has characters that no name has.");
  }
  if (policy_->allows(notes.who, matched.access, {notes.owner_kind, notes.owner_name}, "")) return std::nullopt;
  return error(error_kind::access_denied, "The access rules do not let you do this for that owner.");
}

void pipeline::allow_origin(const http::request& r, http::response& out) {
  if (cors_origins_.empty()) return;
  const auto origin = r.field(http::field_id::origin);
  if (!origin || std::find(cors_origins_.begin(), cors_origins_.end(), *origin) == cors_origins_.end()) return;
  origin_fields_ = "Access-Control-Allow-Origin: " + std::string(*origin) + "\r\nVary: Origin\r\n";
  out.extra_fields = origin_fields_;
}

// A preflight carries no identity (Fetch standard), so it is answered without one. Others say what it may send.
bool pipeline::answer_preflight(const http::request& r, http::response& out) {
  if (out.extra_fields.empty() || !r.field(http::field_id::access_control_request_method)) return false;
  out.start(204);
  out.field("Access-Control-Allow-Methods", "GET, POST, PUT, DELETE");
  out.field("Access-Control-Allow-Headers", "Authorization, Content-Type, X-Credential-User, X-Credential-Isv");
  out.field("Access-Control-Max-Age", "600");
  return true;
}

}  // namespace credcached::api
