// The catalog: puts definition files together in their order, and looks things up.
#include "credcache/provider_catalog.hpp"

#include <dirent.h>
#include <sys/stat.h>

#include <algorithm>
#include <fstream>
#include <memory>
#include <set>

#include "base/system_text.hpp"
#include "catalog/provider_catalog_yaml.hpp"

namespace credcache::inline v1 {
namespace {

// No more than this is read of a file: one byte over what the loader takes, so that the loader says what is wrong.
constexpr std::streamsize most_read = 256 * 1024 + 1;

/// Names may be paths: messages want the whole of it, the order only the last part.
std::string_view order_of(const csp_definition& csp) {
  const std::string_view file = csp.file;
  return file.substr(file.rfind('/') + 1);
}

/// The csp that `name` means, by its name or constant; null if there is none.
const parsed_definition* find_in(const std::vector<parsed_definition>& all, std::string_view name) {
  const auto found = std::ranges::find_if(all, [&](const parsed_definition& each) {
    return equal_ignoring_case(each.csp.name, name) || equal_ignoring_case(each.csp.constant, name);
  });
  return found == all.end() ? nullptr : &*found;
}

[[noreturn]] void refuse_second(const std::string& position, const std::string& name, const std::string& first_file) {
  throw catalog_error(position + ": found \"" + name + "\", which " + first_file +
                      " defines as well, expected each csp and " + "each constant in one file only");
}

/// What follows from the rest.
void complete(credential_definition& definition) {
  variable_set alternatives = 0;
  for (const variable_set set : definition.one_of) alternatives |= set;
  for (std::size_t i = 0; i < definition.variables.size(); ++i) {
    variable_definition& variable = definition.variables[i];
    if (variable.mandatory) definition.required |= (variable_set{1} << i) & ~alternatives;
    auto& names = variable.looked_up_as = {variable.name};
    names.insert(names.end(), variable.environment_names.begin(), variable.environment_names.end());
    names.insert(names.end(), variable.export_as.begin(), variable.export_as.end());
  }
}

std::vector<parsed_definition> parse_all(std::span<const definition_file> files) {
  std::vector<parsed_definition> all;
  for (const auto& file : files) {
    parsed_definition next = parse_definition(file);
    if (const auto* first = find_in(all, next.csp.name))
      refuse_second(next.csp_position, next.csp.name, first->csp.file);
    if (const auto* first = find_in(all, next.csp.constant)) {
      refuse_second(next.constant_position, next.csp.constant, first->csp.file);
    }
    all.push_back(std::move(next));
  }
  return all;
}

}  // namespace

std::shared_ptr<const provider_catalog> provider_catalog::load(std::vector<csp_definition> built_in,
                                                               std::span<const definition_file> folder) {
  std::vector<parsed_definition> all = parse_all(folder);
  const std::size_t own = all.size();
  for (csp_definition& mine : built_in) {
    const auto replaces = [&](const parsed_definition& each) { return equal_ignoring_case(each.csp.name, mine.name); };
    if (std::any_of(all.begin(), all.begin() + static_cast<std::ptrdiff_t>(own), replaces)) continue;
    // What collides now is a csp of the folder with a name of another built-in one: say so where it can be mended.
    for (const std::string* name : {&mine.name, &mine.constant}) {
      if (const auto* taken = find_in(all, *name)) {
        const bool by_name = equal_ignoring_case(taken->csp.name, *name);
        refuse_second(by_name ? taken->csp_position : taken->constant_position, *name, "the built-in " + mine.file);
      }
    }
    std::string position = mine.file;
    all.push_back({std::move(mine), position, position});
  }
  std::ranges::stable_sort(all, {}, [](const parsed_definition& each) { return order_of(each.csp); });

  auto catalog = std::make_shared<provider_catalog>();
  for (auto& each : all) {
    each.csp.index = catalog->csps_.size();
    for (auto& definition : each.csp.credentials) {
      definition.index = catalog->definition_count_++;
      complete(definition);
    }
    catalog->csps_.push_back(std::move(each.csp));
  }
  return catalog;
}

std::shared_ptr<const provider_catalog> provider_catalog::load(std::span<const definition_file> files) {
  return load({}, files);
}

const csp_definition* provider_catalog::find_csp(std::string_view name) const noexcept {
  // Nearly everybody spells a csp as it is spelled; telling two spellings apart is the shorter way.
  auto found = std::ranges::find(csps_, name, &csp_definition::name);
  if (found == csps_.end()) {
    found = std::ranges::find_if(csps_, [&](const csp_definition& csp) {
      return equal_ignoring_case(csp.name, name) || equal_ignoring_case(csp.constant, name);
    });
  }
  return found == csps_.end() ? nullptr : &*found;
}

std::vector<std::string> provider_catalog::environment_names() const {
  std::set<std::string> names;
  for (const auto& csp : csps_) {
    for (const auto& required : csp.required_names) names.insert(required.name);
    for (const auto& definition : csp.credentials) {
      for (const auto& variable : definition.variables) {
        names.insert(variable.looked_up_as.begin(), variable.looked_up_as.end());
      }
    }
  }
  return {names.begin(), names.end()};
}

// Not std::filesystem::directory_iterator: that of libstdc++ 12 ends the process when memory does.
std::vector<definition_file> read_definition_folder(const std::string& folder) {
  const auto check = [&](bool readable) {
    if (readable) return;
    throw catalog_error(folder + ": found a folder that cannot be read (" + errno_text() +
                        "), expected one with *.yaml files");
  };
  const std::unique_ptr<DIR, int (*)(DIR*)> open(::opendir(folder.c_str()), ::closedir);
  check(open != nullptr);
  std::vector<definition_file> files;
  for (;;) {
    errno = 0;
    const dirent* const entry = ::readdir(open.get());
    if (entry == nullptr) break;
    const std::string_view name = entry->d_name;
    // Editors leave hidden files beside the real one.
    if (name.starts_with('.') || !(name.ends_with(".yaml") || name.ends_with(".yml"))) continue;
    std::string path = folder;
    if (!path.ends_with('/')) path += '/';
    path += name;
    struct stat status {};
    if (::stat(path.c_str(), &status) != 0 || !S_ISREG(status.st_mode)) {
      throw catalog_error(path + ": found something else, expected a file; move it out of the folder");
    }
    files.push_back({std::move(path), {}});
  }
  check(errno == 0);
  std::ranges::sort(files, {}, &definition_file::name);
  for (auto& file : files) {
    std::ifstream stream(file.name, std::ios::binary);
    file.text.resize(static_cast<std::size_t>(most_read));
    stream.read(file.text.data(), most_read);
    if (stream.bad() || !stream.is_open()) {
      throw catalog_error(file.name + ": found a file that cannot be read, expected one that this process may read");
    }
    file.text.resize(static_cast<std::size_t>(stream.gcount()));
  }
  return files;
}

}  // namespace credcache::inline v1
