// GET /metrics, in Prometheus' text format: figures only, never a value, an owner or text of a caller. docs/metrics.md
// lists them.
#include <algorithm>
#include <array>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <chrono>

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

struct life {
  std::string_view within;
  std::chrono::minutes most;
};
constexpr std::array<life, 5> lives{{{"5m", std::chrono::minutes{5}},
                                     {"15m", std::chrono::minutes{15}},
                                     {"1h", std::chrono::hours{1}},
                                     {"4h", std::chrono::hours{4}},
                                     {"1d", std::chrono::hours{24}}}};

struct deadlines {
  credcache::time_point earliest;
  std::array<std::size_t, lives.size()> due{};  ///< by the time of `lives`
};

/// A tenth of a millisecond of looking through the cache; then the loop has its turn.
constexpr std::size_t most_entries_per_turn = 65'536;

boost::asio::awaitable<deadlines> read_deadlines(request_context& context) {
  credcache::credential_cache& cache = *context.state().cache;
  deadlines found{.earliest = cache.next_deadline()};
  std::array<credcache::time_point, lives.size()> times;
  std::ranges::transform(lives, times.begin(), [&](const life& l) { return context.now().boot + l.most; });
  std::size_t seen = 0;
  for (std::size_t shard = 0; shard < credcache::credential_cache::shards; ++shard) {
    seen += cache.count_due(shard, times, found.due);
    if (seen < most_entries_per_turn) continue;
    seen = 0;
    co_await boost::asio::post(context.context(), boost::asio::use_awaitable);
  }
  co_return found;
}

void write_deadlines(request_context& context, const deadlines& found, credcache::secret_buffer& out) {
  family earliest(out, "credcached_earliest_deadline_timestamp_seconds", "gauge",
                  "When the next credential expires; no sample without one.");
  if (found.earliest != credcache::time_point::max()) {
    const auto time = context.now().wall_of(found.earliest).time_since_epoch();
    earliest.sample(static_cast<std::uint64_t>(std::chrono::floor<std::chrono::seconds>(time).count()));
  }
  family expiring(out, "credcached_entries_expiring", "gauge", "Cached credentials with no more life left than this.");
  for (std::size_t i = 0; i < lives.size(); ++i)
    expiring.sample(found.due[i], "within=\"" + std::string(lives[i].within) + "\"");
}

void write_metrics(request_context& context, const deadlines& found) {
  const daemon_state& state = context.state();
  credcache::secret_buffer& out = context.ok("text/plain; version=0.0.4; charset=utf-8");
  family(out, "credcached_entries", "gauge", "Cached credentials.").sample(state.cache->entries());
  family(out, "credcached_entry_bytes", "gauge", "Memory of cached credentials.").sample(state.cache->bytes());
  family(out, "credcached_entries_max", "gauge", "Cached credentials there may be.")
      .sample(state.cache->limits().entries);
  write_deadlines(context, found, out);
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

boost::asio::awaitable<void> answer_with_metrics(request_context& context) {
  write_metrics(context, co_await read_deadlines(context));
}

}  // namespace

boost::asio::awaitable<void> get_metrics(request_context& context) {
  return answer_with_metrics(context);
}

}  // namespace credcached::api
