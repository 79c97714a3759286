// The handlers of the route table. Each answers one request: it reads the request, asks the service, writes the response.
#pragma once

#include <boost/asio/awaitable.hpp>

namespace credcached::api {

class request_context;

void get_credential_types(request_context& context);
void get_capabilities(request_context& context);
void get_active_csps(request_context& context);
void get_sites(request_context& context);

void list_credentials(request_context& context);
void add_credential(request_context& context);
void add_native_credential(request_context& context);
void delete_credential(request_context& context);

void resolve_by_query(request_context& context);
void resolve_by_body(request_context& context);
void explain(request_context& context);

void list_inventory(request_context& context);
void list_all_owners(request_context& context);
void remove_credentials(request_context& context);

void get_status(request_context& context);
void get_health(request_context& context);
void get_readiness(request_context& context);
boost::asio::awaitable<void> get_metrics(request_context& context);

void get_openapi_link(request_context& context);
void get_credential_document(request_context& context);
void get_openapi(request_context& context);

}  // namespace credcached::api
