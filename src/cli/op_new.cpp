// Writes the file that begins a new op.
#include "base/format.h"
#include "base/output_file.h"
#include "cli/commands.h"
#include "cli/op_facts.h"
#include "ir/op_spec.h"

#include <koine/error.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>

namespace koine::cli {

namespace {

namespace fs = std::filesystem;

// The checkout around the current folder.
fs::path checkout() {
  for (fs::path folder = fs::current_path();; folder = folder.parent_path()) {
    if (fs::exists(folder / "src" / "ops" / "family" / "op.h")) return folder;
    if (folder == folder.parent_path())
      throw IoError("koine op new works in a checkout of Koine: there is no src/ops/family/op.h here or above");
  }
}

bool is_lower(char c) { return c >= 'a' && c <= 'z'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

// Throws unless the name is in snake_case, so that it can name a function and, in CamelCase, a type.
void check_name(const std::string& name) {
  bool good = !name.empty() && is_lower(name.front()) && name.back() != '_';
  for (size_t i = 0; i < name.size(); ++i)
    good = good && (is_lower(name[i]) || is_digit(name[i]) || (name[i] == '_' && i > 0 && name[i - 1] != '_'));
  if (!good) throw ValueError(cat("an op is called in snake_case, as in 'log1p' or 'top_k', not '", name, "'"));
}

std::string camel_case(const std::string& name) {
  std::string type;
  bool upper = true;
  for (const char c : name) {
    if (c != '_') type += upper && is_lower(c) ? static_cast<char>(c - 'a' + 'A') : c;
    upper = c == '_';
  }
  return type;
}

std::string with(std::string text, std::string_view mark, std::string_view value) {
  for (size_t at = text.find(mark); at != std::string::npos; at = text.find(mark, at + value.size()))
    text.replace(at, mark.size(), value);
  return text;
}

// The text that a new op of the family begins with; @name@ stands for its name, @Type@ for that in CamelCase.
std::string template_of(const fs::path& root, const std::string& family) {
  std::vector<std::string> families;
  for (const auto& entry : fs::directory_iterator(root / "tools" / "op_templates"))
    families.push_back(entry.path().filename().replace_extension().replace_extension().string());
  std::sort(families.begin(), families.end());
  if (std::find(families.begin(), families.end(), family) == families.end()) {
    const std::vector<std::string_view> names(families.begin(), families.end());
    const std::string guess = did_you_mean(family, names);
    throw ValueError(cat("no op of the family '", family, "' can be begun", guess.empty() ? "; there are " : guess,
                         guess.empty() ? listed(families) : ""));
  }
  std::ifstream file(root / "tools" / "op_templates" / (family + ".h.in"), std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

}  // namespace

void new_op(const std::string& family, const std::string& name) {
  const fs::path root = checkout(), ops = root / "src" / "ops";
  const std::string text = template_of(root, family);
  check_name(name);
  if (const ir::OpSpec* op = ir::find_op(name))
    throw ValueError(cat("there is an op '", name, "' already: ", op->file));
  for (const auto& entry : fs::directory_iterator(ops))
    if (fs::exists(entry.path() / (name + ".h")))
      throw ValueError(cat("there is an op '", name, "' already: ", (entry.path() / (name + ".h")).string()));
  const fs::path file = ops / family / (name + ".h");
  write_output(file.string(), with(with(text, "@Type@", camel_case(name)), "@name@", name), OutputFile::Mode::create);
  std::cout << file.string() << "\n"
            << "It is a complete op: build, and " << name << "(...) is there, with koine op " << name
            << " and its generated tests.\n"
            << "Make its body, its doc and its example yours. tests/oracle/README.md says how it gets values to be "
               "compared with.\n";
}

}  // namespace koine::cli
