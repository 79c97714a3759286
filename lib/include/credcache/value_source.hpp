// Where a variable's value may come from besides the caller and the cache: the environment, systemd credentials, or a
// source of your own, such as a vault.
//
// Thread safety: a value_source belongs to one credential_service and so to one thread. sealed_values is immutable and
//                shared between the sources of several threads.
// Ownership:     values are handed over as `secret`; a sealed_source keeps none in plaintext.
// Time:          an argument (clock.hpp).
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "credcache/cipher.hpp"
#include "credcache/clock.hpp"
#include "credcache/secret.hpp"
#include "credcache/value_origin.hpp"

#pragma GCC visibility push(default)
namespace credcache::inline v1 {

/// What a source has under one name.
struct fetched_value {
  secret value;                             ///< blank: nothing
  time_point deadline = time_point::max();  ///< until when it lives; the answer lives no longer
};

class value_source {
 public:
  virtual ~value_source() = default;
  /// What explain, answers and messages call it, e.g. value_origin::named("vault"). The name lives as long as the source.
  [[nodiscard]] virtual value_origin origin() const noexcept = 0;
  /// True if it answers for this name: explain shows it as the origin, add takes the variable as given, and resolve
  /// fetches it. Must be cheap and wait for nobody, since it is called for each variable that the sources before lack. A
  /// source that would have to ask elsewhere says true for the names that are its own, and false for all others.
  [[nodiscard]] virtual bool has(std::string_view name) const noexcept = 0;
  /// True if fetch() waits for nobody, because the values are in memory: then explain and add ask as well, so that they
  /// see what its values are fit for.
  [[nodiscard]] virtual bool is_at_hand() const noexcept { return false; }
  /// Sets out[i] for every names[i] that it has a value for. Unless it is at hand, only resolve calls it: at most once for
  /// each definition that it tries, with every name it lacks and has() is true of, each once. The calling thread waits
  /// for it, and no lock is held meanwhile. What it leaves out is looked up in the sources that follow. What it throws
  /// reaches the caller of resolve, and the answer is empty then; no value that was fetched before stays.
  virtual void fetch(std::span<const std::string_view> names, std::span<fetched_value> out, instant now) = 0;
};

/// Named values, each sealed with the name as associated data.
class sealed_values {
 public:
  /// Throws std::invalid_argument if the key is null.
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

/// A source over sealed values. Its `origin`, if it has a name of its own, must outlive it.
class sealed_source final : public value_source {
 public:
  /// Throws std::invalid_argument if there are no values.
  sealed_source(value_origin origin, std::shared_ptr<const sealed_values> values);
  [[nodiscard]] value_origin origin() const noexcept override { return origin_; }
  [[nodiscard]] bool has(std::string_view name) const noexcept override;
  [[nodiscard]] bool is_at_hand() const noexcept override { return true; }
  void fetch(std::span<const std::string_view> names, std::span<fetched_value> out, instant now) override;

 private:
  value_origin origin_;
  std::shared_ptr<const sealed_values> values_;
  std::optional<cipher> cipher_;  // made for the first value that is asked for
};

/// What becomes of environment variables that were imported: `erase` calls erase_environment() once all of them are
/// sealed.
enum class after_import { keep, erase };

/// Seals the values of `names` found in the environment into `into`, without a byte order mark and one line end, as of
/// files. A name that `into` has already and the environment has not any more keeps its value. std::bad_alloc leaves the
/// environment as it was; `into` may have some values then. Call it while no other thread changes the environment.
void import_environment(const std::vector<std::string>& names, sealed_values& into,
                        after_import then = after_import::keep);

/// Overwrites the values of `names` in the environment block and takes them out, so that /proc/PID/environ shows them no
/// longer. Call it while no other thread touches the environment.
void erase_environment(const std::vector<std::string>& names) noexcept;

/// Seals the files of `folder` ($CREDENTIALS_DIRECTORY) that are called like one of `names`, without a byte order
/// mark and one line end at the end. Throws std::runtime_error if a file is there but cannot be read.
void import_credentials(const std::string& folder, const std::vector<std::string>& names, sealed_values& into);

}  // namespace credcache::inline v1
#pragma GCC visibility pop
