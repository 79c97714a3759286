// What can go wrong because of what a caller asked, as a value and as an exception. Bugs and failures at start-up are
// other exceptions.
//
// `details` are complete sentences for the caller: what was found, what was expected, what to do next. They never hold
// a value, and what a caller named is escaped and cut in them. They name no program and no interface: a program that
// uses the library adds its own advice.
//
// Thread safety: plain values.
#pragma once

#include <chrono>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#pragma GCC visibility push(default)
namespace credcache::inline v1 {

enum class error {
  invalid_owner,           ///< an owner without a name, or with one of more than longest_owner_name bytes
  unknown_csp,             ///< no definition of such a csp
  csp_not_active,          ///< the csp is known, but no source has a name that it requires
  capability_not_found,    ///< no definition of this type and name, or the csp has no such site
  unknown_variable,        ///< a variable that the definition does not know
  duplicate_variable,      ///< one variable twice, perhaps once by its name and once by an alias
  invalid_value,           ///< a value that is not what is asked for, or that cannot be handed out or signed with
  not_text,                ///< a value with a zero byte, or of bytes that are not UTF-8
  variables_not_complete,  ///< a mandatory variable that no source can fill, or a source whose value cannot be used
  invalid_lifetime,        ///< a lifetime that is not positive, over the maximum, already over, or given twice
  credentials_not_found,   ///< nothing cached and nothing complete in the other sources
  several_found,           ///< several profiles are cached, none was named, and the request wants no choice made
  expires_too_soon,        ///< complete, but its remaining life is below the minimum asked for
  empty_removal,           ///< a removal that names nothing; remove_all() is the one for everything
  already_cached,          ///< a credential of the same key, when only a new one was to be added
  owner_full,              ///< this owner has as many credentials as one owner may have
  cache_full,              ///< no room for another entry
};

/// The name of the code above: "unknown_csp".
[[nodiscard]] std::string_view to_string(error code) noexcept;

struct failure {
  error code;
  std::vector<std::string> details{};  ///< never empty
  std::chrono::seconds remaining{};    ///< with expires_too_soon: what is left
};

/// What result<T>::value() throws when there is no value. what() is the name of the code and all details.
class credential_error : public std::runtime_error {
 public:
  explicit credential_error(failure reason);

  [[nodiscard]] error code() const noexcept { return reason_->code; }
  [[nodiscard]] const failure& reason() const noexcept { return *reason_; }

 private:
  std::shared_ptr<const failure> reason_;  // shared, so that copying the exception cannot fail
};

}  // namespace credcache::inline v1
#pragma GCC visibility pop
