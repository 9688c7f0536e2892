//===- Syntax.h - Custom directives of the plan syntax ----------*- C++ -*-===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The custom<...> directives that StrategyOps.td names. Names and sizes are
// held as strings; a size is held in the canonical text that Model's Expr
// reads.
//
//===----------------------------------------------------------------------===//

#ifndef TENSOROP_LIB_DIALECT_STRATEGY_IR_SYNTAX_H
#define TENSOROP_LIB_DIALECT_STRATEGY_IR_SYNTAX_H

#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/OpImplementation.h"

namespace tensorop::strategy {

#define TENSOROP_DIRECTIVE1(Name, T)                                           \
  mlir::ParseResult parse##Name(mlir::OpAsmParser &parser, T &a);              \
  void print##Name(mlir::OpAsmPrinter &printer, mlir::Operation *op, T a);
#define TENSOROP_DIRECTIVE2(Name, T, U)                                        \
  mlir::ParseResult parse##Name(mlir::OpAsmParser &parser, T &a, U &b);        \
  void print##Name(mlir::OpAsmPrinter &printer, mlir::Operation *op, T a, U b);

/// `kc`
TENSOROP_DIRECTIVE1(Name, mlir::StringAttr)
/// `[pc, ic]`
TENSOROP_DIRECTIVE1(Names, mlir::ArrayAttr)
/// `pc, ic`
TENSOROP_DIRECTIVE1(BareNames, mlir::ArrayAttr)
/// `6`, `v(nv)`, `[4]`, `full`, `6|4`, `mr * 2`, `"ceildiv(m, 2)"`
TENSOROP_DIRECTIVE1(Size, mlir::StringAttr)
/// `[6, 2 * mr]`
TENSOROP_DIRECTIVE1(Sizes, mlir::ArrayAttr)
/// `reassoc, approx(2)`
TENSOROP_DIRECTIVE1(Permissions, mlir::ArrayAttr)
/// `mm(m, n, k)`
TENSOROP_DIRECTIVE2(OpDims, mlir::StringAttr, mlir::ArrayAttr)
/// `[bias(m, n), gelu(m, n)]`
TENSOROP_DIRECTIVE2(OpDimsList, mlir::ArrayAttr, mlir::ArrayAttr)
/// `[1, 2, 4]` or `1 to 14` or `mr to 480 step mr`
TENSOROP_DIRECTIVE2(Domain, mlir::ArrayAttr, mlir::ArrayAttr)
/// `[m = mr, n = v(nv)]`
TENSOROP_DIRECTIVE2(Bindings, mlir::ArrayAttr, mlir::ArrayAttr)
/// `jr = mask, ir = narrow(2)`
TENSOROP_DIRECTIVE2(Edges, mlir::ArrayAttr, mlir::ArrayAttr)
/// `first(pc)` or `last(pc, kk)`
TENSOROP_DIRECTIVE2(Visit, mlir::StringAttr, mlir::ArrayAttr)
/// `balanced` or `grouped = 8`
TENSOROP_DIRECTIVE2(NameMaybeSize, mlir::StringAttr, mlir::StringAttr)

#undef TENSOROP_DIRECTIVE1
#undef TENSOROP_DIRECTIVE2

/// `[pc: k = kc, ic: m = mc]`
mlir::ParseResult parseLoops(mlir::OpAsmParser &parser, mlir::ArrayAttr &loops,
                             mlir::ArrayAttr &dims, mlir::ArrayAttr &sizes);
void printLoops(mlir::OpAsmPrinter &printer, mlir::Operation *op,
                mlir::ArrayAttr loops, mlir::ArrayAttr dims,
                mlir::ArrayAttr sizes);

/// `[ks: k = 4]`
mlir::ParseResult parseLoop(mlir::OpAsmParser &parser, mlir::StringAttr &loop,
                            mlir::StringAttr &dim, mlir::StringAttr &size);
void printLoop(mlir::OpAsmPrinter &printer, mlir::Operation *op,
               mlir::StringAttr loop, mlir::StringAttr dim,
               mlir::StringAttr size);

} // namespace tensorop::strategy

#endif // TENSOROP_LIB_DIALECT_STRATEGY_IR_SYNTAX_H
