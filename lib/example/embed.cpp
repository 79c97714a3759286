// The cache in a program of your own: keys go in, the environment adds the region, a joined credential comes out.
#include <credcache/credential_service.hpp>
#include <iostream>

using namespace credcache;

int main() {
  // What a service is made of. Only the key, the cache and the catalog are shared between threads.
  const auto key = std::make_shared<const master_key>(master_key::random());
  const auto cache = std::make_shared<credential_cache>();
  const auto catalog = provider_catalog::load(built_in_definitions());

  const auto environment = std::make_shared<sealed_values>(key);
  import_environment(catalog->environment_names(), *environment);
  std::vector<std::unique_ptr<value_source>> sources;
  sources.push_back(std::make_unique<sealed_source>(value_origin::environment, environment));
  credential_service service(cache, key, catalog, std::move(sources));

  const owner alice{owner_kind::user, "alice"};
  add_request request;
  request.key = {"aws", "default", credential_type::variables, "ACCESS_KEY"};
  request.variables.push_back({"AWS_ACCESS_KEY_ID", secret::copy_of("AKIAIOSFODNN7EXAMPLE")});
  request.variables.push_back({"AWS_SECRET_ACCESS_KEY", secret::copy_of("not a real secret, but as long as one is")});
  service.add(alice, request, now()).value();  // throws what went wrong; .error() would say it

  resolution answer;  // holds plaintext until it is cleared
  service.resolve(alice, {.csp_name = "AWS"}, now(), answer).value();
  answer.for_each([](std::string_view name, std::string_view value, value_origin origin) {
    std::cout << name << " from " << to_string(origin) << ", " << value.size() << " bytes\n";
  });
}
