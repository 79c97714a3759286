// GET /metrics, in Prometheus' text format: figures only, never a value, an owner or text of a caller. docs/metrics.md
// lists them.
#include "api/daemon_state.hpp"
#include "api/handlers.hpp"
#include "api/request_context.hpp"
#include "platform/line_sink.hpp"

namespace credcached::api {
namespace {

// One family of samples.
class family {
 public:
  family(credcache::secret_buffer& out, std::string_view name, std::string_view type, std::string_view help)
      : out_(out), name_(name) {
    for (const std::string_view piece :
         {std::string_view("# HELP "), name, std::string_view(" "), help, std::string_view("\n# TYPE "), name,
          std::string_view(" "), type, std::string_view("\n")}) {
      out_.append(piece);
    }
  }
  void sample(std::uint64_t value, std::string_view labels = {}) {
    out_.append(name_);
    if (!labels.empty()) {
      out_.push_back('{');
      out_.append(labels);
      out_.push_back('}');
    }
    out_.push_back(' ');
    json::append_number(out_, static_cast<std::int64_t>(value));
    out_.push_back('\n');
  }

 private:
  credcache::secret_buffer& out_;
  std::string_view name_;
};

template <class Read>
std::uint64_t sum(const daemon_state& state, Read read) {
  std::uint64_t total = 0;
  for (const auto& worker : state.counters) total += read(*worker);
  return total;
}

}  // namespace

void get_metrics(request_context& context) {
  const daemon_state& state = context.state();
  credcache::secret_buffer& out = context.ok("text/plain; version=0.0.4; charset=utf-8");
  family(out, "credcached_entries", "gauge", "Cached credentials.").sample(state.cache->entries());
  family(out, "credcached_entry_bytes", "gauge", "Memory of cached credentials.").sample(state.cache->bytes());
  family(out, "credcached_entries_max", "gauge", "Cached credentials there may be.")
      .sample(state.cache->limits().entries);
  family(out, "credcached_uptime_seconds", "gauge", "Time since the start.")
      .sample(static_cast<std::uint64_t>(
          std::chrono::floor<std::chrono::seconds>(context.now().boot - state.started.boot).count()));
  family(out, "credcached_connections", "gauge", "Open connections.").sample(state.connections);
  family(out, "credcached_connections_refused_total", "counter", "Connections over a limit.")
      .sample(state.connections_refused);
  family(out, "credcached_memory_in_flight_bytes", "gauge",
         "Answers that their clients have not taken yet, and bodies that have not come whole.")
      .sample(state.memory->in_use());
  family(out, "credcached_memory_refusals_total", "counter", "Requests refused because that memory was used up.")
      .sample(state.memory->refused);
  family(out, "credcached_answers_dropped_total", "counter",
         "Answers dropped because their credential died before the client had taken them.")
      .sample(state.memory->dropped);
  family(out, "credcached_credentials_added_total", "counter", "Credentials created or replaced.")
      .sample(sum(state, [](const metrics::worker_counters& m) { return m.credentials_added.value(); }));
  family(out, "credcached_credentials_resolved_total", "counter", "Credentials handed out.")
      .sample(sum(state, [](const metrics::worker_counters& m) { return m.credentials_resolved.value(); }));
  family(out, "credcached_credentials_removed_total", "counter", "Credentials removed by somebody.")
      .sample(sum(state, [](const metrics::worker_counters& m) { return m.credentials_removed.value(); }));
  family(out, "credcached_credentials_expired_total", "counter", "Credentials wiped at their deadline.")
      .sample(state.expired);
  family(out, "credcached_credentials_evicted_total", "counter", "Credentials that gave way to others.")
      .sample(state.evicted);
  family(out, "credcached_reloads_total", "counter", "Reloads that took effect.").sample(state.reloads);
  family(out, "credcached_reload_failures_total", "counter", "Reloads refused because of a mistake in a file.")
      .sample(state.reload_failures);

  family(out, "credcached_failed_turns_total", "counter", "Turns of an event loop that failed; the log says how.")
      .sample(sum(state, [](const metrics::worker_counters& m) { return m.failed_turns.value(); }));
  family(out, "credcached_log_lines_lost_total", "counter", "Lines that standard error did not take.")
      .sample(platform::standard_error().lost());
  family(out, "credcached_audit_failures_total", "counter", "Audit lines that could not be written.")
      .sample(state.audit.failures());

  family requests(out, "credcached_requests_total", "counter", "Requests by operation and class of status.");
  for (std::size_t i = 0; i <= context.table().size(); ++i) {
    const std::string_view operation = i == context.table().size() ? "none" : context.table()[i].operation;
    for (std::size_t status = 1; status < 6; ++status) {
      const auto n =
          sum(state, [&](const metrics::worker_counters& m) { return m.requests[i].by_class[status].value(); });
      if (n == 0) continue;
      requests.sample(n, "operation=\"" + std::string(operation) + "\",status=\"" + std::to_string(status) + "xx\"");
    }
  }
  family errors(out, "credcached_problems_total", "counter", "Requests refused, by errorType.");
  for (std::size_t i = 0; i < error_kinds; ++i) {
    const auto n = sum(state, [&](const metrics::worker_counters& m) { return m.errors[i].value(); });
    if (n == 0) continue;
    errors.sample(n, "error_type=\"" + std::string(row_of(static_cast<error_kind>(i)).error_type) + "\"");
  }
}

}  // namespace credcached::api
