#include "seal/associated_data.hpp"

#include <algorithm>

#include "seal/digest.hpp"
#include "seal/sealed_record.hpp"

namespace credcache::inline v1 {
namespace {

constexpr std::string_view user = "user", isv = "isv";
constexpr std::size_t size_bytes = 2, number_bytes = 8;

char* write_field(char* to, std::string_view bytes) noexcept {
  to = write_number<size_bytes>(to, bytes.size());
  return std::copy(bytes.begin(), bytes.end(), to);
}
char* write_field(char* to, std::uint64_t number) noexcept {
  return write_number<number_bytes>(write_number<size_bytes>(to, number_bytes), number);
}

}  // namespace

void append_field(std::string& out, std::string_view bytes) {
  append_number<2>(out, bytes.size());
  out += bytes;
}

std::uint64_t number_of(std::string_view bytes) noexcept {
  std::uint64_t number = 0;
  for (std::size_t i = bytes.size(); i > 0; --i) number = number << 8 | static_cast<unsigned char>(bytes[i - 1]);
  return number;
}

std::optional<std::string_view> take_field(std::string_view& rest) noexcept {
  if (rest.size() < 2) return std::nullopt;
  const std::size_t size = number_of(rest.substr(0, 2));
  if (rest.size() - 2 < size) return std::nullopt;
  const std::string_view field = rest.substr(2, size);
  rest.remove_prefix(2 + size);
  return field;
}

name_list_hash hash_of_names(const std::vector<std::string>& names) {
  std::string fields;
  for (const std::string& name : names) append_field(fields, name);
  const auto digest = sha256(fields);
  name_list_hash hash;
  std::copy_n(digest.begin(), hash.size(), hash.begin());
  return hash;
}

std::string slot_fields(credential_key_view key, const name_list_hash& names) {
  std::string out;
  append_field(out, key.csp);
  append_field(out, key.site);
  append_field(out, to_string(key.type));
  append_field(out, key.name);
  append_field(out, key.profile);
  append_field(out, {reinterpret_cast<const char*>(names.data()), names.size()});
  return out;
}

// On the way of every resolve: the size is set once, and the fields are written into it.
void append_entry_fields(std::string& out, owner_view owner, wall_time deadline, std::uint64_t generation) {
  const std::string_view kind = owner.kind == owner_kind::isv ? isv : user;
  const std::size_t begin = out.size();
  const std::size_t end = begin + 4 * size_bytes + kind.size() + owner.name.size() + 2 * number_bytes;
  out.resize((end + cipher_block - 1) / cipher_block * cipher_block);
  char* to = write_field(out.data() + begin, kind);
  to = write_field(to, owner.name);
  to = write_field(to, static_cast<std::uint64_t>(deadline.time_since_epoch().count()));
  write_field(to, generation);
}

std::optional<record_binding> read_associated_data(std::string_view bytes) {
  std::string_view fields[10];
  for (std::string_view& field : fields) {
    const auto taken = take_field(bytes);
    if (!taken) return std::nullopt;
    field = *taken;
  }
  const auto& [csp, site, type_text, name, profile, names, kind, owner_name, deadline, generation] = fields;
  const auto type = credential_type_of(type_text);
  const bool fits = type && to_string(*type) == type_text && (kind == user || kind == isv) && deadline.size() == 8 &&
                    generation.size() == 8 && number_of(deadline) <= latest_deadline &&
                    number_of(generation) <= latest_generation && names.size() == name_list_hash{}.size();
  if (!fits || bytes.size() >= cipher_block || !std::ranges::all_of(bytes, [](char c) { return c == 0; })) {
    return std::nullopt;
  }
  record_binding binding;
  binding.key = {std::string(csp), std::string(site), *type, std::string(name), std::string(profile)};
  std::memcpy(binding.names.data(), names.data(), names.size());
  binding.owner = {kind == isv ? owner_kind::isv : owner_kind::user, std::string(owner_name)};
  binding.deadline = wall_time(std::chrono::milliseconds(static_cast<std::int64_t>(number_of(deadline))));
  binding.generation = number_of(generation);
  return binding;
}

}  // namespace credcache::inline v1
