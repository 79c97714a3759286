// What the daemon tells its operator, on standard error: one line per sentence.
//
// Complete sentences only. There are no format arguments, so that nothing that holds a secret can be passed by accident
// (docs/security.md, S9). Control characters in a sentence are replaced by '?': no input can forge a line.
// Lines read "2026-01-31T12:00:00.000Z warning …"; under systemd the journal knows the time, and they read "<4>…".
//
// Thread safety: every function may be called from every thread.
// Failure:       a line that cannot be written (full disk, closed pipe, more than line_sink keeps for a reader who does
//                not read) is lost and counted; nothing waits, and nothing throws but start().
#pragma once

#include <exception>
#include <string>
#include <string_view>

namespace credcached::log {

/// Sets the least level that is written: info, warning, error or off; std::invalid_argument for another word. Before the
/// first call it is info.
/// If descriptor 0, 1 or 2 is closed, /dev/null takes its place: the next socket would get its number, and our lines.
void start(const std::string& level);

/// The same for another level while other threads write; a word that is none changes nothing.
void set_level(const std::string& level) noexcept;

void error(std::string_view sentence) noexcept;
/// "failure: cause", for whoever handles an exception and may not throw the next one; without memory, `failure` alone.
void error(std::string_view failure, const std::exception& cause) noexcept;
void warning(std::string_view sentence) noexcept;
void info(std::string_view sentence) noexcept;

}  // namespace credcached::log
