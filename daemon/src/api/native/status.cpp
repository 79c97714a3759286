// Status, health and metrics: figures only, never a value, an owner or text of a caller.
#include <unistd.h>

#include "api/handlers.hpp"
#include "api/pipeline.hpp"
#include "api/request_context.hpp"

namespace credcached::api {
namespace {

std::int64_t seconds_of(credcache::time_point::duration d) {
  return std::chrono::floor<std::chrono::seconds>(d).count();
}

// One family of Prometheus' text format.
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
std::uint64_t sum(const daemon_facts& facts, Read read) {
  std::uint64_t total = 0;
  for (const auto& worker : facts.counters) total += read(*worker);
  return total;
}

}  // namespace

void get_status(request_context& context) {
  const daemon_facts& facts = context.self().facts();
  const auto& limits = facts.cache->limits();
  json::json_writer json = context.ok();
  json.begin_object().key("version").string(CREDCACHED_VERSION).key("pid").number(::getpid());
  json.key("startedAt")
      .time(facts.started.wall)
      .key("uptime")
      .number(seconds_of(context.now().boot - facts.started.boot));
  json.key("entries").number(static_cast<std::int64_t>(facts.cache->entries()));
  json.key("bytes").number(static_cast<std::int64_t>(facts.cache->bytes()));
  json.key("capacity").begin_object().key("entries").number(static_cast<std::int64_t>(limits.entries));
  json.key("bytes").number(static_cast<std::int64_t>(limits.bytes));
  json.key("credentialsPerOwner").number(static_cast<std::int64_t>(limits.entries_per_owner)).end_object();
  json.key("workers").number(facts.workers).key("listeners").strings(facts.listeners);
  json.key("keySource").string(facts.key_source).key("keyMemory").string(facts.key_memory);
  json.key("memoryLocked").boolean(facts.memory_locked);
  json.key("definitions").begin_array();
  for (const auto& csp : context.catalog().csps()) {
    const auto missing = context.service().missing_requirements(csp);
    json.begin_object().key("csp").string(csp.name).key("constant").string(csp.constant).key("file").string(csp.file);
    json.key("active").boolean(missing.empty()).key("missing").strings(missing).end_object();
  }
  json.end_array().end_object();
}

void get_health(request_context& context) {
  context.ok().begin_object().key("status").string("ok").end_object();
}

void get_readiness(request_context& context) {
  if (context.self().facts().draining) {
    return context.fail(error_kind::capacity_exceeded, "The daemon is stopping.");
  }
  context.ok().begin_object().key("status").string("ready").end_object();
}

void get_metrics(request_context& context) {
  const daemon_facts& facts = context.self().facts();
  credcache::secret_buffer& out = context.ok("text/plain; version=0.0.4");
  family(out, "credcached_entries", "gauge", "Cached credentials.").sample(facts.cache->entries());
  family(out, "credcached_entry_bytes", "gauge", "Memory of cached credentials.").sample(facts.cache->bytes());
  family(out, "credcached_entries_max", "gauge", "Cached credentials there may be.")
      .sample(facts.cache->limits().entries);
  family(out, "credcached_uptime_seconds", "gauge", "Time since the start.")
      .sample(static_cast<std::uint64_t>(seconds_of(context.now().boot - facts.started.boot)));
  family(out, "credcached_connections", "gauge", "Open connections.").sample(facts.connections);
  family(out, "credcached_connections_refused_total", "counter", "Connections over a limit.")
      .sample(facts.connections_refused);
  family(out, "credcached_credentials_added_total", "counter", "Credentials created or replaced.")
      .sample(sum(facts, [](const metrics::worker_counters& m) { return m.credentials_added.value(); }));
  family(out, "credcached_credentials_resolved_total", "counter", "Credentials handed out.")
      .sample(sum(facts, [](const metrics::worker_counters& m) { return m.credentials_resolved.value(); }));
  family(out, "credcached_credentials_removed_total", "counter", "Credentials removed by somebody.")
      .sample(sum(facts, [](const metrics::worker_counters& m) { return m.credentials_removed.value(); }));
  family(out, "credcached_credentials_expired_total", "counter", "Credentials wiped at their deadline.")
      .sample(facts.expired);
  family(out, "credcached_credentials_evicted_total", "counter", "Credentials that gave way to others.")
      .sample(facts.evicted);
  family(out, "credcached_reloads_total", "counter", "Reloads that took effect.").sample(facts.reloads);
  family(out, "credcached_reload_failures_total", "counter", "Reloads refused because of a mistake in a file.")
      .sample(facts.reload_failures);

  family(out, "credcached_failed_turns_total", "counter", "Turns of an event loop that failed; the log says how.")
      .sample(sum(facts, [](const metrics::worker_counters& m) { return m.failed_turns.value(); }));
  family(out, "credcached_audit_failures_total", "counter", "Audit lines that could not be written.")
      .sample(facts.audit.failures());

  family requests(out, "credcached_requests_total", "counter", "Requests by operation and class of status.");
  for (std::size_t i = 0; i <= routes().size(); ++i) {
    const std::string_view operation = i == routes().size() ? "none" : routes()[i].operation;
    for (std::size_t status = 1; status < 6; ++status) {
      const auto n =
          sum(facts, [&](const metrics::worker_counters& m) { return m.requests[i].by_class[status].value(); });
      if (n == 0) continue;
      requests.sample(n, "operation=\"" + std::string(operation) + "\",status=\"" + std::to_string(status) + "xx\"");
    }
  }
  family problems(out, "credcached_problems_total", "counter", "Requests refused, by errorType.");
  for (std::size_t i = 0; i < metrics::error_kinds; ++i) {
    const auto n = sum(facts, [&](const metrics::worker_counters& m) { return m.problems[i].value(); });
    if (n == 0) continue;
    problems.sample(n, "errorType=\"" + std::string(error_type_of(static_cast<error_kind>(i))) + "\"");
  }
}

}  // namespace credcached::api
