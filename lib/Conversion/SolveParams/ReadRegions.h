//===- ReadRegions.h - Formulas of constrained params -----------*- C++ -*-===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef TENSOROP_LIB_CONVERSION_SOLVEPARAMS_READREGIONS_H
#define TENSOROP_LIB_CONVERSION_SOLVEPARAMS_READREGIONS_H

#include "TensorOp/Model/Formula.h"
#include "mlir/Dialect/Transform/SMTExtension/SMTExtensionOps.h"
#include "mlir/Dialect/Transform/TuneExtension/TuneExtensionOps.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/MapVector.h"
#include "llvm/ADT/StringMap.h"

namespace tensorop {

/// The `transform.smt.constrain_params` of one script as one formula.
class ScriptReader {
public:
  /// Where an assertion comes from, and what it is in a message; empty: a
  /// definition of ours, which excludes nothing by itself.
  struct Origin {
    mlir::Operation *op = nullptr;
    std::string what;
  };
  /// A result: the variable that is its value, and the type of the constant.
  struct Result {
    mlir::Value value;
    unsigned variable = 0;
    mlir::Type type;
  };

  /// Adds `op`, which comes after those added before. Fails with a diagnostic.
  mlir::LogicalResult add(mlir::transform::smt::ConstrainParamsOp op);

  const model::Formula &formula() const { return result; }
  /// One for each assertion of the formula.
  llvm::ArrayRef<Origin> origins() const { return from; }
  llvm::ArrayRef<Result> results() const { return made; }
  /// Knobs without a selection and their variables.
  const llvm::MapVector<mlir::Operation *, unsigned> &knobs() const {
    return open;
  }

private:
  model::Formula result;
  std::vector<Origin> from;
  std::vector<Result> made;
  llvm::MapVector<mlir::Operation *, unsigned> open;
  /// Params of the script and values of the regions.
  llvm::DenseMap<mlir::Value, model::Term> terms;
  llvm::StringMap<unsigned> names;

  unsigned variable(llvm::StringRef name, bool isBoolean);
  void holds(model::Term term, mlir::Operation *at, std::string what);
  mlir::FailureOr<model::Term> param(mlir::transform::smt::ConstrainParamsOp op,
                                     unsigned operand);
  mlir::FailureOr<model::Term> knob(mlir::transform::smt::ConstrainParamsOp op,
                                    unsigned operand,
                                    mlir::transform::tune::KnobOp knob);
  mlir::LogicalResult read(mlir::Operation &op);
  mlir::FailureOr<model::Term> term(mlir::Operation &op);
  mlir::LogicalResult yield(mlir::transform::smt::ConstrainParamsOp op,
                            unsigned index, mlir::Value yielded);
};

} // namespace tensorop

#endif // TENSOROP_LIB_CONVERSION_SOLVEPARAMS_READREGIONS_H
