// The profile of a credential: which of an owner's accounts of one cloud it is for.
//
// Thread safety: pure functions.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace credcache::inline v1 {

/// Why a credential cannot have this profile, "found …, expected …"; empty: it can. No profile is fine.
[[nodiscard]] std::string complaint_about_profile(std::string_view profile);

/// `, profile "prod"` for the middle of a sentence; empty for no profile.
[[nodiscard]] std::string of_profile(std::string_view profile);

/// `"prod"` or `the one without a profile`, for each of them; of many the first ones and how many more there are.
[[nodiscard]] std::vector<std::string> shown_profiles(const std::vector<std::string>& profiles);

}  // namespace credcache::inline v1
