//===- Attributes.h - Names of attributes between the phases ----*- C++ -*-===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef TENSOROP_SUPPORT_ATTRIBUTES_H
#define TENSOROP_SUPPORT_ATTRIBUTES_H

#include "llvm/ADT/StringRef.h"

namespace tensorop {

/// On a function argument: "in", "out" or "inout" (StringAttr).
inline constexpr llvm::StringLiteral roleAttrName = "tensorop.role";
/// On an out or inout argument: the number of the payload's result.
inline constexpr llvm::StringLiteral resultAttrName = "tensorop.result";
/// On a payload's argument: the name that the header and the manifest use.
inline constexpr llvm::StringLiteral nameAttrName = "tensorop.name";
/// On a payload's argument: how to fill it for a check (runtime Generators.h).
inline constexpr llvm::StringLiteral generatorAttrName = "tensorop.generator";
/// On a module: the messages of the payload's assertions (ArrayAttr of
/// StringAttr); a failed one gives its position plus 1 as the status.
inline constexpr llvm::StringLiteral assertionsAttrName = "tensorop.assertions";
/// On a function: it is a kernel, plans apply to it (UnitAttr).
inline constexpr llvm::StringLiteral kernelAttrName = "strategy.kernel";
/// On a kernel: the plan it was realised by (StringAttr).
inline constexpr llvm::StringLiteral plannedAttrName = "strategy.planned";
/// On a structured op: its name, unique in its function.
inline constexpr llvm::StringLiteral opAttrName = "strategy.op";
/// On a loop that a plan has made: its name in the plan.
inline constexpr llvm::StringLiteral loopAttrName = "strategy.loop";
/// On a function: the error in ulp that the result of each elementary function
/// in it may have (I64Attr).
inline constexpr llvm::StringLiteral approxAttrName = "tensorop.approx";
/// On the last op of a sum of products within groups: the instruction that the
/// plan has chosen for it (StringAttr).
inline constexpr llvm::StringLiteral dotAttrName = "strategy.dot";

/// On an allocation: the name of the copy that a plan asked for (StringAttr).
inline constexpr llvm::StringLiteral bufferAttrName = "strategy.buffer";
/// On an allocation: the copy is made once, before the kernel is called
/// (UnitAttr).
inline constexpr llvm::StringLiteral atLoadAttrName = "strategy.at_load";
/// On a function: the arguments that it takes packed (ArrayAttr of
/// {argument: I64Attr, entry: StringAttr, type: TypeAttr, tag: I64Attr}).
inline constexpr llvm::StringLiteral prepackedAttrName = "tensorop.prepacked";

} // namespace tensorop

#endif // TENSOROP_SUPPORT_ATTRIBUTES_H
