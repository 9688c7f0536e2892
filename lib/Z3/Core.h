//===- Core.h - Small sets of assertions that exclude each other *- C++ -*-===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef TENSOROP_LIB_Z3_CORE_H
#define TENSOROP_LIB_Z3_CORE_H

#include "Script.h"

namespace tensorop::z3 {

/// Those of `assertions` whose switches are in `names`, in their order.
std::vector<size_t> selected(llvm::ArrayRef<size_t> assertions,
                             llvm::ArrayRef<std::string> names);

/// A part of `assertions` that cannot hold together with `always`, nothing of
/// which can be left out. Z3's own core need not be small.
std::vector<size_t> smallCore(Script &script, llvm::ArrayRef<size_t> always,
                              std::vector<size_t> assertions);

} // namespace tensorop::z3

#endif // TENSOROP_LIB_Z3_CORE_H
