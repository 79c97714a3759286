// The pages of this program's own file, code and constants, that the kernel has put into this process.
//
// A start reads its way through parsers and tables that are not needed again, and the kernel maps whole neighbourhoods
// of what is read. Thread safety: any thread, at any time.
#pragma once

namespace credcached::platform {

/// Lets go of all of them. What is used comes back by itself, from the page cache, at its next use; the rest does not.
/// Memory stays locked as it was. Does nothing where the kernel knows no way to (before Linux 5.18).
void let_go_of_program_pages() noexcept;

}  // namespace credcached::platform
