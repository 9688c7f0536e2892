//===- Kernel.h - Payloads that tests rewrite and run -----------*- C++ -*-===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef TENSOROP_UNITTESTS_REALISE_KERNEL_H
#define TENSOROP_UNITTESTS_REALISE_KERNEL_H

#include "TensorOp/Realise/Realise.h"
#include "TensorOp/Support/Check.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/MLIRContext.h"
#include "mlir/IR/OwningOpRef.h"
#include <string>
#include <sys/mman.h>
#include <unistd.h>
#include <vector>

namespace tensorop::test {

/// A context with every dialect the rewrites use, shared by all tests.
mlir::MLIRContext &context();

/// Elements that end at an unreadable page: a stray access beyond them stops
/// the test.
template <typename T> class Guarded {
public:
  explicit Guarded(size_t count) : count(count) {
    size_t page = sysconf(_SC_PAGESIZE);
    bytes = (count * sizeof(T) + page - 1) / page * page + page;
    base = static_cast<char *>(mmap(nullptr, bytes, PROT_READ | PROT_WRITE,
                                    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
    TENSOROP_CHECK(base != MAP_FAILED, "memory for a test");
    mprotect(base + bytes - page, page, PROT_NONE);
    first = reinterpret_cast<T *>(base + bytes - page) - count;
  }
  Guarded(const Guarded &) = delete;
  ~Guarded() { munmap(base, bytes); }
  T *data() { return first; }
  size_t size() const { return count; }
  T *begin() { return first; }
  T *end() { return first + count; }
  T &operator[](size_t i) { return first[i]; }

private:
  size_t count, bytes = 0;
  char *base = nullptr;
  T *first = nullptr;
};

/// A module with one function on memrefs.
class Kernel {
public:
  explicit Kernel(const std::string &text);

  mlir::func::FuncOp func();
  /// The structured op with this name; null when it is not there.
  mlir::linalg::LinalgOp find(llvm::StringRef name);
  /// Number of ops of the kind, in the whole function.
  template <typename OpTy> int count() {
    int n = 0;
    module->walk([&](OpTy) { ++n; });
    return n;
  }
  template <typename OpTy> OpTy first() {
    OpTy found;
    module->walk([&](OpTy op) {
      found = op;
      return mlir::WalkResult::interrupt();
    });
    return found;
  }
  bool verifies();
  std::string print();

  /// Lowers a copy with standard passes, compiles it for this machine and calls
  /// it with one pointer per argument; its buffers are Guarded too, and hold
  /// garbage. Returns what went wrong, or nothing.
  std::string run(llvm::ArrayRef<void *> arguments);

  mlir::OwningOpRef<mlir::ModuleOp> module;
};

} // namespace tensorop::test

#endif // TENSOROP_UNITTESTS_REALISE_KERNEL_H
