// What a request presents, of credentials with marked values, in every form.
#pragma once

#include "scenario.hpp"

namespace credcached::testing {

inline bool is_presentation(std::string_view format) {
  return format == "header" || format == "curl" || format == "netrc";
}

/// A token shows the mark in header lines; of a name and a password they show base64, which is searched for as well.
template <class Scene>
void ask_for_presentations(Scene& scene) {
  auto& http = scene.fresh();
  const std::string secret = scene.marks.value(300);
  auto account =
      credential("Http", "default", "USERNAME_PASSWORD",
                 {{"HTTP_AUTH_HOST", "a.example"}, {"HTTP_AUTH_USERNAME", "a"}, {"HTTP_AUTH_PASSWORD", secret}});
  account["type"] = "http_authentication";
  auto token =
      credential("Http", "default", "BEARER_TOKEN", {{"HTTP_AUTH_HOST", "a.example"}, {"HTTP_AUTH_TOKEN", secret}});
  token["type"] = "api_key";
  for (const auto& body : {account, token}) scene.expect(204, http.post(users, text(body), as_user("presented")));
  const auto ask = [&](const std::string& parameters) {
    return http.get("/v1/resolve?csp=Http&host=a.example&" + parameters, as_user("presented"));
  };
  for (const auto* format : {"json", "netrc"}) scene.expect_values(ask("format=" + std::string(format)));
  for (const auto* format : {"json", "header", "curl"})
    scene.expect_values(ask("name=BEARER_TOKEN&format=" + std::string(format)));
  const auto line = ask("format=header");
  scene.expect(200, line);
  const auto encoded = line.body.substr(line.body.find("Basic ") + 30, 40);
  BOOST_TEST(encoded.size() == 40U);
  BOOST_TEST(scene.left_of(encoded).empty());
  scene.expect(404, http.get("/v1/resolve?csp=Http&host=b.example", as_user("presented")));
}

}  // namespace credcached::testing
