// Formats of what a request presents: a header line, curl's configuration, netrc.
//
// Thread safety: pure functions.
// Failure:       false, and nothing appended, if the format has no form for it (output_format::no_form_for).
#pragma once

#include "credcache/presentation.hpp"

namespace credcached::formats {

/// Name: value, for `curl --header @FILE` and other tools that take header lines.
bool write_header(credcache::secret_buffer& out, const credcache::presentation& presented,
                  const credcache::resolution& resolved);
/// A line for `curl --config`, which so keeps the secret out of its arguments.
bool write_curl(credcache::secret_buffer& out, const credcache::presentation& presented,
                const credcache::resolution& resolved);
/// machine HOST login USER password PASSWORD, a line for each host, for curl, git, wget and Python. Such files know no
/// ports and no quotes that all of them read.
bool write_netrc(credcache::secret_buffer& out, const credcache::presentation& presented,
                 const credcache::resolution& resolved);

}  // namespace credcached::formats
