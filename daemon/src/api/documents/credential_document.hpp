// The documents about the credentials of one csp and type: what to send to add one, as OpenAPI 3.1 and as a page.
//
// Made from the provider definitions when they are asked for; they hold no secrets. Everything that comes from a
// definition is escaped. Thread safety: free functions over an immutable catalog.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "credcache/provider_catalog.hpp"
#include "credcache/secret.hpp"

namespace credcached::api {

enum class document_form : std::uint8_t { page, openapi };

/// Which document: a csp and a type that it has definitions of.
struct credential_document {
  const credcache::csp_definition* csp = nullptr;
  credcache::credential_type type = credcache::credential_type::variables;
  document_form form = document_form::page;

  /// "HuaweiCloud_variables_credentialApi.html" or ".json".
  [[nodiscard]] std::string name() const;
  /// Never empty for a document that find_credential_document() has found.
  [[nodiscard]] std::vector<const credcache::credential_definition*> definitions() const;
};

/// The document of this name; csp (or its constant) and type match without regard to case. Nothing if there is none.
[[nodiscard]] std::optional<credential_document> find_credential_document(std::string_view name,
                                                                          const credcache::provider_catalog& catalog);

/// Sentences: which variables go together, and of which one is enough.
[[nodiscard]] std::vector<std::string> sentences_on_sets(const credcache::credential_definition& definition);

/// The body of a request that adds such a credential, with text in place of values: its mandatory variables, or all if
/// none is mandatory. JSON with line breaks.
[[nodiscard]] std::string example_body(const credcache::csp_definition& csp,
                                       const credcache::credential_definition& definition);
/// The text that stands for a value in examples. Fits the variable's jsonObject rule, not its pattern.
[[nodiscard]] std::string example_value(const credcache::variable_definition& variable);

/// The four operations that add and update, narrowed to this csp and type.
void write_credential_openapi(credcache::secret_buffer& out, const credential_document& document);

/// One static page without scripts; its style is allowed by credential_page_style_hash. `socket` is the path that its
/// examples name.
void write_credential_page(credcache::secret_buffer& out, const credential_document& document, std::string_view socket);

}  // namespace credcached::api
