// One request of resolve or explain on its way through the service: what it may mean, and the first of that.
//
// A candidate is a definition that the request may mean; each may be cached once for every profile. The profiles in
// their order: the one without, then the others as they were added. The first of them that is cached decides: another
// profile never takes its place unseen, nor do the other sources, which would be somebody else's account. What the caller
// does not see is not there for him (resolve_request::sees).
//
// Thread safety: that of the service it belongs to.
// Ownership:     for the length of the call; request and owner belong to the caller.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "service/join.hpp"
#include "service/service_state.hpp"

namespace credcache::inline v1 {

struct resolver {
  credential_service::state& s;
  owner_view owner;
  const resolve_request& request;
  instant now;
  const csp_definition* csp = nullptr;
  std::size_t site = 0;
  std::string profile{};               // the one that decides
  bool any_cached = false;             // any candidate, of the profile that decides
  std::vector<std::string> lacking{};  // sentences: what the candidates lack that count

  /// Finds csp and site, and refuses what does not fit them.
  [[nodiscard]] result<void> find_csp();
  [[nodiscard]] result<void> find_site();
  [[nodiscard]] result<void> check_deploy_variables() const;

  [[nodiscard]] bool is_candidate(const credential_definition& definition) const noexcept {
    return definition.type == request.type && (request.name.empty() || definition.name == request.name);
  }

  /// The opened entry of a candidate. `names`: those of its values when they are not the definition's.
  struct opened_entry {
    bool is_cached = false;
    const std::vector<std::string>* names = nullptr;
  };
  /// Opens it into out.opened, if there is one of the profile that decides.
  [[nodiscard]] opened_entry open_cached(const credential_definition& definition, joined_credential& out, bool counts);
  [[nodiscard]] join_inputs inputs(const credential_definition& definition, const opened_entry& entry,
                                   const joined_credential& out) const;

  /// Whether what is cached under that profile exists for the caller and for the host he asks for.
  [[nodiscard]] bool sees(std::string_view wanted) {
    return (!request.sees || request.sees(wanted)) && (request.host.empty() || is_for_host(wanted));
  }
  /// Every profile under which a candidate is cached and that the caller sees, in their order.
  [[nodiscard]] std::vector<std::string> cached_profiles();
  /// Leaves the first complete candidate in `out`, which is empty before and if there is none.
  [[nodiscard]] result<void> find_winner(joined_credential& out);

  void note_lacking(const credential_definition& definition, const std::vector<std::string>& missing,
                    const std::vector<std::string>& unusable);
  /// Why none of them wins.
  [[nodiscard]] failure refusal();
  /// several_found, if the request wants no choice made among these.
  [[nodiscard]] result<void> check_choice(const std::vector<std::string>& profiles) const;
  /// expires_too_soon, if less is left than the request wants.
  [[nodiscard]] result<void> check_life(std::optional<time_point> deadline,
                                        const credential_definition& definition) const;

 private:
  /// Whether a candidate that is cached under that profile is for the host; also if none is cached there.
  [[nodiscard]] bool is_for_host(std::string_view wanted);
  [[nodiscard]] bool is_for_host(const credential_definition& definition, const joined_credential& joined) const;
  [[nodiscard]] std::span<const given_variable> deploy_variables() const noexcept;
  [[nodiscard]] bool join_candidate(const credential_definition& definition, const opened_entry& entry,
                                    joined_credential& out);
  [[nodiscard]] bool join_cached(joined_credential& out);
};

/// What a definition lacks, each with what is to be known about it.
[[nodiscard]] std::vector<std::string> missing_names(const join_inputs& in, const joined_credential& joined);

/// Empties an answer and takes back that it was counted as a read.
void give_up(entry_store& cache, owner_view owner, joined_credential& answer) noexcept;

}  // namespace credcache::inline v1
