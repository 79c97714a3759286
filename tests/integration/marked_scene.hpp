// Everything that can be done to a daemon with credentials, every value of them marked: over both contracts, both
// transports, in all formats, well-formed or not.
#pragma once

#include <cstdio>
#include <deque>

#include "marked_presentations.hpp"
#include "marked_values.hpp"
#include "memory_scan.hpp"
#include "tcp.hpp"

namespace credcached::testing {

inline std::string random_bytes(std::size_t size) {
  std::random_device random;
  std::string bytes;
  while (bytes.size() < size) bytes += static_cast<char>(random());
  return bytes;
}

inline std::string chunked(std::string_view body) {
  std::string text;
  for (; !body.empty(); body.remove_prefix(std::min<std::size_t>(body.size(), 700))) {
    const auto piece = body.substr(0, 700);
    char size[16];
    std::snprintf(size, sizeof size, "%zx", piece.size());
    text.append(size).append("\r\n").append(piece).append("\r\n");
  }
  return text + "0\r\n\r\n";
}

/// A daemon with values in its environment and in a systemd credential, and everything that is done to it. Connections
/// stay open until somebody clears them.
struct scene {
  marked_values marks;
  temporary_folder folder;
  std::string key = random_bytes(32);
  daemon_process daemon;
  std::string token;
  std::uint16_t port;
  std::deque<http_client> clients, tcp_clients;
  std::vector<std::string> formats;  ///< all that the contract names, but for those of what a request presents
  bool scan_each = false;

  explicit scene(const std::string& executable = CREDCACHED_EXECUTABLE)
      : daemon((prepare(), daemon_options{.flags = {"--config", folder / "config.yaml", "--key-file", folder / "key",
                                                    "--listen", "tcp:127.0.0.1:0", "--token-file", folder / "token"},
                                          .env = {{"VULTR_API_KEY", marks.value(300)},
                                                  {"OS_REGION_NAME", marks.value(30)},
                                                  {"CREDENTIALS_DIRECTORY", folder / "credentials"}},
                                          .executable = executable})),
        token(token_in(folder / "token")),
        port(tcp_port_of(daemon)) {
    const auto contract = http_client::unix_socket(daemon.socket()).get("/openapi.json").json();
    for (const auto& format : contract.at_pointer("/components/parameters/Format/schema/enum").as_array())
      if (!is_presentation(format.as_string())) formats.emplace_back(format.as_string());
  }

