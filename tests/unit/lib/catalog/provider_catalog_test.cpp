// Loading of provider definitions: what is accepted, what is refused and where, order, replacing, look-ups.
#include "credcache/provider_catalog.hpp"

#include <unistd.h>

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>
#include <filesystem>
#include <fstream>
#include <ostream>

#include "catalog/provider_catalog_yaml.hpp"

namespace provider_catalog_test {
using namespace credcache;
namespace data = boost::unit_test::data;

namespace {

/// A definition that is right; tests change one place of it.
std::string good(const std::string& csp = "one", const std::string& constant = "ONE") {
  return "csp: " + csp + "\nconstant: " + constant + "\n" +
         "sites: [default]\n"
         "credentials:\n"
         "  - type: variables\n"
         "    name: KEY\n"
         "    description: A key.\n"
         "    variables:\n"
         "      - name: A_KEY\n"
         "        description: The key.\n";
}

std::shared_ptr<const provider_catalog> load(const std::string& text) {
  const std::vector<definition_file> files{{"x.yaml", text}};
  return provider_catalog::load(files);
}

std::string message_of(const std::string& text) {
  try {
    (void)load(text);
    return "accepted";
  } catch (const catalog_error& e) {
    return e.what();
  }
}

std::string replaced(std::string text, std::string_view from, std::string_view to) {
  const auto at = text.find(from);
  BOOST_REQUIRE_MESSAGE(at != std::string::npos, "no \"" << from << "\" in the definition");
  return text.replace(at, from.size(), to);
}

/// As the build makes built-in definitions of files.
std::vector<csp_definition> compiled(const std::vector<definition_file>& files) {
  std::vector<csp_definition> all;
  for (const auto& file : files) all.push_back(parse_definition(file).csp);
  return all;
}

std::vector<std::string> names_of(const provider_catalog& catalog) {
  std::vector<std::string> names;
  for (const auto& csp : catalog.csps()) names.push_back(csp.name);
  return names;
}

/// `good()` with `from` replaced by `to` is refused with exactly this message.
struct refusal {
  const char* from;
  const char* to;
  const char* message;
};
std::ostream& operator<<(std::ostream& out, const refusal& r) {
  return out << r.from << " -> " << r.to;
}

const std::string variables = "      - name: A_KEY\n        description: The key.\n";

const refusal refusals[] = {
    // Keys.
    {"csp: one\n", "", "x.yaml:1:1: found a provider definition without the key \"csp\", expected it to have one"},
    {"constant: ONE\n", "",
     "x.yaml:1:1: found a provider definition without the key \"constant\", expected it to have one"},
    {"sites: [default]\n", "",
     "x.yaml:1:1: found a provider definition without the key \"sites\", expected it to have one"},
    {"type: variables\n    name", "name",
     "x.yaml:5:5: found a credential without the key \"type\", expected it to have one"},
    {"    description: A key.\n", "",
     "x.yaml:5:5: found a credential without the key \"description\", expected it to have one"},
    {"        description: The key.\n", "",
     "x.yaml:9:9: found a variable without the key \"description\", expected it to have one"},
    {"sites:", "site:",
     "x.yaml:3:1: found the unknown key \"site\", expected a key of a provider definition: csp, constant, sites, "
     "credentials, requires, expiresAs, unset, profiles"},
    {"        description: The key.", "        descripton: The key.",
     "x.yaml:10:9: found the unknown key \"descripton\", expected a key of a variable: name, description, mandatory, "
     "sensitive, "
     "aliases, environmentNames, pattern, exportAs, jsonObject"},
    {"constant: ONE\n", "constant: ONE\nconstant: ONE\n",
     "x.yaml:3:1: found the key \"constant\" again, expected each key once"},
    {"csp: one", "[a]: one", "x.yaml:1:1: found a list, expected a key"},
    // Texts.
    {"csp: one", "csp:", "x.yaml:1:1: found the key \"csp\" without a value, expected it to have one"},
    {"csp: one", "csp: one/two", "x.yaml:1:6: found \"one/two\", expected a name of letters, digits, _, . and -"},
    {"csp: one", "csp: [one]", "x.yaml:1:6: found a list, expected a name of letters, digits, _, . and -"},
    {"ONE", "One", "x.yaml:2:11: found \"One\", expected a constant of capital letters, digits and _"},
    {"A key.", "' '", "x.yaml:7:18: found \" \", expected one line of text that is not blank"},
    {"A key.", "\"a\\nb\"",
     "x.yaml:7:18: found text with control characters, expected one line of text that is not blank"},
    {"name: KEY", "name: \"\\e[2J\"",
     "x.yaml:6:11: found text with control characters, expected one line of text that is not blank"},
    {"[default]", "[\"a\\x9bb\"]",
     "x.yaml:3:9: found text with control characters, expected one line of text that is not blank"},
    {"A_KEY", "1KEY",
     "x.yaml:9:15: found \"1KEY\", expected a name of letters, digits and _ that does not begin with a digit"},
    {"A_KEY", "A-KEY",
     "x.yaml:9:15: found \"A-KEY\", expected a name of letters, digits and _ that does not begin with a digit"},
    {"type: variables", "type: variable",
     "x.yaml:5:11: found \"variable\", expected variables, http_authentication, api_key or oauth2"},
    // Lists.
    {"[default]", "[]", "x.yaml:3:8: found an empty list, expected a list of at least one item"},
    {"[default]", "default", "x.yaml:3:8: found \"default\", expected a list of at least one item"},
    {"[default]", "[a, b, a]", "x.yaml:3:15: found \"a\" again, expected each item once"},
    {"[default]", "[a, '']", "x.yaml:3:12: found \"\", expected one line of text that is not blank"},
    {"[default]", "[a, [b]]", "x.yaml:3:12: found a list, expected one line of text that is not blank"},
    {"[default]\n", "[default]\nrequires: A\n", "x.yaml:4:11: found \"A\", expected a list, such as [] or [A, B]"},
    {"[default]\n", "[default]\nrequires: [A, A]\n",
     "x.yaml:4:15: found \"A\" again, expected each required name once"},
    {"[default]\n", "[default]\nrequires: [{exportAs: [B]}]\n",
     "x.yaml:4:12: found a required name without the key \"name\", expected it to have one"},
    {"[default]\n", "[default]\nrequires: [{name: A, exportAs: [A_KEY]}]\n",
     "x.yaml:10:15: found a second value to be handed out as \"A_KEY\", expected each name once among names, exportAs, "
     "expiresAs, constants and requires"},
    {"[default]\n", "[default]\nexpiresAs: [A_KEY]\n",
     "x.yaml:10:15: found a second value to be handed out as \"A_KEY\", expected each name once among names, exportAs, "
     "expiresAs, constants and requires"},
    {"[default]\n", "[default]\nunset: [A B]\n",
     "x.yaml:4:9: found \"A B\", expected a name of letters, digits and _ that does not begin with a digit, or the "
     "beginning of names and *"},
    {"[default]\n", "[default]\nunset: ['*']\n",
     "x.yaml:4:9: found \"*\", expected a name of letters, digits and _ that does not begin with a digit, or the "
     "beginning of names and *"},
    // Variables.
    {"The key.", "The key.\n        mandatory: yes", "x.yaml:11:20: found \"yes\", expected true or false"},
    {"The key.", "The key.\n        sensitive: 'true'", "x.yaml:11:20: found \"true\", expected true or false"},
    {"The key.", "The key.\n        aliases: key",
     "x.yaml:11:18: found \"key\", expected a list, such as [] or [A, B]"},
    {"The key.", "The key.\n        environmentNames: [a b]",
     "x.yaml:11:28: found \"a b\", expected a name of letters, digits and _ that does not begin with a digit"},
    {"The key.", "The key.\n        exportAs: [CREDCACHED_EXPIRES_AT]",
     "x.yaml:9:15: found \"CREDCACHED_EXPIRES_AT\" as a name to hand out, expected one that does not begin with "
     "CREDCACHED_: those have a meaning already"},
    {"name: KEY", "name: KEY\n    constants: {CREDCACHED_SOCKET: /s}",
     "x.yaml:7:16: found \"CREDCACHED_SOCKET\" as a name to hand out, expected one that does not begin with "
     "CREDCACHED_: those have a meaning already"},
    {"[default]\n", "[default]\nexpiresAs: [CREDCACHED_EXPIRES_AT]\n",
     "x.yaml:6:5: found \"CREDCACHED_EXPIRES_AT\" as a name to hand out, expected one that does not begin with "
     "CREDCACHED_: those have a meaning already"},
    {"The key.", "The key.\n        exportAs: [A_KEY]",
     "x.yaml:9:15: found a second value to be handed out as \"A_KEY\", expected each name once among names, exportAs, "
     "expiresAs, constants and requires"},
    {"The key.", "The key.\n        aliases: [k, B]\n      - {name: B, description: b}",
     "x.yaml:11:22: found \"B\", expected an alias that is not the name of a variable of this credential"},
    {"The key.", "The key.\n      - {name: A_KEY, description: b}",
     "x.yaml:11:16: found a second value to be handed out as \"A_KEY\", expected each name once among names, exportAs, "
     "expiresAs, constants and requires"},
    {"The key.", "The key.\n        pattern: '(a'",
     R"x(x.yaml:11:18: found "(a" (Unmatched marking parenthesis ( or \(), expected a regular expression in Perl's syntax)x"},
    {"The key.", "The key.\n        jsonObject: {equal: {}}",
     "x.yaml:11:22: found the unknown key \"equal\", expected a key of a jsonObject rule: equals, required, fills"},
    {"The key.", "The key.\n        jsonObject: {equals: {a: [b]}}",
     "x.yaml:11:34: found a list, expected one line of text that is not blank"},
    {"The key.", "The key.\n        jsonObject: {fills: {B: b}}",
     "x.yaml:11:29: found \"B\", expected the name of another variable of this credential"},
    // Credentials.
    {"name: KEY", "name: KEY\n    constants: {A_KEY: b}",
     "x.yaml:10:15: found a second value to be handed out as \"A_KEY\", expected each name once among names, exportAs, "
     "expiresAs, constants and requires"},
    {"name: KEY", "name: KEY\n    constants: {}",
     "x.yaml:7:16: found a map, expected a map of texts, such as {NAME: text}"},
    {"The key.", "The key.\n  - {type: variables, name: KEY, description: d, variables: [{name: B, description: b}]}",
     "x.yaml:11:29: found a second credential \"KEY\" of the same type, expected different names"},
    {"The key.",
     "The key.\n  - {type: variables, name: TWO, description: d, variables: [{name: A_KEY, description: The other "
     "key.}]}",
     "x.yaml:11:69: found \"A_KEY\" with another meaning than in \"KEY\", expected the same description, mandatory and "
     "sensitive in "
     "both"},
    {"The key.",
     "The key.\n  - {type: variables, name: TWO, description: d, variables: [{name: A_KEY, description: The key., "
     "sensitive: true}]}",
     "x.yaml:11:69: found \"A_KEY\" with another meaning than in \"KEY\", expected the same description, mandatory and "
     "sensitive in "
     "both"},
    // YAML.
    {"csp: one", "csp: &a one",
     "x.yaml:1:6: found an anchor or alias of YAML (& or *), expected the text itself; put text that begins so in "
     "quotes"},
    {"csp: one", "csp: {one", ""},
    {"[default]", "[[[[[[[[[[a]]]]]]]]]]",
     "x.yaml:3:15: found more than 8 levels, expected lists and maps of at most 8"},
    {"The key.\n", "The key.\n---\ncsp: two\n", "x.yaml:11:1: found a second document, expected one in a file"},
};

}  // namespace

BOOST_AUTO_TEST_SUITE(provider_catalog_loading)

BOOST_DATA_TEST_CASE(refuses, data::make(refusals), c) {
  const std::string message = message_of(replaced(good(), c.from, c.to));
  if (*c.message != '\0') {
    BOOST_TEST(message == c.message);
  } else {
    BOOST_TEST(message.starts_with("x.yaml:"), message);
    BOOST_TEST(message.find(": found no valid YAML (") != std::string::npos, message);
  }
  BOOST_TEST(message.find('\n') == std::string::npos);
}

BOOST_AUTO_TEST_CASE(reads_every_key) {
  const auto catalog = load(R"(
csp: x-1.y
constant: X_1
sites: [default, "Chinese Mainland"]
requires: [X_URL, {name: X_AUTH, exportAs: [OUT_AUTH]}]
expiresAs: [X_EXPIRES]
unset: [X_PROFILE, KEY_3, X_URL_*]
credentials:
  - type: oauth2
    name: FULL
    description: >
      Folded
      text.
    constants: {B_CONSTANT: b, A_CONSTANT: a}
    together: [[KEY_FILE, SECOND]]
    oneOf: [[PROJECT, SECOND]]
    variables:
      - name: KEY_FILE
        description: d
        mandatory: false
        sensitive: true
        aliases: [key file, keyFile]
        environmentNames: [KEY_2]
        pattern: '\{.*\}'
        exportAs: [KEY_3]
        jsonObject: {equals: {type: t}, required: [r, s], fills: {PROJECT: project_id}}
      - {name: PROJECT, description: p}
      - {name: SECOND, description: s}
      - {name: THIRD, description: t}
)");
  const csp_definition& csp = catalog->csps().front();
  BOOST_TEST(csp.name == "x-1.y");
  BOOST_TEST(csp.constant == "X_1");
  BOOST_TEST(csp.file == "x.yaml");
  BOOST_TEST(csp.sites == (std::vector<std::string>{"default", "Chinese Mainland"}), boost::test_tools::per_element());
  BOOST_TEST_REQUIRE(csp.required_names.size() == 2u);
  BOOST_TEST(csp.required_names[0].name == "X_URL");
  BOOST_TEST(csp.required_names[0].export_as.empty());
  BOOST_TEST(csp.required_names[1].name == "X_AUTH");
  BOOST_TEST(csp.required_names[1].export_as.at(0) == "OUT_AUTH");
  BOOST_TEST(csp.known_names() ==
                 (std::vector<std::string>{"A_CONSTANT", "B_CONSTANT", "KEY_2", "KEY_3", "KEY_FILE", "OUT_AUTH",
                                           "PROJECT", "SECOND", "THIRD", "X_EXPIRES", "X_PROFILE", "X_URL_*"}),
             boost::test_tools::per_element());

  const credential_definition* definition = csp.find(credential_type::oauth2, "FULL");
  BOOST_TEST_REQUIRE(definition != nullptr);
  BOOST_TEST(csp.find(credential_type::variables, "FULL") == nullptr);
  BOOST_TEST(csp.find(credential_type::oauth2, "full") == nullptr);
  BOOST_TEST(csp.types().size() == 1u);
  BOOST_TEST(definition->description == "Folded text.");
  BOOST_TEST_REQUIRE(definition->constants.size() == 2u);
  BOOST_TEST(definition->constants[0].first == "B_CONSTANT");
  BOOST_TEST(definition->constants[1].second == "a");

  const variable_definition& variable = definition->variables.at(0);
  BOOST_TEST(!variable.mandatory);
  BOOST_TEST(variable.sensitive);
  BOOST_TEST(variable.environment_names.at(0) == "KEY_2");
  BOOST_TEST(variable.export_as.at(0) == "KEY_3");
  BOOST_TEST(variable.handed_out_as == (std::vector<std::string>{"KEY_FILE", "KEY_3"}),
             boost::test_tools::per_element());
  BOOST_TEST(variable.pattern == "\\{.*\\}");
  BOOST_TEST_REQUIRE(variable.json.has_value());
  BOOST_TEST(variable.json->equals.at("type") == "t");
  BOOST_TEST(variable.json->required.size() == 2u);
  BOOST_TEST(variable.json->fills.at("PROJECT") == "project_id");
  BOOST_TEST(definition->variables.at(1).mandatory);
  BOOST_TEST(!definition->variables.at(1).sensitive);
  BOOST_TEST(definition->find_variable("keyFile") == &variable);
  BOOST_TEST(definition->find_variable("KEY_FILE") == &variable);
  BOOST_TEST(definition->find_variable("KEY_3") == &variable);
  BOOST_TEST(definition->find_variable("KEY_2") == nullptr);
  BOOST_TEST(variable.looked_up_as == (std::vector<std::string>{"KEY_FILE", "KEY_2", "KEY_3"}),
             boost::test_tools::per_element());
  BOOST_TEST(definition->together == std::vector<variable_set>{0b0101}, boost::test_tools::per_element());
  BOOST_TEST(definition->one_of == std::vector<variable_set>{0b0110}, boost::test_tools::per_element());
  BOOST_TEST(definition->required == 0b1000u);  // neither an optional one nor one that has alternatives

  BOOST_TEST(catalog->environment_names() == (std::vector<std::string>{"KEY_2", "KEY_3", "KEY_FILE", "PROJECT",
                                                                       "SECOND", "THIRD", "X_AUTH", "X_URL"}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(one_alias_may_stand_for_several_variables) {
  const auto catalog = load(good() + "        aliases: [both]\n      - {name: B, description: b, aliases: [both]}\n");
  const auto& definition = catalog->csps()[0].credentials[0];
  BOOST_TEST(definition.find_variable("both") == &definition.variables[0]);
  BOOST_TEST(definition.variables[1].is_called("both"));
}

BOOST_AUTO_TEST_CASE(same_meaning_in_two_definitions_is_fine) {
  const auto catalog = load(
      good() + "  - {type: variables, name: TWO, description: d, variables: [{name: A_KEY, description: The key.}]}\n");
  BOOST_TEST(catalog->definition_count() == 2u);
  BOOST_TEST(catalog->environment_names().size() == 1u);
  BOOST_TEST(message_of(good() +
                        "  - {type: api_key, name: TWO, description: d, variables: [{name: A_KEY, description: "
                        "Another.}]}\n") != "accepted");
}

BOOST_AUTO_TEST_CASE(counts_are_bounded) {
  const auto many = [](int count) {
    std::string text = good();
    for (int i = 1; i < count; ++i) text += "      - {name: V" + std::to_string(i) + ", description: d}\n";
    return text;
  };
  BOOST_TEST(message_of(many(64)) == "accepted");
  BOOST_TEST(message_of(many(65)) == "x.yaml:9:7: found a list of 65, expected at most 64 items");
  BOOST_TEST(message_of(good() + std::string(256 * 1024, '#')) ==
             "x.yaml:1:1: found more than 262144 bytes, expected a shorter file");
  BOOST_TEST(message_of(good() + std::string(200 * 1024, '#')) == "accepted");
}

BOOST_AUTO_TEST_CASE(text_that_is_no_definition) {
  BOOST_TEST(message_of("") == "x.yaml:1:1: found nothing, expected a map: a provider definition");
  BOOST_TEST(message_of("hello") == "x.yaml:1:1: found \"hello\", expected a map: a provider definition");
  BOOST_TEST(message_of(std::string(100, 'x')) ==
             "x.yaml:1:1: found \"" + std::string(60, 'x') + "…\", expected a map: a provider definition");
}

/// Texts that make parsers of YAML recurse, allocate or loop.
const std::string hostile[] = {
    std::string(250'000, '['),
    std::string(250'000, '{'),
    std::string(250'000, '-'),
    std::string(250'000, '?'),
    std::string(250'000, '!'),
    std::string(250'000, '&'),
    std::string(250'000, '"'),
    std::string(1, '\0'),
    [] {
      std::string s;
      for (int i = 0; i < 100'000; ++i) s += "- ";
      return s;
    }(),
    [] {
      std::string s;
      for (int i = 0; i < 100'000; ++i) s += "? ";
      return s;
    }(),
    [] {
      std::string s;
      for (int i = 0; i < 60'000; ++i) s += "a: ";
      return s;
    }(),
    [] {
      std::string s;
      for (int i = 0; i < 600; ++i) s += std::string(static_cast<std::size_t>(i), ' ') + "a:\n";
      return s;
    }(),
    "!2",
    "%YAML 9.9\n---\na: b",
    "%TAG ! x\n--- !<x",
    "\xff\xfe\x00",
    "\xef\xbb\xbf",
    "&a [*a]",
    "*a",
    "--- >9999999999\n a",
    "a: !!binary %%",
    "a: \"\\\n\\\x01\"",
};

BOOST_AUTO_TEST_CASE(hostile_text_is_refused_in_one_line) {
  for (const auto& text : hostile) {
    const std::string message = message_of(text);
    BOOST_TEST(message.starts_with("x.yaml:"), message);
    BOOST_TEST(message.find(": found ") != std::string::npos, message);
    BOOST_TEST(message.find('\n') == std::string::npos, message);
  }
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(provider_catalog_order)

BOOST_AUTO_TEST_CASE(files_join_in_the_order_of_their_names) {
  const auto built_in = compiled({{"10-a.yaml", good("A", "A_A")}, {"30-c.yaml", good("C", "C_C")}});
  const std::vector<definition_file> folder{{"/etc/p/20-b.yaml", good("B", "B_B")},
                                            {"/etc/p/05-d.yaml", good("D", "D_D")}};
  const auto catalog = provider_catalog::load(built_in, folder);
  BOOST_TEST(names_of(*catalog) == (std::vector<std::string>{"D", "A", "B", "C"}), boost::test_tools::per_element());
  for (std::size_t i = 0; i < 4; ++i) {
    BOOST_TEST(catalog->csps()[i].index == i);
    BOOST_TEST(catalog->csps()[i].credentials[0].index == i);
  }
  BOOST_TEST(catalog->definition_count() == 4u);
}

BOOST_AUTO_TEST_CASE(a_file_of_the_same_csp_replaces_the_built_in_one) {
  const auto built_in = compiled({{"10-a.yaml", good("A", "A_A")}, {"20-b.yaml", good("B", "B_B")}});
  const std::vector<definition_file> folder{{"/p/30-mine.yaml", replaced(good("a", "A_A"), "default", "mine")}};
  const auto catalog = provider_catalog::load(built_in, folder);
  BOOST_TEST(names_of(*catalog) == (std::vector<std::string>{"B", "a"}), boost::test_tools::per_element());
  BOOST_TEST(catalog->find_csp("A")->sites.at(0) == "mine");
  BOOST_TEST(catalog->find_csp("A")->file == "/p/30-mine.yaml");
}

BOOST_AUTO_TEST_CASE(a_csp_and_a_constant_belong_to_one_file) {
  const auto message = [](const std::string& built_in, const std::string& first, const std::string& second) {
    const auto mine = compiled({{"b.yaml", built_in}});
    const std::vector<definition_file> folder{{"f.yaml", first}, {"g.yaml", second}};
    try {
      (void)provider_catalog::load(mine, folder);
      return std::string("accepted");
    } catch (const catalog_error& e) {
      return std::string(e.what());
    }
  };
  const std::string end = " defines as well, expected each csp and each constant in one file only";
  BOOST_TEST(message(good("A", "A_A"), good("B", "B_B"), good("b", "C_C")) ==
             "g.yaml:1:6: found \"b\", which f.yaml" + end);
  BOOST_TEST(message(good("A", "A_A"), good("B", "B_B"), good("C", "B_B")) ==
             "g.yaml:2:11: found \"B_B\", which f.yaml" + end);
  BOOST_TEST(message(good("A", "A_A"), good("B", "B_B"), good("C", "A_A")) ==
             "g.yaml:2:11: found \"A_A\", which the built-in b.yaml" + end);
  BOOST_TEST(message(good("A", "A_A"), good("B", "B_B"), good("a_a", "C_C")) ==
             "g.yaml:1:6: found \"A_A\", which the built-in b.yaml" + end);
  BOOST_TEST(message(good("A", "A_A"), good("a", "A_A"), good("B", "B_B")) == "accepted");
}

BOOST_AUTO_TEST_CASE(csps_are_found_by_name_and_constant_without_regard_to_case) {
  const auto catalog = load(good("Some.Cloud", "SOME_CLOUD"));
  for (const auto* name : {"Some.Cloud", "some.cloud", "SOME_CLOUD", "some_cloud"}) {
    BOOST_TEST(catalog->find_csp(name) == &catalog->csps()[0], name);
  }
  for (const auto* name : {"", "Some", "SomeCloud", "Some.Cloud "})
    BOOST_TEST(catalog->find_csp(name) == nullptr, name);
}

BOOST_AUTO_TEST_SUITE_END()

namespace {
struct scratch_folder {
  std::filesystem::path path;
  scratch_folder() {
    std::string name = (std::filesystem::temp_directory_path() / "definitions-XXXXXX").string();
    BOOST_TEST_REQUIRE(::mkdtemp(name.data()) != nullptr);
    path = name;
  }
  ~scratch_folder() { std::filesystem::remove_all(path); }
  void write(const std::string& name, const std::string& text) const { std::ofstream(path / name) << text; }
};
}  // namespace

BOOST_FIXTURE_TEST_SUITE(definition_folder, scratch_folder)

BOOST_AUTO_TEST_CASE(yaml_files_are_read_in_order) {
  write("20-b.yaml", "b");
  write("10-a.yaml", std::string(300'000, 'a'));
  write(".10-a.yaml", "hidden");
  write("README.md", "other");
  const auto files = read_definition_folder(path.string());
  BOOST_TEST_REQUIRE(files.size() == 2u);
  BOOST_TEST(files[0].name == (path / "10-a.yaml").string());
  BOOST_TEST(files[0].text.size() == 256 * 1024 + 1);  // no more than shows that it is too much
  BOOST_TEST(files[1].text == "b");
}

BOOST_AUTO_TEST_CASE(what_cannot_be_read_is_named) {
  const auto message = [](const std::filesystem::path& folder) {
    try {
      (void)read_definition_folder(folder.string());
      return std::string("accepted");
    } catch (const catalog_error& e) {
      return std::string(e.what());
    }
  };
  BOOST_TEST(message(path) == "accepted");
  BOOST_TEST(message(path / "none") ==
             (path / "none").string() +
                 ": found a folder that cannot be read (No such file or directory), expected one with "
                 "*.yaml files");
  std::filesystem::create_directory(path / "x.yaml");
  BOOST_TEST(message(path) ==
             (path / "x.yaml").string() + ": found something else, expected a file; move it out of the folder");
}

BOOST_AUTO_TEST_SUITE_END()
}  // namespace provider_catalog_test
