// Text in columns, for people.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace credcached::cli {

enum class color { none, good, bad, faint };

struct cell {
  std::string text;
  color shade = color::none;

  cell(const char* t, color c = color::none) : text(t), shade(c) {}
  cell(std::string t, color c = color::none) : text(std::move(t)), shade(c) {}
  cell(std::string_view t, color c = color::none) : text(t), shade(c) {}
};

class table {
 public:
  explicit table(std::vector<cell> titles) { rows_.push_back(std::move(titles)); }
  void add(std::vector<cell> row) { rows_.push_back(std::move(row)); }
  [[nodiscard]] bool empty() const noexcept { return rows_.size() == 1; }

  /// Columns two spaces apart, as wide as their widest text; no spaces at the end of a line. Control characters are
  /// shown as '?', so that nobody's description moves the cursor.
  [[nodiscard]] std::string text(bool colored) const;

 private:
  std::vector<std::vector<cell>> rows_;
};

/// `text` between the terminal's codes for a shade.
[[nodiscard]] std::string shaded(const std::string& text, color shade, bool colored);

}  // namespace credcached::cli
