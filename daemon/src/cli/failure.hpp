// What a verb could not do, told on standard error.
//
// Thread safety: none.
#pragma once

namespace credcached::cli {

/// To be called in a catch block: prints what the exception says and returns the exit code for it.
[[nodiscard]] int report_failure();

}  // namespace credcached::cli
