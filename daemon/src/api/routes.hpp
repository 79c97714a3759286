// THE table of what the daemon answers: method, path, operation, handler, owner, access, body.
//
// It is data: 404, 405 with Allow, authentication, the access check, the body limit, the metrics and the paths of
// /openapi.json come from it. A path segment in braces is a parameter. A group holds what its routes have in common.
#pragma once

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "access/caller.hpp"
#include "api/error.hpp"
#include "api/handler.hpp"
#include "config/settings.hpp"
#include "http/request.hpp"

namespace credcached::api {

/// Whose data an operation works on, hence where its owner comes from.
enum class owner_source : std::uint8_t {
  nobody,  ///< the catalog, documents, health
  user,    ///< X-Credential-User
  isv,     ///< X-Credential-Isv
  any,     ///< either, or ?user= / ?isv= (the native API)
};

enum class served_on : std::uint8_t { every_listener, unix_sockets };

struct route_group {
  std::string_view name;
  /// Finds out who asks. False: 401.
  bool (*authenticate)(const http::request&, config::listener::kind, const access::token_set&,
                       access::caller&) = access::authenticate;
  void (*write_error)(http::response&, const error&) = api::write_error;
  std::string_view body_type = "application/json";  ///< the media type that bodies must have
  std::string_view cache_control = http::response::no_store;
  served_on listeners = served_on::every_listener;
  bool opens_by_navigation =
      false;  ///< documents without secrets: a browser shows them by a link if corsOrigins is set
  bool takes_unknown_parameters = true;  ///< false: a query parameter that the route does not read is refused
};

/// The query parameters that a route reads, apart from the owner's; empty places are unused.
using parameter_names = std::array<std::string_view, 10>;

struct route {
  const route_group* group;
  http::verb method;
  std::string_view path;
  std::string_view operation;  ///< operationId
  handler handle;
  owner_source owner = owner_source::nobody;
  config::action access = config::action::list;
  parameter_names parameters{};
  bool has_body = false;
  std::optional<std::chrono::seconds> time_limit{};  ///< of a waiting handler; none: limits.requestTimeout

  [[nodiscard]] constexpr bool reads_parameter(std::string_view name) const noexcept {
    const bool of_owner = owner == owner_source::any && (name == "user" || name == "isv");
    return of_owner || (!name.empty() && std::ranges::find(parameters, name) != parameters.end());
  }
  /// Whether access rules are asked for its action; the others are for everybody whom some rule serves.
  [[nodiscard]] constexpr bool asks_rules() const noexcept {
    return owner != owner_source::nobody || access == config::action::admin;
  }
  /// What the audit calls a change that is about to be made.
  [[nodiscard]] constexpr std::string_view announced_as() const noexcept {
    return access == config::action::add ? "adding" : "removing";
  }
  /// What the audit calls it; empty for what only shows masked things.
  [[nodiscard]] constexpr std::string_view audited_as() const noexcept {
    switch (access) {
      case config::action::add:
        return "add";
      case config::action::resolve:
        return "resolve";
      case config::action::remove:
        return "remove";
      default:
        return {};
    }
  }
};

[[nodiscard]] std::span<const route> routes() noexcept;

/// The texts of a path's parameters, in their order. No path of the table has more.
using path_parameters = std::array<std::string_view, 2>;

struct route_match {
  const route* found = nullptr;
  bool path_known = false;  ///< some method has this path
  path_parameters parameters{};
};
/// `path` must outlive the match. HEAD finds GET's route. Routes that are not served on the listener are not there.
[[nodiscard]] route_match find_route(std::span<const route> table, http::verb method, std::string_view path,
                                     config::listener::kind transport) noexcept;
/// The methods of a known path, for Allow.
[[nodiscard]] std::string allowed_methods(std::span<const route> table, std::string_view path);

}  // namespace credcached::api
