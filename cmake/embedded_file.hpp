// A file of the source tree, compiled in (cmake/embed.cmake).
#pragma once

#include <cstddef>
#include <string_view>

struct embedded_file {
  const char* name;
  const unsigned char* data;
  std::size_t size;
  [[nodiscard]] std::string_view text() const noexcept { return {reinterpret_cast<const char*>(data), size}; }
};
