// A list of cached credentials as an answer: written one item after the other, as the client takes them, so that neither
// a long list nor a slow client holds more memory than a few items.
//
// Thread safety: as request_context.
#pragma once

#include <vector>

#include "api/request_context.hpp"

namespace credcached::api {

/// Writes one credential as an item of a JSON array.
using item_writer = void (*)(request_context&, json::json_writer&, const credcache::listed_credential&,
                             credcache::instant now);

/// Answers with a JSON array of `keys`, in this order. One that has died meanwhile is left out.
void answer_with_list(request_context& context, std::vector<credcache::credential_key> keys, item_writer write);

}  // namespace credcached::api
