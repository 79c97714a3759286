// The lists of a pool that a connection can be in, besides that of all connections.
//
// Thread safety: as the connection's.
#pragma once

#include <boost/intrusive/list_hook.hpp>

namespace credcached::http {

/// In a queue for turns.
using turn_hook = boost::intrusive::list_base_hook<boost::intrusive::tag<struct turn_tag>,
                                                   boost::intrusive::link_mode<boost::intrusive::auto_unlink>>;

/// In the list of strangers.
using stranger_hook = boost::intrusive::list_base_hook<boost::intrusive::tag<struct stranger_tag>>;

}  // namespace credcached::http
