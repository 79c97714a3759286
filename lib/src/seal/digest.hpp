// SHA-256, for what is public: lists of names and key ids.
#pragma once

#include <array>
#include <string_view>

namespace credcache::inline v1 {

[[nodiscard]] std::array<unsigned char, 32> sha256(std::string_view bytes);

}  // namespace credcache::inline v1
