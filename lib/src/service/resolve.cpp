// The hot path of the library begins in credential_service::resolve and ends with its return.
#include <algorithm>

#include "seal/sealed_record.hpp"
#include "service/join.hpp"
#include "service/service_state.hpp"

namespace credcache::inline v1 {
namespace {

failure not_complete(const csp_definition& csp, owner_view owner, std::vector<std::string> lacking) {
  failure f{error::variables_not_complete, std::move(lacking), {}};
  f.details.push_back(
      "The cached credentials of " + std::string(owner.name) + " for " + csp.name +
      " are not complete. Add the missing variables to the credential, or set them in the environment of "
      "the daemon and restart it.");
  return f;
}

failure not_found(const csp_definition& csp, std::string_view site, owner_view owner,
                  std::vector<std::string> lacking) {
  failure f{error::credentials_not_found, {}, {}};
  f.details.push_back("Nothing is cached for " + std::string(owner.name) + ", csp " + csp.name + ", site " +
                      std::string(site) + ". Add a credential with: credcached add --csp " + csp.name);
  for (std::string& line : lacking) f.details.push_back(std::move(line));
  return f;
}

result<void> check_life(const resolve_request& request, instant now, std::optional<time_point> deadline,
                        const credential_definition& definition) {
  if (!deadline || request.min_ttl.count() <= 0) return {};
  const auto left = std::chrono::duration_cast<std::chrono::seconds>(*deadline - now.boot);
  if (left >= request.min_ttl) return {};
  return failure{error::expires_too_soon,
                 {"The credential " + definition.name + " of " + request.csp->name + " expires in " +
                  std::to_string(left.count()) + " s, but " + std::to_string(request.min_ttl.count()) +
                  " s were asked for. Update it to give it a new deadline."},
                 left};
}

}  // namespace

// One request on its way. A candidate is a definition that the request may mean.
struct resolver {
  credential_service::state& s;
  owner_view owner;
  const resolve_request& request;
  instant now;
  std::size_t site = 0;
  bool any_cached = false;             // any candidate
  std::vector<std::string> lacking{};  // sentences: what the candidates lack that count

  [[nodiscard]] result<void> find_site() {
    if (!request.site.empty()) site = site_index(*request.csp, request.site);
    if (site == request.csp->sites.size()) return no_such_site(*request.csp, request.site);
    if (std::ranges::none_of(request.csp->credentials, [&](const auto& d) { return is_candidate(d); })) {
      return no_such_definition(*request.csp, request.type, request.name);
    }
    return {};
  }

  [[nodiscard]] bool is_candidate(const credential_definition& d) const noexcept {
    return d.type == request.type && (request.name.empty() || d.name == request.name);
  }

  // Opens the cached entry of `definition`, if there is one, into out.opened. Returns the names of its values when they
  // are not those of the definition.
  struct opened_entry {
    bool is_cached = false;
    const std::vector<std::string>* names = nullptr;
  };
  [[nodiscard]] opened_entry open_cached(const credential_definition& definition, resolution& out, bool counts) {
    const auto& indexed = s.definitions[definition.index];
    if (!s.cache->get(owner, indexed.slots[site], now.boot, s.entry, counts)) return {};
    const names_id names = s.entry.info.names;
    const bool same_names = names == indexed.names;
    const std::string_view fields = same_names ? indexed.slot_fields[site] : s.slot_fields_of(s.entry.info, nullptr);
    const bool opened = s.open(s.entry, fields, owner, out.opened);
    s.entry.sealed.clear();
    if (!opened) return {};
    out.deadline = s.entry.info.deadline;
    return {true, same_names ? nullptr : &s.cache->names_of(names).names};
  }

  [[nodiscard]] join_inputs inputs(const credential_definition& definition, const opened_entry& entry,
                                   const resolution& out) const {
    const auto deploy =
        request.purpose == purpose::deployment ? request.deploy_variables : std::span<const given_variable>{};
    return {*request.csp, definition, out.opened.reveal(), entry.names, deploy, s.sources};
  }

  [[nodiscard]] bool join_candidate(const credential_definition& definition, const opened_entry& entry,
                                    resolution& out) {
    out.csp = request.csp;
    out.definition = &definition;
    out.site = site;
    const join_inputs in = inputs(definition, entry, out);
    if (join(in, now, out)) return true;
    note_lacking(definition, missing_names(in, out));
    return false;
  }

  void note_lacking(const credential_definition& definition, const std::vector<std::string>& missing) {
    lacking.push_back(definition.name + (any_cached ? " in the cache" : " in the other sources") + " lacks " +
                      enumerate(missing) + ".");
  }

