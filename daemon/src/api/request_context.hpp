// One request on its way: what was asked, by whom, for whom, with which configuration, and the answer. Handlers see this
// and nothing else of the daemon.
//
// Thread safety: belongs to the thread of its connection.
// Ownership:     its connection owns it and uses it for one request after the other. It holds on to the configuration
//                the request began with, and to scratch memory that no other request uses meanwhile.
// Secrets:       the scratch is wiped when the request has been answered.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "api/error.hpp"
#include "api/open_answer.hpp"
#include "api/request_findings.hpp"
#include "api/routes.hpp"
#include "api/worker_configuration.hpp"
#include "audit/audit_log.hpp"
#include "http/exchange.hpp"
#include "json/json_writer.hpp"
#include "metrics/counters.hpp"

namespace credcached::api {

class pipeline;
struct daemon_state;

class request_context : public http::exchange, public request_findings {
 public:
  request_context(pipeline& pipeline, boost::asio::io_context& context) : pipeline_(pipeline), context_(context) {}
  ~request_context() override;

  // What a handler works with.
  [[nodiscard]] credcache::instant now() const noexcept { return request.arrived; }
  [[nodiscard]] credcache::owner_view owner() const noexcept { return {owner_kind, owner_name}; }
  [[nodiscard]] std::string_view path_parameter(std::size_t i) const noexcept { return parameters[i]; }
  [[nodiscard]] const snapshot& configuration() const noexcept { return *configuration_->configured; }
  [[nodiscard]] const config::listener& listener() const;
  [[nodiscard]] credcache::credential_service& service() noexcept { return configuration_->service; }
  [[nodiscard]] formats::resolve_writer& writer() noexcept { return configuration_->writer; }
  [[nodiscard]] const credcache::provider_catalog& catalog() const noexcept { return *configuration().catalog; }
  [[nodiscard]] daemon_state& state() noexcept;
  [[nodiscard]] metrics::worker_counters& counters() noexcept;
  [[nodiscard]] boost::asio::io_context& context() noexcept { return context_; }
  [[nodiscard]] std::span<const route> table() const noexcept;
  /// Scratch for a joined credential; wiped when the request has been answered.
  [[nodiscard]] credcache::resolution& resolution();

  /// For the audit: which credential this was about, and how many.
  void note(std::string_view csp, std::string_view site, std::string_view type, std::string_view name,
            std::string_view profile = {});
  void note_count(std::size_t count) noexcept { count_ = count; }

  /// May the caller do this operation for this csp and profile (empty: those without one)? Without a profile: for any.
  [[nodiscard]] bool may(std::string_view csp, std::optional<std::string_view> profile = {}) const;

  /// Begins a 200 with JSON; the caller writes the value.
  [[nodiscard]] json::json_writer ok();
  /// Begins a 200 of another media type, with further header fields; the caller appends the body.
  [[nodiscard]] credcache::secret_buffer& ok(std::string_view content_type,
                                             std::initializer_list<http::name_value> fields = {});
  void no_content();

  /// Writes an error, in place of an answer that was begun. A handler returns after it.
  void fail(const error& error);
  void fail(error_kind kind, std::string detail) { fail(error(kind, std::move(detail))); }
  /// 403 for this csp, or for all if it is empty; the audit is told.
  void deny(std::string_view csp, std::optional<std::string_view> profile = {});
  /// Before a change that was found right. False, and 503 written, if the audit takes no line and the settings want one.
  [[nodiscard]] bool announce_change();

  /// The csp of a query or path by any of its names. Null, and 422 or 403 written, if it is unknown or not for the caller.
  [[nodiscard]] const credcache::csp_definition* find_csp(std::string_view name);
  /// False, and 400 Plugin Not Found written, if the csp is not active.
  [[nodiscard]] bool check_active(const credcache::csp_definition& csp);
  /// Query parameters that must be there and not blank; else 400 written that names all that are missing.
  [[nodiscard]] bool require(std::initializer_list<std::string_view> parameters);
  /// A query parameter that narrows an answer; a blank one does not.
  [[nodiscard]] std::optional<std::string_view> filter(std::string_view parameter) const;
  /// The type a query or path names; false, and 422 written, if it is none.
  [[nodiscard]] bool read_type(std::string_view text, credcache::credential_type& type);
  /// The query parameter profile, or noProfile=true for empty text; false, and 400 written, if it is blank, or both are
  /// there.
  [[nodiscard]] bool read_profile(const http::name_value& parameter, std::optional<std::string_view>& profile);

  // http::exchange
  [[nodiscard]] bool begin(std::uint64_t size) override;
  [[nodiscard]] bool finish() override;
  void refuse(unsigned status, std::string_view reason) override;
  [[nodiscard]] std::chrono::seconds time_limit() const noexcept override;
  void cancel() noexcept override;
  void clear() noexcept override;

 private:
  friend class pipeline;
  struct named_credential {
    std::string csp, site, type, name, profile;
  };

  pipeline& pipeline_;
  boost::asio::io_context& context_;
  worker_configuration_ptr configuration_;
  std::unique_ptr<credcache::resolution> resolution_;
  std::optional<named_credential> named_;  // copies: what they came from may be gone when the audit is written
  std::optional<std::size_t> count_;
  std::shared_ptr<open_answer> open_answer_;
};

}  // namespace credcached::api
