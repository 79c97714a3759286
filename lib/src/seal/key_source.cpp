#include "credcache/key_source.hpp"

#include <stdexcept>
#include <string>

#include "base/secret_file.hpp"

namespace credcache::inline v1 {
namespace {

constexpr std::string_view kind = "key file";
constexpr std::size_t longest_key = 32;

[[noreturn]] void refuse(const std::filesystem::path& file, const std::string& text) {
  throw std::runtime_error(std::string(kind) + ' ' + file.string() + ": " + text);
}

}  // namespace

master_key read_key_file(const std::filesystem::path& file, key_file_guard guard) {
  locked_memory bytes(longest_key + 1);
  const auto room = bytes.bytes().first(longest_key + 1);
  const auto size = read_secret_file(kind, file.string(),
                                     guard == key_file_guard::systemd ? file_guard::regular : file_guard::owner_only,
                                     {reinterpret_cast<char*>(room.data()), room.size()});
  if (!size) refuse(file, "found no such file, expected a key (head -c 32 /dev/urandom > FILE makes one)");
  if (*size != 16 && *size != 24 && *size != 32) {
    refuse(file, "found " + (*size > longest_key ? std::string("more than 32") : std::to_string(*size)) +
                     " bytes, expected exactly 16, 24 or 32 (head -c 32 /dev/urandom > FILE makes one)");
  }
  return master_key(room.first(*size));
}

}  // namespace credcache::inline v1
