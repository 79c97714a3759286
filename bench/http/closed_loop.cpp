#include "closed_loop.hpp"

#include <sys/epoll.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <memory>
#include <system_error>
#include <vector>

#include "client_socket.hpp"

namespace bench {
namespace {

using steady = std::chrono::steady_clock;
using latency_list = std::deque<std::chrono::nanoseconds>;

/// One connection with at most one request under way.
class asker {
 public:
  asker(const std::string& address, const question& ask, latency_list& latencies)
      : address_(address),
        socket_(client_socket::connect(address)),
        ask_(ask),
        bytes_(ask.bytes),
        latencies_(latencies) {
    for (auto at = bytes_.find("{n}"); at != std::string::npos; at = bytes_.find("{n}", at)) {
      bytes_.replace(at, 3, "0000000");
      numbers_at_.push_back(at);
    }
  }

  [[nodiscard]] int descriptor() const noexcept { return socket_.descriptor(); }
  [[nodiscard]] bool waiting() const noexcept { return waiting_; }

  void reconnect() {
    socket_ = client_socket();  // closes the old one first
    socket_ = client_socket::connect(address_);
  }

  void send(std::uint64_t number) {
    for (const auto at : numbers_at_) {
      std::array<char, 8> digits;
      std::snprintf(digits.data(), digits.size(), "%07u", static_cast<unsigned>(number % 10'000'000));
      bytes_.replace(at, 7, digits.data(), 7);
    }
    received_.clear();
    waiting_ = true;
    sent_ = steady::now();
    socket_.send(bytes_);
  }

  /// True if the answer is complete.
  bool receive() {
    socket_.receive(received_);
    if (!is_complete(ask_.expected, received_)) return false;
    stop_waiting();
    return true;
  }

  /// The answer is there, or nobody waits for it any longer.
  void stop_waiting() {
    waiting_ = false;
    latencies_.push_back(steady::now() - sent_);
  }

 private:
  const std::string& address_;
  client_socket socket_;
  const question& ask_;
  std::string bytes_;
  std::vector<std::size_t> numbers_at_;
  latency_list& latencies_;
  std::string received_;
  steady::time_point sent_;
  bool waiting_ = false;
};

class readiness {
 public:
  readiness() : descriptor_(::epoll_create1(EPOLL_CLOEXEC)) {
    if (descriptor_ < 0) fail("epoll_create1");
  }
  readiness(const readiness&) = delete;
  ~readiness() { ::close(descriptor_); }

  void watch(asker& who) {
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.ptr = &who;
    if (::epoll_ctl(descriptor_, EPOLL_CTL_ADD, who.descriptor(), &event) != 0) fail("epoll_ctl");
  }

  /// Calls `handle` for each connection with something to read; returns at `until` at the latest.
  template <class F>
  void wait(steady::time_point until, F&& handle) {
    const auto left = std::max(until - steady::now(), steady::duration::zero());
    const timespec timeout{left.count() / 1'000'000'000, left.count() % 1'000'000'000};
    const int count = ::epoll_pwait2(descriptor_, events_.data(), static_cast<int>(events_.size()), &timeout, nullptr);
    if (count < 0 && errno != EINTR) fail("epoll_pwait2");
    for (int i = 0; i < count; ++i) handle(*static_cast<asker*>(events_[static_cast<std::size_t>(i)].data.ptr));
  }

 private:
  [[noreturn]] static void fail(const char* what) { throw std::system_error(errno, std::generic_category(), what); }
  int descriptor_;
  std::array<epoll_event, 64> events_;
};

}  // namespace

report run(const plan& what) {
  report out;
  readiness ready;
  std::vector<std::unique_ptr<asker>> askers;
  for (unsigned i = 0; what.ask && i < what.connections; ++i) {
    askers.push_back(std::make_unique<asker>(what.address, *what.ask, out.latencies));
    ready.watch(*askers.back());
  }
  std::unique_ptr<asker> probe;
  if (what.probe) {
    probe = std::make_unique<asker>(what.address, what.probe->ask, out.probe);
    ready.watch(*probe);
  }

  const auto begin = steady::now();
  const auto end = begin + std::chrono::duration_cast<steady::duration>(what.longest);
  const auto give_up = end + std::chrono::duration_cast<steady::duration>(what.patience);
  std::uint64_t sent = 0;
  bool stopping = false;
  const auto send_next = [&](asker& who) {
    if (stopping || (what.count && sent == what.count)) return;
    if (what.reconnect && sent >= askers.size()) {
      who.reconnect();
      ready.watch(who);
    }
    who.send(what.first + sent++);
  };
  for (auto& each : askers) send_next(*each);

  auto probe_due = begin;
  const auto finished = [&] {
    if (probe && probe->waiting()) return false;
    const bool all_sent = stopping || (what.ask && what.count && sent == what.count);
    return all_sent && out.latencies.size() == sent;
  };
  for (;;) {
    const auto now = steady::now();
    if (now >= end) stopping = true;
    if (finished()) break;
    if (now > give_up) {
      if (out.latencies.size() != sent) throw std::runtime_error("no answer in time");
      probe->stop_waiting();
      break;
    }
    const bool probe_idle = probe && !probe->waiting() && !stopping;
    if (probe_idle && now >= probe_due) {
      probe->send(0);
      probe_due = now + what.probe->gap;
    }
    const auto limit = stopping ? give_up : end;
    ready.wait(probe_idle ? std::min(probe_due, limit) : limit, [&](asker& who) {
      if (who.receive() && &who != probe.get()) send_next(who);
    });
  }
  out.wall = steady::now() - begin;
  return out;
}

}  // namespace bench
