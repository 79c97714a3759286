// A file of NAME=VALUE lines that holds credentials: ~/.aws/credentials with its sections, .env, a plain openrc.
//
// The parsers of such files that are at hand keep what they read in ordinary strings, so there is one here. It takes what
// all readers of such files take alike; what only a shell can read, a shell should read (add --from-env).
//
// Thread safety: none.
// Ownership:     what find() returns points into the file that was read, which is wiped with this object.
// Failure:       usage_error. Messages name the line, never what stands there.
#pragma once

#include <credcache/secret.hpp>
#include <optional>
#include <string>
#include <string_view>

namespace credcached::cli {

class settings_file {
 public:
  /// Reads `file`. If it has sections, the one that counts is `section`, without it the profile's, else default: [NAME], or
  /// [profile NAME] as ~/.aws/config has it.
  settings_file(const std::string& file, std::string_view section, std::string_view profile = {});

  /// The value of a name, whatever its case, the last one if there are several; nothing for none and for a blank one. In
  /// a section all of the line behind the equals sign; else in quotes or without, with nothing that a shell would replace.
  [[nodiscard]] std::optional<std::string_view> find(std::string_view name) const;
  [[nodiscard]] bool has_sections() const noexcept { return has_sections_; }
  /// "section prod of FILE", or "FILE" if it has none.
  [[nodiscard]] const std::string& called() const noexcept { return called_; }

 private:
  [[noreturn]] void refuse(std::size_t line) const;
  void check_closed(std::string_view text, std::size_t line) const;
  [[nodiscard]] std::string_view whole_value(std::string_view text, std::size_t line) const;
  [[nodiscard]] std::string_view word_in(std::string_view text, std::size_t line) const;

  credcache::secret_buffer text_;
  std::string_view rest_;  // the lines that count
  std::size_t first_line_ = 1;
  bool has_sections_ = false;
  std::string called_;
};

}  // namespace credcached::cli
