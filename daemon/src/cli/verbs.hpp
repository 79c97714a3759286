// START HERE. The verbs of the command line: what each is told, and the function that does it.
//
// Options are plain text as typed; command_line.cpp fills them and has checked their form. An empty string means "not
// given". Each run() returns an exit_code. Exceptions for the rest, which main.cpp turns into codes: usage_error,
// config_error, client::unreachable, client::malformed_answer.
#pragma once

#include <string>
#include <variant>
#include <vector>

#include "cli/exit_code.hpp"

namespace credcached::cli {

/// Where the daemon is, and for whom to act.
struct connection_options {
  std::string socket;     ///< path, or unix:PATH; empty: config::default_socket_path()
  std::string user, isv;  ///< at most one of them; neither: the login name of the caller
};

struct selector {
  std::string csp{}, site{}, type{}, name{}, profile{};
  bool no_profile = false;  ///< the one without a profile; not together with a profile
};

struct serve_options {
  std::string config, providers, key_file, token_file, default_ttl, max_ttl, workers, log_level;
  std::vector<std::string> listen;
};

struct add_options {
  connection_options connection;
  selector selection;
  std::string ttl, expires_at, description, from_json;
  std::string from_file, section;  ///< of it; empty: that of the profile, else default
  bool from_environment = false, no_replace = false;
  std::vector<std::string> values;  ///< NAME=@file, NAME=-, NAME=value
};

struct list_options {
  connection_options connection;
  std::string csp, expiring;
  bool all_owners = false, details = false, json = false;
};

struct rm_options {
  connection_options connection;
  selector selection;
  bool all = false;
};

/// What resolve, explain and exec ask alike.
struct query_options {
  connection_options connection;
  selector selection;
  std::string min_ttl;
};

struct resolve_options : query_options {
  std::string format, host;
};

struct explain_options : query_options {
  bool json = false, check = false;
};

struct exec_options : query_options {
  bool pristine = false, quiet = false;
  std::string refused_code;       ///< the exit code of a refusal, in place of those of exit_code.hpp
  std::vector<std::string> keep;  ///< names that the command inherits in any case
  std::vector<char*> command;     ///< the words after --, and a null pointer as execve wants it
};

struct status_options {
  connection_options connection;
  bool json = false;
};

struct capabilities_options : status_options {
  std::string csp;
};
struct check_config_options {
  std::string config, providers;
  bool strict = false;      ///< a warning counts as a mistake
  std::string user, token;  ///< who asks: then the rules are asked, in place of a summary
  std::string action, owner, csp, profile;
  bool no_profile = false;
};
struct version_options {};

int run(const serve_options&);
int run(const add_options&);
int run(const list_options&);
int run(const rm_options&);
int run(const resolve_options&);
int run(const explain_options&);
int run(const exec_options&);
int run(const capabilities_options&);
int run(const status_options&);
int run(const check_config_options&);
int run(const version_options&);

using verb = std::variant<serve_options, add_options, list_options, rm_options, resolve_options, explain_options,
                          exec_options, capabilities_options, status_options, check_config_options, version_options>;

}  // namespace credcached::cli
