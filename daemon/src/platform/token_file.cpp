#include "platform/token_file.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <optional>
#include <stdexcept>

#include "base/secret_file.hpp"
#include "base/system_text.hpp"
#include "base/text_file.hpp"
#include "base/unique_fd.hpp"
#include "credcache/cipher.hpp"

namespace credcached::platform {
namespace {

constexpr std::string_view kind = "token file";
constexpr std::size_t shortest = 16;
constexpr std::size_t longest = 4096;  // half of the largest header: a longer one could never be sent
constexpr std::size_t made_length = 43;

[[noreturn]] void refuse_token(const std::string& file, const std::string& text) {
  throw std::runtime_error(fmt::format("{} {}: {}", kind, file, text));
}

std::span<unsigned char> as_unsigned(std::span<char> bytes) {
  return {reinterpret_cast<unsigned char*>(bytes.data()), bytes.size()};
}

// 64 characters, so six bits of each random byte choose one without bias.
credcache::secret random_token() {
  constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  credcache::secret_buffer text;
  text.resize(made_length);
  credcache::fill_random(as_unsigned(text.bytes()));
  for (char& c : text.bytes()) c = alphabet[static_cast<unsigned char>(c) % alphabet.size()];
  return credcache::secret(std::move(text));
}

void check_text(const std::string& file, std::string_view text) {
  constexpr std::string_view remedy = ": remove the file and a new token is made";
  if (const auto wrong = credcache::encoding_complaint(text); !wrong.empty())
    refuse_token(file, fmt::format("found {}, expected one line of visible ASCII{}", wrong, remedy));
  const auto visible = [](char c) { return c > ' ' && c < '\x7f'; };
  const auto bad = std::find_if_not(text.begin(), text.end(), visible);
  if (bad != text.end()) {
    refuse_token(
        file, fmt::format("found a byte that is not visible ASCII at position {}, expected one line without spaces{}",
                          bad - text.begin() + 1, remedy));
  }
  if (text.size() < shortest) {
    refuse_token(file, fmt::format("found {} characters, expected at least {}{}", text.size(), shortest, remedy));
  }
}

std::optional<credcache::secret> read_token(const std::string& file, std::optional<uid_t> run_as) {
  constexpr std::size_t around = 5;  // a byte order mark and CRLF
  credcache::secret_buffer content;
  content.resize(longest + around + 1);  // one more to notice a longer file
  const auto size = credcache::read_secret_file(kind, file, credcache::file_guard::owner_only, content.bytes(), run_as);
  if (!size) return std::nullopt;
  content.resize(*size);
  const std::string_view text = credcache::value_in(content.reveal());
  if (text.size() > longest)
    refuse_token(file, fmt::format("found more than {} characters, expected one token: choose another", longest));
  check_text(file, text);
  return credcache::secret::copy_of(text);
}

bool write_all(int fd, std::string_view text) noexcept {
  while (!text.empty()) {
    const ssize_t written = ::write(fd, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return false;
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  return ::fsync(fd) == 0;
}

// Written under a name of its own and then linked to the right one, which fails if another daemon was faster: nobody
// ever reads half a token, and no token is replaced. False if another was faster.
bool publish(const std::string& file, const credcache::secret& token) {
  std::array<unsigned char, 4> salt{};
  credcache::fill_random(salt);
  std::string draft = file + ".";
  for (const unsigned char byte : salt) draft += std::to_string(byte);

  const credcache::unique_fd opened{::open(draft.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600)};
  if (!opened)
    refuse_token(file, "is missing and cannot be made: " + credcache::errno_text() +
                           ": make its folder, or choose another file");
  const bool written = write_all(opened.get(), token.reveal());
  const bool linked = written && ::link(draft.c_str(), file.c_str()) == 0;
  const int error = errno;
  ::unlink(draft.c_str());
  if (!linked && !(written && error == EEXIST))
    refuse_token(file, "cannot be made: " + credcache::errno_text(error) + ": repair that");
  if (!linked) return false;

  const auto slash = file.rfind('/');
  const std::string folder = slash == std::string::npos ? "." : file.substr(0, slash + 1);
  if (const credcache::unique_fd directory{::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)})
    ::fsync(directory.get());
  return true;
}

}  // namespace

credcache::secret read_or_make_token(const std::string& file, bool& made, std::optional<uid_t> run_as) {
  made = false;
  if (auto found = read_token(file, run_as)) return std::move(*found);
  auto token = random_token();
  made = publish(file, token);
  if (made) return token;
  if (auto found = read_token(file, run_as)) return std::move(*found);
  refuse_token(file, "was there and is gone again: start once more");
}

}  // namespace credcached::platform
