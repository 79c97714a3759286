#include "service_model.hpp"

#include <algorithm>

namespace credcache::testing {
namespace {

using variables = std::map<std::string, bool>;  // name → mandatory

const std::map<std::pair<credential_type, std::string>, variables>& definitions() {
  static const std::map<std::pair<credential_type, std::string>, variables> all{
      {{credential_type::variables, "PAIR"}, {{"A_ID", true}, {"A_SECRET", true}, {"A_REGION", false}}},
      {{credential_type::variables, "TOKEN"}, {{"A_TOKEN", true}}},
      {{credential_type::api_key, "KEY"}, {{"A_KEY", true}}}};
  return all;
}

const std::set<std::string>& sites() {
  static const std::set<std::string> all{"North", "South"};
  return all;
}

}  // namespace

std::optional<error> service_model::add(const owner& who, const credential_key& key, const value_map& values,
                                        std::optional<std::chrono::seconds> wish, const std::string& description) {
  const std::chrono::seconds life = wish.value_or(lifetimes.standard);
  if (life <= 0s || life > lifetimes.longest) return error::invalid_lifetime;
  const auto definition = definitions().find({key.type, key.name});
  if (definition == definitions().end() || !sites().contains(key.site)) return error::capability_not_found;
  value_map kept;
  for (const auto& [name, value] : values) {
    if (!definition->second.contains(name)) return error::unknown_variable;
    if (!is_blank(value)) kept[name] = value;
  }
  for (const auto& [name, mandatory] : definition->second) {
    if (mandatory && !kept.contains(name) && !environment->contains(name)) return error::variables_not_complete;
  }
  if (!entries_.contains({who, key})) {
    const auto mine = [&](const auto& item) { return item.first.first == who; };
    if (static_cast<std::size_t>(std::ranges::count_if(entries_, mine)) >= limits.entries_per_owner) {
      return error::owner_full;
    }
    if (entries_.size() >= limits.entries) return error::cache_full;
  }
  const auto old = entries_.find({who, key});
  const std::uint64_t position = old == entries_.end() ? next_position_++ : old->second.position;
  entries_[{who, key}] = {std::move(kept), description, life, now_, now_ + life, {}, 0, position};
  return std::nullopt;
}

std::set<credential_key> service_model::remove(const owner& who, const removal& what) {
  std::set<credential_key> removed;
  for (const auto& [where, item] : entries_) {
    const credential_key& key = where.second;
    if (where.first == who && key.csp == what.csp.value_or(key.csp) && key.site == what.site.value_or(key.site) &&
        key.type == what.type.value_or(key.type) && key.name == what.name.value_or(key.name) &&
        key.profile == what.profile.value_or(key.profile)) {
      removed.insert(key);
    }
  }
  for (const credential_key& key : removed) entries_.erase({who, key});
  return removed;
}

service_model::answer service_model::resolve(const owner& who, const std::string& site, credential_type type,
                                             const std::string& name, const std::optional<std::string>& profile,
                                             several choice, std::chrono::seconds min_ttl) {
  const auto refuse = [](error code) {
    answer refused;
    refused.refused = code;
    return refused;
  };
  if (!sites().contains(site)) return refuse(error::capability_not_found);
  std::vector<std::string> candidates;
  for (const char* each : {"PAIR", "TOKEN", "KEY"}) {  // the order of the definitions
    if (definitions().contains({type, each}) && (name.empty() || name == each)) candidates.emplace_back(each);
  }
  if (candidates.empty()) return refuse(error::capability_not_found);

  // The profiles that are meant, each at the position of its earliest credential; the one without comes before all.
  std::map<std::string, std::int64_t> places;
  for (const auto& [where, item] : entries_) {
    const credential_key& key = where.second;
    const bool meant = where.first == who && key.site == site && key.type == type &&
                       std::ranges::find(candidates, key.name) != candidates.end() &&
                       key.profile == profile.value_or(key.profile);
    if (!meant) continue;
    const auto position = key.profile.empty() ? -1 : static_cast<std::int64_t>(item.position);
    const auto known = places.try_emplace(key.profile, position).first;
    known->second = std::min(known->second, position);
  }
  std::map<std::int64_t, std::string> in_order;
  for (const auto& [each, position] : places) in_order[position] = each;
  if (!profile && choice == several::refuse && in_order.size() > 1) return refuse(error::several_found);

  if (in_order.empty()) {
    if (profile && !profile->empty()) return refuse(error::credentials_not_found);
    for (const std::string& each : candidates) {
      if (answer joined = join(type, each, {}); !joined.refused) return joined;
    }
    return refuse(error::credentials_not_found);
  }
  const std::string chosen = in_order.begin()->second;
  for (const std::string& each : candidates) {
    const auto cached = entries_.find({who, {"Alpha", site, type, each, chosen}});
    if (cached == entries_.end()) continue;
    answer joined = join(type, each, cached->second.values);
    if (joined.refused) continue;
    joined.profile = chosen;
    for (const auto& [position, other] : in_order) {
      if (other != chosen) joined.others.push_back(other);
    }
    joined.deadline = cached->second.deadline;
    joined.remaining = std::chrono::floor<std::chrono::seconds>(*joined.deadline - now_);
    if (joined.remaining < min_ttl) {
      joined.refused = error::expires_too_soon;
      return joined;
    }
    ++cached->second.reads;  // what is refused is no read
    cached->second.last_read =
        cached->second.created + std::chrono::floor<std::chrono::seconds>(now_ - cached->second.created);
    return joined;
  }
  return refuse(error::variables_not_complete);
}

service_model::answer service_model::join(credential_type type, const std::string& name,
                                          const value_map& cached) const {
  answer joined;
  joined.name = name;
  for (const auto& [variable, mandatory] : definitions().at({type, name})) {
    if (const auto own = cached.find(variable); own != cached.end()) {
      joined.values[variable] = {value_origin::cache, own->second};
    } else if (const auto other = environment->find(variable); other != environment->end()) {
      joined.values[variable] = {value_origin::environment, other->second};
    } else if (mandatory) {
      joined.refused = error::variables_not_complete;
    }
  }
  return joined;
}

}  // namespace credcache::testing
