// The hot path of the library begins in credential_service::resolve and ends with its return.
#include <algorithm>

#include "base/text.hpp"
#include "base/time.hpp"
#include "seal/sealed_record.hpp"
#include "service/assignment.hpp"
#include "service/join.hpp"
#include "service/service_state.hpp"

namespace credcache::inline v1 {
namespace {

// What a definition lacks, each with what is to be known about it.
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

failure not_complete(const csp_definition& csp, owner_view owner, std::vector<std::string> lacking) {
  failure f{error::variables_not_complete, std::move(lacking)};
  f.details.push_back("The cached credentials of " + shown(owner.name) + " for " + csp.name +
                      " are not complete; add the missing variables to the credential.");
  return f;
}

failure not_found(const csp_definition& csp, std::string_view site, owner_view owner,
                  std::vector<std::string> lacking) {
  failure f{error::credentials_not_found};
  f.details.push_back("Nothing is cached for " + shown(owner.name) + ", csp " + csp.name + ", site " +
                      std::string(site) + "; add a credential.");
  for (std::string& line : lacking) f.details.push_back(std::move(line));
  return f;
}

result<void> check_life(const resolve_request& request, instant now, std::optional<time_point> deadline,
                        const csp_definition& csp, const credential_definition& definition) {
  if (!deadline || request.min_ttl.count() <= 0) return {};
  const auto left = std::chrono::duration_cast<std::chrono::seconds>(*deadline - now.boot);
  if (left >= request.min_ttl) return {};
  return failure{error::expires_too_soon,
                 {"The credential " + definition.name + " of " + csp.name + " expires in " + duration_text(left) +
                  ", " + duration_text(request.min_ttl) + " were asked for. Update it to give it a new deadline."},
                 left};
}

void give_up(entry_store& cache, owner_view owner, joined_credential& answer) noexcept {
  if (answer.read) cache.uncount(owner, *answer.read);
  answer.clear();
}

// Leaves an answer empty, and its read uncounted, unless it is kept: also when a source throws or memory runs out.
class given_up_unless_kept {
 public:
  given_up_unless_kept(entry_store& cache, owner_view owner, joined_credential& answer) noexcept
      : cache_(cache), owner_(owner), answer_(&answer) {
    answer.clear();
  }
  given_up_unless_kept(const given_up_unless_kept&) = delete;
  given_up_unless_kept& operator=(const given_up_unless_kept&) = delete;
  ~given_up_unless_kept() {
    if (answer_ != nullptr) give_up(cache_, owner_, *answer_);
  }
  void keep() noexcept { answer_ = nullptr; }

 private:
  entry_store& cache_;
  owner_view owner_;
  joined_credential* answer_;
};

}  // namespace

// One request on its way. A candidate is a definition that the request may mean.
struct resolver {
  credential_service::state& s;
  owner_view owner;
  const resolve_request& request;
  instant now;
  const csp_definition* csp = nullptr;
  std::size_t site = 0;
  bool any_cached = false;             // any candidate
  std::vector<std::string> lacking{};  // sentences: what the candidates lack that count

  [[nodiscard]] result<void> find_csp() {
    if (!is_valid(owner)) return invalid_owner(owner);
    if (request.csp == nullptr) {
      const auto named = s.find_csp(request.csp_name);
      if (!named) return named.error();
      csp = *named;
    } else if (s.owns(request.csp)) {
      csp = request.csp;
    } else {
      return failure{error::unknown_csp,
                     {"The csp that was given is none of this service's catalog; look it up there."}};
    }
    return {};
  }

  [[nodiscard]] result<void> find_site() {
    if (!request.site.empty()) site = site_index(*csp, request.site);
    if (site == csp->sites.size()) return no_such_site(*csp, request.site);
    if (std::ranges::none_of(csp->credentials, [&](const auto& d) { return is_candidate(d); })) {
      return no_such_definition(*csp, request.type, request.name);
    }
    return {};
  }

  // Empty for purposes that ignore them.
  [[nodiscard]] std::span<const given_variable> deploy_variables() const noexcept {
    return request.purpose == purpose::deployment ? request.deploy_variables : std::span<const given_variable>{};
  }

