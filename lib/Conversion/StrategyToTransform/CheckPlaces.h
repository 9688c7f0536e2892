//===- CheckPlaces.h - Where things are in a realised kernel ----*- C++ -*-===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef TENSOROP_LIB_CONVERSION_STRATEGYTOTRANSFORM_CHECKPLACES_H
#define TENSOROP_LIB_CONVERSION_STRATEGYTOTRANSFORM_CHECKPLACES_H

#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/Interfaces/FunctionInterfaces.h"

namespace tensorop::strategy {

/// Compares the places in `kernel` with its promise: which loop each promised
/// loop lies directly inside, in which loop each buffer is filled, in which
/// loop a fused op is left, if it is; a loop with a name that no step gave is
/// an error. Reports each difference at the step that promised it.
mlir::LogicalResult checkPlaces(mlir::FunctionOpInterface kernel,
                                mlir::DictionaryAttr promise);

} // namespace tensorop::strategy

#endif // TENSOROP_LIB_CONVERSION_STRATEGYTOTRANSFORM_CHECKPLACES_H
