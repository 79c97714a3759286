#include "api/steps.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/locale/utf.hpp>
#include <iterator>
#include <utility>
#include <vector>

#include "access/browser_guard.hpp"
#include "api/pipeline.hpp"
#include "base/spelling.hpp"
#include "base/text.hpp"
#include "platform/peer_identity.hpp"

namespace credcached::api {
namespace {

/// Login names have at most 256 characters on Linux; portals use mail addresses and UUIDs.
constexpr std::size_t longest_owner_name = 255;

bool has_type(std::string_view media_type, std::string_view expected) noexcept {
  std::string_view type = media_type.substr(0, media_type.find(';'));
  while (!type.empty() && (type.back() == ' ' || type.back() == '\t')) type.remove_suffix(1);
  return credcache::equal_ignoring_case(type, expected);
}

// The first character of a text in UTF-8 that misleads; 0: none does.
std::uint32_t first_misleading(std::string_view text) noexcept {
  const char* next = text.data();
  const char* const end = next + text.size();
  while (next != end) {
    const std::uint32_t point = boost::locale::utf::utf_traits<char>::decode(next, end);
    if (credcache::misleads(point)) return point;
  }
  return 0;
}

// What is wrong with an owner's name, as the rest of a sentence; empty: nothing.
std::string complaint_about_owner(std::string_view name) {
  const bool plain = std::ranges::all_of(name, [](char c) { return c > ' ' && c < '\x7f'; });
  if (plain && !name.empty() && name.size() <= longest_owner_name) return {};  // as nearly every name is
  if (credcache::is_blank(name)) return "is blank; expected a name.";
  if (name.size() > longest_owner_name)
    return fmt::format("has {} bytes; expected at most {}.", name.size(), longest_owner_name);
  if (!credcache::is_utf8(name)) return "has bytes that are not UTF-8; expected text in UTF-8.";
  const std::uint32_t point = first_misleading(name);
  if (point == 0) return {};
  return fmt::format("has the character U+{:04X}; expected none that controls a terminal or the direction of writing.",
                     point);
}

bool is_over_tcp(const request_context& context) {
  return context.listener().transport == config::listener::kind::tcp;
}

// The owner that a request names, and how often it does.
struct named_owner {
  std::optional<std::string_view> user, isv;
  std::size_t count = 0;
};

named_owner owner_named_by(const http::request& request, owner_source source) {
  named_owner named;
  const auto is = [](const http::header_field& f, std::string_view name) {
    return credcache::equal_ignoring_case(f.name, name);
  };
  for (const http::header_field& field : request.fields()) {
    if (field.id != http::field_id::unknown) continue;
    if (source != owner_source::isv && is(field, "X-Credential-User")) {
      named.user = field.value;
      ++named.count;
    } else if (source != owner_source::user && is(field, "X-Credential-Isv")) {
      named.isv = field.value;
      ++named.count;
    }
  }
  if (source != owner_source::any) return named;
  for (const http::name_value& parameter : request.parameters()) {
    if (parameter.name != "user" && parameter.name != "isv") continue;
    (parameter.name == "user" ? named.user : named.isv) = parameter.value;
    ++named.count;
  }
  return named;
}

std::string unknown_parameter(const route& route, std::string_view name) {
  std::vector<std::string_view> known;
  std::ranges::copy_if(route.parameters, std::back_inserter(known), [](auto n) { return !n.empty(); });
  if (route.owner == owner_source::any) known.insert(known.end(), {"user", "isv"});
  const std::string expected = known.empty() ? "this path takes none" : "expected " + credcache::enumerate(known);
  return "Unknown query parameter " + credcache::shown(name) + "; " + expected + "." +
         credcache::did_you_mean(name, known);
}

bool refused(request_context& context, const error& refusal) {
  context.fail(refusal);
  return false;
}
bool refused(request_context& context, error_kind kind, std::string detail) {
  return refused(context, error(kind, std::move(detail)));
}

}  // namespace

bool read_target(request_context& context) {
  const http::target_form form = context.request.split_target();
  if (form == http::target_form::too_many_parameters)
    return refused(context, error_kind::parameters_invalid,
                   fmt::format("The query has too many parameters; at most {} are taken.", http::most_parameters));
  if (form != http::target_form::good)
    return refused(context, error_kind::parameters_invalid, "The request target is malformed.");
  const route_match match =
      find_route(context.table(), context.request.method, context.request.path(), context.listener().transport);
  context.matched = match.found;
  context.parameters = match.parameters;
  context.path_known = match.path_known;
  if (match.found != nullptr) context.response.cache_control = match.found->group->cache_control;
  return true;
}

bool refuse_foreign(request_context& context) {
  const auto& origins = context.configuration().settings.cors_origins;
  if (origins.empty() && !is_over_tcp(context)) return true;
  if (const auto origin = access::allowed_origin(context.request, origins)) {
    context.origin_fields = "Access-Control-Allow-Origin: " + std::string(*origin) + "\r\nVary: Origin\r\n";
    context.response.extra_fields = context.origin_fields;
  }
  if (!is_over_tcp(context)) return true;
  const bool document = context.matched != nullptr && context.matched->group->opens_by_navigation;
  const auto reason = access::refused_as_foreign(context.request, context.listener(), origins, document);
  // The link to a document comes from an answer to a page of corsOrigins, and the browser that follows it has no token.
  context.navigates = !reason && document && !origins.empty() && access::is_navigation(context.request);
  if (!reason) return true;
  return refused(context, error_kind::access_denied, std::string(*reason));
}

// A preflight carries no identity (Fetch standard), so it is answered without one. Others say what it may send.
bool answer_preflight(request_context& context) {
  if (context.request.method != http::verb::options || context.response.extra_fields.empty() ||
      !context.request.field(http::field_id::access_control_request_method)) {
    return true;
  }
  context.response.start(204);
  context.response.field("Access-Control-Allow-Methods", "GET, POST, PUT, DELETE");
  context.response.field("Access-Control-Allow-Headers",
                         "Authorization, Content-Type, X-Credential-User, X-Credential-Isv");
  context.response.field("Access-Control-Max-Age", "600");
  return false;
}

bool find_caller(request_context& context) {
  if (context.navigates) return true;
  const snapshot& configured = context.configuration();
  if (platform::peer& peer = *context.request.peer; peer.transport == platform::peer::kind::local) {
    if (peer.unmapped) {
      return refused(context, error_kind::access_denied,
                     "The kernel cannot say who you are: the user namespace of this daemon does not map your user.");
    }
    if (!peer.account) {
      return refused(context, error_kind::capacity_exceeded,
                     "The user database of this machine cannot be asked who uid " + std::to_string(peer.uid) +
                         " is; connect again when it can.");
    }
    if (!peer.groups && configured.rules.names_groups()) peer.groups = platform::groups_of_peer(peer.socket);
  }
  const auto authenticate = context.matched == nullptr ? access::authenticate : context.matched->group->authenticate;
  if (!authenticate(context.request, context.listener().transport, configured.tokens, context.caller.emplace())) {
    context.caller.reset();
    context.response.close = true;  // whoever guesses tokens connects anew for each
    return refused(context, error_kind::unauthorized, "Expected Authorization: Bearer with a token of this daemon.");
  }
  if (context.caller->token) context.request.peer->known = true;
  return true;
}

bool limit_rate(request_context& context) {
  if (context.navigates) return true;
  const access::caller& caller = *context.caller;
  const std::uint64_t bucket = caller.token ? (std::uint64_t{1} << 32) + *caller.token : caller.peer->uid;
  const auto wait = context.state().rate_limiter.take(bucket, context.now().boot);
  if (!wait) return true;
  error refusal(error_kind::too_many_requests,
                "Too many requests; try again in " + std::to_string(wait->count()) + " s.");
  refusal.retry_after = wait;
  return refused(context, refusal);
}

bool check_served(request_context& context) {
  if (context.navigates) return true;
  if (context.configuration().rules.serves(*context.caller)) return true;
  return refused(context, error_kind::access_denied, "The access rules of this daemon do not serve you.");
}

bool check_route(request_context& context) {
  if (context.matched != nullptr) return true;
  if (!context.path_known)
    return refused(context, error_kind::resource_not_found, "There is no such path; /openapi.json lists them.");
  // The method is not repeated: a body that was taken for a request line would put a piece of itself there.
  error refusal(error_kind::method_not_allowed, "This path does not take this method.");
  refusal.allow = allowed_methods(context.table(), context.request.path());
  return refused(context, refusal);
}

bool find_owner(request_context& context) {
  const owner_source source = context.matched->owner;
  if (source == owner_source::nobody) return true;
  const named_owner named = owner_named_by(context.request, source);
  if (named.count > 1)
    return refused(context, error_kind::parameters_invalid, "The owner is named more than once; name one.");
  const bool is_isv = named.isv || (source == owner_source::isv && !named.user);
  context.owner_kind = is_isv ? credcache::owner_kind::isv : credcache::owner_kind::user;
  context.owner_name = named.isv ? *named.isv : named.user ? *named.user : context.caller->default_owner;
  if (named.count == 0 && context.owner_name.empty()) {
    return refused(context, error_kind::parameters_invalid,
                   "This token is bound to no user; name the owner with X-Credential-User or X-Credential-Isv.");
  }
  const std::string complaint = complaint_about_owner(context.owner_name);
  if (complaint.empty()) return true;
  return refused(context, error_kind::parameters_invalid, "The owner's name " + complaint);
}

bool check_access(request_context& context) {
  if (!context.matched->asks_rules() || context.may("")) return true;
  context.deny("");
  return false;
}

// An owner that is named twice has been refused already, whichever way it was named.
bool check_parameters(request_context& context) {
  const route& route = *context.matched;
  const auto parameters = context.request.parameters();
  for (std::size_t i = 0; i < parameters.size(); ++i) {
    const std::string_view name = parameters[i].name;
    if (!route.reads_parameter(name)) {
      if (route.group->takes_unknown_parameters) continue;
      return refused(context, error_kind::parameters_invalid, unknown_parameter(route, name));
    }
    const auto before = parameters.first(i);
    if (std::ranges::find(before, name, &http::name_value::name) != before.end()) {
      return refused(context, error_kind::parameters_invalid,
                     "The query parameter " + std::string(name) + " is given more than once; give it once.");
    }
  }
  return true;
}

bool check_body(request_context& context) {
  if (!context.matched->has_body) return true;
  const std::string_view expected = context.matched->group->body_type;
  const auto type = context.request.field(http::field_id::content_type);
  if (!type || !has_type(*type, expected)) {
    return refused(context, error_kind::unsupported_media_type,
                   "Expected Content-Type: " + std::string(expected) + ".");
  }
  const std::size_t most = context.configuration().settings.limits.body_bytes;
  if (context.body_size <= most) return true;
  return refused(
      context, error_kind::payload_too_large,
      "The body has " + std::to_string(context.body_size) + " bytes; at most " + std::to_string(most) + " are taken.");
}

}  // namespace credcached::api
