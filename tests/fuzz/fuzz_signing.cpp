// What is signed: requests with anything in their parts, and texts in place of private keys.
//
// An input that begins with '-' is a private key. Of any other one the first byte chooses the dialect, and parts follow,
// each with 0x1e at its end: method, host, path, region, service, action, version, nonce, id, secret, token, body, and
// then names and values, which are query and headers alike.
#include <algorithm>
#include <array>
#include <set>
#include <string>
#include <vector>

#include "base/text.hpp"
#include "credcache/jwt_signer.hpp"
#include "credcache/request_signer.hpp"
#include "expect.hpp"

using namespace credcache;
using credcached::fuzzing::expect;

namespace {

constexpr char end_of_part = 0x1e;
constexpr wall_time noon = std::chrono::sys_days(std::chrono::year(2026) / 2 / 3) + std::chrono::hours(12);

std::string_view next_part(std::string_view& rest) {
  const std::string_view part = rest.substr(0, rest.find(end_of_part));
  rest.remove_prefix(std::min(part.size() + 1, rest.size()));
  return part;
}

bool is_on_one_line(std::string_view text) {
  return std::ranges::none_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
}

void expect_refusal(const failure& reason) {
  expect(!reason.details.empty(), "a refusal has a sentence");
  for (const std::string& detail : reason.details) expect(is_on_one_line(detail), "a refusal is one line", detail);
  const std::string& first = reason.details.front();
  expect(first.find(": found ") != std::string::npos, "a refusal says what was found", first);
  expect(first.find(", expected ") != std::string::npos, "a refusal says what was expected", first);
}

std::string everything_in(const signed_request& request) {
  std::string all = request.target;
  for (const signed_header& header : request.headers)
    all.append("\n" + header.name + ": ").append(header.value.reveal());
  return all;
}

void check_request(std::string_view input) {
  const auto dialect = static_cast<signing_dialect>(static_cast<unsigned char>(input.front()) % 3);
  std::string_view rest = input.substr(1);
  request_to_sign request;
  access_key key;
  std::string_view nonce;
  for (std::string_view* const part :
       std::array{&request.method, &request.host, &request.path, &request.region, &request.service, &request.action,
                  &request.version, &nonce, &key.id, &key.secret, &key.session_token, &request.body})
    *part = next_part(rest);
  request.nonce = nonce.empty() ? "0" : nonce;  // a random one would be another one each time
  std::vector<name_value> query, headers;
  while (!rest.empty() && query.size() < 50) {
    const std::string_view name = next_part(rest), value = next_part(rest);
    headers.push_back({name, value});
    query.push_back({name, value});
  }
  request.query = query;
  request.headers = headers;

  const auto outcome = sign_request(dialect, request, key, noon);
  if (!outcome) return expect_refusal(outcome.error());
  std::set<std::string> names;
  for (const signed_header& header : outcome->headers) {
    expect(names.insert(header.name).second, "a header is there once", header.name);
    expect(header.name == lower_case(header.name), "a name is in lower case", header.name);
    expect(is_on_one_line(header.value.reveal()), "a header is one line", header.name);
  }
  expect(outcome->target.starts_with('/'), "a target begins with a slash", outcome->target);
  expect(std::ranges::all_of(outcome->target, [](char c) { return c > ' ' && c < 0x7f; }), "a target is encoded",
         outcome->target);
  std::ranges::reverse(query);
  std::ranges::reverse(headers);
  const auto again = sign_request(dialect, request, key, noon);
  expect(again && everything_in(*again) == everything_in(*outcome), "an order does not matter", outcome->target);
}

void check_key(std::string_view text) {
  const jwt_claims claims{.key_id = "0", .issuer = text.substr(0, 10), .audience = "https://example.com"};
  const auto outcome = sign_jwt(claims, text, noon);
  if (!outcome) return expect_refusal(outcome.error());
  expect(std::ranges::count(outcome->reveal(), '.') == 2, "a token has three parts", outcome->reveal());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  const std::string_view input = credcached::fuzzing::text_of(data, size);
  if (input.starts_with('-')) {
    check_key(input);
  } else if (!input.empty()) {
    check_request(input);
  }
  return 0;
}
