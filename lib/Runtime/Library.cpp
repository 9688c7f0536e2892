//===- Library.cpp - Shared libraries found at run time -------------------===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Library.h"
#include "LinkedKernels.h"
#include <algorithm>
#include <cstdlib>
#include <dlfcn.h>
#include <glob.h>
#include <link.h>
#include <poll.h>
#include <signal.h>
#include <sstream>
#include <sys/wait.h>
#include <unistd.h>

using namespace tensorop;
using namespace tensorop::runtime;

std::shared_ptr<Library> Library::load(const std::string &path,
                                       std::string &reason) {
  if (!loadsLibraries) {
    reason = "a static runner loads no libraries";
    return nullptr;
  }
  void *handle = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (!handle) {
    const char *text = dlerror();
    reason = text ? text : "cannot be loaded";
    return nullptr;
  }
  auto library = std::make_shared<Library>();
  library->handle = handle;
  library->path = path;
  // The linker's search turns a bare name into a file; report that.
  link_map *map = nullptr;
  if (dlinfo(handle, RTLD_DI_LINKMAP, static_cast<void *>(&map)) == 0 && map &&
      map->l_name[0])
    library->path = map->l_name;
  return library;
}

void *Library::find(const std::string &name) const {
  return dlsym(handle, name.c_str());
}

void ScopedEnvironment::save(const std::string &name) {
  const char *old = std::getenv(name.c_str());
  saved.push_back({name, old ? old : "", old != nullptr});
}

void ScopedEnvironment::set(const std::string &name, const std::string &value) {
  save(name);
  ::setenv(name.c_str(), value.c_str(), 1);
}

void ScopedEnvironment::clear(const std::string &name) {
  save(name);
  ::unsetenv(name.c_str());
}

ScopedEnvironment::~ScopedEnvironment() {
  for (auto it = saved.rbegin(); it != saved.rend(); ++it) {
    if (it->present)
      ::setenv(it->name.c_str(), it->value.c_str(), 1);
    else
      ::unsetenv(it->name.c_str());
  }
}

std::optional<std::string>
runtime::askInChild(const std::function<std::string()> &task) {
  int ends[2];
  if (::pipe(ends) != 0)
    return std::nullopt;
  pid_t child = ::fork();
  if (child < 0) {
    ::close(ends[0]);
    ::close(ends[1]);
    return std::nullopt;
  }
  if (child == 0) {
    ::close(ends[0]);
    // The last byte tells an answer from the silence of a crash.
    std::string answer = task() + '\n';
    ssize_t written = ::write(ends[1], answer.data(), answer.size());
    // No destructors: the parent's state is not the child's to tear down.
    ::_exit(written == ssize_t(answer.size()) ? 0 : 1);
  }
  ::close(ends[1]);
  std::string answer;
  constexpr int timeoutMs = 10000;
  pollfd waiting = {ends[0], POLLIN, 0};
  char part[4096];
  while (::poll(&waiting, 1, timeoutMs) > 0) {
    ssize_t count = ::read(ends[0], part, sizeof part);
    if (count <= 0)
      break;
    answer.append(part, count);
  }
  ::close(ends[0]);
  ::kill(child, SIGKILL);
  ::waitpid(child, nullptr, 0);
  if (answer.empty() || answer.back() != '\n')
    return std::nullopt;
  answer.pop_back();
  return answer;
}

namespace {

std::vector<std::string> splitPaths(const char *variable) {
  std::vector<std::string> paths;
  const char *text = std::getenv(variable);
  std::istringstream list(text ? text : "");
  std::string path;
  while (std::getline(list, path, ':'))
    if (!path.empty())
      paths.push_back(path);
  return paths;
}

/// The folder above the running program's: of a build or an installation.
std::string getOwnFolder() {
  char path[4096];
  ssize_t length = ::readlink("/proc/self/exe", path, sizeof path);
  if (length <= 0)
    return "";
  std::string folder(path, length);
  for (int up = 0; up < 2 && !folder.empty(); ++up)
    folder.resize(std::max<size_t>(folder.rfind('/'), 0));
  return folder;
}

} // namespace

std::vector<std::string>
runtime::findLibraries(const std::string &variable,
                       const std::vector<std::string> &patterns,
                       const std::vector<std::string> &systemNames) {
  std::vector<std::string> paths = splitPaths(variable.c_str());
  std::vector<std::string> folders = splitPaths("TENSOROP_BASELINE_PATH");
  folders.push_back(getOwnFolder() + "/baselines");
  for (const std::string &folder : folders)
    for (const std::string &pattern : patterns) {
      glob_t matches;
      if (::glob((folder + "/" + pattern).c_str(), 0, nullptr, &matches) == 0)
        for (size_t i = 0; i < matches.gl_pathc; ++i)
          paths.push_back(matches.gl_pathv[i]);
      ::globfree(&matches);
    }
  paths.insert(paths.end(), systemNames.begin(), systemNames.end());
  return paths;
}
