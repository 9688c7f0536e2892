//===- Unfused.h - Why an op runs behind a kernel ---------------*- C++ -*-===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef TENSOROP_SUPPORT_UNFUSED_H
#define TENSOROP_SUPPORT_UNFUSED_H

#include "llvm/ADT/StringRef.h"

namespace tensorop {

/// On an elementwise op behind a contraction: why it does not run in that one's
/// kernel, or on its accumulators (StringAttr, for people). Set by what decides
/// so, read by the remark on ops that no plan covers.
inline constexpr llvm::StringLiteral unfusedAttrName = "tensorop.unfused";

} // namespace tensorop

#endif // TENSOROP_SUPPORT_UNFUSED_H
