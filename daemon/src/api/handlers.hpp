// The handlers of the route table. Each answers one call: it reads the request, asks the service, writes the response.
//
// catalogue.cpp, credentials.cpp (xpanse); resolve.cpp, inventory.cpp (native); status.cpp, documents.cpp.
#pragma once

namespace credcached::api {

class call;

void get_credential_types(call& c);
void get_capabilities(call& c);
void get_active_csps(call& c);
void get_sites(call& c);

void list_credentials(call& c);
void add_credential(call& c);
void delete_credential(call& c);

void resolve_by_query(call& c);
void resolve_by_body(call& c);
void explain(call& c);

void list_inventory(call& c);
void remove_credentials(call& c);

void get_status(call& c);
void get_health(call& c);
void get_readiness(call& c);
void get_metrics(call& c);

void get_openapi_link(call& c);
void get_credential_document(call& c);
void get_openapi(call& c);

}  // namespace credcached::api
