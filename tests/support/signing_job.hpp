// What is to be signed, from JSON: the published vectors, and the jobs of sign_requests.cpp.
//
// Failure: std::exception of Boost.JSON or the standard library for JSON of another shape.
#pragma once

#include <boost/json.hpp>
#include <map>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.hpp"
#include "credcache/jwt_signer.hpp"
#include "credcache/request_signer.hpp"

namespace credcache::testing {

/// A text of the job; empty if it is not there. Lasts as long as the job.
inline std::string_view text_in(const boost::json::object& job, std::string_view member) {
  const boost::json::value* const value = job.if_contains(member);
  return value == nullptr ? std::string_view() : std::string_view(value->as_string());
}

inline wall_time time_in(const boost::json::object& job) {
  return parse_rfc3339(text_in(job, "time")).value();
}

inline signing_dialect dialect_in(const boost::json::object& job) {
  for (const auto dialect :
       {signing_dialect::sigv4, signing_dialect::sdk_hmac_sha256, signing_dialect::acs3_hmac_sha256}) {
    if (to_string(dialect) == text_in(job, "scheme")) return dialect;
  }
  throw std::out_of_range("scheme");
}

/// [["name", "value"], …], views of the job.
inline std::vector<name_value> pairs_in(const boost::json::object& job, std::string_view member) {
  std::vector<name_value> pairs;
  for (const boost::json::value& pair : job.at(member).as_array())
    pairs.push_back({pair.at(0).as_string(), pair.at(1).as_string()});
  return pairs;
}

inline result<signed_request> sign_job(const boost::json::object& job) {
  const std::vector<name_value> query = pairs_in(job, "query"), headers = pairs_in(job, "headers");
  request_to_sign request;
  request.method = text_in(job, "method");
  request.host = text_in(job, "host");
  request.path = text_in(job, "path");
  request.query = query;
  request.headers = headers;
  request.body = text_in(job, "body");
  request.region = text_in(job, "region");
  request.service = text_in(job, "service");
  request.action = text_in(job, "action");
  request.version = text_in(job, "version");
  request.nonce = text_in(job, "nonce");
  const access_key key{text_in(job, "accessKey"), text_in(job, "secretKey"), text_in(job, "sessionToken")};
  return sign_request(dialect_in(job), request, key, time_in(job));
}

/// The headers as text, for comparisons.
inline std::map<std::string, std::string> headers_in(const signed_request& request) {
  std::map<std::string, std::string> headers;
  for (const signed_header& header : request.headers) headers.emplace(header.name, header.value.reveal());
  return headers;
}

}  // namespace credcache::testing
