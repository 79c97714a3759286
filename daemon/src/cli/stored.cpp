#include "cli/stored.hpp"

#include <fmt/format.h>

#include <chrono>

#include "base/text.hpp"
#include "base/time.hpp"
#include "client/document.hpp"

namespace credcached::cli {

std::string stored_text(const boost::json::value& told, std::string_view name) {
  using client::text_of;
  constexpr std::size_t length_of_day = 10, time_at = 11, length_of_time = 5;  // in 2026-11-22T12:00:00Z
  const auto site = text_of(told, "site"), user = text_of(told, "user"), expiry = text_of(told, "expiresAt");
  std::string what(text_of(told, "outcome"));
  for (const auto word : {text_of(told, "csp"), text_of(told, "profile"), site == "default" ? "" : site, name})
    if (!word.empty()) what.append(" ").append(word);
  const std::string owner = user.empty() ? "the ISV " + std::string(text_of(told, "isv")) : std::string(user);
  const std::chrono::seconds life{client::number_of(told, "timeToLive")};
  std::string when(life < std::chrono::hours{24} ? "" : std::string(expiry.substr(0, length_of_day)) + " ");
  if (expiry.size() > time_at) when += expiry.substr(time_at, length_of_time);
  return credcache::printable(
      fmt::format("{} of {}, expires in {} ({} UTC)", what, owner, credcache::duration_text(life), when));
}

}  // namespace credcached::cli
