// Where the values of `add` come from: the words on the command line, files, standard input, or a person.
#pragma once

#include <credcache/secret.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace credcached::cli {

class terminal;

/// One variable of a credential definition, as the daemon's capabilities tell it.
struct asked_variable {
  std::string name, description;
  bool mandatory = true, sensitive = false;
};

struct given_value {
  std::string name;
  credcache::secret_buffer value;
};

/// NAME=@file, NAME=- and NAME=value. Throws usage_error: for a sensitive value among the arguments (every process of
/// the machine can read those), for an unknown name, for standard input twice, for a file that cannot be read.
[[nodiscard]] std::vector<given_value> read_values(const std::vector<std::string>& words,
                                                   const std::vector<asked_variable>& known);

/// Asks for each; an empty answer leaves the variable out, so that another source may fill it.
[[nodiscard]] std::vector<given_value> ask_values(const terminal& person, const std::vector<asked_variable>& known);

/// A whole file, or standard input for "-". Throws usage_error.
[[nodiscard]] credcache::secret_buffer read_file(const std::string& file);

}  // namespace credcached::cli
