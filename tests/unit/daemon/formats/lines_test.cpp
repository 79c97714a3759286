// The forms that values take in each format of lines. That real readers take them back is tests/clients' part.
#include "formats/lines.hpp"

#include <boost/test/unit_test.hpp>
#include <string>
#include <string_view>

#include "formats/output_format.hpp"

namespace lines_test {

using namespace credcached;

namespace {

/// The line for the variable N; "refused" if there is no form.
std::string line(bool (*write)(credcache::secret_buffer&, std::string_view, std::string_view), std::string_view value) {
  credcache::secret_buffer out;
  if (write(out, "N", value)) return std::string(out.reveal());
  return out.empty() ? "refused" : "refused with " + std::string(out.reveal());
}

}  // namespace

BOOST_AUTO_TEST_SUITE(lines)

BOOST_AUTO_TEST_CASE(dotenv_has_the_first_form_that_holds_the_value) {
  using formats::write_dotenv_line;
  BOOST_TEST(line(write_dotenv_line, "AKIA/a_b.c:d@e%f+g=h,i-j") == "N=AKIA/a_b.c:d@e%f+g=h,i-j\n");
  BOOST_TEST(line(write_dotenv_line, "") == "N=\n");
  BOOST_TEST(line(write_dotenv_line, R"(a b#"$(id)`\n)") == R"(N='a b#"$(id)`\n')"
                                                            "\n");
  BOOST_TEST(line(write_dotenv_line, "it's\nb\r") == "N=\"it's\\nb\\r\"\n");
  BOOST_TEST(line(write_dotenv_line, "{\n\"a\": \"\\n$\"\n}") == "N='{\n\"a\": \"\\n$\"\n}'\n");
  for (const std::string_view special : {"\"", "\\", "$", "`"}) {
    for (const std::string_view other : {"'", "\r"})
      BOOST_TEST(line(write_dotenv_line, std::string(special).append(other)) == "refused");
  }
  BOOST_TEST(line(write_dotenv_line, "a\\") == "refused");  // some readers take \' for a part of the value
}

BOOST_AUTO_TEST_CASE(env_has_the_bytes_as_they_stand) {
  using formats::write_env_line;
  BOOST_TEST(line(write_env_line, R"( "a" 'b' \$c # )") == R"(N= "a" 'b' \$c # )"
                                                           "\n");
  for (const auto* value : {"a\nb", "a\r", "\n"}) BOOST_TEST(line(write_env_line, value) == "refused");
}

BOOST_AUTO_TEST_CASE(shell_has_quotes_and_backslashes_outside_of_the_quotes) {
  BOOST_TEST(line(formats::write_shell_line, R"(a\'b $c
d)") == R"(export N='a'\\''\''b $c
d'
)");
}

BOOST_AUTO_TEST_CASE(powershell_has_every_kind_of_quote_twice_and_one_line) {
  BOOST_TEST(line(formats::write_powershell_line, "a'b$c`d\"e") == "$env:N = 'a''b$c`d\"e'\n");
  BOOST_TEST(line(formats::write_powershell_line, "a\nb\r") == "$env:N = 'a' + \"`n\" + 'b' + \"`r\" + ''\n");
  BOOST_TEST(line(formats::write_powershell_line, "‘’‚‛“„€") == "$env:N = '‘‘’’‚‚‛‛“„€'\n");
}

BOOST_AUTO_TEST_CASE(scripts_remove_variables) {
  credcache::secret_buffer out;
  const std::string_view names[] = {"A", "B"};
  formats::write_shell_unset(out, names);
  BOOST_TEST(out.reveal() == "command -v unset >/dev/null || set -eg A B\ncommand -v unset >/dev/null && unset A B\n");
  out.clear();
  formats::write_powershell_unset(out, names);
  BOOST_TEST(out.reveal() == "$env:A = $null\n$env:B = $null\n");
  out.clear();
  formats::write_shell_unset(out, {});  // `unset` alone prints all variables, or complains
  formats::write_powershell_unset(out, {});
  BOOST_TEST(out.empty());
}

BOOST_AUTO_TEST_CASE(tfvars_has_the_escapes_of_hcl) {
  BOOST_TEST(line(formats::write_tfvars_line, "${a}%{b}$c\n\"\\\t") == "N = \"$${a}%%{b}$c\\n\\\"\\\\\\t\"\n");
  BOOST_TEST(line(formats::write_tfvars_line, "a\bb\fc") == "N = \"a\\u0008b\\u000cc\"\n");
}

BOOST_AUTO_TEST_CASE(accept_names_a_whole_media_type) {
  const std::pair<const char*, const char*> cases[] = {{"text/x-env", "env"},
                                                       {"text/x-env;charset=utf-8", "env"},
                                                       {"text/x-env , */*", "env"},
                                                       {"text/x-env,text/html", "env"},
                                                       {"text/x-envelope", "json"},
                                                       {"text/x-environment;q=1", "json"},
                                                       {"text/x-en", "json"},
                                                       {"application/json-seq", "json"},
                                                       {"text/x-env;q=0", "json"},
                                                       {"text/x-env; Q=0.000, text/x-dotenv", "dotenv"},
                                                       {"text/x-env;charset=utf-8 ; q=0.0,text/x-dotenv", "dotenv"},
                                                       {"text/x-env;q=0.001,text/x-dotenv", "env"},
                                                       {" , text/x-env", "env"},
                                                       {"*/*", "json"},
                                                       {"", "json"}};
  for (const auto& [accept, name] : cases) BOOST_TEST(formats::output_format_for_accept(accept).name == name);
}

BOOST_AUTO_TEST_CASE(text_names_its_charset_and_a_limited_format_its_limit) {
  for (const auto& format : formats::output_formats()) {
    BOOST_TEST_CONTEXT(format.name) {
      const bool json = format.is("application/json");
      BOOST_TEST(format.content_type.ends_with("; charset=utf-8") == !json);
      BOOST_TEST(format.is_json() == json);
      BOOST_TEST((format.write_unset == nullptr) == format.failing_command.empty());  // both are for scripts
      if (format.write_line != nullptr) {
        const bool refuses = line(format.write_line, "'\r\n\"") == "refused";
        BOOST_TEST(refuses != format.no_form_for.empty());
      }
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace lines_test
