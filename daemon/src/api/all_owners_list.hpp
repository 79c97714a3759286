// What all owners have cached, as far as the access rules let the caller list it: an answer that goes through the cache
// shard by shard while the client takes it. It holds the names of one shard's owners, and no more than that.
//
// Thread safety: as request_context.
#pragma once

#include "api/credential_list.hpp"

namespace credcached::api {

/// Answers with a JSON array, for each owner in the order of the catalog. Owners come in no order. `write` finds the owner
/// of its item in the context. What is added or goes meanwhile may be there or not.
void answer_with_all_owners(request_context& context, credcache::removal selection, item_writer write);

}  // namespace credcached::api
