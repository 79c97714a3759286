#include "audit/audit_log.hpp"

#include <fcntl.h>

#include <algorithm>
#include <cerrno>
#include <new>
#include <stdexcept>
#include <utility>

#include "base/system_text.hpp"
#include "json/json_writer.hpp"
#include "json/visible_json.hpp"

namespace credcached::audit {

audit_file open_audit_file(const config::audit& settings) {
  audit_file file;
  file.on_failure = settings.on_failure;
  if (settings.to == "journal") {
    file.journal = true;
  } else if (!settings.to.empty()) {
    // Without O_NONBLOCK a pipe that nobody reads would be waited for.
    credcache::unique_fd opened(
        ::open(settings.to.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0600));
    if (!opened) {
      const std::string found = errno == ENXIO ? "nobody reads from this pipe" : credcache::errno_text();
      throw std::runtime_error("audit file " + settings.to + " cannot be opened: " + found +
                               "; expected a file that the daemon may append to");
    }
    file.file = std::make_unique<platform::line_sink>(std::move(opened));
  }
  return file;
}

platform::line_sink* audit_log::sink() noexcept {
  return file_.journal ? &platform::standard_error() : file_.file.get();
}

void audit_log::use(audit_file file) noexcept {
  const std::lock_guard hold(mutex_);
  if (file_.file) {
    file_.file->flush();
    file_.file->forget_kept();  // its reader has had the time until now
    lost_before_ += file_.file->lost();
  }
  file_ = std::move(file);
  if (file_.file) file_.file->set_waker(waker_);
  refuse_ = file_.on_failure == config::audit_failure::refuse;
  broken_ = false;
  on_ = sink() != nullptr;
}

void audit_log::set_waker(platform::line_sink::waker function) noexcept {
  const std::lock_guard hold(mutex_);
  waker_ = std::move(function);
  if (file_.file) file_.file->set_waker(waker_);
}

bool audit_log::flush() noexcept {
  const std::lock_guard hold(mutex_);
  return !file_.file || file_.file->flush();
}

void audit_log::flush_until(credcache::time_point end) noexcept {
  const std::lock_guard hold(mutex_);
  if (file_.file) file_.file->flush_until(end);
}

std::uint64_t audit_log::failures() const noexcept {
  const std::lock_guard hold(mutex_);
  return failures_ + lost_before_ + (file_.file ? file_.file->lost() : 0);
}

// With `refuse` a line that is only kept is none: it may be lost yet.
bool audit_log::write_line(std::string_view line) {
  using outcome = platform::line_sink::outcome;
  const std::lock_guard hold(mutex_);
  platform::line_sink* const into = sink();
  if (into == nullptr) return true;  // a reload has turned the audit off meanwhile
  if (broken_ && refuse_ && !into->flush()) return false;
  const outcome done = file_.journal ? into->write("<5>" + std::string(line)) : into->write(line);
  if (done == outcome::lost && file_.journal) ++failures_;  // what a file has lost it counts itself
  broken_ = done == outcome::lost || (done == outcome::kept && refuse_);
  return !broken_;
}

bool audit_log::available() {
  if (!on_ || !refuse_ || !broken_) return true;
  try {
    credcache::secret_buffer line;
    json::json_writer json(line);
    json.begin_object().key("time").time(credcache::now().wall).key("event").string("audit");
    json.key("note").string("lines before this one are missing").end_object();
    line.push_back('\n');
    return write_line(line.reveal());
  } catch (const std::bad_alloc&) {
    return false;
  }
}

// A line there is no memory for is one that could not be written: what it tells of may have been done already.
bool audit_log::write(const audit_event& e, credcache::wall_time now) {
  if (!on_) return true;
  try {
    return write_line(line_of(e, now).reveal()) || !refuse_;
  } catch (const std::bad_alloc&) {
    ++failures_;
    broken_ = true;
    return !refuse_;
  }
}

credcache::secret_buffer audit_log::line_of(const audit_event& e, credcache::wall_time now) {
  credcache::secret_buffer line(512);
  json::json_writer json(line);
  json.begin_object().key("time").time(now).key("event").string(e.event);
  if (e.peer != nullptr && e.peer->transport == platform::peer::kind::local) {
    json.key("uid").number(e.peer->uid).key("gid").number(e.peer->gid).key("pid").number(e.peer->pid);
  }
  if (!e.token.empty()) json.key("token").string(e.token);
  if (e.owner && !e.owner->name.empty()) {
    json.key(e.owner->kind == credcache::owner_kind::user ? "user" : "isv").string(e.owner->name);
  }
  if (!e.csp.empty()) json.key("csp").string(e.csp);
  if (!e.site.empty()) json.key("site").string(e.site);
  if (!e.type.empty()) json.key("type").string(e.type);
  if (!e.name.empty()) json.key("name").string(e.name);
  if (!e.profile.empty()) json.key("profile").string(e.profile);
  if (!e.action.empty()) json.key("action").string(e.action);
  if (e.rule != 0) json.key("rule").number(static_cast<std::int64_t>(e.rule));
  if (e.resolved != nullptr && !e.resolved->empty()) {
    json.key("sources").begin_object();
    for (const auto& v : e.resolved->variables()) {
      if (v.origin != credcache::value_origin::missing) json.key(v.names->front()).string(to_string(v.origin));
    }
    json.end_object();
  }
  if (e.count) json.key("count").number(static_cast<std::int64_t>(*e.count));
  if (e.status != 0) json.key("status").number(e.status);
  if (!e.error_type.empty()) json.key("errorType").string(e.error_type);
  if (e.duration) json.key("microseconds").number(e.duration->count());
  json.end_object();
  line.push_back('\n');
  if (std::ranges::all_of(line.reveal(), [](char c) { return static_cast<unsigned char>(c) < 0x7f; })) return line;
  credcache::secret_buffer shown(line.size() + 64);
  json::append_visible(shown, line.reveal());
  return shown;
}

}  // namespace credcached::audit
