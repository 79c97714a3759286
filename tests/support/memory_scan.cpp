#include "memory_scan.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <fstream>
#include <functional>
#include <ostream>
#include <sstream>
#include <stdexcept>

namespace credcached::testing {
namespace {

constexpr std::size_t block_size = 1 << 20;
constexpr std::uint64_t context = 48;

class process_memory {
 public:
  explicit process_memory(pid_t process)
      : fd_(::open(("/proc/" + std::to_string(process) + "/mem").c_str(), O_RDONLY | O_CLOEXEC)) {
    if (fd_ < 0) throw std::runtime_error("cannot open the memory of process " + std::to_string(process));
  }
  process_memory(const process_memory&) = delete;
  ~process_memory() { ::close(fd_); }

  [[nodiscard]] std::string read(std::uint64_t address, std::size_t size) const {
    std::string bytes(size, '\0');
    const auto got = ::pread(fd_, bytes.data(), size, static_cast<off_t>(address));
    bytes.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
    return bytes;
  }

 private:
  int fd_;
};

std::string visible(std::string_view bytes) {
  std::string text;
  for (const char c : bytes) text += std::isprint(static_cast<unsigned char>(c)) != 0 ? c : '.';
  return text;
}

}  // namespace

std::ostream& operator<<(std::ostream& stream, const finding& found) {
  return stream << std::hex << found.address << std::dec << " in " << found.mapping << "\n  " << found.around;
}

std::ostream& operator<<(std::ostream& stream, const std::vector<finding>& all) {
  constexpr std::size_t most = 10;
  stream << all.size() << " places\n";
  for (std::size_t i = 0; i < std::min(all.size(), most); ++i) stream << all[i] << "\n";
  return stream;
}

std::vector<finding> find_in_memory(pid_t process, std::string_view text) {
  const process_memory memory(process);
  const std::boyer_moore_horspool_searcher searcher(text.begin(), text.end());
  std::ifstream maps("/proc/" + std::to_string(process) + "/maps");
  std::vector<finding> all;
  for (std::string line; std::getline(maps, line);) {
    std::uint64_t begin = 0, end = 0;
    char dash = 0;
    std::string rights;
    std::istringstream(line) >> std::hex >> begin >> dash >> end >> rights;
    if (!rights.starts_with('r')) continue;
    // Blocks overlap by one byte less than the text, so that one across a border is found, and found once.
    for (std::uint64_t at = begin; at < end; at += block_size) {
      const std::string bytes = memory.read(at, std::min(end - at, block_size + text.size() - 1));
      for (auto found = std::search(bytes.begin(), bytes.end(), searcher); found != bytes.end();
           found = std::search(found + 1, bytes.end(), searcher)) {
        const auto address = at + static_cast<std::uint64_t>(found - bytes.begin());
        const auto from = std::max(begin, address - context);
        all.push_back({address, line, visible(memory.read(from, address - from + text.size() + context))});
      }
    }
  }
  return all;
}

std::string read_memory(pid_t process, std::uint64_t address, std::size_t size) {
  return process_memory(process).read(address, size);
}

}  // namespace credcached::testing
