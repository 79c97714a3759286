// credential_service::add: checks everything, names all that is wrong at once, then seals and stores.
#include <algorithm>
#include <map>
#include <utility>

#include "base/profile.hpp"
#include "base/spelling.hpp"
#include "base/text.hpp"
#include "base/text_file.hpp"
#include "base/time.hpp"
#include "catalog/variable_rules.hpp"
#include "seal/sealed_record.hpp"
#include "service/assignment.hpp"
#include "service/join.hpp"
#include "service/service_state.hpp"

namespace credcache::inline v1 {
namespace {

// A request's variables by the position of the definition's variable; each once, and none that the definition lacks.
result<std::map<std::size_t, const given_variable*>> checked(const csp_definition& csp,
                                                             const credential_definition& definition,
                                                             std::span<const given_variable> given) {
  assignment assigned = assign(definition, given);
  if (!assigned.unknown.empty()) {
    std::vector<std::string> names, known, unknown;
    for (const variable_definition& v : definition.variables) {
      names.push_back(v.name + (v.aliases.empty() ? "" : " (" + joined(v.aliases) + ")"));
      known.push_back(v.name);
      known.insert(known.end(), v.aliases.begin(), v.aliases.end());
    }
    for (const std::string_view name : assigned.unknown) unknown.push_back(shown(name));
    return failure{error::unknown_variable,
                   {csp.name + " " + definition.name + " does not know " + enumerate(unknown) + "; its variables are " +
                    enumerate(names) + "." + did_you_mean(assigned.unknown.front(), known)}};
  }
  if (!assigned.twice.empty()) return given_twice(assigned);
  return std::move(assigned.values);
}

// What is wrong with the values of a request.
struct complaints {
  bool not_text = false;               // one of them
  std::vector<std::string> invalid{};  // sentences
  std::vector<std::string> missing{};

  void refuse(const std::string& name, std::string_view value, const std::string& why) {
    invalid.push_back(name + ' ' + why);
    not_text = not_text || !encoding_complaint(value).empty();
  }

