#include "credcache/resolution.hpp"

#include <utility>

#include "base/text.hpp"
#include "service/joined_credential.hpp"

namespace credcache::inline v1 {

void joined_credential::clear() noexcept {
  csp = nullptr;
  definition = nullptr;
  site = 0;
  profile.clear();
  others.clear();
  deadline.reset();
  read.reset();
  variables.clear();
  unusable.clear();
  joined.clear();
  opened.clear();
  catalog.reset();
}

resolution::resolution() noexcept = default;
resolution::resolution(resolution&&) noexcept = default;
resolution& resolution::operator=(resolution&&) noexcept = default;
resolution::~resolution() = default;

const csp_definition* resolution::csp() const noexcept {
  return content_ ? content_->csp : nullptr;
}
const credential_definition* resolution::definition() const noexcept {
  return content_ ? content_->definition : nullptr;
}
std::size_t resolution::site_index() const noexcept {
  return content_ ? content_->site : 0;
}
std::string_view resolution::site() const noexcept {
  return empty() ? std::string_view{} : content_->csp->sites[content_->site];
}
std::string_view resolution::profile() const noexcept {
  return empty() ? std::string_view{} : std::string_view(content_->profile);
}
const std::vector<std::string>& resolution::others() const noexcept {
  static const std::vector<std::string> none;
  return empty() ? none : content_->others;
}
std::optional<time_point> resolution::deadline() const noexcept {
  return content_ ? content_->deadline : std::nullopt;
}
std::span<const resolved_variable> resolution::variables() const noexcept {
  return content_ ? std::span<const resolved_variable>(content_->variables) : std::span<const resolved_variable>{};
}

std::optional<std::string_view> resolution::find(std::string_view name) const noexcept {
  std::optional<std::string_view> found;
  for_each([&](std::string_view other, std::string_view value, value_origin) {
    if (!found && other == name) found = value;
  });
  return found;
}

result<environment_block> resolution::to_environment() const {
  environment_block block;
  std::vector<std::string> refused;
  for_each([&](std::string_view name, std::string_view value, value_origin) {
    if (!block.set(name, value)) refused.emplace_back(name);
  });
  if (refused.empty()) return block;
  return failure{
      error::invalid_value,
      {"An environment cannot hold " + enumerate(refused) +
       ": found a zero byte in the value, or a name that is empty or has a '='. Add the credential without."}};
}

void resolution::clear() noexcept {
  if (content_) content_->clear();
}

}  // namespace credcache::inline v1
