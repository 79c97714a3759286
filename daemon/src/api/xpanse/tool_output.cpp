#include "api/xpanse/tool_output.hpp"

#include <algorithm>

namespace credcached::api {
namespace {

/// aws sts assume-role, get-session-token and their sisters put the credential into an object of its own.
constexpr std::string_view wrapper_member = "Credentials";

constexpr std::string_view silent_members[] = {
    // aws configure export-credentials, and every credential_process
    "Version", "AccountId", "CredentialScope",
    // aws sts assume-role, assume-role-with-saml, assume-role-with-web-identity, get-federation-token
    "AssumedRoleUser", "FederatedUser", "PackedPolicySize", "SourceIdentity", "SubjectFromWebIdentityToken", "Audience",
    "Provider", "Subject", "SubjectType", "Issuer", "NameQualifier",
    // az ad sp create-for-rbac, older and newer, and with --json-auth
    "displayName", "name", "activeDirectoryEndpointUrl", "resourceManagerEndpointUrl", "activeDirectoryGraphResourceId",
    "sqlManagementEndpointUrl", "galleryEndpointUrl", "managementEndpointUrl"};

void read_members(const boost::json::object& from, const credcache::csp_definition& csp, bool wrapped,
                  tool_output& into) {
  for (const auto& member : from) {
    const std::string_view name(member.key().data(), member.key().size());
    const bool is_variable = std::ranges::any_of(
        csp.credentials, [&](const auto& definition) { return definition.find_variable(name) != nullptr; });
    if (!is_variable && !wrapped && name == wrapper_member && member.value().is_object()) {
      read_members(member.value().get_object(), csp, true, into);
    } else if (!is_variable && name == expiration_member) {
      into.expires_twice = into.expiring != nullptr;
      into.expiring = &from;
    } else if (is_variable || std::ranges::find(silent_members, name) == std::end(silent_members)) {
      into.variables.push_back({&from, name});
    }
  }
}

}  // namespace

tool_output read_tool_output(const boost::json::object& printed, const credcache::csp_definition& csp) {
  tool_output found;
  read_members(printed, csp, false, found);
  return found;
}

}  // namespace credcached::api
