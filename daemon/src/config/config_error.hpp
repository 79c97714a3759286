// A configuration that cannot be used. The message is one line: the position (FILE:LINE:COLUMN, or the flag), what was
// found, what was expected. It ends the process with exit code 2.
#pragma once

#include <stdexcept>

namespace credcached::config {

class config_error : public std::runtime_error {
  using std::runtime_error::runtime_error;
};

}  // namespace credcached::config
