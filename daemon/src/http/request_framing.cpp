#include "http/request_framing.hpp"

#include <algorithm>
#include <array>
#include <boost/beast/core/string.hpp>
#include <cstdint>

#include "base/text.hpp"

namespace credcached::http {
namespace {

/// The fields that this server reads and that mean one thing: given twice, each reader may take another one.
constexpr field_id given_once[] = {
    field_id::host,          field_id::content_length, field_id::content_type,
    field_id::authorization, field_id::origin,         field_id::access_control_request_method,
    field_id::accept,        field_id::expect,         field_id::transfer_encoding};

// For each of Beast's numbers the field's bit among those above, 0 for every other one: this is on the hot path.
constexpr auto bits = [] {
  std::array<std::uint16_t, 1024> table{};
  std::uint16_t bit = 1;
  for (const field_id one : given_once) {
    table[static_cast<std::size_t>(one)] = bit;
    bit = static_cast<std::uint16_t>(bit << 1);
  }
  return table;
}();

unsigned bit_of(field_id id) noexcept {
  const auto number = static_cast<std::size_t>(id);
  return number < bits.size() ? bits[number] : 0;
}

constexpr std::string_view wrong_length = "Content-Length: expected one number.";
constexpr std::string_view wrong_coding =
    "Transfer-Encoding: expected chunked and nothing else, in HTTP/1.1 and without a Content-Length.";

}  // namespace

std::optional<std::string> framing_fault(const request& r) {
  unsigned seen = 0;
  for (const header_field& f : r.fields()) {
    const unsigned bit = bit_of(f.id);
    if ((seen & bit) != 0) return "The header field " + std::string(f.name) + " is given more than once; give it once.";
    seen |= bit;
    if (f.id == field_id::transfer_encoding && (r.version == 10 || !boost::beast::iequals(f.value, "chunked")))
      return std::string(wrong_coding);
  }
  const auto length = r.field(field_id::content_length);
  if (length && !std::ranges::all_of(*length, credcache::is_digit)) return std::string(wrong_length);
  const auto has = [seen](field_id id) { return (seen & bit_of(id)) != 0; };
  if (has(field_id::transfer_encoding) && has(field_id::content_length)) return std::string(wrong_coding);
  if (r.version == 11 && !has(field_id::host)) return "An HTTP/1.1 request needs a Host field.";
  return std::nullopt;
}

}  // namespace credcached::http
