//===- Limits.h - What no kernel may exceed ---------------------*- C++ -*-===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef TENSOROP_SUPPORT_LIMITS_H
#define TENSOROP_SUPPORT_LIMITS_H

#include <cstdint>

namespace tensorop {

/// Bytes of one array or workspace: more than any machine addresses; keeps
/// sizes far from overflow.
inline constexpr int64_t maxArrayBytes = int64_t(1) << 46;

} // namespace tensorop

#endif // TENSOROP_SUPPORT_LIMITS_H
