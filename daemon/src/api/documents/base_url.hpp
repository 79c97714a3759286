// The URL under which a client reached this daemon, for links in answers.
#pragma once

#include <string>

#include "http/request.hpp"

namespace credcached::api {

/// "http://localhost:8200": from Host, and, if a trusted proxy is in front, from X-Forwarded-Proto, -Host, -Port and
/// -Prefix (their first elements). Whatever is not exactly of the form expected is ignored, so that nothing else can
/// get into an answer; without a Host that is one, it is "localhost". No slash at the end.
[[nodiscard]] std::string base_url_of(const http::request& r, bool trust_proxy);

}  // namespace credcached::api
