// Where a variable's value may come from besides the caller and the cache: the environment, systemd credentials, or a
// source of your own.
//
// Thread safety: a value_source belongs to one credential_service and so to one thread. sealed_values is immutable and
//                shared between the sources of several threads.
// Ownership:     values are copied out into `secret`; a source keeps none in plaintext.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "credcache/cipher.hpp"
#include "credcache/credential.hpp"

#pragma GCC visibility push(default)
namespace credcache::inline v1 {

class value_source {
 public:
  virtual ~value_source() = default;
  /// What answers call it.
  [[nodiscard]] virtual value_origin kind() const noexcept = 0;
  /// True if it has a non-blank value under exactly this name. Cheap: called for every variable of every resolve.
  [[nodiscard]] virtual bool has(std::string_view name) const noexcept = 0;
  /// The value, if has(name).
  [[nodiscard]] virtual std::optional<secret> find(std::string_view name) = 0;
};

/// Named values, each sealed with the name as associated data.
class sealed_values {
 public:
  explicit sealed_values(std::shared_ptr<const master_key> key);
  ~sealed_values();
  void put(std::string_view name, std::string_view value);
  /// A copy with the same entries, to be extended on reload.
  [[nodiscard]] std::shared_ptr<sealed_values> clone() const;
  [[nodiscard]] bool empty() const noexcept;
  [[nodiscard]] const master_key& key() const noexcept;
  /// The sealed bytes of `name`, empty if there are none.
  [[nodiscard]] std::string_view find(std::string_view name) const noexcept;

 private:
  struct state;
  std::unique_ptr<state> state_;
};

/// A source over sealed values.
class sealed_source final : public value_source {
 public:
  sealed_source(value_origin kind, std::shared_ptr<const sealed_values> values);
  [[nodiscard]] value_origin kind() const noexcept override { return kind_; }
  [[nodiscard]] bool has(std::string_view name) const noexcept override;
  [[nodiscard]] std::optional<secret> find(std::string_view name) override;

 private:
  value_origin kind_;
  std::shared_ptr<const sealed_values> values_;
  std::optional<cipher> cipher_;  // made for the first value that is asked for
};

/// Seals the values of `names` found in the environment of this process into `into`. A name that `into` has already and
/// the environment has not any more keeps its value. Call it while no other thread changes the environment.
void import_environment(const std::vector<std::string>& names, sealed_values& into);

/// Overwrites the values of `names` in the environment block and takes them out, so that /proc/PID/environ shows them no
/// longer. Call it while no other thread touches the environment.
void erase_environment(const std::vector<std::string>& names) noexcept;

/// Seals the files of `folder` ($CREDENTIALS_DIRECTORY) that are called like one of `names`; a final newline is
/// dropped. Throws std::runtime_error if a file is there but cannot be read.
void import_credentials(const std::string& folder, const std::vector<std::string>& names, sealed_values& into);

}  // namespace credcache::inline v1
#pragma GCC visibility pop
