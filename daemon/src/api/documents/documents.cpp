// Documents about the API: the contract, and per csp and type the link that xpanse has and the documents behind it.
#include "api/documents/assets.hpp"
#include "api/documents/base_url.hpp"
#include "api/documents/credential_document.hpp"
#include "api/handlers.hpp"
#include "api/pipeline.hpp"
#include "api/request_context.hpp"

namespace credcached::api {
namespace {

/// What the examples name where the listener's own path is not known: that of the packaged service.
constexpr std::string_view usual_socket = "/run/credcached/credcached.sock";

}  // namespace

void get_openapi_link(request_context& context) {
  const auto* const csp = context.find_csp(context.path_parameter(0));
  if (csp == nullptr) return;
  credential_document document{csp, credcache::credential_type::variables, document_form::page};
  if (!context.read_type(context.path_parameter(1), document.type) || !context.check_active(*csp)) return;
  if (document.definitions().empty()) {
    return context.fail(error_kind::no_definition_available,
                        csp->name + " takes no credentials of type " + std::string(to_string(document.type)) +
                            "; GET /xpanse/credential_types?cspName=" + csp->name + " lists the types it takes.");
  }
  const std::string base = base_url_of(context.request, context.listener().trust_proxy);
  context.ok()
      .begin_object()
      .key("rel")
      .string("OpenApi")
      .key("href")
      .string(base + "/openapi/" + document.name())
      .end_object();
}

void get_credential_document(request_context& context) {
  const auto document = find_credential_document(context.path_parameter(0), context.catalog());
  if (!document) {
    return context.fail(error_kind::resource_not_found,
                        "There is no such document; GET /xpanse/credentials/openapi/{csp}/{type} tells its name.");
  }
  if (document->form == document_form::openapi)
    return write_credential_openapi(context.ok("application/json"), *document);
  const std::string policy = "default-src 'none'; style-src '" + std::string(credential_page_style_hash) +
                             "'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
  const std::string& path = context.listener().path;
  write_credential_page(context.ok("text/html; charset=utf-8",
                                   {{"Content-Security-Policy", policy}, {"X-Content-Type-Options", "nosniff"}}),
                        *document, path.empty() ? usual_socket : std::string_view(path));
}

void get_openapi(request_context& context) {
  context.ok("application/json").append(openapi_contract());
}

}  // namespace credcached::api
