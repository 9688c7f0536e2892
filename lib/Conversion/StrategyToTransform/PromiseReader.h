//===- PromiseReader.h - Comparing a kernel with its promise ----*- C++ -*-===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef TENSOROP_LIB_CONVERSION_STRATEGYTOTRANSFORM_PROMISEREADER_H
#define TENSOROP_LIB_CONVERSION_STRATEGYTOTRANSFORM_PROMISEREADER_H

#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/Diagnostics.h"
#include "mlir/Interfaces/FunctionInterfaces.h"

namespace tensorop::strategy {

/// Reads the entries of a kernel's promise (Promise.h) and reports what the IR
/// does not keep.
class PromiseReader {
protected:
  PromiseReader(mlir::FunctionOpInterface kernel, mlir::DictionaryAttr promise)
      : kernel(kernel), promise(promise) {}

  llvm::SmallVector<mlir::DictionaryAttr> list(llvm::StringRef name) {
    auto array = promise.getAs<mlir::ArrayAttr>(name);
    if (!array)
      return {};
    return llvm::to_vector(array.getAsRange<mlir::DictionaryAttr>());
  }
  static llvm::StringRef text(mlir::DictionaryAttr dict, llvm::StringRef name) {
    return dict.getAs<mlir::StringAttr>(name).getValue();
  }
  static int64_t number(mlir::DictionaryAttr dict, llvm::StringRef name) {
    return dict.getAs<mlir::IntegerAttr>(name).getInt();
  }
  /// Of the step that made the promise.
  static mlir::LocationAttr location(mlir::DictionaryAttr dict) {
    return dict.getAs<mlir::LocationAttr>("at");
  }
  mlir::InFlightDiagnostic error(mlir::LocationAttr loc) {
    wrong = true;
    return mlir::emitError(mlir::Location(loc))
           << "not realised in kernel '" << kernel.getName() << "': ";
  }

  mlir::FunctionOpInterface kernel;
  mlir::DictionaryAttr promise;
  bool wrong = false;
};

} // namespace tensorop::strategy

#endif // TENSOROP_LIB_CONVERSION_STRATEGYTOTRANSFORM_PROMISEREADER_H
