// THE table of what the daemon answers: method, path, operation, handler, access, body.
//
// It is data: 404, 405 with Allow, the access check, the body limit and the metrics come from it, and a test holds it
// against /openapi.json. A path segment in braces is a parameter.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string_view>

#include "config/settings.hpp"
#include "http/request.hpp"

namespace credcached::api {

class request_context;

/// Whose data an operation works on, hence where its owner comes from.
enum class owner_of : std::uint8_t {
  nobody,  ///< the catalogue, documents, health
  user,    ///< X-Credential-User
  isv,     ///< X-Credential-Isv
  any,     ///< either, or ?user= / ?isv= (the native API)
};

struct route {
  http::verb method;
  std::string_view path;
  std::string_view operation;  ///< operationId
  void (*handle)(request_context&);
  owner_of owner = owner_of::nobody;
  config::action access = config::action::list;
  bool has_body = false;  ///< JSON

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

struct route_match {
  const route* found = nullptr;
  bool path_known = false;  ///< some method has this path
  std::array<std::string_view, 2> parameters{};
};
/// `path` must outlive the match. HEAD finds GET's route.
[[nodiscard]] route_match find_route(http::verb method, std::string_view path) noexcept;
/// The methods of a known path, for Allow.
[[nodiscard]] std::string allowed_methods(std::string_view path);

}  // namespace credcached::api
