#include "audit/visible.hpp"

#include <algorithm>
#include <boost/locale/utf.hpp>

#include "base/text.hpp"

namespace credcached::audit {
namespace {

using boost::locale::utf::code_point;

bool misleads(code_point point) noexcept {
  return (point >= 0x80 && point < 0xa0) || point == 0x061c || point == 0x200e || point == 0x200f ||
         (point >= 0x2028 && point <= 0x202e) || (point >= 0x2066 && point <= 0x2069);
}

}  // namespace

credcache::secret_buffer visible(credcache::secret_buffer line) {
  const std::string_view text = line.reveal();
  if (std::ranges::all_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x80; })) return line;
  credcache::secret_buffer shown(text.size() + 64);
  const char* next = text.data();
  const char* const end = next + text.size();
  while (next != end) {
    const char* const begin = next;
    const code_point point = boost::locale::utf::utf_traits<char>::decode(next, end);
    if (misleads(point)) {
      shown.append("\\u");
      for (const unsigned shift : {12U, 8U, 4U, 0U}) shown.push_back(credcache::hex_digit(point >> shift));
    } else {
      shown.append({begin, static_cast<std::size_t>(next - begin)});
    }
  }
  return shown;
}

}  // namespace credcached::audit
