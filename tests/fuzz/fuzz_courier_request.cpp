// What the daemon says to the courier: refused in words, or read the same wherever it is cut; and no rule goes any further.
#include <optional>

#include "expect.hpp"
#include "failure.hpp"
#include "request_reader.hpp"

using namespace credcached;
using fuzzing::expect;

namespace {

/// Nothing: refused, or not whole.
std::optional<courier::request> read(std::string_view first, std::string_view second) {
  std::optional<courier::request> into(std::in_place);
  courier::request_reader reader(*into);
  try {
    std::string waiting(first);
    waiting.erase(0, reader.read(waiting));
    waiting += second;
    for (std::size_t used = 1; used > 0 && !waiting.empty() && !reader.is_done();)
      waiting.erase(0, used = reader.read(waiting));
  } catch (const courier::failure& e) {
    expect(e.what_happened == outgoing::outcome::bad_request, "what is refused is a bad request", e.what());
    expect(std::string_view(e.what()).starts_with("found "), "a refusal says what was found", e.what());
    return std::nullopt;
  }
  if (!reader.is_done()) into.reset();
  return into;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  const auto text = fuzzing::text_of(data, size);
  if (size > 100'000) return 0;
  const auto whole = read(text, {});
  const std::size_t cut = size == 0 ? 0 : data[size / 2] % size;
  const auto in_parts = read(text.substr(0, cut), text.substr(cut));
  expect(whole.has_value() == in_parts.has_value(), "a cut does not matter");
  if (!whole) return 0;
  expect(whole->fields.reveal() == in_parts->fields.reveal() && whole->body.reveal() == in_parts->body.reveal() &&
             whole->ca == in_parts->ca && whole->proxy.reveal() == in_parts->proxy.reveal(),
         "a cut does not matter to what was read");
  expect(!whole->to.host.empty() && whole->to.port != 0, "it is known where to");
  auto fields = whole->fields.reveal();
  while (!fields.empty()) {
    const auto end = fields.find("\r\n");
    expect(end != std::string_view::npos, "fields are whole lines", fields);
    const auto line = fields.substr(0, end);
    expect(line.find_first_of("\r\n") == std::string_view::npos, "a line is one", line);
    expect(line.find(": ") != std::string_view::npos, "a line is a field", line);
    for (const std::string_view rule : {"Courier-", "courier-", "COURIER-", "Host:", "Content-Length:"})
      expect(!line.starts_with(rule), "no rule goes further", line);
    fields.remove_prefix(end + 2);
  }
  return 0;
}