  [[nodiscard]] result<void> check_deploy_variables() const {
    if (deploy_variables().empty()) return {};
    for (const credential_definition& d : csp->credentials) {
      if (!is_candidate(d)) continue;
      if (const assignment assigned = assign(d, deploy_variables()); !assigned.twice.empty())
        return given_twice(assigned);
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
  [[nodiscard]] opened_entry open_cached(const credential_definition& definition, joined_credential& out, bool counts) {
    const auto& indexed = s.definitions[definition.index];
    if (!s.cache->get(owner, indexed.slots[site], now.boot, s.entry, counts)) return {};
    if (counts) out.read = s.entry.read;
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
                                   const joined_credential& out) const {
    return {*csp, definition, out.opened.reveal(), entry.names, deploy_variables(), s.sources};
  }

  [[nodiscard]] bool join_candidate(const credential_definition& definition, const opened_entry& entry,
                                    joined_credential& out) {
    out.csp = csp;
    out.definition = &definition;
    out.site = site;
    const join_inputs in = inputs(definition, entry, out);
    if (join(in, now, out)) return true;
    note_lacking(definition, missing_names(in, out), unusable_values(in, out));
    return false;
  }

  void note_lacking(const credential_definition& definition, const std::vector<std::string>& missing,
                    const std::vector<std::string>& unusable) {
    if (!missing.empty()) {
      lacking.push_back(definition.name + (any_cached ? " in the cache" : " in the other sources") + " lacks " +
                        enumerate(missing) + ".");
    }
    for (const std::string& value : unusable) lacking.push_back(definition.name + " cannot use " + value);
  }

  // Leaves the first complete candidate in `out`: of those that are cached, or, if none is, of all. The other sources
  // alone would be somebody else's account while a credential is cached. `out` is empty before, and if there is none.
  [[nodiscard]] bool find_winner(joined_credential& out) {
    for (const credential_definition& d : csp->credentials) {
      if (!is_candidate(d)) continue;
      const opened_entry entry = open_cached(d, out, true);
      any_cached = any_cached || entry.is_cached;
      if (entry.is_cached && join_candidate(d, entry, out)) return true;
      give_up(*s.cache, owner, out);
    }
    if (any_cached) return false;
    for (const credential_definition& d : csp->credentials) {
      if (!is_candidate(d)) continue;
      if (join_candidate(d, {}, out)) return true;
      out.clear();
    }
    return false;
  }

  // Every candidate as it is, without values, and with what it lacks.
  struct candidate {
    explained_candidate shown;
    std::vector<std::string> missing;
    std::vector<std::string> unusable;
  };
  [[nodiscard]] std::vector<candidate> candidates() {
    std::vector<candidate> all;
    joined_credential joined;
    for (const credential_definition& d : csp->credentials) {
      if (!is_candidate(d)) continue;
      joined.clear();
      candidate& c = all.emplace_back();
      c.shown.definition = &d;
      const opened_entry entry = open_cached(d, joined, false);
      c.shown.cached = entry.is_cached;
      const join_inputs in = inputs(d, entry, joined);
      look(in, now, joined);
      c.shown.complete = is_complete(d, joined);
      c.shown.deadline = joined.deadline;
      for (std::size_t i = 0; i < d.variables.size(); ++i) {
        const unusable_value* const unusable = find_unusable(joined, i);
        c.shown.variables.push_back({&d.variables[i], joined.variables[i].origin, is_mandatory(d, i, joined),
                                     unusable == nullptr ? "" : unusable->why});
      }
      c.missing = missing_names(in, joined);
      c.unusable = unusable_values(in, joined);
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
    return any_cached ? not_complete(*csp, owner, lacking) : not_found(*csp, csp->sites[site], owner, lacking);
  }
};

result<void> credential_service::resolve(owner_view owner, const resolve_request& request, instant now,
                                         resolution& out) {
  if (!out.content_) out.content_ = std::make_unique<joined_credential>();
  joined_credential& answer = *out.content_;
  given_up_unless_kept guard(*state_->cache, owner, answer);
  resolver r{*state_, owner, request, now};
  if (auto found = r.find_csp(); !found) return found;
  if (auto active = state_->check_active(*r.csp); !active) return active;
  if (auto found = r.find_site(); !found) return found;
  if (auto given = r.check_deploy_variables(); !given) return given;
  if (!r.find_winner(answer)) return r.refusal();
  if (auto enough = check_life(request, now, answer.deadline, *r.csp, *answer.definition); !enough) return enough;
  answer.catalog = state_->catalog;
  guard.keep();
  return {};
}

void credential_service::uncount(owner_view owner, const resolution& answer) noexcept {
  if (answer.content_ && answer.content_->read) state_->cache->uncount(owner, *answer.content_->read);
}

namespace {

// Why a candidate wins or does not, given whether any is cached and which one has won.
std::string reason_of(const resolver::candidate& c, bool any_cached, const resolver::candidate* winner) {
  if (any_cached && !c.shown.cached) {
    return "Not cached, while another credential of this csp is: the other sources alone would be somebody else's "
           "account.";
  }
  if (!c.shown.complete) {
    std::string reason = c.missing.empty() ? "" : "Lacks " + enumerate(c.missing) + ".";
    for (const std::string& value : c.unusable) reason += (reason.empty() ? "Cannot use " : " Cannot use ") + value;
    return reason;
  }
  if (winner == nullptr) return "Complete, but the csp is not active.";
  if (winner != &c) return "Complete, but " + winner->shown.definition->name + " comes first.";
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

  std::vector<resolver::candidate> all = r.candidates();
  r.any_cached = std::ranges::any_of(all, [](const auto& c) { return c.shown.cached; });
  for (const resolver::candidate& c : all) {
    if (c.shown.cached == r.any_cached && !c.shown.complete) r.note_lacking(*c.shown.definition, c.missing, c.unusable);
  }
  const resolver::candidate* const winner = out.active ? resolver::winner_of(all) : nullptr;
  result<void> outcome = state_->check_active(*r.csp);
  if (outcome && winner == nullptr) outcome = r.refusal();
  if (outcome) outcome = check_life(request, now, winner->shown.deadline, *r.csp, *winner->shown.definition);
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
