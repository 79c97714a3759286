#include "api/pipeline.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>
#include <exception>
#include <new>
#include <tuple>
#include <utility>

#include "api/steps.hpp"
#include "platform/log.hpp"

namespace credcached::api {
namespace {

/// Scratch kept for the next requests. Requests that are answered at once need one; waiting ones one each.
constexpr std::size_t most_spare = 8;

static_assert(error_kinds <= metrics::most_error_kinds);

constexpr std::string_view no_audit = "The audit cannot be written; nothing is handed out until it can.";

// Without memory to say so nothing is said: the connection ends.
void fail_or_end(request_context& context, error_kind kind, std::string_view detail) noexcept {
  context.response.discard();
  context.failed = kind;
  try {
    context.fail(kind, std::string(detail));
  } catch (const std::bad_alloc&) {
    context.response.discard();
  }
}

void log_failure(const request_context& context, std::string_view cause) noexcept {
  try {
    log::error("Failure while answering " + std::string(context.matched->operation) + ": " + std::string(cause) + ".");
  } catch (const std::bad_alloc&) {
    log::error("Failure while answering a request: out of memory.");
  }
}

// The csp that a query names, if it is one: of what was refused before a handler looked.
std::string_view csp_asked_for(const request_context& context) {
  for (const std::string_view parameter : {"csp", "cspName"}) {
    const auto name = context.request.parameter(parameter);
    const auto* const csp = name ? context.catalog().find_csp(*name) : nullptr;
    if (csp != nullptr) return csp->name;
  }
  return {};
}

bool is_of_access(error_kind kind) noexcept {
  return kind == error_kind::unauthorized || kind == error_kind::access_denied || kind == error_kind::too_many_requests;
}

}  // namespace

pipeline::pipeline(std::shared_ptr<daemon_state> state, std::shared_ptr<metrics::worker_counters> counters,
                   worker_configuration_ptr configuration, std::span<const route> table)
    : state_(std::move(state)),
      counters_(std::move(counters)),
      table_(table),
      configuration_(std::move(configuration)) {
  spare_.reserve(most_spare);
}

pipeline::~pipeline() {
  use_published();
}

void pipeline::publish(worker_configuration_ptr configuration) noexcept {
  const worker_configuration_ptr unused(published_.exchange(configuration.detach()), false);
}

void pipeline::use_published() noexcept {
  if (worker_configuration* const fresh = published_.exchange(nullptr)) configuration_ = {fresh, false};
}

std::unique_ptr<http::exchange> pipeline::make_exchange(boost::asio::io_context& context) {
  return std::make_unique<request_context>(*this, context);
}

std::unique_ptr<credcache::resolution> pipeline::take_resolution() {
  if (spare_.empty()) return std::make_unique<credcache::resolution>();
  auto spare = std::move(spare_.back());
  spare_.pop_back();
  return spare;
}

void pipeline::give_back(std::unique_ptr<credcache::resolution> used) noexcept {
  used->clear();
  if (spare_.size() < most_spare) spare_.push_back(std::move(used));
}

bool pipeline::begin(request_context& context) {
  if (published_.load(std::memory_order_acquire) != nullptr) [[unlikely]]
    use_published();
  context.configuration_ = configuration_;
  const bool goes_on = std::apply([&](auto... next) { return (next(context) && ...); }, steps);
  if (!goes_on) conclude(context);
  return goes_on;
}

bool pipeline::finish(request_context& context) {
  context.handled = true;
  context.response.extra_fields = context.origin_fields;
  context.response.cache_control = context.matched->group->cache_control;
  // A credential that cannot be audited is not handed out, if the settings say so.
  if (!context.matched->audited_as().empty() && !state_->audit.available()) {
    context.fail(error_kind::capacity_exceeded, std::string(no_audit));
  } else if (context.matched->handle.waiting != nullptr) {
    answer_later(context);
    return false;
  } else {
    answer_at_once(context);
  }
  conclude(context);
  return true;
}

void pipeline::answer_at_once(request_context& context) noexcept {
  try {
    context.matched->handle.immediate(context);
  } catch (...) {
    fail_with(context, std::current_exception());
  }
}

// Called when a waiting handler has ended. Asio drops it uncalled when there is no memory to call it: it says so then,
// because the connection would wait for ever.
class pipeline::completion {
 public:
  completion(pipeline& pipeline, std::shared_ptr<open_answer> answer)
      : pipeline_(&pipeline), answer_(std::move(answer)) {}
  completion(completion&&) noexcept = default;
  ~completion() {
    try {
      if (answer_) (*this)(std::make_exception_ptr(std::bad_alloc()));
    } catch (const std::exception& e) {
      log::error(e.what());
    }
  }
  void operator()(const std::exception_ptr& exception) {
    const auto answer = std::move(answer_);
    if (answer->context != nullptr) pipeline_->end_waiting(*answer->context, exception);
  }

