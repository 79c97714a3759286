// The daemon of the unit tests (api_scene) with small bounds, so that small inputs reach them, and with two
// configurations to reload between. It writes down what became of each request. Values that are there before an input
// begins carry marks, which no error may show.
//
// One for the life of the process; tidy() before each input makes it as if it were new.
//
// Thread safety: none.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "api_scene.hpp"

namespace credcached::fuzzing {

/// In every value that is sensitive by definition, and in every other value.
inline constexpr std::string_view sensitive_mark = "xMARKsensitive7Q2zK9";
inline constexpr std::string_view plain_mark = "XMARKPLAIN4W8RT1Y6";

/// An answer as the pipeline gave it, before it went through the socket.
struct recorded_answer {
  std::string_view operation;  ///< empty: it matched no route
  unsigned status = 0;
  bool head = false;
};

class scene final : public http::request_handler {
 public:
  scene();
  ~scene() override;

  /// Forgets what the last input did. `input` is the next one: what it says itself may be said back.
  void tidy(std::string_view input);
  /// Publishes the other configuration: other definitions, rules, limits and tokens.
  void reload();
  /// Answers one request that needs no connection, checks the answer and returns its status.
  unsigned ask(http::verb method, std::string_view target, std::string_view body,
               std::initializer_list<http::name_value> fields = {});
  /// Checks that `stream` is exactly the answers written down, each well-formed and without a mark where none may be.
  void check(std::string_view stream) const;
  /// The same for the lines of the audit.
  void check_audit() const;

  [[nodiscard]] std::unique_ptr<http::exchange> make_exchange(boost::asio::io_context& context) override;
  [[nodiscard]] const config::limits& limits() const noexcept override { return pipeline_->limits(); }

  [[nodiscard]] const platform::peer& local() const noexcept { return local_; }
  [[nodiscard]] const platform::peer& tcp() const noexcept { return tcp_; }
  [[nodiscard]] const std::shared_ptr<http::memory_budget>& memory() const noexcept { return kit_.state->memory; }
  [[nodiscard]] const api::snapshot& configuration() const noexcept { return *configurations_[0]->configured; }

 private:
  void publish(std::size_t which);

  testing::api_scene kit_;
  platform::peer local_, tcp_;
  api::worker_configuration_ptr configurations_[2];
  std::unique_ptr<api::pipeline> pipeline_;
  std::size_t published_ = 0;
  int audit_ = -1;
  bool input_has_marks_ = false;
  std::vector<recorded_answer> answers_;
};

}  // namespace credcached::fuzzing
