#include "json/json_writer.hpp"

#include <algorithm>
#include <boost/locale/utf.hpp>
#include <cstring>

#include "base/text.hpp"
#include "base/time.hpp"

namespace credcached::json {
namespace {

using utf8 = boost::locale::utf::utf_traits<char>;

// Sixteen or eight bytes at a time (vector types of GCC and Clang).
using bytes16 = signed char __attribute__((vector_size(16)));
using bytes8 = signed char __attribute__((vector_size(8)));

// Ones where a byte does not stand for itself in a JSON string. What is not ASCII is negative here.
template <class Block>
Block odd_bytes(const char* at) noexcept {
  Block block;
  std::memcpy(&block, at, sizeof block);
  return (block < 0x20) | (block == 0x7f) | (block == '"') | (block == '\\');
}

template <class Block>
bool is_plain_in_blocks(std::string_view text) noexcept {
  const char* const last = text.data() + text.size() - sizeof(Block);  // overlaps the block before it
  Block odd = odd_bytes<Block>(last);
  for (const char* at = text.data(); at < last; at += sizeof(Block)) odd |= odd_bytes<Block>(at);
  std::uint64_t words[sizeof(Block) / sizeof(std::uint64_t)];
  std::memcpy(words, &odd, sizeof words);
  return (words[0] | words[std::size(words) - 1]) == 0;
}

bool is_plain(std::string_view text) noexcept {
  if (text.size() >= sizeof(bytes16)) return is_plain_in_blocks<bytes16>(text);
  if (text.size() >= sizeof(bytes8)) return is_plain_in_blocks<bytes8>(text);
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= 0x20 && c < 0x7f && c != '"' && c != '\\'; });
}

void append_control(credcache::secret_buffer& out, unsigned char byte) {
  switch (byte) {
    case '\n':
      return out.append("\\n");
    case '\r':
      return out.append("\\r");
    case '\t':
      return out.append("\\t");
    case '\b':
      return out.append("\\b");
    case '\f':
      return out.append("\\f");
    default:
      break;
  }
  out.append("\\u00");
  out.push_back(credcache::hex_digit(byte >> 4U));
  out.push_back(credcache::hex_digit(byte));
}

}  // namespace

void append_escaped(credcache::secret_buffer& out, std::string_view text) {
  if (is_plain(text)) return out.append(text);
  const char* at = text.data();
  const char* const end = at + text.size();
  while (at != end) {
    const auto byte = static_cast<unsigned char>(*at);
    if (byte >= 0x80) {
      const char* const begin = at;
      const auto point = utf8::decode(at, end);
      if (point == boost::locale::utf::illegal || point == boost::locale::utf::incomplete) {
        at = begin + 1;
        out.append("\xEF\xBF\xBD");
      } else {
        out.append({begin, static_cast<std::size_t>(at - begin)});
      }
      continue;
    }
    ++at;
    if (byte < 0x20 || byte == 0x7f) {
      append_control(out, byte);
    } else {
      if (byte == '"' || byte == '\\') out.push_back('\\');
      out.push_back(static_cast<char>(byte));
    }
  }
}

void append_number(credcache::secret_buffer& out, std::int64_t number) {
  char digits[24];
  const auto end = std::to_chars(digits, digits + sizeof digits, number).ptr;
  out.append({digits, static_cast<std::size_t>(end - digits)});
}

void append_time(credcache::secret_buffer& out, credcache::wall_time time) {
  // Wall and boot clock are read one after the other: a deadline given as a whole second lacks a few of these.
  time += std::chrono::milliseconds{3};
  const auto text = credcache::rfc3339(time);
  out.append({text.data(), text.size()});
}

std::string in_quotes(std::string_view text) {
  credcache::secret_buffer buffer;
  json_writer(buffer).string(text);
  return std::string(buffer.reveal());
}

}  // namespace credcached::json
