#include "api/documents/assets.hpp"

#include <span>

#include "embedded_file.hpp"

extern const embedded_file embedded_assets[];
extern const std::size_t embedded_assets_count;

namespace credcached::api {
namespace {

std::string_view asset(std::string_view name) noexcept {
  for (const embedded_file& file : std::span(embedded_assets, embedded_assets_count)) {
    if (file.name == name) return file.text();
  }
  return {};
}

}  // namespace

std::string_view openapi_contract() noexcept {
  return asset("openapi.json");
}

std::string_view credential_page_style() noexcept {
  return asset("credential_page.css");
}

}  // namespace credcached::api
