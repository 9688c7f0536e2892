//===- InitAll.h - The one place of registration ----------------*- C++ -*-===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef TENSOROP_INITALL_H
#define TENSOROP_INITALL_H

namespace mlir {
class DialectRegistry;
} // namespace mlir

namespace tensorop {

/// Adds every dialect and extension (interface implementations, transform
/// ops, translations to LLVM IR) that our tools understand: upstream's and
/// ours.
void registerAllDialects(mlir::DialectRegistry &registry);

/// Makes every pass and named pipeline, upstream's and ours, known by name to
/// the textual pass pipeline parser. Idempotent.
void registerAllPasses();

/// Ours alone, for a driver that has upstream's already: the plugin's part.
void registerOwnDialects(mlir::DialectRegistry &registry);
void registerOwnPasses();

} // namespace tensorop

#endif // TENSOROP_INITALL_H