 private:
  pipeline* pipeline_;
  std::shared_ptr<open_answer> answer_;
};

// The connection keeps the context until `answered` has been called, however the coroutine ends.
void pipeline::answer_later(request_context& context) {
  const auto answer = std::make_shared<open_answer>();
  boost::asio::co_spawn(context.context(), context.matched->handle.waiting(context),
                        boost::asio::bind_cancellation_slot(answer->cancellation.slot(), completion(*this, answer)));
  answer->context = &context;  // before that, what fails is thrown
  context.open_answer_ = answer;
}

// An answer that nobody wants is thrown away; whether the client is told, the connection knows.
void pipeline::end_waiting(request_context& context, const std::exception_ptr& exception) {
  if (context.cancelled) {
    context.response.discard();
    take_back_read(context);
  } else {
    if (exception) fail_with(context, exception);
    conclude(context);
  }
  context.answered();
}

// What is not handed out is no read.
void pipeline::take_back_read(request_context& context) noexcept {
  if (!context.resolution_) return;
  context.service().uncount(context.owner(), *context.resolution_);
  context.resolution_->clear();
}

// The scratch goes first, since the rest may fail as well.
void pipeline::fail_with(request_context& context, std::exception_ptr exception) noexcept {
  context.response.discard();
  take_back_read(context);
  try {
    std::rethrow_exception(std::move(exception));
  } catch (const std::bad_alloc&) {
    log_failure(context, "out of memory");
    fail_or_end(context, error_kind::capacity_exceeded, "The daemon is out of memory; try again.");
  } catch (const std::exception& e) {
    log_failure(context, e.what());
    fail_or_end(context, error_kind::internal, "The daemon failed; its log says more.");
  }
}

void pipeline::refuse(request_context& context, unsigned status, std::string_view reason) noexcept {
  fail_or_end(context, kind_of_status(status), reason);
  conclude(context);
}

// A change has its line before it is made: afterwards it could not be taken back. The one that follows says how it ended.
bool pipeline::announce_change(request_context& context) {
  if (!state_->audit.refuses()) return true;
  audit::audit_event event = event_of(context);
  event.event = context.matched->announced_as();
  if (state_->audit.write(event, context.request.arrived.wall)) return true;
  context.fail(error_kind::capacity_exceeded, std::string(no_audit));
  return false;
}

// Every request comes through here once, whatever became of it.
void pipeline::conclude(request_context& context) noexcept {
  if (!write_audit(context)) fail_or_end(context, error_kind::capacity_exceeded, no_audit);
  if (context.failed) take_back_read(context);
  if (context.resolution_ && !context.resolution_->empty()) counters_->credentials_resolved.add();
  // An answer for which there is no memory counts as what it would have been.
  const unsigned status = context.response.started() ? context.response.status()
                          : context.failed           ? row_of(*context.failed).status
                                                     : 0;
  const std::size_t index =
      context.matched == nullptr ? table_.size() : static_cast<std::size_t>(context.matched - table_.data());
  counters_->requests[index].by_class[status / 100].add();
  if (context.failed) counters_->errors[static_cast<std::size_t>(*context.failed)].add();
}

audit::audit_event pipeline::event_of(const request_context& context) {
  audit::audit_event event;
  event.peer = context.request.peer;
  if (context.caller) event.token = context.caller->token_name;
  if (!context.owner_name.empty()) event.owner = context.owner();
  if (context.named_) {
    event.csp = context.named_->csp;
    event.site = context.named_->site;
    event.type = context.named_->type;
    event.name = context.named_->name;
    event.profile = context.named_->profile;
  }
  return event;
}

// False if an answer may not go out, because it hands something out and has no line. A change has had one before.
bool pipeline::write_audit(request_context& context) {
  if (!state_->audit.on()) return true;
  const std::string_view operation = context.handled ? context.matched->audited_as() : std::string_view{};
  const bool refused = context.failed && is_of_access(*context.failed);
  if (operation.empty() && !refused) return true;

  audit::audit_event event = event_of(context);
  event.event = operation.empty() ? "refusal" : operation;
  event.count = context.count_;
  if (refused && !context.named_ && context.configuration_) event.csp = csp_asked_for(context);
  if (refused && context.matched != nullptr && context.matched->asks_rules())
    event.action = to_string(context.matched->access);
  if (refused && context.refused_by != nullptr) event.rule = context.refused_by->line;
  if (context.response.status() < 300) event.resolved = context.resolution_.get();
  event.status = context.response.status();
  if (context.failed) event.error_type = row_of(*context.failed).error_type;
  event.duration = std::chrono::duration_cast<std::chrono::microseconds>(credcache::boot_clock::now() -
                                                                         context.request.arrived.boot);
  if (refused && !state_->refusals.has_its_own_line(event, context.now().boot)) return true;
  const bool written = state_->audit.write(event, context.request.arrived.wall);
  return written || operation.empty() || context.matched->access != config::action::resolve;
}

}  // namespace credcached::api
