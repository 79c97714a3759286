// A daemon without its process: the real api over a real service and cache, in one thread, with small bounds, so that
// small inputs reach them. Values that are there before an input begins carry marks, which no error may show.
//
// One for the life of the process; tidy() before each input makes it as if it were new.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "api/pipeline.hpp"
#include "http/connection_pool.hpp"

namespace credcached::fuzzing {

/// In every value that is sensitive by definition, and in every other value.
inline constexpr std::string_view sensitive_mark = "xMARKsensitive7Q2zK9";
inline constexpr std::string_view plain_mark = "XMARKPLAIN4W8RT1Y6";

/// An answer as the handler gave it, before it went through the socket.
struct answered {
  std::string_view operation;  ///< empty: it matched no route
  unsigned status = 0;
  bool head = false;
};

/// Passes requests on to the api and writes down what became of them.
class scene final : public http::request_handler {
 public:
  scene();
  ~scene() override;

  /// Forgets what the last input did. `input` is the next one: what it says itself may be said back.
  void tidy(std::string_view input);
  /// Puts other definitions, rules and tokens in place, or the first ones again.
  void reload();
  /// Answers one request that needs no connection, checks the answer and returns its status.
  unsigned ask(http::verb method, std::string_view target, std::string_view body,
               std::initializer_list<http::name_value> fields = {});
  /// Checks that `stream` is exactly the answers written down, each well-formed and without a mark where none may be.
  void check(std::string_view stream) const;
  /// The same for the lines of the audit.
  void check_audit() const;

  [[nodiscard]] bool begin(http::request& r, std::uint64_t body_size, http::response& out) override;
  void finish(http::request& r, http::response& out) override;
  void refuse(const http::request& r, unsigned status, std::string_view why, http::response& out) override;

  [[nodiscard]] const platform::peer& local() const noexcept { return local_; }
  [[nodiscard]] const platform::peer& tcp() const noexcept { return tcp_; }
  [[nodiscard]] const config::limits& limits() const noexcept { return limits_; }
  [[nodiscard]] const credcache::provider_catalog& catalog() const noexcept { return *catalogs_[0]; }
  [[nodiscard]] const api::body_bounds& bounds() const noexcept { return api_->bounds(); }
  [[nodiscard]] static const std::string& token();

 private:
  void use(std::size_t which);
  [[nodiscard]] std::vector<std::unique_ptr<credcache::value_source>> sources() const;

  platform::peer local_, tcp_;
  config::limits limits_;
  std::shared_ptr<api::daemon_facts> facts_;
  std::shared_ptr<const credcache::master_key> key_;
  std::shared_ptr<credcache::sealed_values> environment_;
  std::shared_ptr<const credcache::provider_catalog> catalogs_[2];
  config::settings settings_[2];
  std::shared_ptr<const access::token_set> tokens_[2];
  std::unique_ptr<api::pipeline> api_;
  std::size_t in_use_ = 0;
  int audit_ = -1;
  bool input_has_marks_ = false;
  std::string_view operation_;
  std::vector<answered> answers_;
};

}  // namespace credcached::fuzzing
