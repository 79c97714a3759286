// What a resolve is asked and what it answers: the joined credential, or an explanation without values.
//
// Thread safety: none.
// Ownership:     a resolution owns its plaintext; the views in `variables` live until clear().
#pragma once

#include <chrono>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "credcache/error.hpp"
#include "credcache/provider_catalog.hpp"

#pragma GCC visibility push(default)
namespace credcache::inline v1 {

enum class purpose : std::uint8_t { monitoring, deployment };

/// Text that the caller keeps alive for the length of the call.
struct resolve_request {
  const csp_definition* csp = nullptr;  ///< from the service's present catalog
  std::string_view site;                ///< empty: the csp's only or first one
  credential_type type = credential_type::variables;
  std::string_view name;            ///< empty: any definition
  std::chrono::seconds min_ttl{0};  ///< refuse if less than this is left
  credcache::purpose purpose = purpose::monitoring;
  std::span<const given_variable> deploy_variables;  ///< count for purpose::deployment only
};

/// One variable of a joined credential. `position` is its place in the answer: the definition's variables first, then
/// the csp's required names.
struct resolved_variable {
  std::size_t position = 0;
  const std::vector<std::string>* names = nullptr;  ///< every name under which it is handed out
  value_origin origin = value_origin::missing;
  std::string_view value;
};

class resolution {
 public:
  const csp_definition* csp = nullptr;
  const credential_definition* definition = nullptr;
  std::size_t site = 0;                ///< index in csp->sites
  std::optional<time_point> deadline;  ///< of the cached part; none if nothing came from the cache
  std::vector<resolved_variable> variables;

  resolution() = default;
  resolution(const resolution&) = delete;
  resolution& operator=(const resolution&) = delete;
  ~resolution() { clear(); }

  /// Wipes every value and forgets the rest; keeps the memory for the next use.
  void clear() noexcept;

  // The storage behind the values; for the library.
  secret_buffer opened;
  std::vector<secret> joined;
};

struct explained_variable {
  const variable_definition* variable = nullptr;
  value_origin origin = value_origin::missing;
};

/// One definition that resolve would look at, in its order.
struct explained_candidate {
  const credential_definition* definition = nullptr;
  bool cached = false;
  bool complete = false;
  bool wins = false;
  std::string reason;  ///< why it wins or does not, one sentence
  std::optional<time_point> deadline;
  std::vector<explained_variable> variables;
};

struct explanation {
  const csp_definition* csp = nullptr;
  std::string site;
  bool active = true;
  std::vector<std::string> missing_requirements;
  std::vector<explained_candidate> candidates;
  std::optional<failure> error;  ///< what resolve would answer, if not a credential
};

}  // namespace credcache::inline v1
#pragma GCC visibility pop
