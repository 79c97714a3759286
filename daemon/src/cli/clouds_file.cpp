#include "cli/clouds_file.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <vector>

#include "base/secret_file.hpp"
#include "base/system_text.hpp"
#include "base/text.hpp"
#include "base/unique_fd.hpp"
#include "base/yaml.hpp"
#include "cli/exit_code.hpp"
#include "cli/input.hpp"

namespace credcached::cli {
namespace {

using credcache::secret_buffer;
using credcache::yaml_value;

constexpr std::string_view file_like = "clouds.yaml: a map `clouds` with a map for each cloud";

struct wanted_cloud {
  const std::string& file;
  std::string name;
  bool may_be_only_one;  ///< nobody has named one
};

/// Empty for a key that no client knows.
std::string environment_name(std::string_view key) {
  std::string name = "OS_";
  for (const char c : key) {
    if (!credcache::is_alphanumeric(c) && c != '_' && c != '-') return {};
    name.push_back(c == '-' ? '_' : c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c);
  }
  return name;
}

void append_settings(const yaml_value& map, secret_buffer& block) {
  for (const auto& [key, value] : map.members()) {
    const std::string name = environment_name(key.scalar());
    if (name.empty() || !value.is_text() || credcache::is_blank(value.scalar())) continue;
    if (value.scalar().find('\0') != std::string::npos) value.refuse("a zero byte", "text");
    block.append(name);
    block.push_back('=');
    block.append(value.scalar());
    block.push_back('\0');
  }
}

/// A map, or a refusal that does not show what is there instead.
const yaml_value& as_map(const yaml_value& value) {
  if (!value.is_map()) value.refuse(value.is_text() ? "text" : value.description(), file_like);
  return value;
}

/// The name of the cloud, and its settings as a block.
secret_buffer read_cloud(const std::string& text, const wanted_cloud& wanted) {
  const auto root = yaml_value::load(text, wanted.file, file_like);
  const auto clouds = as_map(as_map(root)["clouds"]).members();
  auto found = std::ranges::find_if(clouds, [&](const auto& c) { return c.first.scalar() == wanted.name; });
  if (found == clouds.end() && wanted.may_be_only_one && clouds.size() == 1) found = clouds.begin();
  if (found == clouds.end()) {
    std::vector<std::string> names;
    for (const auto& cloud : clouds) names.push_back(credcache::printable(cloud.first.scalar()));
    throw usage_error(fmt::format("found {} in {}, expected --section with one of {}",
                                  wanted.may_be_only_one ? std::to_string(clouds.size()) + " clouds"
                                                         : "no cloud " + credcache::shown(wanted.name),
                                  wanted.file, names.empty() ? "them, but it has none" : credcache::joined(names)));
  }
  const yaml_value& cloud = as_map(found->second);
  secret_buffer block;
  block.append(found->first.scalar());
  block.push_back('\0');
  for (const auto* vendor : {"profile", "cloud"})
    if (const auto named = cloud[vendor]; named.is_defined())
      named.refuse("a vendor's settings by their name", "the settings themselves: those of vendors are not read");
  if (const auto auth = cloud["auth"]; auth.is_defined()) append_settings(as_map(auth), block);
  block.push_back('\0');
  append_settings(cloud, block);
  return block;
}

/// What the parser says of bad YAML may show a character of it.
std::string without_details(std::string_view message) {
  constexpr std::string_view fault = ": found no valid YAML";
  const auto begin = message.rfind(std::string(fault) + " (");
  const auto end = message.rfind("), expected");
  if (begin == std::string_view::npos || end == std::string_view::npos) return std::string(message);
  return std::string(message.substr(0, begin + fault.size())) + std::string(message.substr(end + 1));
}

bool hand_over(int to, std::string_view bytes) noexcept {
  while (!bytes.empty()) {
    const auto written = ::write(to, bytes.data(), bytes.size());
    if (written < 0 && errno != EINTR) return false;
    bytes.remove_prefix(written < 0 ? 0 : static_cast<std::size_t>(written));
  }
  return true;
}

/// In the child: writes the block and ends with `done`, or the complaint and ends with `wrong_usage`.
[[noreturn]] void read_and_end(std::string_view text, const wanted_cloud& wanted, int to) {
  int code = refused;
  try {
    code = hand_over(to, read_cloud(std::string(text), wanted).reveal()) ? done : refused;
  } catch (const credcache::yaml_error& e) {
    code = hand_over(to, without_details(e.what())) ? wrong_usage : refused;
  } catch (const usage_error& e) {
    code = hand_over(to, e.what()) ? wrong_usage : refused;
  } catch (const std::exception&) {  // out of memory: the parent says so
  }
  ::_exit(code);
}

secret_buffer read_to_the_end(int from) {
  constexpr std::size_t piece = 16 * 1024;
  secret_buffer all;
  for (std::size_t count = piece; count == piece;) {
    const auto before = all.size();
    all.resize(before + piece);
    count = credcache::read_up_to(from, all.bytes().subspan(before));
    all.resize(before + count);
  }
  return all;
}

secret_buffer read_in_child(const secret_buffer& text, const wanted_cloud& wanted) {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) throw usage_error("cannot make a pipe: " + credcache::errno_text());
  const credcache::unique_fd from{ends[0]};
  credcache::unique_fd to{ends[1]};
  std::signal(SIGCHLD, SIG_DFL);  // ignored, as some parents leave it, it would leave nothing to wait for
  const pid_t child = ::fork();
  if (child < 0) throw usage_error("cannot start a process that reads " + wanted.file + ": " + credcache::errno_text());
  if (child == 0) read_and_end(text.reveal(), wanted, to.get());
  to = {};
  auto said = read_to_the_end(from.get());
  int status = 0;
  pid_t ended = 0;
  while ((ended = ::waitpid(child, &status, 0)) < 0 && errno == EINTR) {
  }
  const int code = ended == child && WIFEXITED(status) ? WEXITSTATUS(status) : refused;
  if (code == wrong_usage) throw usage_error(std::string(said.reveal()));
  if (code != done) throw usage_error("cannot read " + wanted.file + ": the process that reads it has failed");
  return said;
}

/// Takes what is before the next zero byte off.
std::string_view take_text(std::string_view& rest) {
  const auto end = std::min(rest.find('\0'), rest.size());
  const auto text = rest.substr(0, end);
  rest.remove_prefix(std::min(end + 1, rest.size()));
  return text;
}

}  // namespace

bool clouds_file::is_meant(std::string_view file) noexcept {
  return file.ends_with(".yaml") || file.ends_with(".yml");
}

clouds_file::clouds_file(const std::string& file, std::string_view cloud, std::string_view profile) {
  const std::string_view name = cloud.empty() ? profile : cloud;
  values_ = read_in_child(read_text(file, file), {file, std::string(name), name.empty()});
  std::string_view rest = values_.reveal();
  called_ = fmt::format("cloud {} of {}", credcache::printable(take_text(rest)), file);
}

std::vector<std::string_view> clouds_file::account_names() const {
  std::string_view rest = values_.reveal();
  take_text(rest);
  std::vector<std::string_view> names;
  for (auto setting = take_text(rest); !setting.empty(); setting = take_text(rest))
    names.push_back(setting.substr(0, setting.find('=')));
  return names;
}

std::optional<std::string_view> clouds_file::find(std::string_view name) const {
  std::string_view rest = values_.reveal();
  take_text(rest);
  while (!rest.empty()) {
    const auto setting = take_text(rest);
    if (setting.size() > name.size() && setting[name.size()] == '=' && setting.starts_with(name))
      return setting.substr(name.size() + 1);
  }
  return std::nullopt;
}

}  // namespace credcached::cli
