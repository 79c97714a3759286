#include "cli/table.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "cli/output.hpp"

namespace credcached::cli {

namespace {

/// Characters, not bytes: what UTF-8 continues does not count.
std::size_t width_of(std::string_view text) {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; }));
}

}  // namespace

std::string shaded(const std::string& text, color shade, bool colored) {
  static constexpr const char* codes[] = {"", "\033[32m", "\033[31m", "\033[2m"};
  if (!colored || shade == color::none) return text;
  return codes[static_cast<std::size_t>(shade)] + text + "\033[0m";
}

std::string table::text(bool colored) const {
  std::vector<std::size_t> widths;
  for (const auto& row : rows_)
    for (std::size_t i = 0; i < row.size(); ++i) {
      if (i == widths.size()) widths.push_back(0);
      widths[i] = std::max(widths[i], width_of(row[i].text));
    }
  std::string out;
  for (const auto& row : rows_) {
    std::size_t gap = 0;
    for (std::size_t i = 0; i < row.size(); ++i) {
      if (!row[i].text.empty()) {
        out.append(gap, ' ');
        gap = 0;
        out += shaded(credcache::printable(row[i].text), row[i].shade, colored);
      }
      gap += widths[i] - width_of(row[i].text) + 2;
    }
    out += '\n';
  }
  return out;
}

}  // namespace credcached::cli
