#include "api/handlers.hpp"
namespace credcached::api {
void get_openapi_link(call&) {}
void get_credential_document(call&) {}
void get_openapi(call&) {}
}  // namespace credcached::api
