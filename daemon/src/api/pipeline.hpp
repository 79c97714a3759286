// Answers the requests of one worker: finds the route, checks transport, access and form, calls the handler, counts.
//
// Thread safety: an api belongs to one worker and its thread; daemon_facts is shared by all of them.
// Order of checks (2-api): access, path and method, media type and size, then the handler: parse, fields, csp, ….
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "access/access_rules.hpp"
#include "api/daemon_facts.hpp"
#include "api/request_context.hpp"
#include "api/xpanse/credential_body.hpp"
#include "formats/resolve_writer.hpp"
#include "http/request_handler.hpp"
#include "metrics/counters.hpp"

namespace credcached::api {

class pipeline final : public http::request_handler {
 public:
  pipeline(std::shared_ptr<daemon_facts> facts, std::shared_ptr<metrics::worker_counters> counters,
           credcache::credential_service service, const config::settings& settings,
           std::shared_ptr<const access::token_set> tokens);

  /// New definitions, sources and rules in place of the old ones. Throws before anything has changed.
  void reload(std::shared_ptr<const credcache::provider_catalog> catalog,
              std::vector<std::unique_ptr<credcache::value_source>> sources, const config::settings& settings,
              std::shared_ptr<const access::token_set> tokens);

  [[nodiscard]] bool begin(http::request& r, std::uint64_t body_size, http::response& out) override;
  void finish(http::request& r, http::response& out) override;
  void refuse(const http::request& r, unsigned status, std::string_view why, http::response& out) override;

  // For handlers.
  [[nodiscard]] credcache::credential_service& service() noexcept { return service_; }
  [[nodiscard]] formats::resolve_writer& writer() noexcept { return *writer_; }
  [[nodiscard]] access::access_policy& policy() noexcept { return *policy_; }
  [[nodiscard]] const body_bounds& bounds() const noexcept { return bounds_; }
  [[nodiscard]] daemon_facts& facts() noexcept { return *facts_; }
  [[nodiscard]] metrics::worker_counters& counters() noexcept { return *counters_; }
  [[nodiscard]] const config::listener& listener_of(const http::request& r) const {
    return listeners_[r.from->listener];
  }
  [[nodiscard]] credcache::resolution& resolution() noexcept { return resolution_; }

 private:
  void configure(const config::settings& settings, std::shared_ptr<const access::token_set> tokens);
  [[nodiscard]] std::optional<error> check_transport(const http::request& r, const config::listener& on) const;
  [[nodiscard]] std::optional<error> identify(const http::request& r, const config::listener& on, access::subject& who);
  [[nodiscard]] std::optional<error> find_owner(const http::request& r, call_notes& notes);
  [[nodiscard]] bool answer_preflight(const http::request& r, http::response& out);
  void allow_origin(const http::request& r, http::response& out);
  void count(const route* matched, unsigned status) noexcept;
  void fail(const http::request& r, http::response& out, const call_notes* notes, const error& what);
  void run(request_context& context, const call_notes& notes, http::response& out);
  void write_audit(const request_context& context, const http::request& r, http::response& out);
  void audit_refusal(const http::request& r, const call_notes& notes, const error& what);

  std::shared_ptr<daemon_facts> facts_;
  std::shared_ptr<metrics::worker_counters> counters_;
  credcache::credential_service service_;
  std::unique_ptr<formats::resolve_writer> writer_;
  std::unique_ptr<access::access_policy> policy_;
  std::vector<config::listener> listeners_;
  std::vector<std::string> cors_origins_;
  body_bounds bounds_;
  std::size_t body_bytes_ = 0;
  std::uint32_t reloads_ = 0;
  std::string origin_fields_;  // of the request in hand
  credcache::resolution resolution_;
};

}  // namespace credcached::api
