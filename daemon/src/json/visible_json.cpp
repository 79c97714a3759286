#include "json/visible_json.hpp"

#include <boost/locale/utf.hpp>

#include "base/text.hpp"

namespace credcached::json {

// Below DEL, JSON has nothing that misleads but the line ends between its values. What misleads has at most four
// hexadecimal digits.
void append_visible(credcache::secret_buffer& out, std::string_view text) {
  using utf8 = boost::locale::utf::utf_traits<char>;
  const char* next = text.data();
  const char* const end = next + text.size();
  while (next != end) {
    const char* const begin = next;
    const auto point = utf8::decode(next, end);
    if (point >= 0x7f && credcache::misleads(point)) {
      out.append("\\u");
      for (const unsigned shift : {12U, 8U, 4U, 0U}) out.push_back(credcache::hex_digit(point >> shift));
    } else {
      out.append({begin, static_cast<std::size_t>(next - begin)});
    }
  }
}

}  // namespace credcached::json
