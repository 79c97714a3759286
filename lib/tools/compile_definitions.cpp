// compile_definitions OUTPUT FILE…: turns provider definitions into the C++ source of built_in_definitions(). Part of
// the build (lib/CMakeLists.txt): no YAML is parsed at start, and a definition that the loader refuses fails the build.
#include <fstream>
#include <iostream>
#include <iterator>
#include <sstream>

#include "catalog/provider_catalog_yaml.hpp"

namespace {

using namespace credcache;

std::string literal(std::string_view text) {
  std::ostringstream out;
  out << '"';
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20 || byte == 0x7f) {
      out << '\\' << (byte >> 6) << (byte >> 3 & 7) << (byte & 7);  // octal ends after three digits, hexadecimal never
    } else {
      out << (c == '"' || c == '\\' ? "\\" : "") << c;
    }
  }
  out << '"';
  return std::move(out).str();
}

std::string literal(const std::pair<const std::string, std::string>& p) {
  return '{' + literal(p.first) + ", " + literal(p.second) + '}';
}

std::string literal(variable_set set) {
  return std::to_string(set) + 'U';
}

template <class Range>
std::string list(const Range& items) {
  std::string text;
  for (const auto& item : items) text += (text.empty() ? "{" : ", ") + literal(item);
  return text + '}';
}

/// Writes statements. What has its default value is left out, and nothing is built twice: no initializer lists of
/// definitions, whose elements would be copied.
class writer {
 public:
  explicit writer(std::ostream& out) : out_(out) {}

  void write(const csp_definition& csp) {
    out_ << "void add_" << csp.constant << "(std::vector<csp_definition>& all) {\n"
         << "  csp_definition& csp = all.emplace_back();\n";
    assign("  csp.name", csp.name);
    assign("  csp.constant", csp.constant);
    assign("  csp.file", csp.file);
    assign_list("  csp.sites", csp.sites);
    assign_list("  csp.expires_as", csp.expires_as);
    assign_list("  csp.unset", csp.unset);
    for (const auto& [profile, values] : csp.profiles) assign_list("  csp.profiles[" + literal(profile) + "]", values);
    for (const auto& required : csp.required_names) {
      out_ << "  csp.required_names.push_back({" << literal(required.name) << ", "
           << (required.export_as.empty() ? "{}" : list(required.export_as)) << "});\n";
    }
    out_ << "  csp.credentials.reserve(" << csp.credentials.size() << ");\n";
    for (const auto& definition : csp.credentials) write(definition);
    out_ << "}\n\n";
  }

 private:
  void write(const credential_definition& definition) {
    out_ << "  {\n    credential_definition& credential = csp.credentials.emplace_back();\n"
         << "    credential.type = credential_type::" << to_string(definition.type) << ";\n";
    assign("    credential.name", definition.name);
    assign("    credential.description", definition.description);
    assign_list("    credential.constants", definition.constants);
    assign_list("    credential.together", definition.together);
    assign_list("    credential.one_of", definition.one_of);
    if (definition.presented) write(*definition.presented);
    out_ << "    credential.variables.reserve(" << definition.variables.size() << ");\n";
    for (const auto& variable : definition.variables) write(variable);
    out_ << "  }\n";
  }

  void write(const authentication& how) {
    out_ << "    authentication& how = credential.presented.emplace();\n"
         << "    how.scheme = static_cast<authentication_scheme>(" << static_cast<int>(how.scheme) << ");\n"
         << "    how.in = static_cast<key_place>(" << static_cast<int>(how.in) << ");\n"
         << "    how.username = " << how.username << ";\n    how.secret = " << how.secret << ";\n";
    assign("    how.field", how.field);
    assign("    how.prefix", how.prefix);
    assign_list("    how.hosts", how.hosts);
  }

  void write(const variable_definition& variable) {
    out_ << "    {\n      variable_definition& variable = credential.variables.emplace_back();\n";
    assign("      variable.name", variable.name);
    assign("      variable.description", variable.description);
    if (!variable.mandatory) out_ << "      variable.mandatory = false;\n";
    if (variable.sensitive) out_ << "      variable.sensitive = true;\n";
    assign_list("      variable.aliases", variable.aliases);
    assign_list("      variable.environment_names", variable.environment_names);
    assign_list("      variable.export_as", variable.export_as);
    assign_list("      variable.handed_out_as", variable.handed_out_as);
    if (!variable.pattern.empty()) {
      assign("      variable.pattern", variable.pattern);
      out_ << "      variable.compiled = compile_pattern(variable.pattern);\n";
    }
    if (variable.json) {
      out_ << "      json_object_rule& json = variable.json.emplace();\n";
      assign_list("      json.equals", variable.json->equals);
      assign_list("      json.required", variable.json->required);
      assign_list("      json.fills", variable.json->fills);
    }
    out_ << "    }\n";
  }

  void assign(std::string_view member, const std::string& text) { out_ << member << " = " << literal(text) << ";\n"; }

  template <class Range>
  void assign_list(std::string_view member, const Range& items) {
    if (!items.empty()) out_ << member << " = " << list(items) << ";\n";
  }

  std::ostream& out_;
};

definition_file read(const std::string& path) {
  std::ifstream stream(path, std::ios::binary);
  definition_file file{path, {std::istreambuf_iterator<char>(stream), {}}};
  if (!stream.is_open() || stream.bad()) throw std::runtime_error(path + ": found a file that cannot be read");
  return file;
}

void compile(const std::string& output, std::span<const definition_file> files) {
  std::ostringstream text;
  text << "// Generated from etc/credcached/providers.d by lib/tools/compile_definitions.cpp.\n"
          "#include \"credcache/provider_catalog.hpp\"\n#include \"catalog/variable_rules.hpp\"\n\n"
          "namespace credcache::inline v1 {\nnamespace {\n\n";
  const auto catalog = provider_catalog::load(files);  // everything is checked here, across files as well
  std::string calls;
  for (csp_definition csp : catalog->csps()) {
    csp.file.erase(0, csp.file.rfind('/') + 1);
    calls += "  add_" + csp.constant + "(all);\n";
    writer(text).write(csp);
  }
  text << "}  // namespace\n\nstd::vector<csp_definition> built_in_definitions() {\n"
       << "  std::vector<csp_definition> all;\n  all.reserve(" << catalog->csps().size() << ");\n"
       << calls << "  return all;\n}\n\n}  // namespace credcache\n";

  std::ofstream stream(output, std::ios::binary);
  stream << text.view() << std::flush;
  if (!stream) throw std::runtime_error(output + ": cannot be written");
}

}  // namespace

int main(int count, char** arguments) try {
  if (count < 3) throw std::runtime_error("usage: compile_definitions OUTPUT FILE…");
  std::vector<definition_file> files;
  for (int i = 2; i < count; ++i) files.push_back(read(arguments[i]));
  compile(arguments[1], files);
  return 0;
} catch (const std::exception& e) {
  std::cerr << e.what() << '\n';
  return 1;
}
