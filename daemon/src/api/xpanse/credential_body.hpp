// The body of POST and PUT /xpanse/…/credentials: xpanse's form and the Nexus form, turned into an add_request.
#pragma once

#include <boost/system/result.hpp>
#include <string_view>

#include "api/error.hpp"
#include "config/settings.hpp"
#include "credcache/credential_service.hpp"

namespace credcached::api {

template <class T>
using parsed = boost::system::result<T, error>;
[[noreturn]] void throw_exception_from_error(const error& error, const boost::source_location&);

/// Parses and checks the fields. The csp is known when this succeeds, and spelled canonically in the result; whether it
/// is active and has such a definition, site and variables is the service's to say.
[[nodiscard]] parsed<credcache::add_request> read_credential_body(std::string_view body,
                                                                  const credcache::provider_catalog& catalog,
                                                                  const config::settings& settings,
                                                                  credcache::instant now);

}  // namespace credcached::api
