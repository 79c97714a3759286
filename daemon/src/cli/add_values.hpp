// Where the values of `add` come from: words on the command line, files, standard input, the environment, a person.
//
// Thread safety: none.
// Failure:       usage_error. Messages name the variable, never what was given for it.
#pragma once

#include <credcache/secret.hpp>
#include <functional>
#include <optional>
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
  std::string source{};                 ///< of the daemon, that has a value; empty: none
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

/// Where values can be looked up by their names.
struct value_lookup {
  std::function<std::optional<std::string_view>(const std::string& name)> find;  ///< nothing for a blank one, too
  std::string called;                                                            ///< for messages: "the environment"
  bool has_aliases = false;  ///< a lone variable may stand there by one of its aliases, as region does in AWS's files
};
/// That of this process.
[[nodiscard]] value_lookup own_environment();

/// What `source` has of the variables that `words` leave open; at least one, if any is open. What goes together comes
/// whole from the words or whole from the source, and there under names of one kind: the variables' own, if any of these
/// is there, else their exports.
[[nodiscard]] std::vector<given_value> looked_up_values(const std::vector<asked_variable>& known,
                                                        const std::vector<given_value>& words,
                                                        const value_lookup& source);

/// What a person is asked, and what Enter means if it means something.
[[nodiscard]] std::string question_for(const asked_variable& variable);

/// Asks for each; an empty answer leaves the variable out, so that another source may fill it.
[[nodiscard]] std::vector<given_value> ask_values(const terminal& person, const std::vector<asked_variable>& known);

}  // namespace credcached::cli
