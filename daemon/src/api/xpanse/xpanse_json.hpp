// The one shape in which xpanse shows a credential, listed or as a capability: in this order, with nulls.
#pragma once

#include <string>
#include <string_view>

#include "credcache/provider_catalog.hpp"
#include "json/json_writer.hpp"

namespace credcached::api {

/// What stands for a sensitive value.
inline constexpr std::string_view mask = "*********";
/// What is said of it where a secret is expected, behind the name.
inline constexpr std::string_view found_mask =
    ": found the asterisks that stand for a secret in lists, expected the secret itself; to keep the one that is "
    "stored, "
    "send nothing.";

/// What stands for the value of a capability's variable. A client that fills the capability in may send it back: it
/// counts as blank then.
inline constexpr std::string_view value_to_come =
    "value to be provided by creating credential or adding environment variables.";

/// "VARIABLES": xpanse's constant of a type.
[[nodiscard]] std::string constant_of(credcache::credential_type type);

void begin_item(json::json_writer& json, const credcache::csp_definition& csp, std::string_view site,
                const credcache::credential_definition& definition, std::string_view description);
void write_variable(json::json_writer& json, const credcache::variable_definition& variable, bool sensitive,
                    std::string_view value);
/// Writes uniqueKey, e.g. "HUAWEI_CLOUD-Chinese Mainland-VARIABLES-AK_SK", and closes the item.
void end_item(json::json_writer& json, const credcache::csp_definition& csp, std::string_view site,
              const credcache::credential_definition& definition);

}  // namespace credcached::api