  void prepare() const {
    write_text(folder / "config.yaml", "limits: {bodyTimeout: 1s, requestTimeout: 10m}\n");
    write_text(folder / "key", key, 0600);
    write_text(folder / "credentials/LINODE_TOKEN", marks.value(5'000) + "\n", 0400);
  }
  /// What every answer goes through; looks into the memory at once if `scan_each` is set.
  void expect(int status, const http_response& answer) const {
    BOOST_TEST(answer.status == status);
    if (!scan_each) return;
    const auto found = left_of(marks.word());
    BOOST_TEST_CONTEXT(answer.status << " " << answer.body.substr(0, 200) << found) BOOST_TEST(found.empty());
  }
  void expect_values(const http_response& answer) const {
    BOOST_TEST(contains(answer.body, marks.word()));
    expect(200, answer);
  }

  http_client& fresh() { return clients.emplace_back(http_client::unix_socket(daemon.socket())); }
  [[nodiscard]] header_list owner(std::size_t i) const {
    const std::string name = "owner-" + std::to_string(i);
    return i % 7 == 3 ? as_isv(name) : as_user(name);
  }

  /// Adds the `i`-th credential through the `i`-th door.
  void add(std::size_t i) {
    const std::string body = text(marks.credential_number(i));
    const bool isv = i % 7 == 3;
    const auto path = isv ? isvs : users;
    auto& http = i % 4 == 0 || clients.empty() ? fresh() : clients.back();
    auto headers = owner(i);
    const std::string head = "POST " + std::string(path) + " HTTP/1.1\r\nHost: localhost\r\n" + headers[0].first +
                             ": " + headers[0].second + "\r\nContent-Type: application/json\r\n";
    const std::string sized = head + "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
    switch (i % 6) {
      case 0:
        expect(204, http.put(path, body, headers));
        break;
      case 1:
        http.send_raw(head + "Transfer-Encoding: chunked\r\n\r\n" + chunked(body));
        expect(204, http.read_response());
        break;
      case 2:  // pipelined; the second one replaces the first
        http.send_raw(sized + sized);
        expect(204, http.read_response());
        expect(204, http.read_response());
        break;
      case 3: {
        auto& tcp = tcp_clients.emplace_back(http_client::tcp(port));
        expect(204, tcp.post(path, body, with_token(token, headers)));
        break;
      }
      case 4:  // in pieces that split it anywhere
        for (std::size_t at = 0; at < sized.size(); at += 333) http.send_raw(std::string_view(sized).substr(at, 333));
        expect(204, http.read_response());
        break;
      default:
        expect(204, http.post(path, body, headers));
        break;
    }
  }

  /// Hands the `i`-th credential out, shows its masked and explained forms.
  void read(std::size_t i) {
    auto& http = i % 3 == 0 ? fresh() : clients.back();
    const auto csp = std::string(marks.credential_number(i).at("csp").as_string());
    const auto headers = owner(i);
    const auto query = "csp=" + csp + (csp == "HuaweiCloud" ? "&site=Chinese%20Mainland" : "");
    const auto answer = http.get("/v1/resolve?" + query + "&format=" + formats[i % formats.size()], headers);
    BOOST_TEST_CONTEXT(csp << " " << i) expect_values(answer);
    expect(200, http.get("/v1/explain?" + query, headers));
    expect(200, http.get("/v1/credentials", headers));
    expect(200, http.get(i % 7 == 3 ? isvs : users, headers));
    expect(409, http.get("/v1/resolve?minTtl=30d&" + query, headers));
    const json::object deploy{{"csp", "aws"},
                              {"deployVariables",
                               {{"AWS_ACCESS_KEY_ID", marks.value(40)},
                                {"AWS_SECRET_ACCESS_KEY", marks.value(2'000)},
                                {"AWS_REGION", marks.value(200)}}}};
    const auto deployed = http.post("/v1/resolve?format=" + formats[i % formats.size()], text(deploy), headers);
    expect_values(deployed);
  }

  /// Values that come from the environment and from systemd, and a verb of the command line.
  void other_sources() {
    auto& http = fresh();
    for (const auto* csp : {"Vultr", "Linode"})
      for (const auto& format : formats)
        expect_values(http.get("/v1/resolve?csp=" + std::string(csp) + "&format=" + format));
    const auto run = daemon.cli({"exec", "--csp", "Vultr", "--", "/bin/sh", "-c", "printf %s \"$VULTR_API_KEY\""});
    BOOST_TEST(contains(run.out, marks.word()));
    BOOST_TEST(daemon.cli({"add", "--csp", "DigitalOcean", "DIGITALOCEAN_TOKEN=-"}, marks.value(100) + "\n").code == 0);
    // A format without a form for a value notices that when its answer has begun.
    const auto lines = marks.value(900) + "\n" + marks.value(900);
    expect(204, http.post(users, text(huawei(marks.value(40), lines)), as_user("lines")));
    expect(400, http.get("/v1/resolve?csp=HuaweiCloud&site=Chinese%20Mainland&format=env", as_user("lines")));
  }

  /// Adds that are refused, each for another reason and as late as possible.
  void refused_adds() {
    const auto secret = marks.value(3'000);
    const auto good = huawei(marks.value(40), secret);
    const auto escaped = marked_values::escaped(marks.value(500));
    const std::string whole = text(good);
    const std::vector<std::pair<std::string, int>> bodies{
        {text(credential("HuaweiCloud", "Europe", "AK_SK", {{"HW_ACCESS_KEY", secret}, {"NO_SUCH_NAME", secret}})),
         400},
        {text(credential("HuaweiCloud", "Europe", "AK_SK", {{"HW_ACCESS_KEY", secret}})), 400},
        {text(credential("HuaweiCloud", "nowhere", "AK_SK", {{"HW_ACCESS_KEY", secret}})), 400},
        {text(credential("HuaweiCloud", "Europe", "AK_SK", {{"HW_ACCESS_KEY", secret}, {"HW_ACCESS_KEY", secret}})),
         422},
        {text(credential("NoSuchCloud", "Europe", "AK_SK", {{"HW_ACCESS_KEY", secret}})), 400},
        {text(aws(marks.value(20), marks.value(17'000))), 413},
        {text(with(good, "timeToLive", json::string(secret))), 400},
        {text(with(good, "timeToLive", 0)), 422},
        {text(with(good, "description", json::string(marks.value(17'000)))), 413},
        {text(with(with(good, "description", json::string(secret)), "site", "nowhere")), 400},
        {text(with(good, "expiresAt", json::string(secret))), 400},
        {text(with(good, "extra", json::string(secret))), 400},
        {text(with(good, "variables", json::string(secret))), 400},
        {text(with(good, "variables", json::array{secret})), 400},
        {text(with(good, "variables", json::object{{"HW_ACCESS_KEY", secret}})), 400},
        {text(without(good, "site")), 422},
        {text(without(good, "csp")), 422},
        {"{\"csp\":\"GoogleCloudPlatform\",\"credentials\":{\"type\":\"service_account\",\"private_key\":\"" + secret +
             "\"}}",
         400},
        {R"({"csp":"aws","credentials":{"Credentials":{"AccessKeyId":")" + escaped + R"(","Expiration":"soon"}}})",
         400},
        {whole.substr(0, whole.size() - 3), 400},             // ends too early
        {whole + whole, 400},                                 // goes on too long
        {"{\"value\":\"" + secret, 400},                      // ends inside a text
        {"[[[[[[[[[[[[\"" + secret + "\"]]]]]]]]]]]]", 400},  // too deep, although the text is never reached
        {"{\"a\":{\"a\":\"" + secret + "\",\"b\":[[[[[[[[[[1]]]]]]]]]]}}", 400},  // too deep after the text
        {"{\"a\":\"" + escaped + "\\u0\"}", 400},                                 // an escape that is none
        {"{\"a\":\"" + escaped + "\",}", 400},
        {"{\"csp\":\"HuaweiCloud\",\"variables\":[{\"name\":\"HW_ACCESS_KEY\",\"value\":\"" + escaped + "\"}]}", 422},
        {std::string(70'000, ' ') + whole, 413},
    };
    for (const auto& [body, status] : bodies) {
      BOOST_TEST_CONTEXT(body.substr(0, 200)) {
        const auto answer = fresh().post(users, body);
        BOOST_TEST(!contains(answer.body, marks.word()));
        expect(status, answer);
      }
      auto& http = fresh();
      http.send_raw(
          "POST /v1/resolve HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nTransfer-Encoding: "
          "chunked\r\n\r\n" +
          chunked(body));
      const auto answer = http.read_response();
      BOOST_TEST(answer.status / 100 == 4);
      expect(answer.status, answer);
    }
    const auto accepted = "{\"csp\":\"DigitalOcean\",\"credentials\":{\"access_key\":\"" + escaped + "\"}}";
    expect(204, fresh().post(users, accepted));
    const auto printed = R"({"csp":"aws","credentials":{"Credentials":{"AccessKeyId":")" + marks.value(20) +
                         R"(","SecretAccessKey":")" + escaped + R"(","Expiration":"2099-01-01T00:00:00Z"}}})";
    expect(204, fresh().post(users, printed, as_user("printed")));
    const auto beside = R"({"csp":"gcp","credentials":{"type":"service_account","private_key":")" + escaped +
                        R"(","client_email":"e","token_uri":"u","GOOGLE_PROJECT":")" + marks.value(30) + "\"}}";
    expect(204, fresh().post(users, beside, as_user("printed")));
    expect_values(fresh().get("/v1/resolve?csp=gcp&format=shell", as_user("printed")));
  }

  /// Requests that never become whole: the client leaves, stalls, or says nonsense.
  void broken_requests() {
    const auto body = text(huawei(marks.value(40), marks.value(3'000)));
    const auto head = "POST " + std::string(users) + " HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n";
    const auto sized = head + "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n";
    for (std::size_t part = 1; part < body.size(); part += 400)  // leaves
      http_client::unix_socket(daemon.socket()).send_raw(sized + body.substr(0, part));
    http_client::unix_socket(daemon.socket())
        .send_raw(head + "Transfer-Encoding: chunked\r\n\r\n" + chunked(body).substr(0, 900));
    http_client::unix_socket(daemon.socket()).send_raw(head + "X-Secret: " + body);  // leaves inside the header
    for (auto& [text, status] : std::vector<std::pair<std::string, int>>{
             {sized + body.substr(0, 2'000), 408},
             {head + "Transfer-Encoding: chunked\r\n\r\n" + chunked(body).substr(0, 2'000), 408},
             {head + "Transfer-Encoding: chunked\r\n\r\nzz\r\n" + body, 400},
             {"nonsense " + body + "\r\n\r\n", 400},
             {head + "X-Long: " + marks.value(9'000) + "\r\n\r\n", 431},
             {head + "X-Folded: a\r\n " + marks.value(900) + "\r\n\r\n", 400},
             {"POST " + std::string(users) + " HTTP/1.1\r\nHost: a\r\nContent-Type: text/plain\r\nContent-Length: " +
                  std::to_string(body.size()) + "\r\n\r\n" + body,
              415},
             {"POST /nosuch HTTP/1.1\r\nHost: a\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body,
              404}}) {
      auto& http = fresh();
      http.send_raw(text);
      BOOST_TEST_CONTEXT(text.substr(0, 120)) expect(status, http.read_response());
    }
    const auto wrong = with_token(marks.value(43));
    expect(401, tcp_clients.emplace_back(http_client::tcp(port)).post(users, body, wrong));
  }

  /// A signal puts the registers onto the stack; a reload reads the sources again.
  void reload() {
    daemon.signal(SIGHUP);
    BOOST_TEST(daemon.logs("Reloaded"));
    expect(200, fresh().get("/healthz"));
  }

  /// Updates some, removes some, lets some expire.
  void ends() {
    auto& http = fresh();
    for (std::size_t i = 0; i < 10; ++i) {
      const auto path = i % 7 == 3 ? isvs : users;
      expect(204, http.put(path, text(with(marks.credential_number(i), "timeToLive", 1)), owner(i)));
    }
    for (std::size_t i = 10; i < 20; ++i) expect(200, http.remove("/v1/credentials?all=true", owner(i)));
  }

  void everything(std::size_t credentials) {
    for (std::size_t i = 0; i < credentials; ++i) add(i);
    for (std::size_t i = 0; i < credentials; ++i) read(i);
    other_sources();
    ask_for_presentations(*this);
    refused_adds();
    broken_requests();
    reload();
    ends();
  }

  /// What is left when the daemon has had time to finish; nothing, if all is well.
  [[nodiscard]] std::vector<finding> left_of(std::string_view needle) const {
    std::vector<finding> found;
    eventually([&] { return (found = find_in_memory(daemon.pid(), needle)).empty(); }, 3s);
    return found;
  }
  void check_nothing_left() const {
    for (const auto& needle : {marks.word(), marks.escaped_word(), token, key.substr(0, 16), key.substr(16)}) {
      const auto found = left_of(needle);
      BOOST_TEST_CONTEXT(found) BOOST_TEST(found.empty());
    }
    const auto process = "/proc/" + std::to_string(daemon.pid());
    BOOST_TEST(!contains(read_text(process + "/environ"), marks.word()));
    BOOST_TEST(!contains(read_text(process + "/cmdline"), marks.word()));
    BOOST_TEST(!contains(daemon.log(), marks.word()));
  }
};

}  // namespace credcached::testing
