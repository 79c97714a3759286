// Provider definitions that the library's tests load, each there to try one thing.
#pragma once

namespace credcache::testing {

/// Two sites; a pair with an optional region, a token, and a credential of another type.
inline constexpr const char* alpha = R"(
csp: Alpha
constant: ALPHA
sites: [North, South]
credentials:
  - type: variables
    name: PAIR
    description: An id and its secret.
    variables:
      - {name: A_ID, description: The id., aliases: [id], pattern: '[A-Z0-9]{2,40}'}
      - {name: A_SECRET, description: The secret., sensitive: true, aliases: [secret]}
      - {name: A_REGION, description: The region., mandatory: false, environmentNames: [A_DEFAULT_REGION], exportAs: [A_AREA]}
  - {type: variables, name: TOKEN, description: A token., variables: [{name: A_TOKEN, description: The token., sensitive: true}]}
  - {type: api_key, name: KEY, description: A key., variables: [{name: A_KEY, description: The key., sensitive: true}]}
)";

/// Needs BETA_URL; `domain` stands on two variables.
inline constexpr const char* beta = R"(
csp: Beta
constant: BETA
sites: [default]
requires: [{name: BETA_URL, exportAs: [B_AUTH_URL]}, {name: BETA_ZONE}]
credentials:
  - type: variables
    name: ACCOUNT
    description: An account.
    variables:
      - {name: B_USER_DOMAIN, description: The domain of the user., aliases: [domain]}
      - {name: B_PROJECT_DOMAIN, description: The domain of the project., aliases: [domain]}
)";

/// A JSON value that brings a second value along.
inline constexpr const char* omega = R"(
csp: Gamma
constant: GAMMA
sites: [default]
credentials:
  - type: variables
    name: KEY_FILE
    description: A key file.
    variables:
      - {name: G_KEY, description: The key., sensitive: true,
         jsonObject: {equals: {type: account}, required: [email], fills: {G_PROJECT: project_id}}}
      - {name: G_PROJECT, description: The project., mandatory: false}
)";

}  // namespace credcache::testing
