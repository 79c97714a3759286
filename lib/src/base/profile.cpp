#include "base/profile.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "base/text_file.hpp"
#include "credcache/credential_key.hpp"
#include "credcache/secret.hpp"

namespace credcache::inline v1 {

std::string complaint_about_profile(std::string_view profile) {
  if (profile.empty()) return "";
  if (const std::string_view wrong = encoding_complaint(profile); !wrong.empty())
    return "found " + std::string(wrong) + ", expected text";
  const auto is_first_byte = [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80; };
  const auto characters = static_cast<std::size_t>(std::ranges::count_if(profile, is_first_byte));
  if (characters > longest_profile)
    return "found " + std::to_string(characters) + " characters, expected 1 to " + std::to_string(longest_profile);
  if (is_blank(profile)) return "found only blanks, expected a name";
  if (profile.front() == ' ' || profile.back() == ' ') return "found a blank at an end, expected a name without";
  if (printable(profile) != profile) return "found a control character, expected a name on one line";
  return "";
}

std::string of_profile(std::string_view profile) {
  return profile.empty() ? "" : ", profile " + shown(profile);
}

std::vector<std::string> shown_profiles(const std::vector<std::string>& profiles) {
  constexpr std::size_t most_shown = 10;
  std::vector<std::string> all;
  for (const std::string& profile : profiles) {
    if (all.size() == most_shown) {
      all.push_back(std::to_string(profiles.size() - most_shown) + " more");
      break;
    }
    all.push_back(profile.empty() ? "the one without a profile" : shown(profile));
  }
  return all;
}

}  // namespace credcache::inline v1
