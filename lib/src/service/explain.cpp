// credential_service::explain: what resolve would do, from the same steps, without counting
// a read or waiting for a source.
#include <algorithm>
#include <set>

#include "base/profile.hpp"
#include "base/text.hpp"
#include "service/resolver.hpp"

namespace credcache::inline v1 {
namespace {

// A candidate as it is, without values, and with what it lacks.
struct candidate {
  explained_candidate shown;
  std::ptrdiff_t rank = -1;  // of its profile; -1: none of those that are cached
  std::vector<std::string> missing;
  std::vector<std::string> unusable;
};

candidate look_at(resolver& r, const credential_definition& definition) {
  candidate c;
  joined_credential joined;
  c.shown.definition = &definition;
  c.shown.profile = r.profile;
  const auto entry = r.open_cached(definition, joined, false);
  c.shown.cached = entry.is_cached;
  const join_inputs in = r.inputs(definition, entry, joined);
  look(in, r.now, joined);
  c.shown.complete = is_complete(definition, joined);
  c.shown.deadline = joined.deadline;
  for (std::size_t i = 0; i < definition.variables.size(); ++i) {
    const unusable_value* const unusable = find_unusable(joined, i);
    c.shown.variables.push_back({&definition.variables[i], joined.variables[i].origin,
                                 is_mandatory(definition, i, joined), unusable == nullptr ? "" : unusable->why});
  }
  c.missing = missing_names(in, joined);
  c.unusable = unusable_values(in, joined);
  return c;
}

// In the order of resolve. A definition that is not cached is shown once: without a profile, or with the one asked for.
std::vector<candidate> candidates(resolver& r, const std::vector<std::string>& profiles) {
  std::vector<candidate> all;
  std::set<const credential_definition*> cached;
  const auto add = [&](std::string_view profile, std::ptrdiff_t rank, auto counts) {
    r.profile = profile;
    for (const credential_definition& d : r.csp->credentials) {
      if (!r.is_candidate(d)) continue;
      candidate c = look_at(r, d);
      c.rank = rank;
      if (counts(c)) all.push_back(std::move(c));
    }
  };
  std::ptrdiff_t rank = 0;
  for (const std::string& profile : profiles) {
    add(profile, rank++, [&](const candidate& c) {
      if (c.shown.cached) cached.insert(c.shown.definition);
      return c.shown.cached;
    });
  }
  const std::string_view asked_for = r.request.profile.value_or("");
  const bool decides = !profiles.empty() && profiles.front() == asked_for;
  if (r.sees(asked_for)) {
    add(asked_for, decides ? 0 : -1,
        [&](const candidate& c) { return !c.shown.cached && !cached.contains(c.shown.definition); });
  }
  // Of one profile in the order of the definitions.
  std::ranges::sort(all, {}, [](const candidate& c) { return std::pair(c.rank, c.shown.definition->index); });
  return all;
}

// Why a candidate wins or does not, given which one decides by its profile and which one has won.
std::string reason_of(const resolver& r, const candidate& c, const candidate* winner) {
  if (!c.shown.cached && r.any_cached) {
    return "Not cached, while another credential of this csp is: the other sources alone would be somebody else's "
           "account.";
  }
  if (!c.shown.cached && !c.shown.profile.empty())
    return "Nothing is cached" + of_profile(c.shown.profile) + "; what the other sources have is of no profile.";
  if (!c.shown.complete) {
    std::string reason = c.missing.empty() ? "" : "Lacks " + enumerate(c.missing) + ".";
    for (const std::string& value : c.unusable) reason += (reason.empty() ? "Cannot use " : " Cannot use ") + value;
    return reason;
  }
  if (winner == nullptr && c.shown.profile != r.profile)
    return "Complete, but " + shown_profiles({r.profile}).front() + " comes first, and it is not.";
  if (winner == nullptr) return "Complete, but the csp is not active.";
  if (winner != &c) {
    return "Complete, but " + winner->shown.definition->name +
           (winner->shown.profile == c.shown.profile ? "" : of_profile(winner->shown.profile)) + " comes first.";
  }
  return c.shown.cached ? "Cached and complete." : "Nothing is cached; complete from the other sources.";
}

}  // namespace

result<explanation> credential_service::explain(owner_view owner, const resolve_request& request, instant now) {
  resolver r{*state_, owner, request, now};
  if (auto found = r.find_csp(); !found) return found.error();
  if (auto found = r.find_site(); !found) return found.error();
  if (auto given = r.check_deploy_variables(); !given) return given.error();
  explanation out;
  out.catalog = state_->catalog;
  out.csp = r.csp;
  out.site = r.csp->sites[r.site];
  out.missing_requirements = missing_requirements(*r.csp);
  out.active = out.missing_requirements.empty();

  std::vector<std::string> profiles = r.cached_profiles();
  if (request.profile) std::erase_if(profiles, [&](const std::string& profile) { return profile != *request.profile; });
  std::vector<candidate> all = candidates(r, profiles);
  r.any_cached = !profiles.empty();
  r.profile = r.any_cached ? std::string_view(profiles.front()) : request.profile.value_or("");

  const candidate* winner = nullptr;
  for (const candidate& c : all) {
    const bool decides = c.shown.cached == r.any_cached && c.shown.profile == r.profile;
    if (decides && !c.shown.complete) r.note_lacking(*c.shown.definition, c.missing, c.unusable);
    const bool may_win = decides && c.shown.complete && (c.shown.cached || c.shown.profile.empty());
    if (may_win && out.active && winner == nullptr) winner = &c;
  }
  result<void> outcome = state_->check_active(*r.csp);
  if (outcome) outcome = r.check_choice(profiles);
  if (outcome && winner == nullptr) outcome = r.refusal();
  if (outcome) outcome = r.check_life(winner->shown.deadline, *winner->shown.definition);
  if (!outcome) out.error = outcome.error();
  for (candidate& c : all) {
    c.shown.wins = winner == &c && outcome;
    c.shown.reason = reason_of(r, c, winner);
    if (winner == &c && !outcome) c.shown.reason += " " + out.error->details.front();
  }
  for (candidate& c : all) out.candidates.push_back(std::move(c.shown));
  return out;
}

}  // namespace credcache::inline v1
