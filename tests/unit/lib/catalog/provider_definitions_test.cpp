// The shipped definitions (etc/credcached/providers.d), held against the table they were written from.
#include <algorithm>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>
#include <ostream>

#include "credcache/provider_catalog.hpp"

namespace provider_definitions_test {

using namespace credcache;
namespace data = boost::unit_test::data;

namespace {

/// One line of the table. Variables: "NAME" or "NAME=description", with "S " for sensitive and "? " for optional before
/// it.
struct shipped {
  const char *csp, *constant;
  std::vector<std::string> sites;
  std::vector<std::string> required;  ///< "NAME>EXPORT"
  const char *name, *description;     ///< of the credential; an empty description means any
  std::vector<std::string> variables;
};
std::ostream& operator<<(std::ostream& out, const shipped& s) {
  return out << s.csp << ' ' << s.name;
}

const std::vector<std::string> one_site{"default"};
constexpr const char* by_password = "Authenticate at the specified URL using an account and password.";
const std::string project = "OS_PROJECT_NAME=The Name of the Tenant or Project to use.";
const std::string user = "OS_USERNAME=The Username to login with.";
const std::string password = "S OS_PASSWORD=The Password to login with.";

const shipped table[] = {
    {"HuaweiCloud",
     "HUAWEI_CLOUD",
     {"International", "Chinese Mainland", "Europe"},
     {},
     "AK_SK",
     "Using The access key and security key authentication.",
     {"S HW_ACCESS_KEY=The access key.", "S HW_SECRET_KEY=The security key."}},
    {"FlexibleEngine",
     "FLEXIBLE_ENGINE",
     one_site,
     {},
     "AK_SK",
     "The access key and security key.",
     {"S OS_ACCESS_KEY=The access key.", "S OS_SECRET_KEY=The security key."}},
    {"OpenstackTestlab",
     "OPENSTACK_TESTLAB",
     one_site,
     {"OPENSTACK_TESTLAB_AUTH_URL>OS_AUTH_URL"},
     "USERNAME_PASSWORD",
     by_password,
     {project, user, password, "OS_USER_DOMAIN_NAME=The domain to which the openstack user is linked to.",
      "OS_PROJECT_DOMAIN_NAME=The domain to which the openstack project is linked to.", "? OS_USER_ID",
      "? OS_PROJECT_ID", "? OS_USER_DOMAIN_ID", "? OS_PROJECT_DOMAIN_ID"}},
    {"PlusServer",
     "PLUS_SERVER",
     one_site,
     {"PLUS_SERVER_AUTH_URL>OS_AUTH_URL"},
     "USERNAME_PASSWORD",
     by_password,
     {project, user, password, "OS_DOMAIN_NAME=The domain of the PlusServer installation to be used.", "? OS_USER_ID",
      "? OS_PROJECT_ID", "? OS_DOMAIN_ID"}},
    {"RegioCloud",
     "REGIO_CLOUD",
     one_site,
     {"REGIO_CLOUD_AUTH_URL>OS_AUTH_URL"},
     "USERNAME_PASSWORD",
     by_password,
     {project, user, password, "OS_DOMAIN_NAME=The domain of the RegionCloud installation to be used.", "? OS_USER_ID",
      "? OS_PROJECT_ID", "? OS_DOMAIN_ID"}},
    {"AlibabaCloud",
     "ALIBABA_CLOUD",
     {"International", "Chinese Mainland"},
     {},
     "AK_SK",
     "",
     {"S ALICLOUD_ACCESS_KEY", "S ALICLOUD_SECRET_KEY", "S ? ALICLOUD_SECURITY_TOKEN", "? ALICLOUD_REGION"}},
    {"aws",
     "AWS",
     one_site,
     {},
     "ACCESS_KEY",
     "",
     {"AWS_ACCESS_KEY_ID", "S AWS_SECRET_ACCESS_KEY", "S ? AWS_SESSION_TOKEN", "? AWS_REGION", "? AWS_ENDPOINT_URL"}},
    {"azure",
     "AZURE",
     one_site,
     {},
     "SERVICE_PRINCIPAL",
     "",
     {"AZURE_TENANT_ID", "AZURE_CLIENT_ID", "S AZURE_CLIENT_SECRET", "AZURE_SUBSCRIPTION_ID"}},
    {"GoogleCloudPlatform",
     "GCP",
     one_site,
     {},
     "SERVICE_ACCOUNT_KEY",
     "",
     {"S GOOGLE_CREDENTIALS", "? GOOGLE_PROJECT"}},
    {"OpenStack",
     "OPENSTACK",
     one_site,
     {},
     "USERNAME_PASSWORD",
     "",
     {"OS_AUTH_URL", "OS_USERNAME", "S OS_PASSWORD", "OS_PROJECT_NAME", "OS_USER_DOMAIN_NAME", "OS_PROJECT_DOMAIN_NAME",
      "? OS_USER_ID", "? OS_PROJECT_ID", "? OS_USER_DOMAIN_ID", "? OS_PROJECT_DOMAIN_ID", "? OS_REGION_NAME"}},
    {"OpenStack",
     "OPENSTACK",
     one_site,
     {},
     "APPLICATION_CREDENTIAL",
     "",
     {"OS_AUTH_URL", "OS_APPLICATION_CREDENTIAL_ID", "S OS_APPLICATION_CREDENTIAL_SECRET", "? OS_REGION_NAME"}},
    {"DigitalOcean", "DIGITALOCEAN", one_site, {}, "ACCESS_TOKEN", "", {"S DIGITALOCEAN_TOKEN"}},
    {"Linode", "LINODE", one_site, {}, "ACCESS_TOKEN", "", {"S LINODE_TOKEN"}},
    {"Vultr", "VULTR", one_site, {}, "API_KEY", "", {"S VULTR_API_KEY"}},
};

const provider_catalog& catalog() {
  static const auto loaded = provider_catalog::load(built_in_definitions());
  return *loaded;
}

const credential_definition& definition_of(const shipped& row) {
  const csp_definition* csp = catalog().find_csp(row.csp);
  BOOST_TEST_REQUIRE(csp != nullptr);
  const credential_definition* definition = csp->find(credential_type::variables, row.name);
  BOOST_TEST_REQUIRE(definition != nullptr);
  return *definition;
}

/// A name by which a variable is known in one direction or the other.
struct other_name {
  const char *csp, *variable, *name;
};
std::ostream& operator<<(std::ostream& out, const other_name& o) {
  return out << o.csp << ' ' << o.variable << ' ' << o.name;
}

const other_name aliases[] = {
    {"aws", "AWS_ACCESS_KEY_ID", "access_key"},
    {"aws", "AWS_SECRET_ACCESS_KEY", "secret_key"},
    {"aws", "AWS_SESSION_TOKEN", "session_token"},
    {"aws", "AWS_ACCESS_KEY_ID", "AccessKeyId"},
    {"aws", "AWS_SECRET_ACCESS_KEY", "SecretAccessKey"},
    {"aws", "AWS_SESSION_TOKEN", "SessionToken"},
    {"aws", "AWS_REGION", "region"},
    {"aws", "AWS_ENDPOINT_URL", "api_endpoint"},
    {"azure", "AZURE_TENANT_ID", "tenant"},
    {"azure", "AZURE_TENANT_ID", "tenantId"},
    {"azure", "AZURE_CLIENT_ID", "appId"},
    {"azure", "AZURE_CLIENT_ID", "clientId"},
    {"azure", "AZURE_CLIENT_SECRET", "password"},
    {"azure", "AZURE_CLIENT_SECRET", "clientSecret"},
    {"azure", "AZURE_SUBSCRIPTION_ID", "subscriptionId"},
    {"azure", "AZURE_TENANT_ID", "tenant_id"},
    {"azure", "AZURE_CLIENT_ID", "client_id"},
    {"azure", "AZURE_CLIENT_SECRET", "client_secret"},
    {"azure", "AZURE_SUBSCRIPTION_ID", "subscription_id"},
    {"OpenStack", "OS_AUTH_URL", "api_endpoint"},
    {"OpenStack", "OS_USERNAME", "username"},
    {"OpenStack", "OS_PASSWORD", "password"},
    {"OpenStack", "OS_PROJECT_NAME", "project"},
    {"OpenStack", "OS_USER_DOMAIN_NAME", "domain"},
    {"OpenStack", "OS_PROJECT_DOMAIN_NAME", "domain"},
    {"DigitalOcean", "DIGITALOCEAN_TOKEN", "access_key"},
    {"Linode", "LINODE_TOKEN", "access_key"},
    {"Vultr", "VULTR_API_KEY", "access_key"},
};

const other_name exports[] = {
    {"AlibabaCloud", "ALICLOUD_ACCESS_KEY", "ALIBABA_CLOUD_ACCESS_KEY_ID"},
    {"AlibabaCloud", "ALICLOUD_SECRET_KEY", "ALIBABA_CLOUD_ACCESS_KEY_SECRET"},
    {"AlibabaCloud", "ALICLOUD_SECURITY_TOKEN", "ALIBABA_CLOUD_SECURITY_TOKEN"},
    {"aws", "AWS_REGION", "AWS_DEFAULT_REGION"},
    {"azure", "AZURE_TENANT_ID", "ARM_TENANT_ID"},
    {"azure", "AZURE_CLIENT_ID", "ARM_CLIENT_ID"},
    {"azure", "AZURE_CLIENT_SECRET", "ARM_CLIENT_SECRET"},
    {"azure", "AZURE_SUBSCRIPTION_ID", "ARM_SUBSCRIPTION_ID"},
    {"DigitalOcean", "DIGITALOCEAN_TOKEN", "DIGITALOCEAN_ACCESS_TOKEN"},
    {"Linode", "LINODE_TOKEN", "LINODE_CLI_TOKEN"},
};

/// Which variables of a credential go together, and of which one is enough: "A B, C D".
struct variable_sets {
  const char *csp, *name, *together, *one_of;
};
std::ostream& operator<<(std::ostream& out, const variable_sets& s) {
  return out << s.csp << ' ' << s.name;
}

constexpr const char* names_or_ids =
    "OS_USERNAME OS_USER_ID, OS_PROJECT_NAME OS_PROJECT_ID, OS_USER_DOMAIN_NAME OS_USER_ID OS_USER_DOMAIN_ID, "
    "OS_PROJECT_DOMAIN_NAME OS_PROJECT_ID OS_PROJECT_DOMAIN_ID";
constexpr const char* accounts =
    "OS_USERNAME OS_PASSWORD OS_USER_ID, OS_PROJECT_NAME OS_PROJECT_ID, OS_USER_DOMAIN_NAME OS_USER_DOMAIN_ID, "
    "OS_PROJECT_DOMAIN_NAME OS_PROJECT_DOMAIN_ID";
constexpr const char* one_domain = "OS_USERNAME OS_USER_ID, OS_PROJECT_NAME OS_PROJECT_ID, OS_DOMAIN_NAME OS_DOMAIN_ID";
constexpr const char* accounts_of_one_domain =
    "OS_USERNAME OS_PASSWORD OS_USER_ID, OS_PROJECT_NAME OS_PROJECT_ID, OS_DOMAIN_NAME OS_DOMAIN_ID";

const variable_sets sets[] = {
    {"HuaweiCloud", "AK_SK", "HW_ACCESS_KEY HW_SECRET_KEY", ""},
    {"FlexibleEngine", "AK_SK", "OS_ACCESS_KEY OS_SECRET_KEY", ""},
    {"OpenstackTestlab", "USERNAME_PASSWORD", accounts, names_or_ids},
    {"PlusServer", "USERNAME_PASSWORD", accounts_of_one_domain, one_domain},
    {"RegioCloud", "USERNAME_PASSWORD", accounts_of_one_domain, one_domain},
    {"AlibabaCloud", "AK_SK", "ALICLOUD_ACCESS_KEY ALICLOUD_SECRET_KEY ALICLOUD_SECURITY_TOKEN", ""},
    {"aws", "ACCESS_KEY", "AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_SESSION_TOKEN", ""},
    {"azure", "SERVICE_PRINCIPAL", "AZURE_TENANT_ID AZURE_CLIENT_ID AZURE_CLIENT_SECRET", ""},
    {"GoogleCloudPlatform", "SERVICE_ACCOUNT_KEY", "", ""},
    {"OpenStack", "USERNAME_PASSWORD", accounts, names_or_ids},
    {"OpenStack", "APPLICATION_CREDENTIAL", "OS_APPLICATION_CREDENTIAL_ID OS_APPLICATION_CREDENTIAL_SECRET", ""},
    {"DigitalOcean", "ACCESS_TOKEN", "", ""},
    {"Linode", "ACCESS_TOKEN", "", ""},
    {"Vultr", "API_KEY", "", ""},
};
static_assert(std::size(sets) == std::size(table));

/// What a request presents.
struct presented {
  const char* csp;
  credential_type type;
  const char* name;
  authentication_scheme scheme;
  const char *field, *secret, *host;
};
std::ostream& operator<<(std::ostream& out, const presented& p) {
  return out << p.csp << ' ' << p.name;
}

constexpr auto bearer = authentication_scheme::bearer;

const presented presentations[] = {
    {"DigitalOcean", credential_type::api_key, "ACCESS_TOKEN", bearer, "Authorization", "DIGITALOCEAN_TOKEN",
     "api.digitalocean.com"},
    {"Linode", credential_type::api_key, "ACCESS_TOKEN", bearer, "Authorization", "LINODE_TOKEN", "api.linode.com"},
    {"Vultr", credential_type::api_key, "API_KEY", bearer, "Authorization", "VULTR_API_KEY", "api.vultr.com"},
    {"Http", credential_type::http_authentication, "USERNAME_PASSWORD", authentication_scheme::basic, "Authorization",
     "HTTP_AUTH_PASSWORD", "{HTTP_AUTH_HOST}"},
    {"Http", credential_type::api_key, "BEARER_TOKEN", bearer, "Authorization", "HTTP_AUTH_TOKEN", "{HTTP_AUTH_HOST}"},
    {"Http", credential_type::api_key, "X_API_KEY", authentication_scheme::api_key, "X-Api-Key", "HTTP_AUTH_KEY",
     "{HTTP_AUTH_HOST}"},
};

std::string names_of(const std::vector<variable_set>& all, const credential_definition& definition) {
  std::string text;
  for (const variable_set set : all) {
    text += text.empty() ? "" : ",";
    for (const std::string& name : definition.names_of(set)) text += (text.empty() ? "" : " ") + name;
  }
  return text;
}

const variable_definition& variable_of(const other_name& row) {
  const csp_definition* csp = catalog().find_csp(row.csp);
  BOOST_TEST_REQUIRE(csp != nullptr);
  const variable_definition* variable = csp->credentials.at(0).find_variable(row.variable);
  BOOST_TEST_REQUIRE(variable != nullptr);
  return *variable;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(shipped_definitions)

BOOST_DATA_TEST_CASE(are_those_of_the_table, data::make(table), row) {
  const csp_definition& csp = *catalog().find_csp(row.csp);
  const credential_definition& definition = definition_of(row);
  BOOST_TEST(csp.name == row.csp);
  BOOST_TEST(csp.constant == row.constant);
  BOOST_TEST(csp.sites == row.sites, boost::test_tools::per_element());
  std::vector<std::string> required;
  for (const auto& name : csp.required_names) required.push_back(name.name + '>' + name.export_as.at(0));
  BOOST_TEST(required == row.required, boost::test_tools::per_element());
  if (*row.description != '\0') BOOST_TEST(definition.description == row.description);

  std::vector<std::string> found;
  for (std::size_t i = 0; i < definition.variables.size(); ++i) {
    const auto& variable = definition.variables[i];
    const bool to_the_letter = i < row.variables.size() && row.variables[i].find('=') != std::string::npos;
    found.push_back((variable.sensitive ? "S " : "") + std::string(variable.mandatory ? "" : "? ") + variable.name +
                    (to_the_letter ? '=' + variable.description : ""));
    BOOST_TEST(variable.pattern.empty());  // S3-compatible stores and others have keys of their own kinds
  }
  BOOST_TEST(found == row.variables, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(stand_in_the_order_of_the_table) {
  std::size_t next = 0, index = 0;
  for (const auto& csp : catalog().csps()) {
    for (const auto& definition : csp.credentials) {
      BOOST_TEST(definition.index == index++);
      if (definition.type != credential_type::variables) continue;
      BOOST_TEST_REQUIRE(next < std::size(table));
      BOOST_TEST(csp.name == table[next].csp);
      BOOST_TEST(definition.name == table[next].name);
      ++next;
    }
  }
  BOOST_TEST(next == std::size(table));
}

BOOST_DATA_TEST_CASE(have_the_aliases_of_the_table, data::make(aliases), row) {
  BOOST_TEST(variable_of(row).is_called(row.name));
}

BOOST_DATA_TEST_CASE(have_the_exports_of_the_table, data::make(exports), row) {
  const auto& variable = variable_of(row);
  BOOST_TEST(variable.handed_out_as == (std::vector<std::string>{row.variable, row.name}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(have_no_other_aliases_and_exports) {
  std::size_t alias_count = 0;
  std::size_t export_count = 0;
  for (const auto& csp : catalog().csps()) {
    if (csp.credentials.front().type != credential_type::variables) continue;
    for (const auto& variable : csp.credentials.front().variables) {
      alias_count += variable.aliases.size();
      export_count += variable.export_as.size();
    }
  }
  BOOST_TEST(alias_count == std::size(aliases));
  BOOST_TEST(export_count == std::size(exports));
}

BOOST_DATA_TEST_CASE(have_the_sets_of_the_table, data::make(sets), row) {
  const auto& definition = *catalog().find_csp(row.csp)->find(credential_type::variables, row.name);
  BOOST_TEST(names_of(definition.together, definition) == row.together);
  BOOST_TEST(names_of(definition.one_of, definition) == row.one_of);
}

BOOST_DATA_TEST_CASE(say_what_a_request_presents, data::make(presentations), row) {
  const auto* definition = catalog().find_csp(row.csp)->find(row.type, row.name);
  BOOST_TEST_REQUIRE(definition != nullptr);
  const authentication& how = definition->presented.value();
  BOOST_TEST((how.scheme == row.scheme));
  BOOST_TEST(how.field == row.field);
  BOOST_TEST(definition->variables[how.secret].name == row.secret);
  BOOST_TEST(how.hosts == std::vector<std::string>{row.host}, boost::test_tools::per_element());
  // A host that a variable names comes from where the secret does.
  const auto host = std::ranges::find(definition->variables, "HTTP_AUTH_HOST", &variable_definition::name);
  if (host == definition->variables.end()) return;
  const variable_set both = variable_set{1} << how.secret | variable_set{1} << (host - definition->variables.begin());
  BOOST_TEST((std::ranges::any_of(definition->together, [both](variable_set s) { return (s & both) == both; })));
}

BOOST_AUTO_TEST_CASE(all_others_are_variables) {
  std::size_t count = 0;
  for (const auto& csp : catalog().csps()) {
    for (const auto& definition : csp.credentials) {
      if (definition.type == credential_type::variables) continue;
      ++count;
      BOOST_TEST(definition.presented.has_value());
    }
  }
  BOOST_TEST(count == std::size(presentations));
}

BOOST_AUTO_TEST_CASE(application_credentials_of_openstack_say_what_they_are) {
  const auto* csp = catalog().find_csp("OPENSTACK");
  BOOST_TEST(csp->find(credential_type::variables, "USERNAME_PASSWORD")->constants.empty());
  const auto& constants = csp->find(credential_type::variables, "APPLICATION_CREDENTIAL")->constants;
  BOOST_TEST_REQUIRE(constants.size() == 1u);
  BOOST_TEST(constants[0].first == "OS_AUTH_TYPE");
  BOOST_TEST(constants[0].second == "v3applicationcredential");
}

BOOST_AUTO_TEST_CASE(name_what_outranks_them) {
  const auto knows = [](std::string_view csp, std::string_view name) {
    const auto names = catalog().find_csp(csp)->known_names();
    return std::ranges::binary_search(names, name);
  };
  const std::pair<const char*, const char*> outranking[] = {
      {"aws", "AWS_PROFILE"},
      {"aws", "AWS_SECURITY_TOKEN"},
      {"aws", "AWS_ENDPOINT_URL_*"},
      {"aws", "AWS_CONTAINER_CREDENTIALS_FULL_URI"},
      {"aws", "AWS_CREDENTIAL_EXPIRATION"},
      {"azure", "ARM_USE_OIDC"},
      {"azure", "AZURE_CLIENT_CERTIFICATE_PATH"},
      {"gcp", "GOOGLE_OAUTH_ACCESS_TOKEN"},
      {"gcp", "GOOGLE_APPLICATION_CREDENTIALS"},
      {"OpenStack", "OS_CLOUD"},
      {"OpenStack", "OS_AUTH_TYPE"},
      {"PlusServer", "OS_TOKEN"},
      {"PlusServer", "OS_AUTH_URL"},
      {"RegioCloud", "OS_CLOUD"},
      {"OpenstackTestlab", "OS_CLOUD"},
      {"HuaweiCloud", "HW_SECURITY_TOKEN"},
      {"FlexibleEngine", "OS_SECURITY_TOKEN"},
      {"AlibabaCloud", "ALIBABA_CLOUD_CREDENTIALS_URI"},
      {"DigitalOcean", "DIGITALOCEAN_CONTEXT"},
      {"Linode", "LINODE_CONFIG_PROFILE"},
      {"Vultr", "VULTR_API_KEY"},
  };
  for (const auto& [csp, name] : outranking) BOOST_TEST_CONTEXT(name) BOOST_TEST(knows(csp, name));
  BOOST_TEST(!knows("PlusServer", "PLUS_SERVER_AUTH_URL"));  // the daemon's configuration, no credential
}

BOOST_AUTO_TEST_CASE(a_google_key_must_be_one_and_gives_its_project) {
  const auto* key = catalog().find_csp("gcp")->credentials.at(0).find_variable("GOOGLE_CREDENTIALS");
  std::string why;
  BOOST_TEST(key->accepts(R"({"type":"service_account","private_key":"k","client_email":"e","token_uri":"u"})", why));
  BOOST_TEST(!key->accepts(R"({"type":"authorized_user","private_key":"k","client_email":"e","token_uri":"u"})", why));
  BOOST_TEST(!key->accepts(R"({"type":"service_account","private_key":"k","token_uri":"u"})", why));
  BOOST_TEST(why == "found a JSON object without \"client_email\", expected each of them as text that is not blank");
  BOOST_TEST(key->json->fills.at("GOOGLE_PROJECT") == "project_id");
}

BOOST_AUTO_TEST_CASE(no_environment_name_is_missing) {
  const auto names = catalog().environment_names();
  for (const auto* name :
       {"HW_ACCESS_KEY", "OS_AUTH_URL", "OPENSTACK_TESTLAB_AUTH_URL", "REGIO_CLOUD_AUTH_URL", "VULTR_API_KEY",
        "ARM_CLIENT_SECRET", "ALIBABA_CLOUD_ACCESS_KEY_ID", "LINODE_CLI_TOKEN", "OS_PROJECT_ID"}) {
    BOOST_TEST(std::count(names.begin(), names.end(), name) == 1, name);
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace provider_definitions_test
