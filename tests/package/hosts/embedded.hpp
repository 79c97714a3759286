// The library in use: a service, a credential of Alice's in it.
#pragma once

#include <credcache/credential_service.hpp>

#include "check.hpp"

class embedded {
 public:
  embedded() { add(); }

  void add() {
    credcache::add_request request;
    request.key = {"aws", "default", credcache::credential_type::variables, "ACCESS_KEY"};
    request.variables.push_back({"AWS_ACCESS_KEY_ID", credcache::secret::copy_of("AKIAIOSFODNN7EXAMPLE")});
    request.variables.push_back({"AWS_SECRET_ACCESS_KEY", credcache::secret::copy_of(std::string(40, 's'))});
    request.variables.push_back({"AWS_REGION", credcache::secret::copy_of("eu-west-1")});
    service_.add(alice_, request, credcache::now()).value();
  }

  /// What was added comes back.
  void resolve() {
    credcache::resolution answer;
    service_.resolve(alice_, {.csp_name = "aws"}, credcache::now(), answer).value();
    check(answer.find("AWS_REGION") == "eu-west-1", "a value that was added is resolved");
  }

  void list() { check(service_.list(alice_, credcache::now()).value().size() == 1, "one credential is listed"); }

  [[nodiscard]] const credcache::master_key& key() const { return *key_; }

 private:
  std::shared_ptr<const credcache::master_key> key_ =
      std::make_shared<const credcache::master_key>(credcache::master_key::random());
  std::shared_ptr<credcache::credential_cache> cache_ = std::make_shared<credcache::credential_cache>();
  credcache::credential_service service_{
      cache_, key_, credcache::provider_catalog::load(credcache::built_in_definitions()), {}};
  credcache::owner alice_{credcache::owner_kind::user, "alice"};
};
