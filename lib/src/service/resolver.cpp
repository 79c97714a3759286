#include "service/resolver.hpp"

#include <algorithm>
#include <set>
#include <utility>

#include "base/profile.hpp"
#include "base/text.hpp"
#include "base/time.hpp"
#include "service/assignment.hpp"
#include "service/presented_hosts.hpp"

namespace credcache::inline v1 {
namespace {

failure not_complete(const csp_definition& csp, owner_view owner, std::string_view profile,
                     std::vector<std::string> lacking) {
  failure f{error::variables_not_complete, std::move(lacking)};
  f.details.push_back("The cached credentials of " + shown(owner.name) + " for " + csp.name + of_profile(profile) +
                      " are not complete; add the missing variables to the credential.");
  return f;
}

failure not_found(const csp_definition& csp, std::string_view site, owner_view owner, std::string_view profile,
                  std::vector<std::string> lacking) {
  failure f{error::credentials_not_found};
  f.details.push_back("Nothing is cached for " + shown(owner.name) + ", csp " + csp.name + ", site " +
                      std::string(site) + of_profile(profile) + "; add a credential.");
  for (std::string& line : lacking) f.details.push_back(std::move(line));
  return f;
}

}  // namespace

std::vector<std::string> missing_names(const join_inputs& in, const joined_credential& joined) {
  std::vector<std::string> all;
  for (const shortage& lacking : shortages(in, joined)) {
    std::string& text = all.emplace_back(lacking.names);
    const std::string source(to_string(lacking.source));
    if (!lacking.partner.empty()) {
      text += " (from the same source as " + std::string(lacking.partner) + ": " + source + ")";
    } else if (lacking.source != value_origin::missing) {
      text += " (not delivered by " + source + ")";
    }
  }
  return all;
}

void give_up(entry_store& cache, owner_view owner, joined_credential& answer) noexcept {
  if (answer.read) cache.uncount(owner, *answer.read);
  answer.clear();
}

result<void> resolver::find_csp() {
  if (!is_valid(owner)) return invalid_owner(owner);
  if (request.csp == nullptr) {
    const auto named = s.find_csp(request.csp_name);
    if (!named) return named.error();
    csp = *named;
  } else if (s.owns(request.csp)) {
    csp = request.csp;
  } else {
    return failure{error::unknown_csp, {"The csp that was given is none of this service's catalog; look it up there."}};
  }
  return {};
}

result<void> resolver::find_site() {
  if (!request.site.empty()) site = site_index(*csp, request.site);
  if (site == csp->sites.size()) return no_such_site(*csp, request.site);
  if (std::ranges::none_of(csp->credentials, [&](const auto& d) { return is_candidate(d); })) {
    return no_such_definition(*csp, request.type, request.name);
  }
  profile = request.profile.value_or("");
  return {};
}

// Empty for purposes that ignore them.
std::span<const given_variable> resolver::deploy_variables() const noexcept {
  return request.purpose == purpose::deployment ? request.deploy_variables : std::span<const given_variable>{};
}

result<void> resolver::check_deploy_variables() const {
  if (deploy_variables().empty()) return {};
  for (const credential_definition& d : csp->credentials) {
    if (!is_candidate(d)) continue;
    if (const assignment assigned = assign(d, deploy_variables()); !assigned.twice.empty())
      return given_twice(assigned);
  }
  return {};
}

resolver::opened_entry resolver::open_cached(const credential_definition& definition, joined_credential& out,
                                             bool counts) {
  const auto& indexed = s.definitions[definition.index];
  if (!s.cache->get(owner, {indexed.slots[site], profile}, now.boot, s.entry, counts)) return {};
  if (counts) out.read = s.entry.read;
  const names_id names = s.entry.info.names;
  const bool same_names = names == indexed.names;
  const bool as_indexed = same_names && profile.empty();
  const std::string_view fields =
      as_indexed ? indexed.slot_fields[site] : s.slot_fields_of(s.entry.info, profile, nullptr);
  const bool opened = s.open(s.entry, fields, owner, out.opened);
  s.entry.sealed.clear();
  if (!opened) return {};
  out.deadline = s.entry.info.deadline;
  return {true, same_names ? nullptr : &s.cache->names_of(names).names};
}

join_inputs resolver::inputs(const credential_definition& definition, const opened_entry& entry,
                             const joined_credential& out) const {
  return {*csp, definition, out.opened.reveal(), entry.names, profile, deploy_variables(), s.sources};
}

bool resolver::join_candidate(const credential_definition& definition, const opened_entry& entry,
                              joined_credential& out) {
  out.csp = csp;
  out.definition = &definition;
  out.site = site;
  out.profile = profile;
  const join_inputs in = inputs(definition, entry, out);
  if (join(in, now, out)) return true;
  note_lacking(definition, missing_names(in, out), unusable_values(in, out));
  return false;
}

void resolver::note_lacking(const credential_definition& definition, const std::vector<std::string>& missing,
                            const std::vector<std::string>& unusable) {
  if (!missing.empty()) {
    lacking.push_back(definition.name + (any_cached ? " in the cache" : " in the other sources") + " lacks " +
                      enumerate(missing) + ".");
  }
  for (const std::string& value : unusable) lacking.push_back(definition.name + " cannot use " + value);
}

bool resolver::is_for_host(const credential_definition& definition, const joined_credential& joined) const {
  if (request.host.empty()) return true;
  if (!definition.presented) return false;
  const auto hosts = presented_hosts(*definition.presented, joined.variables);
  return std::ranges::any_of(hosts, [&](const std::string& host) { return is_same_host(host, request.host); });
}

bool resolver::is_for_host(std::string_view wanted) {
  const std::string deciding = std::exchange(profile, std::string(wanted));
  bool is_cached = false, fits = false;
  for (const credential_definition& d : csp->credentials) {
    if (fits || !is_candidate(d)) continue;
    joined_credential looked;
    const opened_entry entry = open_cached(d, looked, false);
    if (!entry.is_cached) continue;
    is_cached = true;
    look(inputs(d, entry, looked), now, looked);
    fits = is_for_host(d, looked);
  }
  profile = deciding;
  return fits || !is_cached;
}

std::vector<std::string> resolver::cached_profiles() {
  std::vector<std::string> profiles;
  std::set<std::string, std::less<>> known;
  for (entry_key& key : s.cache->keys_of(owner, now.boot)) {
    const bool is_meant = std::ranges::any_of(csp->credentials, [&](const credential_definition& d) {
      return is_candidate(d) && s.definitions[d.index].slots[site] == key.slot;
    });
    if (!is_meant || !known.insert(key.profile).second || !sees(key.profile)) continue;
    profiles.insert(key.profile.empty() ? profiles.begin() : profiles.end(), std::move(key.profile));
  }
  return profiles;
}

bool resolver::join_cached(joined_credential& out) {
  for (const credential_definition& d : csp->credentials) {
    if (!is_candidate(d)) continue;
    const opened_entry entry = open_cached(d, out, true);
    any_cached = any_cached || entry.is_cached;
    if (entry.is_cached && join_candidate(d, entry, out) && is_for_host(d, out)) return true;
    give_up(*s.cache, owner, out);
  }
  return false;
}

result<void> resolver::find_winner(joined_credential& out) {
  const bool sees_first = sees(profile);
  bool found = sees_first && join_cached(out);
  if (!request.profile && (!sees_first || s.entry.owner_has_profiles)) {
    std::vector<std::string> profiles = cached_profiles();
    if (auto chosen = check_choice(profiles); !chosen) return chosen;
    if (!any_cached && !profiles.empty()) {
      profile = profiles.front();
      found = join_cached(out);
    }
    std::erase(profiles, profile);
    out.others = std::move(profiles);
  }
  if (found) return {};
  // The other sources have no profile.
  const bool may_come_from_elsewhere = !any_cached && profile.empty() && sees_first;
  for (const credential_definition& d : csp->credentials) {
    if (!may_come_from_elsewhere) break;
    if (!is_candidate(d)) continue;
    if (join_candidate(d, {}, out) && is_for_host(d, out)) return {};
    out.clear();
  }
  return refusal();
}

failure resolver::refusal() {
  if (any_cached) return not_complete(*csp, owner, profile, lacking);
  failure f = not_found(*csp, csp->sites[site], owner, profile, lacking);
  if (!request.host.empty())
    f.details.push_back("No credential that could be meant is for the host " + shown(request.host) + ".");
  if (request.profile) {
    const auto profiles = shown_profiles(cached_profiles());
    if (!profiles.empty())
      f.details.push_back("Of " + csp->name + " there " + (profiles.size() == 1 ? "is " : "are ") +
                          enumerate(profiles) + ".");
  }
  return f;
}

result<void> resolver::check_choice(const std::vector<std::string>& profiles) const {
  if (request.profile || request.several == several::first || profiles.size() < 2) return {};
  return failure{error::several_found,
                 {"Several credentials are cached for " + shown(owner.name) + ", csp " + csp->name + ", site " +
                  csp->sites[site] + ": " + enumerate(shown_profiles(profiles)) + ". Say which one is meant."}};
}

result<void> resolver::check_life(std::optional<time_point> deadline, const credential_definition& definition) const {
  if (!deadline || request.min_ttl.count() <= 0) return {};
  const auto left = std::chrono::duration_cast<std::chrono::seconds>(*deadline - now.boot);
  if (left >= request.min_ttl) return {};
  return failure{error::expires_too_soon,
                 {"The credential " + definition.name + " of " + csp->name + of_profile(profile) + " expires in " +
                  duration_text(left) + ", " + duration_text(request.min_ttl) +
                  " were asked for. Update it to give it a new deadline."},
                 left};
}

}  // namespace credcache::inline v1
