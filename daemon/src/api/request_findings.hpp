// What the steps of the pipeline have found out about a request. Each step reads what the ones before it have written.
//
// Thread safety: as request_context, which it is part of.
// Ownership:     its views point into the request and the snapshot that the context holds on to.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "access/caller.hpp"
#include "api/error.hpp"
#include "api/routes.hpp"
#include "credcache/credential.hpp"

namespace credcached::api {

struct request_findings {
  const route* matched = nullptr;
  path_parameters parameters{};
  bool path_known = false;
  std::uint64_t body_size = 0;
  bool navigates = false;  ///< a browser follows a link to a document without secrets; there is no caller then
  std::optional<access::caller> caller;
  credcache::owner_kind owner_kind = credcache::owner_kind::user;
  std::string_view owner_name;
  std::string origin_fields;  ///< header lines for a page of an allowed origin
  std::optional<error_kind> failed;
  const config::access_rule* refused_by = nullptr;  ///< the rule that refused, if one did
  bool handled = false;                             ///< all steps were passed
  bool cancelled = false;                           ///< nobody wants the open answer any more
};

}  // namespace credcached::api
