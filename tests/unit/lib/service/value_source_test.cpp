// Values from the environment and from systemd: sealed when they arrive, gone from where they were.
#include "credcache/value_source.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <boost/test/unit_test.hpp>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <stdexcept>

#include "forked.hpp"
#include "freed_memory.hpp"
#include "library_fixture.hpp"

namespace value_source_test {

using namespace credcache;
using namespace credcache::testing;
namespace fs = std::filesystem;

namespace {

struct imported {
  std::shared_ptr<const master_key> key = std::make_shared<const master_key>(master_key::random());
  std::shared_ptr<sealed_values> values = std::make_shared<sealed_values>(key);

  /// The value of `name`, or "-".
  std::string find(std::string_view name) {
    sealed_source from(value_origin::environment, values);
    const bool has = from.has(name);
    const std::string_view names[] = {name};
    fetched_value value[1];
    from.fetch(names, value, at());
    BOOST_TEST(has == !value[0].value.empty());
    BOOST_TEST((value[0].deadline == time_point::max()));
    return has ? std::string(value[0].value.reveal()) : "-";
  }
};

struct credentials_folder : imported {
  fs::path folder = fs::temp_directory_path() / ("credcache-credentials-" + std::to_string(::getpid()));
  credentials_folder() {
    fs::remove_all(folder);
    fs::create_directory(folder);
  }
  ~credentials_folder() { fs::remove_all(folder); }
  void write(const char* name, std::string_view text) const { std::ofstream(folder / name) << text; }
  std::string refusal(const std::vector<std::string>& names) {
    try {
      import_credentials(folder, names, *values);
      return "";
    } catch (const std::runtime_error& e) {
      return e.what();
    }
  }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(variable_sources)

BOOST_FIXTURE_TEST_CASE(a_sealed_value_opens_under_its_own_name, imported) {
  BOOST_TEST(values->empty());
  BOOST_TEST(find("A") == "-");
  values->put("A", "value of A");
  values->put("B", "value of B");
  values->put("B", "newer");
  BOOST_TEST(!values->empty());
  BOOST_TEST(find("A") == "value of A");
  BOOST_TEST(find("B") == "newer");
  BOOST_TEST(find("a") == "-");
  BOOST_TEST(find("") == "-");
  BOOST_TEST((&values->key() == key.get()));
  BOOST_TEST((sealed_source(value_origin::systemd_credential, values).origin() == value_origin::systemd_credential));
}

BOOST_FIXTURE_TEST_CASE(nothing_of_a_value_is_readable_in_its_place, imported) {
  values->put("A", "value of A");
  BOOST_TEST(values->find("A").size() == 10 + cipher::overhead);
  BOOST_TEST(values->find("A").find("value") == std::string_view::npos);
  BOOST_TEST(values->find("B").empty());
}

BOOST_FIXTURE_TEST_CASE(a_clone_is_extended_without_the_original, imported) {
  values->put("A", "1");
  const auto original = values;
  values = original->clone();
  values->put("B", "2");
  BOOST_TEST(find("A") == "1");
  BOOST_TEST(find("B") == "2");
  values = original;
  BOOST_TEST(find("A") == "1");
  BOOST_TEST(find("B") == "-");
}

BOOST_FIXTURE_TEST_CASE(an_imported_variable_stays_until_it_is_erased, imported) {
  char stays[] = "CREDCACHE_TEST_STAYS=stays", blank[] = "CREDCACHE_TEST_BLANK= \t ";
  char set[] = "CREDCACHE_TEST_SET=imported text";  // putenv: this very array is the environment
  for (char* entry : {stays, blank, set}) ::putenv(entry);
  const std::vector<std::string> names{"CREDCACHE_TEST_SET", "CREDCACHE_TEST_BLANK", "CREDCACHE_TEST_UNSET"};
  import_environment(names, *values);
  BOOST_TEST(find("CREDCACHE_TEST_SET") == "imported text");
  BOOST_TEST(find("CREDCACHE_TEST_BLANK") == "-");
  BOOST_TEST(find("CREDCACHE_TEST_UNSET") == "-");
  BOOST_TEST(find("CREDCACHE_TEST_STAYS") == "-");
  BOOST_TEST(std::getenv("CREDCACHE_TEST_SET") == std::string("imported text"));
  erase_environment(names);
  BOOST_TEST(std::getenv("CREDCACHE_TEST_SET") == nullptr);
  BOOST_TEST(std::getenv("CREDCACHE_TEST_BLANK") == nullptr);
  BOOST_TEST((std::string_view(set + 19, 13) == std::string_view("\0\0\0\0\0\0\0\0\0\0\0\0\0", 13)));
  BOOST_TEST(std::getenv("CREDCACHE_TEST_STAYS") == std::string("stays"));
  ::unsetenv("CREDCACHE_TEST_STAYS");

  // A second import finds nothing and keeps what it had; a new value replaces the old one.
  import_environment({"CREDCACHE_TEST_SET"}, *values);
  BOOST_TEST(find("CREDCACHE_TEST_SET") == "imported text");
  ::setenv("CREDCACHE_TEST_SET", "again", 1);
  import_environment({"CREDCACHE_TEST_SET"}, *values);
  BOOST_TEST(find("CREDCACHE_TEST_SET") == "again");
}

BOOST_FIXTURE_TEST_CASE(the_environment_is_read_as_files_are, imported) {
  const std::vector<std::string> names{"CREDCACHE_TEST_MARKED", "CREDCACHE_TEST_LINES", "CREDCACHE_TEST_ONLY_MARK"};
  ::setenv("CREDCACHE_TEST_MARKED", "\xef\xbb\xbfvalue\r\n", 1);
  ::setenv("CREDCACHE_TEST_LINES", "two\nlines\n\n", 1);
  ::setenv("CREDCACHE_TEST_ONLY_MARK", "\xef\xbb\xbf", 1);
  import_environment(names, *values, after_import::erase);
  BOOST_TEST(find("CREDCACHE_TEST_MARKED") == "value");
  BOOST_TEST(find("CREDCACHE_TEST_LINES") == "two\nlines\n");
  BOOST_TEST(find("CREDCACHE_TEST_ONLY_MARK") == "-");
}

BOOST_FIXTURE_TEST_CASE(an_import_erases_on_request_and_only_when_all_is_sealed, imported) {
  const std::vector<std::string> names{"CREDCACHE_TEST_FIRST", "CREDCACHE_TEST_SECOND"};
  for (const std::string& name : names) ::setenv(name.c_str(), ("value of " + name).c_str(), 1);
  std::size_t failures = 0;
  for (bool failed = true; failed; failures += failed ? 1 : 0) {
    for (const std::string& name : names) BOOST_REQUIRE(std::getenv(name.c_str()) == "value of " + name);
    values = std::make_shared<sealed_values>(key);
    const failing_allocation failing(failures + 1);
    try {
      import_environment(names, *values, after_import::erase);
    } catch (const std::bad_alloc&) {
    }
    failed = failing.happened();
  }
  BOOST_TEST(failures > 3u);
  for (const std::string& name : names) {
    BOOST_TEST(std::getenv(name.c_str()) == nullptr);
    BOOST_TEST(find(name) == "value of " + name);
  }
}

BOOST_FIXTURE_TEST_CASE(the_kernel_shows_an_imported_value_no_longer, imported) {
  // The initial environment block is what /proc/PID/environ shows, so this needs a process of its own. A name may be there
  // more than once.
  std::string first = "CREDCACHE_TEST_SHOWN=x", second = "CREDCACHE_TEST_SHOWN=second";
  std::vector<char*> block{first.data(), second.data()};
  for (char** entry = environ; *entry != nullptr; ++entry) block.push_back(*entry);
  block.push_back(nullptr);
  const pid_t child = ::fork();
  if (child == 0) {
    const char* const program = "/proc/self/exe";
    ::execle(program, program, "--run_test=variable_sources/in_another_process", "--log_level=nothing",
             "--report_level=no", static_cast<char*>(nullptr), block.data());
    ::_exit(99);
  }
  int status = -1;
  ::waitpid(child, &status, 0);
  BOOST_TEST(WEXITSTATUS(status) == 0);
}

BOOST_FIXTURE_TEST_CASE(in_another_process, imported) {
  if (std::getenv("CREDCACHE_TEST_SHOWN") == nullptr) return;  // only as the test above starts it
  const auto shown = [] {
    std::ifstream file("/proc/self/environ", std::ios::binary);
    const std::string all(std::istreambuf_iterator<char>(file), {});
    return all.find("SHOWN=x") != std::string::npos || all.find("=second") != std::string::npos;
  };
  import_environment({"CREDCACHE_TEST_SHOWN"}, *values);
  BOOST_TEST(shown());
  erase_environment({"CREDCACHE_TEST_SHOWN"});
  BOOST_TEST(!shown());
  BOOST_TEST(std::getenv("CREDCACHE_TEST_SHOWN") == nullptr);
  BOOST_TEST(find("CREDCACHE_TEST_SHOWN") == "x");
}

BOOST_FIXTURE_TEST_CASE(files_called_like_variables_are_sealed, credentials_folder) {
  write("PLAIN", "plain");
  write("LINE", "one line\n");
  write("TWO", "two\nlines\n\n");
  write("BLANK", " \n");
  write("EMPTY", "");
  write("OTHER", "not asked for");
  import_credentials(folder, {"PLAIN", "LINE", "TWO", "BLANK", "EMPTY", "ABSENT"}, *values);
  BOOST_TEST(find("PLAIN") == "plain");
  BOOST_TEST(find("LINE") == "one line");
  BOOST_TEST(find("TWO") == "two\nlines\n");
  for (const char* name : {"BLANK", "EMPTY", "ABSENT", "OTHER"}) BOOST_TEST(find(name) == "-");
}

BOOST_FIXTURE_TEST_CASE(a_credential_has_at_most_64_kib, credentials_folder) {
  write("BIG", std::string(64 * 1024, 'x'));
  import_credentials(folder, {"BIG"}, *values);
  BOOST_TEST(find("BIG").size() == 64u * 1024);
  write("BIG", std::string(64 * 1024 + 1, 'x'));
  BOOST_TEST(refusal({"BIG"}) == "systemd credential " + (folder / "BIG").string() +
                                     ": found more than 65,536 bytes, expected at most that");
}

BOOST_FIXTURE_TEST_CASE(what_is_there_but_cannot_be_read_is_an_error, credentials_folder) {
  fs::create_directory(folder / "FOLDER");
  BOOST_TEST(refusal({"FOLDER"}) == "systemd credential " + (folder / "FOLDER").string() +
                                        ": found something that is not a regular file, expected one: choose another");
  if (::geteuid() != 0) return;  // cannot become somebody else
  write("SECRET", "text");
  ::chmod((folder / "SECRET").c_str(), 0600);
  ::chmod(folder.c_str(), 0755);
  const auto end = in_forked_child([&] {
    if (::setresuid(12345, 12345, 12345) != 0) return 77;
    return refusal({"SECRET"}).ends_with(": cannot be opened: Permission denied: repair that") ? 0 : 1;
  });
  BOOST_TEST(end.code == 0);
}

BOOST_FIXTURE_TEST_CASE(no_plaintext_stays_in_freed_memory, credentials_folder) {
  static constexpr std::string_view marker = "marker-55b0f3a7e1c8";
  write("FILE", marker);
  freed_memory watch(marker);
  import_credentials(folder, {"FILE"}, *values);
  {
    sealed_source from(value_origin::systemd_credential, values);
    const std::string_view names[] = {"FILE"};
    fetched_value value[1];
    from.fetch(names, value, at());
    const bool opened = value[0].value.reveal() == marker;
    BOOST_TEST(opened);
  }
  watch.stop();
  BOOST_TEST(watch.blocks() > 1u);
  BOOST_TEST(watch.found() == 0u);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace value_source_test
