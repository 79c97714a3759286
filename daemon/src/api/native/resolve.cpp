// GET and POST /v1/resolve, GET /v1/explain.
//
// resolve_by_query is the end of the hot path: parameters are views, the answer is put together from pieces.
#include <algorithm>
#include <limits>

#include "api/body_reader.hpp"
#include "api/daemon_state.hpp"
#include "api/handlers.hpp"
#include "api/request_context.hpp"
#include "api/unknown_csp.hpp"
#include "api/xpanse/xpanse_json.hpp"
#include "base/profile.hpp"
#include "base/text.hpp"
#include "config/duration.hpp"
#include "credcache/presentation.hpp"

namespace credcached::api {
namespace {

using credcache::purpose;

// "2400" or "40m". Nothing if it is neither or negative.
std::optional<std::chrono::seconds> read_min_ttl(std::string_view text) {
  if (const auto seconds = credcache::whole_number<std::int64_t>(text)) {
    if (*seconds < 0 || *seconds > std::numeric_limits<std::int32_t>::max()) return std::nullopt;
    return std::chrono::seconds{*seconds};
  }
  return config::parse_duration(text);
}

bool set_min_ttl(request_context& context, std::string_view text, credcache::resolve_request& into) {
  const auto seconds = read_min_ttl(text);
  if (seconds) {
    into.min_ttl = *seconds;
    return true;
  }
  context.fail(error_kind::parameters_invalid, "minTtl: expected " + std::string(config::duration_forms) + ".");
  return false;
}

bool set_purpose(request_context& context, std::string_view text, credcache::resolve_request& into) {
  if (text == "deployment" || text == "monitoring") {
    into.purpose = text == "deployment" ? purpose::deployment : purpose::monitoring;
    return true;
  }
  context.fail(error_kind::parameters_invalid, "purpose: expected deployment or monitoring.");
  return false;
}

// The host of a request that the credential is to be for. False if an error has been written.
bool set_host(request_context& context, std::string_view text, credcache::resolve_request& into) {
  into.host = credcache::host_in(text);
  if (!into.host.empty()) return true;
  context.fail(error_kind::parameters_invalid, "host: expected HOST, HOST:PORT or a URL with one.");
  return false;
}

// Profiles that the rules do not let the caller have are not there for him; one that he names is refused. False if an
// error has been written.
bool keep_to_profiles(request_context& context, credcache::resolve_request& request) {
  if (!context.configuration().rules.names_profiles()) return true;
  const std::string& csp = request.csp->name;
  if (request.profile && !context.may(csp, *request.profile)) {
    context.note(csp, request.site, to_string(request.type), request.name, *request.profile);
    context.deny(csp, request.profile);
    return false;
  }
  request.sees = [&context, &csp](std::string_view profile) { return context.may(csp, profile); };
  return true;
}

// The type that is meant where none is named: that of the definition that is, else the first one that the csp has.
credcache::credential_type usual_type(const credcache::csp_definition& csp, std::string_view name) {
  const auto found = std::ranges::find(csp.credentials, name, &credcache::credential_definition::name);
  return found != csp.credentials.end() ? found->type : csp.types().front();
}

bool read_query(request_context& context, credcache::resolve_request& into) {
  const http::request& r = context.request;
  const auto csp = r.parameter("csp");
  if (!csp || credcache::is_blank(*csp)) return context.require({"csp"});
  into.csp = context.find_csp(*csp);
  if (into.csp == nullptr) return false;
  into.several = context.configuration().settings.several;
  bool names_type = false;
  for (const http::name_value& p : r.parameters()) {
    if (p.name == "site") {
      into.site = p.value;
    } else if (p.name == "name") {
      into.name = p.value;
    } else if (p.name == "type") {
      if (!context.read_type(p.value, into.type)) return false;
      names_type = true;
    } else if (p.name == "profile" || p.name == "noProfile") {
      if (!context.read_profile(p, into.profile)) return false;
    } else if (p.name == "minTtl") {
      if (!set_min_ttl(context, p.value, into)) return false;
    } else if (p.name == "host") {
      if (!set_host(context, p.value, into)) return false;
    } else if (p.name == "purpose") {
      if (!set_purpose(context, p.value, into)) return false;
    }
  }
  if (!names_type && (!into.name.empty() || into.csp->credentials.front().type != into.type))
    into.type = usual_type(*into.csp, into.name);
  return keep_to_profiles(context, into);
}

// The format of the answer; null if an error has been written.
const formats::output_format* read_format(request_context& context) {
  if (const auto named = context.request.parameter("format")) {
    const auto* const known = formats::find_output_format(*named);
    if (known == nullptr) {
      context.fail(error_kind::parameters_invalid, "format: expected " + formats::output_format_names() + ".");
    }
    return known;
  }
  return &formats::output_format_for_accept(context.request.field(http::field_id::accept).value_or(""));
}

// What a request presents; nothing if the credential's definition does not say. False if an error has been written.
bool make_presentation(request_context& context, const formats::output_format& format, credcache::presentation& into) {
  const credcache::credential_definition& definition = *context.resolution().definition();
  if (definition.presented) {
    auto made = credcache::present(context.resolution());
    if (!made) {
      context.fail(error_from(made.error()));
      return false;
    }
    into = *std::move(made);
  } else if (format.write_presentation != nullptr) {
    context.fail(error_kind::parameters_invalid,
                 "format: " + std::string(format.name) + " is for credentials that a request presents, found " +
                     definition.name + " of the type " + std::string(to_string(definition.type)) +
                     "; ask for type api_key or http_authentication, if this csp has it.");
    return false;
  }
  return true;
}

error no_form_for(const std::vector<std::string_view>& names, const formats::output_format& format) {
  error refusal(error_kind::parameters_invalid, std::vector<std::string>{});
  for (const std::string_view name : names) {
    refusal.details.push_back("format: " + std::string(format.name) + " has no form for the value of " +
                              std::string(name) + " that its readers take alike, as for any with " +
                              std::string(format.no_form_for) +
                              "; ask for json, or run the command with credcached exec.");
  }
  return refusal;
}

void answer(request_context& context, const credcache::resolve_request& request) {
  const formats::output_format* const format = read_format(context);
  if (format == nullptr) return;
  credcache::resolution& resolved = context.resolution();
  auto outcome = context.service().resolve(context.owner(), request, context.now(), resolved);
  context.note(request.csp->name, outcome ? resolved.site() : request.site, to_string(request.type),
               outcome ? std::string_view(resolved.definition()->name) : request.name,
               outcome ? resolved.profile() : request.profile.value_or(""));
  if (!outcome) return context.fail(error_from(outcome.error()));
  credcache::presentation presented;
  if (!make_presentation(context, *format, presented)) return;
  const auto without_form = context.writer().write(context.ok(format->content_type), *format, resolved, context.owner(),
                                                   context.now(), presented);
  if (!without_form.empty()) return context.fail(no_form_for(without_form, *format));
  if (const auto deadline = resolved.deadline()) context.response.dies_at(*deadline);
}

}  // namespace

void resolve_by_query(request_context& context) {
  credcache::resolve_request request;
  if (read_query(context, request)) answer(context, request);
}

void resolve_by_body(request_context& context) {
  body_reader body(context.request.body, context.configuration().settings.limits.json_depth);
  if (body.root() == nullptr) return context.fail(*body.problems());
  const boost::json::object& root = *body.root();
  body.only(root,
            {"csp", "site", "type", "name", "profile", "noProfile", "minTtl", "purpose", "host", "deployVariables"});
  const auto csp = body.text(root, "csp", true);
  const auto site = body.text(root, "site", false);
  const auto type = body.text(root, "type", false);
  const auto name = body.text(root, "name", false);
  auto profile = body.text(root, "profile", root.contains("profile"));
  if (body.flag(root, "noProfile").value_or(false)) {
    if (profile) body.invalid("profile and noProfile: found both, expected one of them.");
    profile = "";
  }
  if (profile) {
    if (const std::string wrong = credcache::complaint_about_profile(*profile); !wrong.empty())
      body.malformed("profile: " + wrong + ".");
  }
  const auto purpose_name = body.text(root, "purpose", false);
  const auto host = body.text(root, "host", false);
  const boost::json::value* const min_ttl = root.if_contains("minTtl");
  std::optional<std::string_view> min_ttl_text;
  std::optional<int> min_ttl_number;
  if (min_ttl != nullptr && min_ttl->is_string()) {
    min_ttl_text = body.text(root, "minTtl", true);
  } else {
    min_ttl_number = body.whole_number(root, "minTtl");
  }
  std::vector<credcache::given_variable> deploy;
  if (const boost::json::value* const given = root.if_contains("deployVariables");
      given != nullptr && !given->is_null()) {
    const boost::json::object* const object = given->if_object();
    if (object == nullptr)
      body.malformed("deployVariables: found something else, expected an object of names and texts.");
    for (std::size_t i = 0; object != nullptr && i < object->size(); ++i) {
      const auto& member = *(object->begin() + static_cast<std::ptrdiff_t>(i));
      const std::string_view variable(member.key().data(), member.key().size());
      const auto value = body.text(*object, variable, false, "deployVariables");
      if (value && credcache::equal_constant_time(*value, mask))
        body.invalid("deployVariables." + std::string(variable.substr(0, 64)) + std::string(found_mask));
      if (value && !credcache::equal_constant_time(*value, value_to_come))
        deploy.push_back({std::string(variable), credcache::secret::copy_of(*value), false});
    }
  }
  if (auto wrong = body.problems()) return context.fail(*wrong);

  credcache::resolve_request request;
  request.csp = context.catalog().find_csp(*csp);
  if (request.csp == nullptr) {
    return context.fail(error_kind::parameters_invalid, unknown_csp(*csp, context.catalog()));
  }
  if (!context.may(request.csp->name)) return context.deny(request.csp->name);
  if (type) {
    const auto known = credcache::credential_type_of(*type);
    if (!known) {
      return context.fail(error_kind::parameters_invalid,
                          "type: expected variables, http_authentication, api_key or oauth2.");
    }
    request.type = *known;
  } else {
    request.type = usual_type(*request.csp, name.value_or(""));
  }
  request.site = site.value_or("");
  request.name = name.value_or("");
  request.profile = profile;
  request.several = context.configuration().settings.several;
  request.deploy_variables = deploy;
  // Who sends deploy variables and names no purpose has a deployment in mind.
  request.purpose = deploy.empty() ? purpose::monitoring : purpose::deployment;
  if (purpose_name && !set_purpose(context, *purpose_name, request)) return;
  if (min_ttl_number && *min_ttl_number < 0) {
    return context.fail(error_kind::parameters_invalid, "minTtl: found a negative number, expected seconds.");
  }
  request.min_ttl = std::chrono::seconds{min_ttl_number.value_or(0)};
  if (min_ttl_text && !set_min_ttl(context, *min_ttl_text, request)) return;
  if (host && !set_host(context, *host, request)) return;
  if (keep_to_profiles(context, request)) answer(context, request);
}

void explain(request_context& context) {
  credcache::resolve_request request;
  if (!read_query(context, request)) return;
  const auto outcome = context.service().explain(context.owner(), request, context.now());
  if (!outcome) return context.fail(error_from(outcome.error()));
  const credcache::explanation& e = *outcome;
  const auto life = [&](json::json_writer& json, const std::optional<credcache::time_point>& deadline) {
    if (!deadline) {
      json.key("expiresAt").null().key("remaining").null();
      return;
    }
    json.key("expiresAt").time(context.now().wall_of(*deadline));
    json.key("remaining").number(std::chrono::floor<std::chrono::seconds>(*deadline - context.now().boot).count());
  };
  std::optional<error> refusal;
  if (e.error) refusal = error_from(*e.error);

  json::json_writer json = context.ok();
  json.begin_object().key("csp").string(e.csp->name).key("site").string(e.site);
  json.key("type").string(to_string(request.type));
  json.key(context.owner().kind == credcache::owner_kind::user ? "user" : "isv").string(context.owner().name);
  json.key("purpose").string(request.purpose == purpose::deployment ? "deployment" : "monitoring");
  json.key("active").boolean(e.active).key("missingRequirements").strings(e.missing_requirements);
  json.key("resolves").boolean(!refusal).key("status").number(refusal ? row_of(refusal->kind).status : 200);
  json.key("errorType");
  if (refusal) {
    json.string(row_of(refusal->kind).error_type);
  } else {
    json.null();
  }
  json.key("details").strings(refusal ? refusal->details : std::vector<std::string>{});
  json.key("candidates").begin_array();
  for (const auto& candidate : e.candidates) {
    json.begin_object().key("name").string(candidate.definition->name);
    json.key("profile").string_or_null(candidate.profile);
    json.key("description").string(candidate.definition->description).key("cached").boolean(candidate.cached);
    json.key("complete").boolean(candidate.complete).key("wins").boolean(candidate.wins);
    json.key("reason").string(candidate.reason);
    life(json, candidate.deadline);
    json.key("variables").begin_array();
    for (const auto& v : candidate.variables) {
      json.begin_object().key("name").string(v.variable->name).key("mandatory").boolean(v.mandatory);
      json.key("sensitive").boolean(v.variable->sensitive).key("source").string(to_string(v.origin));
      if (!v.problem.empty()) json.key("problem").string(v.problem);
      json.key("handedOutAs").strings(v.variable->handed_out_as);
      json.key("aliases").strings(v.variable->aliases).end_object();
    }
    json.end_array().key("together").begin_array();
    for (const auto group : candidate.definition->together) json.strings(candidate.definition->names_of(group));
    json.end_array().end_object();
  }
  json.end_array().end_object();
}

}  // namespace credcached::api
