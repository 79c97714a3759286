#include "http/request_framing.hpp"

#include <boost/beast/core/string.hpp>
#include <cstdint>

namespace credcached::http {
namespace {

/// The fields that this server reads and that mean one thing: given twice, each reader may take another one.
constexpr field_id given_once[] = {
    field_id::host,          field_id::content_length, field_id::content_type,
    field_id::authorization, field_id::origin,         field_id::access_control_request_method,
    field_id::accept,        field_id::expect,         field_id::transfer_encoding};

// The field's bit among those above; 0 for every other one.
std::uint32_t bit_of(field_id id) noexcept {
  std::uint32_t bit = 1;
  for (const field_id one : given_once) {
    if (one == id) return bit;
    bit <<= 1;
  }
  return 0;
}

constexpr std::string_view wrong_coding =
    "Transfer-Encoding: expected chunked and nothing else, in HTTP/1.1 and without a Content-Length.";

}  // namespace

std::optional<std::string> framing_fault(const request& r) {
  std::uint32_t seen = 0;
  for (const header_field& f : r.fields()) {
    const std::uint32_t bit = bit_of(f.id);
    if ((seen & bit) != 0) return "The header field " + std::string(f.name) + " is given more than once; give it once.";
    seen |= bit;
    if (f.id == field_id::transfer_encoding && (r.version == 10 || !boost::beast::iequals(f.value, "chunked")))
      return std::string(wrong_coding);
  }
  const auto has = [seen](field_id id) { return (seen & bit_of(id)) != 0; };
  if (has(field_id::transfer_encoding) && has(field_id::content_length)) return std::string(wrong_coding);
  if (r.version == 11 && !has(field_id::host)) return "An HTTP/1.1 request needs a Host field.";
  return std::nullopt;
}

}  // namespace credcached::http