  // Leaves the first complete candidate in `out`: of those that are cached, or, if none is, of all. The other sources
  // alone would be somebody else's account while a credential is cached.
  [[nodiscard]] bool find_winner(resolution& out) {
    for (const credential_definition& d : request.csp->credentials) {
      if (!is_candidate(d)) continue;
      out.clear();
      const opened_entry entry = open_cached(d, out, true);
      if (!entry.is_cached) continue;
      any_cached = true;
      if (join_candidate(d, entry, out)) return true;
    }
    if (any_cached) return false;
    for (const credential_definition& d : request.csp->credentials) {
      if (!is_candidate(d)) continue;
      out.clear();
      if (join_candidate(d, {}, out)) return true;
    }
    return false;
  }

  // Every candidate as it is, without values, and with what it lacks.
  struct candidate {
    explained_candidate shown;
    std::vector<std::string> missing;
  };
  [[nodiscard]] std::vector<candidate> candidates() {
    std::vector<candidate> all;
    resolution joined;
    for (const credential_definition& d : request.csp->credentials) {
      if (!is_candidate(d)) continue;
      joined.clear();
      candidate& c = all.emplace_back();
      c.shown.definition = &d;
      const opened_entry entry = open_cached(d, joined, false);
      c.shown.cached = entry.is_cached;
      const join_inputs in = inputs(d, entry, joined);
      look(in, joined);
      c.shown.complete = is_complete(d, joined);
      c.shown.deadline = joined.deadline;
      for (std::size_t i = 0; i < d.variables.size(); ++i) {
        c.shown.variables.push_back({&d.variables[i], joined.variables[i].origin});
      }
      c.missing = missing_names(in, joined);
    }
    return all;
  }

  // The first complete one of those that are cached, or, if none is, of all; null if there is none.
  [[nodiscard]] static const candidate* winner_of(const std::vector<candidate>& all) {
    const bool any_cached = std::ranges::any_of(all, [](const candidate& c) { return c.shown.cached; });
    const auto first =
        std::ranges::find_if(all, [&](const candidate& c) { return c.shown.complete && c.shown.cached == any_cached; });
    return first == all.end() ? nullptr : &*first;
  }

  // Why none of them wins.
  [[nodiscard]] failure refusal() const {
    return any_cached ? not_complete(*request.csp, owner, lacking)
                      : not_found(*request.csp, request.csp->sites[site], owner, lacking);
  }
};

result<void> credential_service::resolve(owner_view owner, const resolve_request& request, instant now,
                                         resolution& out) {
  out.clear();
  if (auto active = state_->check_active(*request.csp); !active) return active.error();
  resolver r{*state_, owner, request, now};
  if (auto found = r.find_site(); !found) return found.error();
  try {
    if (!r.find_winner(out)) {
      out.clear();
      return r.refusal();
    }
  } catch (...) {  // of a value source, or memory: no value stays
    out.clear();
    throw;
  }
  auto checked = check_life(request, now, out.deadline, *out.definition);
  if (!checked) out.clear();
  return checked;
}

namespace {

// Why a candidate wins or does not, given whether any is cached and which one has won.
std::string reason_of(const resolver::candidate& c, bool any_cached, const resolver::candidate* winner) {
  if (any_cached && !c.shown.cached) {
    return "Not cached, while another credential of this csp is: the other sources alone would be somebody else's "
           "account.";
  }
  if (!c.shown.complete) return "Lacks " + enumerate(c.missing) + ".";
  if (winner == nullptr) return "Complete, but the csp is not active.";
  if (winner != &c) return "Complete, but " + winner->shown.definition->name + " comes first.";
  return c.shown.cached ? "Cached and complete." : "Nothing is cached; complete from the other sources.";
}

}  // namespace

result<explanation> credential_service::explain(owner_view owner, const resolve_request& request, instant now) {
  resolver r{*state_, owner, request, now};
  if (auto found = r.find_site(); !found) return found.error();
  explanation out;
  out.csp = request.csp;
  out.site = request.csp->sites[r.site];
  out.missing_requirements = missing_requirements(*request.csp);
  out.active = out.missing_requirements.empty();

  std::vector<resolver::candidate> all = r.candidates();
  r.any_cached = std::ranges::any_of(all, [](const auto& c) { return c.shown.cached; });
  for (const resolver::candidate& c : all) {
    if (c.shown.cached == r.any_cached && !c.shown.complete) r.note_lacking(*c.shown.definition, c.missing);
  }
  const resolver::candidate* const winner = out.active ? resolver::winner_of(all) : nullptr;
  result<void> outcome = state_->check_active(*request.csp);
  if (outcome && winner == nullptr) outcome = r.refusal();
  if (outcome) outcome = check_life(request, now, winner->shown.deadline, *winner->shown.definition);
  if (!outcome) out.error = outcome.error();
  for (resolver::candidate& c : all) {
    c.shown.wins = winner == &c && outcome;
    c.shown.reason = reason_of(c, r.any_cached, winner);
    if (winner == &c && !outcome) c.shown.reason += " " + out.error->details.front();
  }
  for (resolver::candidate& c : all) out.candidates.push_back(std::move(c.shown));
  return out;
}

}  // namespace credcache::inline v1
