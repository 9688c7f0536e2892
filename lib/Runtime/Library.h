//===- Library.h - Shared libraries found at run time -----------*- C++ -*-===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef TENSOROP_LIB_RUNTIME_LIBRARY_H
#define TENSOROP_LIB_RUNTIME_LIBRARY_H

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace tensorop::runtime {

/// A library that stays loaded until the program ends: some start threads or
/// register handlers, and do not survive being unloaded.
class Library {
public:
  /// Null when it cannot be loaded; `reason` then says why.
  static std::shared_ptr<Library> load(const std::string &path,
                                       std::string &reason);

  /// The function of that name; null when there is none.
  template <typename Function> Function *get(const std::string &name) const {
    return reinterpret_cast<Function *>(find(name));
  }

  /// The file that was loaded.
  const std::string &getPath() const { return path; }

private:
  void *find(const std::string &name) const;
  void *handle = nullptr;
  std::string path;
};

/// Sets environment variables, and puts back what was there at its end.
class ScopedEnvironment {
public:
  void set(const std::string &name, const std::string &value);
  void clear(const std::string &name);
  ~ScopedEnvironment();

private:
  void save(const std::string &name);
  struct Saved {
    std::string name, value;
    bool present;
  };
  std::vector<Saved> saved;
};

/// Runs `task` in a child process and returns its text; none when the child
/// crashed or took more than ten seconds. For libraries that choose their code
/// when they are loaded, once and for all, or that may not survive it.
std::optional<std::string> askInChild(const std::function<std::string()> &task);

/// Files that a library of this kind may be, in order: `variable` of the
/// environment, then `patterns` (globs relative to each folder of the search
/// path), then `systemNames` as the dynamic linker finds them.
std::vector<std::string>
findLibraries(const std::string &variable,
              const std::vector<std::string> &patterns,
              const std::vector<std::string> &systemNames);

} // namespace tensorop::runtime

#endif // TENSOROP_LIB_RUNTIME_LIBRARY_H
