#include "seal/portable_record.hpp"

#include <algorithm>

#include "credcache/limits.hpp"

namespace credcache::inline v1 {
namespace {

constexpr char version = 1;
constexpr std::size_t size_of_size = 4;

void append_item(secret_buffer& out, portable_kind kind, std::size_t size) {
  std::string head(1, static_cast<char>(kind));
  append_number<size_of_size>(head, size);
  out.append(head);
}

}  // namespace

key_id_bytes key_id_of(const master_key& key) {
  unsigned char derived[32];
  key.derive("credcached key id", derived);
  key_id_bytes id;
  std::copy_n(derived, id.size(), id.begin());
  return id;
}

void append_names(secret_buffer& out, const std::vector<std::string>& names) {
  std::string fields;
  for (const std::string& name : names) append_field(fields, name);
  append_item(out, portable_kind::names, fields.size());
  out.append(fields);
}

void append_record(secret_buffer& out, const key_id_bytes& key_id, std::string_view associated_data,
                   std::string_view sealed) {
  append_item(out, portable_kind::record,
              size_of_size + associated_data.size() + sizeof version + key_id.size() + sealed.size());
  std::string size;
  append_number<size_of_size>(size, associated_data.size());
  out.append(size);
  out.append(associated_data);
  out.push_back(version);
  out.append({reinterpret_cast<const char*>(key_id.data()), key_id.size()});
  out.append(sealed);
}

std::optional<portable_item> take_item(std::string_view& rest) noexcept {
  if (rest.size() < 1 + size_of_size) return std::nullopt;
  const auto kind = static_cast<portable_kind>(rest.front());
  const std::size_t size = number_of(rest.substr(1, size_of_size));
  const bool known = kind == portable_kind::names || kind == portable_kind::record;
  if (!known || rest.size() - 1 - size_of_size < size) return std::nullopt;
  const std::string_view payload = rest.substr(1 + size_of_size, size);
  rest.remove_prefix(1 + size_of_size + size);
  return portable_item{kind, payload};
}

std::optional<std::vector<std::string>> read_names(std::string_view payload) {
  std::vector<std::string> names;
  while (!payload.empty()) {
    const auto name = take_field(payload);
    if (!name || names.size() == most_variables) return std::nullopt;
    names.emplace_back(*name);
  }
  return names;
}

std::optional<portable_record> read_record(std::string_view payload, const key_id_bytes& key_id) noexcept {
  if (payload.size() < size_of_size) return std::nullopt;
  const std::size_t size = number_of(payload.substr(0, size_of_size));
  payload.remove_prefix(size_of_size);
  if (payload.size() < size || payload.size() - size < sizeof version + key_id.size() + cipher::overhead) {
    return std::nullopt;
  }
  const std::string_view associated_data = payload.substr(0, size);
  payload.remove_prefix(size);
  const std::string_view id(reinterpret_cast<const char*>(key_id.data()), key_id.size());
  if (payload.front() != version || payload.substr(1, id.size()) != id) return std::nullopt;
  return portable_record{associated_data, payload.substr(1 + id.size())};
}

}  // namespace credcache::inline v1
