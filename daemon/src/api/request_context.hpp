// One request on its way through a handler: what was asked, by whom, for whom, and the answer.
//
// Thread safety: none; lives for the length of the handler.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>

#include "access/access_rules.hpp"
#include "api/error.hpp"
#include "api/routes.hpp"
#include "audit/audit_log.hpp"
#include "credcache/credential_service.hpp"
#include "http/request.hpp"
#include "http/response.hpp"
#include "json/json_writer.hpp"

namespace credcached::api {

class pipeline;

/// What the checks have found out, kept in the request until its body is there.
struct call_notes {
  const route* matched = nullptr;
  std::array<std::string_view, 2> parameters{};
  access::subject who;
  credcache::owner_kind owner_kind = credcache::owner_kind::user;
  std::string_view owner_name;
  std::uint32_t reloads = 0;  ///< how often the api had been configured when this was found out
};

class request_context {
 public:
  request_context(pipeline& self, http::request& request, http::response& response, const call_notes& notes)
      : self_(self), request_(request), response_(response), notes_(notes) {}

  [[nodiscard]] pipeline& self() noexcept { return self_; }
  [[nodiscard]] http::request& request() noexcept { return request_; }
  [[nodiscard]] credcache::instant now() const noexcept { return request_.arrived; }
  [[nodiscard]] credcache::owner_view owner() const noexcept { return {notes_.owner_kind, notes_.owner_name}; }
  [[nodiscard]] const call_notes& notes() const noexcept { return notes_; }
  [[nodiscard]] std::string_view path_parameter(std::size_t i) const noexcept { return notes_.parameters[i]; }

  [[nodiscard]] credcache::credential_service& service() noexcept;
  [[nodiscard]] const credcache::provider_catalog& catalog() noexcept;

  /// For the audit: which credential this was about, and how many.
  void note(std::string_view csp, std::string_view site, std::string_view type, std::string_view name);
  void note_count(std::size_t count) noexcept { count_ = count; }
  void describe(audit::audit_event& event) const;

  /// May the caller do this operation for this csp?
  [[nodiscard]] bool may(std::string_view csp);

  /// Begins a 200 with JSON; the caller writes the value.
  [[nodiscard]] json::json_writer ok();
  /// Begins a 200 of another media type, with further header fields; the caller appends the body.
  [[nodiscard]] credcache::secret_buffer& ok(std::string_view content_type,
                                             std::initializer_list<http::name_value> fields = {});
  void no_content();

  /// Writes an error, in place of an answer that was begun. A handler returns after it.
  void fail(const error& what);
  void fail(error_kind kind, std::string detail) { fail(error(kind, std::move(detail))); }
  void deny(std::string_view csp);

  /// The csp of a query or path by any of its names. Null, and 422 or 403 written, if it is unknown or not for this
  /// caller.
  [[nodiscard]] const credcache::csp_definition* find_csp(std::string_view name);
  /// False, and 400 Plugin Not Found written, if the csp is not active.
  [[nodiscard]] bool check_active(const credcache::csp_definition& csp);
  /// A query parameter that must be there and not blank; else 400 written. Names all of `others` that are missing as
  /// well.
  [[nodiscard]] bool require(std::initializer_list<std::string_view> parameters);
  /// The type a query or path names; false, and 422 written, if it is none.
  [[nodiscard]] bool read_type(std::string_view text, credcache::credential_type& type);

 private:
  pipeline& self_;
  http::request& request_;
  http::response& response_;
  const call_notes& notes_;
  struct named_credential {
    std::string csp, site, type, name;
  };
  std::optional<named_credential> named_;  // copies: what they came from may be gone when the audit is written
  std::optional<std::size_t> count_;
  std::optional<error_kind> problem_;
};

}  // namespace credcached::api
