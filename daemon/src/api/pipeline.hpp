// The ordered steps that every request passes: target, transport, caller, route, owner, body, then the handler, then
// audit and count.
//
// Each step says that the request may go on, or with which error it is refused; api/steps.hpp has them. The handler is
// run here: at once, or as a coroutine whose answer the connection waits for.
//
// Thread safety: belongs to one worker and its thread, except publish(); daemon_state is shared by all workers.
#pragma once

#include <atomic>
#include <exception>
#include <memory>
#include <span>
#include <vector>

#include "api/daemon_state.hpp"
#include "api/request_context.hpp"
#include "api/routes.hpp"
#include "api/worker_configuration.hpp"
#include "http/exchange.hpp"

namespace credcached::api {

class pipeline final : public http::request_handler {
 public:
  /// `table` must outlive the pipeline.
  pipeline(std::shared_ptr<daemon_state> state, std::shared_ptr<metrics::worker_counters> counters,
           worker_configuration_ptr configuration, std::span<const route> table = routes());
  ~pipeline() override;

  /// What requests are answered with from now on. From any thread; cannot fail. A configuration that the worker has not
  /// looked at yet is replaced.
  void publish(worker_configuration_ptr configuration) noexcept;
  /// Takes over what has been published. The next request does so, too; this lets go of the old one sooner.
  void use_published() noexcept;

  // http::request_handler
  [[nodiscard]] std::unique_ptr<http::exchange> make_exchange(boost::asio::io_context& context) override;
  [[nodiscard]] const config::limits& limits() const noexcept override {
    return configuration_->configured->settings.limits;
  }

  // For request_context.
  [[nodiscard]] bool begin(request_context& context);
  [[nodiscard]] bool finish(request_context& context);
  void refuse(request_context& context, unsigned status, std::string_view reason) noexcept;
  [[nodiscard]] bool announce_change(request_context& context);
  [[nodiscard]] std::unique_ptr<credcache::resolution> take_resolution();
  void give_back(std::unique_ptr<credcache::resolution> used) noexcept;
  [[nodiscard]] daemon_state& state() noexcept { return *state_; }
  [[nodiscard]] metrics::worker_counters& counters() noexcept { return *counters_; }
  [[nodiscard]] std::span<const route> table() const noexcept { return table_; }

 private:
  class completion;

  void answer_at_once(request_context& context) noexcept;
  void answer_later(request_context& context);
  void end_waiting(request_context& context, const std::exception_ptr& exception);
  void take_back_read(request_context& context) noexcept;
  void fail_with(request_context& context, std::exception_ptr exception) noexcept;
  void conclude(request_context& context) noexcept;
  [[nodiscard]] bool write_audit(request_context& context);
  [[nodiscard]] static audit::audit_event event_of(const request_context& context);

  std::shared_ptr<daemon_state> state_;
  std::shared_ptr<metrics::worker_counters> counters_;
  std::span<const route> table_;
  worker_configuration_ptr configuration_;
  std::atomic<worker_configuration*> published_{nullptr};
  std::vector<std::unique_ptr<credcache::resolution>> spare_;
};

}  // namespace credcached::api
