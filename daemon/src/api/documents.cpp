// Documents about the API: the contract, and per csp and type the link that xpanse has and the documents behind it.
#include "api/api.hpp"
#include "api/assets.hpp"
#include "api/base_url.hpp"
#include "api/call.hpp"
#include "api/credential_document.hpp"
#include "api/handlers.hpp"

namespace credcached::api {
namespace {

/// What the examples name where the listener's own path is not known: that of the packaged service.
constexpr std::string_view usual_socket = "/run/credcached/credcached.sock";

}  // namespace

void get_openapi_link(call& c) {
  const auto* const csp = c.find_csp(c.path_parameter(0));
  if (csp == nullptr) return;
  credential_document document{csp, credcache::credential_type::variables, document_form::page};
  if (!c.read_type(c.path_parameter(1), document.type) || !c.check_active(*csp)) return;
  if (document.definitions().empty()) {
    return c.fail(problem_kind::no_definition_available,
                  csp->name + " takes no credentials of type " + std::string(to_string(document.type)) +
                      "; GET /xpanse/credential_types?cspName=" + csp->name + " lists the types it takes.");
  }
  const std::string base = base_url_of(c.request(), c.self().listener_of(c.request()).trust_proxy);
  c.ok()
      .begin_object()
      .key("rel")
      .string("OpenApi")
      .key("href")
      .string(base + "/openapi/" + document.name())
      .end_object();
}

void get_credential_document(call& c) {
  const auto document = find_credential_document(c.path_parameter(0), c.catalog());
  if (!document) {
    return c.fail(problem_kind::resource_not_found,
                  "There is no such document; GET /xpanse/credentials/openapi/{csp}/{type} tells its name.");
  }
  if (document->form == document_form::openapi) return write_credential_openapi(c.ok("application/json"), *document);
  const std::string policy = "default-src 'none'; style-src '" + std::string(credential_page_style_hash) +
                             "'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
  const std::string& path = c.self().listener_of(c.request()).path;
  write_credential_page(
      c.ok("text/html; charset=utf-8", {{"Content-Security-Policy", policy}, {"X-Content-Type-Options", "nosniff"}}),
      *document, path.empty() ? usual_socket : std::string_view(path));
}

void get_openapi(call& c) {
  c.ok("application/json").append(openapi_contract());
}

}  // namespace credcached::api
