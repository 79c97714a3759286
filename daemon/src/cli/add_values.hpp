// Where the values of `add` come from: words on the command line, files, standard input, the environment, a person.
//
// Thread safety: none.
// Failure:       usage_error. Messages name the variable, never what was given for it.
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
  std::vector<std::string> exports{};   ///< further names under which tools of the cloud look for it
  std::vector<std::string> together{};  ///< the variables of one account that it belongs to, itself as well; or none
  std::vector<std::string> aliases{};   ///< further names under which a value may be given
};

struct given_value {
  std::string name;
  credcache::secret_buffer value;
};

/// NAME=@file, NAME=- and NAME=value, where \@… and \- are values that begin with @ or are a dash. A name that is not
/// known may be an alias, which the daemon knows; whether it stands for a secret is not known here, so its value has to
/// come from a file. Refuses a secret among the arguments, because every process of the machine can read those.
[[nodiscard]] std::vector<given_value> read_values(const std::vector<std::string>& words,
                                                   const std::vector<asked_variable>& known);

/// What the environment of this process has of the variables that `words` leave open; at least one, if any is open. What
/// goes together comes whole from the words or whole from the environment, and there under names of one kind: the
/// variables' own, if any of these is there, else their exports.
[[nodiscard]] std::vector<given_value> environment_values(const std::vector<asked_variable>& known,
                                                          const std::vector<given_value>& words);

/// Asks for each; an empty answer leaves the variable out, so that another source may fill it.
[[nodiscard]] std::vector<given_value> ask_values(const terminal& person, const std::vector<asked_variable>& known);

}  // namespace credcached::cli
