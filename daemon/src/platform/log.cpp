#include "platform/log.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <spdlog/logger.h>
#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/base_sink.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <memory>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <utility>

#include "base/text.hpp"
#include "platform/line_sink.hpp"

namespace credcached::log {
namespace {

using level = spdlog::level::level_enum;

// "%*": the level as the priority that journald takes off the line again (sd-daemon(3)).
class priority_prefix : public spdlog::custom_flag_formatter {
 public:
  void format(const spdlog::details::log_msg& message, const std::tm&, spdlog::memory_buf_t& line) override {
    const char digit = message.level == level::err ? '3' : message.level == level::warn ? '4' : '6';
    const char prefix[] = {'<', digit, '>'};
    line.append(prefix, prefix + sizeof prefix);
  }
  [[nodiscard]] std::unique_ptr<custom_flag_formatter> clone() const override {
    return std::make_unique<priority_prefix>();
  }
};

// UTC, because local time would read the time zone files at start.
std::unique_ptr<spdlog::formatter> formatter(bool journal) {
  auto result = std::make_unique<spdlog::pattern_formatter>(spdlog::pattern_time_type::utc);
  result->add_flag<priority_prefix>('*').set_pattern(journal ? "%*%v" : "%Y-%m-%dT%H:%M:%S.%eZ %l %v");
  return result;
}

// A line to standard error. The mutex is the formatter's, which keeps the second it has last written; nobody waits with it.
class standard_error_sink : public spdlog::sinks::base_sink<std::mutex> {
  void sink_it_(const spdlog::details::log_msg& message) override {
    spdlog::memory_buf_t line;
    formatter_->format(message, line);
    static_cast<void>(platform::standard_error().write({line.data(), line.size()}));
  }
  void flush_() override {}
};

// Without spdlog's registry, which would make a default logger first. Never destroyed: threads may write until the end.
spdlog::logger& logger() {
  static spdlog::logger* const instance = [] {
    auto* made = new spdlog::logger("", std::make_shared<standard_error_sink>());
    made->set_formatter(formatter(false));
    made->set_error_handler([](const std::string&) {});
    return made;
  }();
  return *instance;
}

// systemd names the device and inode of the stream it connected, because the variable is inherited by processes whose
// standard error leads elsewhere.
bool stderr_is_the_journal() {
  const char* stream = std::getenv("JOURNAL_STREAM");
  struct stat info {};
  return stream != nullptr && ::fstat(STDERR_FILENO, &info) == 0 &&
         std::to_string(info.st_dev) + ":" + std::to_string(info.st_ino) == stream;
}

void occupy_standard_descriptors() {
  int fd = 0;
  do fd = ::open("/dev/null", O_RDWR | O_CLOEXEC);
  while (fd >= 0 && fd <= STDERR_FILENO);
  if (fd >= 0) ::close(fd);
}

void write(level severity, std::string_view sentence) noexcept try {
  if (!logger().should_log(severity)) return;
  // A sentence of plain letters is not copied, so that it can be written when there is no memory.
  if (std::ranges::all_of(sentence, [](char c) { return c >= ' ' && c <= '~'; }))
    return logger().log(severity, spdlog::string_view_t(sentence.data(), sentence.size()));
  logger().log(severity, spdlog::string_view_t(credcache::printable(sentence)));
} catch (...) {
  // There is nowhere left to report it to.
}

// Nothing for a word that is no level.
std::optional<level> level_of(std::string_view name) noexcept {
  constexpr std::pair<std::string_view, level> levels[] = {
      {"info", level::info}, {"warning", level::warn}, {"error", level::err}, {"off", level::off}};
  const auto* const found =
      std::find_if(std::begin(levels), std::end(levels), [&](auto& l) { return l.first == name; });
  return found == std::end(levels) ? std::nullopt : std::optional(found->second);
}

}  // namespace

void start(const std::string& name) {
  const auto least = level_of(name);
  if (!least) throw std::invalid_argument("log level: found \"" + name + "\", expected info, warning, error or off");
  occupy_standard_descriptors();
  platform::standard_error().open_anew();
  logger().set_formatter(formatter(stderr_is_the_journal()));
  logger().set_level(*least);
}

void set_level(const std::string& name) noexcept {
  if (const auto least = level_of(name)) logger().set_level(*least);
}

void error(std::string_view sentence) noexcept {
  write(level::err, sentence);
}
void error(std::string_view failure, const std::exception& cause) noexcept {
  try {
    write(level::err, fmt::format("{}: {}", failure, cause.what()));
  } catch (const std::bad_alloc&) {
    write(level::err, failure);
  }
}
void warning(std::string_view sentence) noexcept {
  write(level::warn, sentence);
}
void info(std::string_view sentence) noexcept {
  write(level::info, sentence);
}

}  // namespace credcached::log
