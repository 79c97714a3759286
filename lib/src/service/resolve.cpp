// The hot path of the library begins in credential_service::resolve and ends with its return.
#include <algorithm>

#include "seal/sealed_record.hpp"
#include "service/join.hpp"
#include "service/service_state.hpp"

namespace credcache {
namespace {

std::chrono::seconds whole_seconds(time_point::duration d) {
  return std::chrono::duration_cast<std::chrono::seconds>(d);
}

// The definitions a request may mean, in order.
struct candidate_range {
  const resolve_request& request;
  [[nodiscard]] bool contains(const credential_definition& d) const noexcept {
    return d.type == request.type && (request.name.empty() || d.name == request.name);
  }
};

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

std::string lacks(const credential_definition& definition, const resolution& joined, std::string_view source) {
  return definition.name + " " + std::string(source) + " lacks " + enumerate(missing_names(definition, joined)) + ".";
}

result<void> check_life(const resolve_request& request, instant now, resolution& out) {
  if (!out.deadline || request.min_ttl.count() <= 0) return {};
  const std::chrono::seconds left = whole_seconds(*out.deadline - now.boot);
  if (left >= request.min_ttl) return {};
  return failure{error::expires_too_soon,
                 {"The credential " + out.definition->name + " of " + out.csp->name + " expires in " +
                  std::to_string(left.count()) + " s, but " + std::to_string(request.min_ttl.count()) +
                  " s were asked for. Update it to give it a new deadline."},
                 left};
}

}  // namespace

// Looks at the candidates twice at most: those with a cached entry, and, if there is none, all without the cache.
struct resolver {
  credential_service::state& s;
  owner_view owner;
  const resolve_request& request;
  instant now;
  std::size_t site = 0;
  bool count_reads = true;

  [[nodiscard]] result<void> check() {
    if (auto active = s.check_active(*request.csp); !active) return active.error();
    if (!request.site.empty()) site = site_index(*request.csp, request.site);
    if (site == request.csp->sites.size()) return no_such_site(*request.csp, request.site);
    const candidate_range range{request};
    const auto& all = request.csp->credentials;
    if (std::none_of(all.begin(), all.end(), [&](const auto& d) { return range.contains(d); })) {
      return no_such_definition(*request.csp, request.type, request.name);
    }
    return {};
  }

  // Opens the cached entry of `definition` into out.opened.
  [[nodiscard]] bool load(const credential_definition& definition, resolution& out) {
    const auto& indexed = s.definitions[definition.index];
    if (!s.cache->get(owner, indexed.slots[site], now.boot, s.entry, count_reads)) return false;
    const bool opened = s.open(s.entry, indexed.associated[site], owner, out.opened);
    s.entry.sealed.clear();
    if (opened) out.deadline = s.entry.info.deadline;
    return opened;
  }

  [[nodiscard]] bool join_candidate(const credential_definition& definition, resolution& out) {
    out.csp = request.csp;
    out.definition = &definition;
    out.site = site;
    const auto deploy =
        request.why == purpose::deployment ? request.deploy_variables : std::span<const given_variable>{};
    return join({*request.csp, definition, s.definitions[definition.index].ids, out.opened.reveal(), deploy, s.sources},
                out);
  }

  [[nodiscard]] result<void> run(resolution& out) {
    if (auto checked = check(); !checked) return checked;
    const candidate_range range{request};
    std::vector<std::string> lacking;
    bool any_cached = false;
    for (const credential_definition& d : request.csp->credentials) {
      if (!range.contains(d)) continue;
      out.clear();
      if (!load(d, out)) continue;
      any_cached = true;
      if (join_candidate(d, out)) return check_life(request, now, out);
      lacking.push_back(lacks(d, out, "in the cache"));
    }
    if (any_cached) return not_complete(*request.csp, owner, std::move(lacking));
    for (const credential_definition& d : request.csp->credentials) {
      if (!range.contains(d)) continue;
      out.clear();
      if (join_candidate(d, out)) return {};
      lacking.push_back(lacks(d, out, "in the other sources"));
    }
    return not_found(*request.csp, request.csp->sites[site], owner, std::move(lacking));
  }
};

result<void> credential_service::resolve(owner_view owner, const resolve_request& request, instant now,
                                         resolution& out) {
  out.clear();
  auto outcome = resolver{*state_, owner, request, now}.run(out);
  if (!outcome) out.clear();
  return outcome;
}

namespace {

// Why a candidate wins or does not, given whether any is cached and which one has won.
std::string reason_of(const explained_candidate& c, bool any_cached, const explained_candidate* winner,
                      const std::vector<std::string>& missing) {
  if (any_cached && !c.cached) {
    return "Not cached, while another credential of this csp is: the other sources alone would be somebody else's "
           "account.";
  }
  if (!c.complete) return "Lacks " + enumerate(missing) + ".";
  if (winner == &c) return c.cached ? "Cached and complete." : "Nothing is cached; complete from the other sources.";
  return "Complete, but " + winner->definition->name + " comes first.";
}

}  // namespace

result<explanation> credential_service::explain(owner_view owner, const resolve_request& request, instant now) {
  resolver r{*state_, owner, request, now};
  r.count_reads = false;
  explanation out;
  out.csp = request.csp;
  out.missing_requirements = missing_requirements(*request.csp);
  out.active = out.missing_requirements.empty();
  resolution joined;
  if (auto outcome = r.run(joined); !outcome) {
    out.error = outcome.error();
    const error code = out.error->code;
    if (code == error::capability_not_found) return std::move(*out.error);
  }
  if (!request.site.empty()) r.site = site_index(*request.csp, request.site);
  if (r.site == request.csp->sites.size()) return no_such_site(*request.csp, request.site);
  out.site = request.csp->sites[r.site];

  std::vector<std::vector<std::string>> missing;
  for (const credential_definition& d : request.csp->credentials) {
    if (!candidate_range{request}.contains(d)) continue;
    joined.clear();
    explained_candidate& c = out.candidates.emplace_back();
    c.definition = &d;
    c.cached = r.load(d, joined);
    c.complete = r.join_candidate(d, joined);
    c.deadline = joined.deadline;
    for (std::size_t i = 0; i < d.variables.size(); ++i) {
      c.variables.push_back({&d.variables[i], joined.variables[i].origin});
    }
    missing.push_back(missing_names(d, joined));
  }
  const bool any_cached = std::any_of(out.candidates.begin(), out.candidates.end(), [](auto& c) { return c.cached; });
  const auto first = std::find_if(out.candidates.begin(), out.candidates.end(),
                                  [&](auto& c) { return c.complete && (c.cached || !any_cached); });
  const explained_candidate* const winner = first == out.candidates.end() || !out.active ? nullptr : &*first;
  for (std::size_t i = 0; i < out.candidates.size(); ++i) {
    explained_candidate& c = out.candidates[i];
    c.wins = winner == &c && !out.error;
    c.reason = winner == nullptr && c.complete && !out.active ? "Complete, but the csp is not active."
                                                              : reason_of(c, any_cached, winner, missing[i]);
    if (winner == &c && out.error) c.reason += " " + out.error->details.front();
  }
  return out;
}

}  // namespace credcache
