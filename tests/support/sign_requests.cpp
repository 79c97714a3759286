// sign_requests <JOBS: signs an array of jobs in JSON with keys of the test, and prints an array of what came of them, for
// comparison with other implementations. A job of the scheme "jwt" has the claims and the key of a token.
#include <iostream>
#include <iterator>

#include "signing_job.hpp"

using namespace credcache;
using namespace credcache::testing;
namespace json = boost::json;

namespace {

json::object refusal(const failure& reason) {
  return {{"code", to_string(reason.code)}, {"details", json::value_from(reason.details)}};
}

json::object token_for(const json::object& job) {
  jwt_claims claims;
  claims.key_id = text_in(job, "keyId");
  claims.issuer = text_in(job, "issuer");
  claims.audience = text_in(job, "audience");
  claims.scope = text_in(job, "scope");
  claims.lifetime = std::chrono::seconds(job.at("lifetime").as_int64());
  const auto token = sign_jwt(claims, text_in(job, "privateKey"), time_in(job));
  if (!token) return refusal(token.error());
  return {{"token", token->reveal()}};
}

json::object request_for(const json::object& job) {
  const auto request = sign_job(job);
  if (!request) return refusal(request.error());
  return {{"target", request->target}, {"headers", json::value_from(headers_in(*request))}};
}

}  // namespace

int main() {
  const std::string text{std::istreambuf_iterator<char>(std::cin), {}};
  const json::value jobs = json::parse(text);
  json::array answers;
  for (const json::value& job : jobs.as_array()) {
    const json::object& object = job.as_object();
    answers.push_back(text_in(object, "scheme") == "jwt" ? token_for(object) : request_for(object));
  }
  std::cout << json::serialize(answers) << '\n';
}
