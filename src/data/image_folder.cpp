#include <koine/data.h>

#include "base/format.h"
#include "base/printable.h"
#include "data/example_store.h"
#include "data/image.h"

#include <algorithm>
#include <atomic>
#include <cctype>
#include <exception>
#include <filesystem>
#include <set>
#include <thread>

namespace koine::data {

namespace {

namespace fs = std::filesystem;

bool is_image_name(std::string_view name) {
  std::string lower(name);
  std::transform(lower.begin(), lower.end(), lower.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  for (const char* end : {".png", ".jpg", ".jpeg", ".gif", ".bmp", ".webp", ".tif", ".tiff", ".heic", ".avif", ".jxl"})
    if (lower.ends_with(end)) return true;
  return false;
}

bool is_image(const fs::directory_entry& entry) {
  std::error_code ignored;
  const std::string name = entry.path().filename().string();
  return !name.starts_with(".") && is_image_name(name) && !entry.is_directory(ignored);
}

// All images below a folder but for hidden folders, relative to it.
std::vector<std::string> images_below(const std::string& folder) {
  std::vector<std::string> names;
  std::error_code error;
  const size_t before = (fs::path(folder) / "").string().size();
  for (fs::recursive_directory_iterator file(folder, error), end; !error && file != end; file.increment(error)) {
    std::error_code ignored;
    if (file->path().filename().string().starts_with(".") && file->is_directory(ignored))
      file.disable_recursion_pending();
    else if (is_image(*file))
      names.push_back(file->path().string().substr(before));
  }
  if (error) throw IoError(cat("cannot read the folder ", printable_name(folder), ": ", error.message()));
  std::sort(names.begin(), names.end());
  return names;
}

struct File {
  std::string path;
  int64_t label = 0;
};

// Reads every file on several threads; each puts its result in the file's own place, so their number changes nothing.
template <class F>
void each_in_parallel(size_t count, int64_t threads, F f) {
  std::atomic<size_t> next{0};
  std::vector<std::exception_ptr> failed(count);
  const auto work = [&] {
    for (size_t i; (i = next++) < count;) {
      try {
        f(i);
      } catch (...) {
        failed[i] = std::current_exception();
      }
    }
  };
  std::vector<std::thread> all;
  for (int64_t i = 1; i < threads; ++i) all.emplace_back(work);
  work();
  for (std::thread& thread : all) thread.join();
  // The first in the order of the files, whichever thread met it.
  for (const std::exception_ptr& error : failed)
    if (error) std::rethrow_exception(error);
}

// Says of images that are not taken that there are some.
void leave_out_others(const std::string& folder, const std::vector<std::string>& all, const std::vector<File>& files,
                      ImageFolder& result) {
  std::set<std::string> taken;
  for (const File& file : files) taken.insert(file.path);
  const auto other = std::find_if(all.begin(), all.end(), [&](const std::string& name) {
    return !taken.contains((fs::path(folder) / name).string());
  });
  const std::string path = (fs::path(folder) / *other).string();
  const size_t count = all.size() - files.size();
  result.left_out.push_back({path, cat(printable_name(path), count > 1 ? cat(" and ", count - 1, " more") : "",
                                       ": in no folder of a class, so nothing is learnt from it")});
}

}  // namespace

std::vector<std::string> names_in(const std::string& folder, Entries kind) {
  std::vector<std::string> names;
  std::error_code error;
  for (fs::directory_iterator entry(folder, error), end; !error && entry != end; entry.increment(error)) {
    const std::string name = entry->path().filename().string();
    if (name.starts_with(".")) continue;
    std::error_code ignored;
    if (kind == Entries::folders ? entry->is_directory(ignored) : is_image(*entry)) names.push_back(name);
  }
  if (error) throw IoError(cat("cannot read the folder ", printable_name(folder), ": ", error.message()));
  std::sort(names.begin(), names.end());
  return names;
}

ImageFolder image_folder(const std::string& folder, const ImageOptions& options) {
  if (options.height < 1 || options.width < 1 || (options.channels != 1 && options.channels != 3))
    throw ValueError("[image_folder] takes sizes of at least 1, and 1 or 3 channels");
  if (options.height > options.most_pixels / options.width)
    throw ValueError(cat("[image_folder] images of ", options.width, " by ", options.height,
                         " pixels: got more than the ", options.most_pixels, " of most_pixels"));
  ImageFolder result;
  std::vector<File> files;
  const auto add = [&](const std::string& name, int64_t label) {
    files.push_back({(fs::path(folder) / name).string(), label});
  };
  for (const std::string& name : options.classes ? names_in(folder, Entries::folders) : std::vector<std::string>()) {
    const auto images = names_in((fs::path(folder) / name).string(), Entries::images);
    for (const std::string& image : images)
      add((fs::path(name) / image).string(), static_cast<int64_t>(result.classes.size()));
    if (!images.empty()) result.classes.push_back(name);
  }
  const bool labelled = !files.empty();
  const std::vector<std::string> all = images_below(folder);
  if (!labelled)
    for (const std::string& image : options.classes ? names_in(folder, Entries::images) : all) add(image, 0);
  if (files.empty()) throw FormatError(cat(printable_name(folder), ": no images (.png, .jpg), nor folders of them"));
  if (all.size() > files.size()) leave_out_others(folder, all, files, result);

  const int64_t threads = options.threads > 0 ? options.threads : std::max(1u, std::thread::hardware_concurrency());
  ExampleStore store(uint8, {options.height, options.width, options.channels}, options.memory);
  std::vector<int64_t> labels;
  // So many at a time, so that only they are in memory.
  constexpr size_t together = 1024;
  for (size_t first = 0; first < files.size(); first += together) {
    const size_t count = std::min(together, files.size() - first);
    std::vector<Image> images(count);
    std::vector<std::string> problems(count);
    each_in_parallel(count, threads, [&](size_t i) {
      try {
        images[i] = read_resized(files[first + i].path, options);
      } catch (const Error& error) {
        if (!options.skip_damaged) throw;
        problems[i] = error.what();
      }
    });
    for (size_t i = 0; i < count; ++i) {
      if (!problems[i].empty()) {
        result.left_out.push_back({files[first + i].path, problems[i], std::ssize(labels)});
        continue;
      }
      store.append(std::as_bytes(std::span(images[i].pixels)));
      labels.push_back(files[first + i].label);
      result.files.push_back(files[first + i].path);
    }
  }
  const auto count = static_cast<int64_t>(labels.size());
  if (count == 0) throw FormatError(cat(printable_name(folder), ": every image is damaged"));
  result.examples = store.take(labelled ? from(labels, {count}) : Array());
  return result;
}

}  // namespace koine::data
