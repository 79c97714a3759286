#include "credcache/value_source.hpp"

#include <unistd.h>

#include <boost/unordered/unordered_flat_map.hpp>
#include <cstdlib>
#include <cstring>
#include <stdexcept>
#include <utility>

#include "base/secret_file.hpp"
#include "base/text_file.hpp"
#include "service/not_null.hpp"

namespace credcache::inline v1 {
namespace {

constexpr std::string_view file_kind = "systemd credential";
constexpr std::size_t longest_credential_file = 64 * 1024;

struct text_hash {
  using is_transparent = void;
  std::size_t operator()(std::string_view text) const noexcept { return std::hash<std::string_view>{}(text); }
};

std::span<const unsigned char> as_bytes(std::string_view sealed) noexcept {
  return {reinterpret_cast<const unsigned char*>(sealed.data()), sealed.size()};
}

}  // namespace

struct sealed_values::state {
  explicit state(std::shared_ptr<const master_key> k) : key(std::move(k)) {}
  std::shared_ptr<const master_key> key;
  std::optional<cipher> sealer;  // made for the first value: most daemons import none
  boost::unordered_flat_map<std::string, std::string, text_hash, std::equal_to<>> values;
};

sealed_values::sealed_values(std::shared_ptr<const master_key> key)
    : state_(std::make_unique<state>(not_null(std::move(key), "sealed_values: key"))) {}
sealed_values::~sealed_values() = default;

void sealed_values::put(std::string_view name, std::string_view value) {
  if (!state_->sealer) state_->sealer.emplace(*state_->key);
  std::string sealed(value.size() + cipher::overhead, '\0');
  state_->sealer->seal(value, name, {reinterpret_cast<unsigned char*>(sealed.data()), sealed.size()});
  state_->values.insert_or_assign(std::string(name), std::move(sealed));
}

std::shared_ptr<sealed_values> sealed_values::clone() const {
  auto copy = std::make_shared<sealed_values>(state_->key);
  copy->state_->values = state_->values;
  return copy;
}

bool sealed_values::empty() const noexcept {
  return state_->values.empty();
}
const master_key& sealed_values::key() const noexcept {
  return *state_->key;
}

std::string_view sealed_values::find(std::string_view name) const noexcept {
  const auto found = state_->values.find(name);
  return found == state_->values.end() ? std::string_view{} : std::string_view{found->second};
}

sealed_source::sealed_source(value_origin origin, std::shared_ptr<const sealed_values> values)
    : origin_(origin), values_(not_null(std::move(values), "sealed_source: values")) {}

bool sealed_source::has(std::string_view name) const noexcept {
  return !values_->empty() && !values_->find(name).empty();
}

void sealed_source::fetch(std::span<const std::string_view> names, std::span<fetched_value> out, instant) {
  for (std::size_t i = 0; i < names.size(); ++i) {
    const std::string_view sealed = values_->find(names[i]);
    if (sealed.empty()) continue;
    secret_buffer value;
    char* const begin = value.extend(sealed.size() - cipher::overhead);
    if (!cipher_) cipher_.emplace(values_->key());
    if (cipher_->open(as_bytes(sealed), names[i], begin)) out[i].value = secret(std::move(value));
  }
}

void import_environment(const std::vector<std::string>& names, sealed_values& into, after_import then) {
  for (const std::string& name : names) {
    const char* const found = std::getenv(name.c_str());
    const std::string_view value = value_in(found == nullptr ? "" : found);
    if (!is_blank(value)) into.put(name, value);
  }
  if (then == after_import::erase) erase_environment(names);
}

void erase_environment(const std::vector<std::string>& names) noexcept {
  for (const std::string& name : names) {
    // One after the other: a name may be there several times, and unsetenv() takes them all.
    for (char** entry = environ; entry != nullptr && *entry != nullptr; ++entry) {
      const std::string_view text(*entry);
      if (text.size() > name.size() && text[name.size()] == '=' && text.starts_with(name))
        wipe(*entry + name.size() + 1, text.size() - name.size() - 1);
    }
    ::unsetenv(name.c_str());
  }
}

void import_credentials(const std::string& folder, const std::vector<std::string>& names, sealed_values& into) {
  for (const std::string& name : names) {
    const std::string file = folder + "/" + name;
    secret_buffer content;
    content.resize(longest_credential_file + 1);
    const auto size = read_secret_file(file_kind, file, file_guard::regular, content.bytes());
    if (!size) continue;
    if (*size > longest_credential_file)
      throw std::runtime_error(std::string(file_kind) + ' ' + file +
                               ": found more than 65,536 bytes, expected at most that");
    content.resize(*size);
    const std::string_view value = value_in(content.reveal());
    if (!is_blank(value)) into.put(name, value);
  }
}

}  // namespace credcache::inline v1
