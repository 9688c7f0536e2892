//===- LinkedKernels.h - Kernels inside of the runner -----------*- C++ -*-===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A static runner cannot load shared objects: a program without the loader has
// no symbols for what they need. So the objects of the kernels are linked into
// it, with a table of their entries.
//
//===----------------------------------------------------------------------===//

#ifndef TENSOROP_LIB_RUNTIME_LINKEDKERNELS_H
#define TENSOROP_LIB_RUNTIME_LINKEDKERNELS_H

#include <string>

extern "C" {
/// The table, which the compiler writes (Target/CPU/Codegen.h): the hash of the
/// bundle's object, as its manifest has it, and an entry of it. Ends with null
/// pointers.
struct TensorOpLinkedEntry {
  const char *object, *name;
  void *address;
};
/// Empty, unless an object beside this library has another one.
extern const TensorOpLinkedEntry tensorop_linked_entries[];
}

namespace tensorop::runtime {

/// Whether this program holds the object with this hash.
bool isLinked(const std::string &object);

/// The entry `name` of that object; null when it has none.
void *findLinkedEntry(const std::string &object, const std::string &name);

/// Whether this program can load shared objects.
#ifdef TENSOROP_STATIC_RUNNER
inline constexpr bool loadsLibraries = false;
#else
inline constexpr bool loadsLibraries = true;
#endif

} // namespace tensorop::runtime

#endif // TENSOROP_LIB_RUNTIME_LINKEDKERNELS_H
