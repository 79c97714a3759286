// An answer that a waiting handler still owes.
//
// Thread safety: belongs to the thread of its connection. Ownership: shared by the handler and the request.
#pragma once

#include <boost/asio/cancellation_signal.hpp>

namespace credcached::api {

class request_context;

/// What a waiting handler and its request know of each other; whichever goes last frees it.
struct open_answer {
  request_context* context = nullptr;  ///< null: the request has gone, or does not wait
  boost::asio::cancellation_signal cancellation;
};

}  // namespace credcached::api
