// Status and health: figures only, never a value, an owner or text of a caller.
#include <unistd.h>

#include "api/daemon_state.hpp"
#include "api/handlers.hpp"
#include "api/request_context.hpp"
#include "credcache/version.hpp"

namespace credcached::api {
namespace {

std::int64_t seconds_of(credcache::time_point::duration d) {
  return std::chrono::floor<std::chrono::seconds>(d).count();
}

}  // namespace

void get_status(request_context& context) {
  const daemon_state& state = context.state();
  const auto& limits = state.cache->limits();
  json::json_writer json = context.ok();
  json.begin_object().key("version").string(CREDCACHE_VERSION_STRING).key("pid").number(::getpid());
  json.key("startedAt")
      .time(state.started.wall)
      .key("uptime")
      .number(seconds_of(context.now().boot - state.started.boot));
  json.key("entries").number(static_cast<std::int64_t>(state.cache->entries()));
  json.key("bytes").number(static_cast<std::int64_t>(state.cache->bytes()));
  json.key("capacity").begin_object().key("entries").number(static_cast<std::int64_t>(limits.entries));
  json.key("bytes").number(static_cast<std::int64_t>(limits.bytes));
  json.key("credentialsPerOwner").number(static_cast<std::int64_t>(limits.entries_per_owner)).end_object();
  json.key("workers")
      .number(static_cast<std::int64_t>(state.counters.size()))
      .key("listeners")
      .strings(state.listeners);
  json.key("keySource").string(context.configuration().key_source).key("keyMemory").string(state.key_memory);
  json.key("memoryLocked").boolean(state.memory_locked);
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
  if (context.state().draining) {
    return context.fail(error_kind::capacity_exceeded, "The daemon is stopping.");
  }
  context.ok().begin_object().key("status").string("ready").end_object();
}

}  // namespace credcached::api