  [[nodiscard]] std::optional<failure> refusal() && {
    if (invalid.empty() && missing.empty()) return std::nullopt;
    failure refused{not_text           ? error::not_text
                    : !invalid.empty() ? error::invalid_value
                                       : error::variables_not_complete,
                    std::move(invalid)};
    for (std::string& line : missing) refused.details.push_back(std::move(line));
    return refused;
  }
};

// What is still missing when the record stands for what would be cached.
void check_complete(const join_inputs& in, instant now, complaints& found) {
  const credential_definition& definition = in.definition;
  joined_credential joined;
  look(in, now, joined);
  std::vector<std::string> nowhere;
  for (const shortage& lacking : shortages(in, joined)) {
    if (lacking.partner.empty()) {
      nowhere.push_back(lacking.names);
    } else if (lacking.source == value_origin::cache) {
      found.missing.push_back(lacking.names + " has to be given together with " + std::string(lacking.partner) +
                              ": they come from one source.");
    } else {
      found.missing.push_back(lacking.names + " has to come from " + std::string(to_string(lacking.source)) +
                              " together with " + std::string(lacking.partner) + ", or both have to be given.");
    }
  }
  if (!nowhere.empty()) {
    const bool one = nowhere.size() == 1;
    found.missing.push_back("No source has the mandatory " + std::string(one ? "variable " : "variables ") +
                            enumerate(nowhere) + " of " + in.csp.name + " " + definition.name + "; give " +
                            (one ? "it" : "them") + " with the credential.");
  }
  for (const resolved_variable& v : joined.variables) {
    const unusable_value* const unusable = find_unusable(joined, v.position);
    if (unusable == nullptr) continue;
    if (v.origin == value_origin::cache) {
      found.invalid.push_back(v.names->front() + ", which comes with a JSON value: " + unusable->why);
    } else {
      found.missing.push_back(v.names->front() + " from " + std::string(to_string(v.origin)) + ": " + unusable->why +
                              "; give another one with the credential.");
    }
  }
}

failure invalid_lifetime(std::string text) {
  return {error::invalid_lifetime, {std::move(text)}};
}

result<time_point> deadline_of(const add_request& request, const lifetime_limits& limits, instant now) {
  const std::string maximum = "the maximum of " + duration_text(limits.longest) + ".";
  if (request.expires_at) {
    if (request.time_to_live)
      return invalid_lifetime("Found a time to live and a time of expiry; expected one of them.");
    if (*request.expires_at <= now.wall) return invalid_lifetime("The time of expiry is over; expected one to come.");
    // Compared before anything becomes nanoseconds: the year 9999 does not fit into them.
    if (*request.expires_at - now.wall > limits.longest)
      return invalid_lifetime("The time of expiry is further away than " + maximum);
    return now.deadline_of(*request.expires_at);
  }
  const std::chrono::seconds life = request.time_to_live.value_or(limits.standard);
  if (life.count() <= 0) return invalid_lifetime("The time to live is not positive; expected at least 1 second.");
  if (life > limits.longest) return invalid_lifetime("The time to live is longer than " + maximum);
  return now.boot + life;
}

}  // namespace

result<add_outcome> credential_service::add(owner_view owner, const add_request& request, instant now) {
  state& s = *state_;
  if (!is_valid(owner)) return invalid_owner(owner);
  const auto named = s.find_csp(request.key.csp);
  if (!named) return named.error();
  const csp_definition* const csp = *named;
  const auto deadline = deadline_of(request, s.limits, now);
  if (!deadline) return deadline.error();
  if (auto active = s.check_active(*csp); !active) return active.error();
  const credential_definition* const definition = csp->find(request.key.type, request.key.name);
  if (definition == nullptr) return no_such_definition(*csp, request.key.type, request.key.name);
  const std::size_t site = site_index(*csp, request.key.site);
  if (site == csp->sites.size()) return no_such_site(*csp, request.key.site);
  const auto given = checked(*csp, *definition, request.variables);
  if (!given) return given.error();

  const auto& indexed = s.definitions[definition->index];
  complaints found;
  const cleared_at_the_end plaintext(s.record);
  const std::string_view description = request.description ? request.description->reveal() : "";
  if (description.size() > longest_value) {
    found.refuse("description", {}, "is longer than 65,535 bytes.");
  } else if (const std::string complaint = complaint_about_text(description); !complaint.empty()) {
    found.refuse("description", description, complaint);
  }
  const std::string& profile = request.key.profile;
  if (const std::string complaint = complaint_about_profile(profile); !complaint.empty()) {
    found.refuse("profile", profile, complaint);
  }
  record_writer record(s.record, description.substr(0, longest_value));
  for (std::size_t i = 0; i < definition->variables.size(); ++i) {
    const variable_definition& variable = definition->variables[i];
    const auto own = given->find(i);
    if (own == given->end()) continue;
    const std::string_view value = own->second->value.reveal();
    std::string why;
    if (value.size() > longest_value) {
      found.refuse(variable.name, {}, "is longer than 65,535 bytes.");
    } else if (!variable.accepts(value, why)) {
      found.refuse(variable.name, value, why);
    }
    // What is wrong is given, too: it is not said to be missing.
    record.append(i, {own->second->sensitive && !variable.sensitive, value.substr(0, longest_value)});
  }
  record.finish();
  check_complete({*csp, *definition, s.record.reveal(), nullptr, profile, {}, s.sources}, now, found);
  if (auto refused = std::move(found).refusal()) return *std::move(refused);

  const entry_key_view key{indexed.slots[site], profile};
  const std::string fields =
      profile.empty() ? "" : slot_fields({s.cache->key_of(key.slot), profile}, s.cache->names_of(indexed.names).hash);
  entry_terms terms{.deadline = *deadline,
                    .time_to_live = std::chrono::ceil<std::chrono::seconds>(*deadline - now.boot),
                    .wall_deadline = now.wall_of(*deadline),
                    .names = indexed.names,
                    .only_new = request.only_new};
  secret_buffer sealed;  // so that no ciphertext outlives its credential in freed memory
  sealed.resize(s.record.size() + cipher::overhead);
  put_outcome outcome{};
  do {  // again if another thread was between sealing and storing
    terms.generation = s.cache->next_generation();
    s.crypt.seal(s.record.reveal(),
                 s.associated_data(profile.empty() ? indexed.slot_fields[site] : fields, owner, terms.wall_deadline,
                                   terms.generation),
                 {reinterpret_cast<unsigned char*>(sealed.data()), sealed.size()});
    outcome = s.cache->put(owner, key, sealed.reveal(), terms, now.boot);
  } while (outcome == put_outcome::outdated);
  if (outcome == put_outcome::present) {
    return failure{error::already_cached,
                   {shown(owner.name) + " has a credential " + definition->name + " of " + csp->name + " for site " +
                    csp->sites[site] + of_profile(profile) + " already, which stays as it is."}};
  }
  if (outcome == put_outcome::owner_full) {
    return failure{error::owner_full,
                   {"The owner " + shown(owner.name) + " has " + std::to_string(s.cache->limits().entries_per_owner) +
                    " cached credentials, as many as one owner may have. Remove one first."}};
  }
  if (outcome == put_outcome::cache_full) {
    return failure{error::cache_full,
                   {"The cache is full; nothing was stored. Try again when credentials have expired."}};
  }
  return outcome == put_outcome::replaced ? add_outcome::replaced : add_outcome::added;
}

}  // namespace credcache::inline v1
