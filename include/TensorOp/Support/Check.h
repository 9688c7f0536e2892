//===- Check.h - Invariants that stay on with NDEBUG ------------*- C++ -*-===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Debian's MLIR is built with NDEBUG, so `assert` is dead code in this project.
// An invariant whose violation would be our own error is checked by
// TENSOROP_CHECK; an input error is a diagnostic, never a check.
//
//===----------------------------------------------------------------------===//

#ifndef TENSOROP_SUPPORT_CHECK_H
#define TENSOROP_SUPPORT_CHECK_H

#include <cstdio>
#include <cstdlib>

/// Stops the process with the place and `message` when `cond` does not hold.
#define TENSOROP_CHECK(cond, message)                                          \
  do {                                                                         \
    if (!(cond)) {                                                             \
      std::fprintf(stderr, "%s:%d: internal error: %s (%s)\n", __FILE__,       \
                   __LINE__, message, #cond);                                  \
      std::abort();                                                            \
    }                                                                          \
  } while (false)

#endif // TENSOROP_SUPPORT_CHECK_H
