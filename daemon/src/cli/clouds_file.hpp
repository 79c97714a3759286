// clouds.yaml of OpenStack's clients: the values of one cloud, by the names that they have in the environment.
//
// Thread safety: none; the program must have one thread, because a child of it reads the file.
// Ownership:     what find() returns points into this object, which is wiped at its end.
// Failure:       usage_error. Messages name file, line and column, never a value.
// Secrets:       the YAML library keeps what it reads in ordinary memory, so it works in a child process that ends when
//                it has read: the kernel takes that memory back and clears it.
// Source:        openstacksdk, "Configuration files": a setting KEY, below `auth` or beside it, is OS_KEY elsewhere.
#pragma once

#include <credcache/secret.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace credcached::cli {

class clouds_file {
 public:
  /// True for a name as YAML files have it.
  [[nodiscard]] static bool is_meant(std::string_view file) noexcept;

  /// Reads `file`. The cloud that counts is `cloud`, without it the profile's, without both the only one.
  clouds_file(const std::string& file, std::string_view cloud, std::string_view profile = {});

  /// The value of a name such as OS_PASSWORD; nothing for none and for a blank one.
  [[nodiscard]] std::optional<std::string_view> find(std::string_view name) const;
  /// The names of what stands below `auth`: whose account it is, and where.
  [[nodiscard]] std::vector<std::string_view> account_names() const;
  /// "cloud testlab of FILE".
  [[nodiscard]] const std::string& called() const noexcept { return called_; }

 private:
  // The cloud, its settings below `auth`, nothing, the others; NAME=VALUE, each with a zero byte at its end.
  credcache::secret_buffer values_;
  std::string called_;
};

}  // namespace credcached::cli
