//===- ReportUnplanned.cpp - Ops that become plain loops ------------------===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "TensorOp/Normalize/Passes.h"
#include "TensorOp/Support/Attributes.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/Remarks.h"
#include "llvm/Support/raw_ostream.h"

namespace tensorop {
#define GEN_PASS_DEF_TENSOROPREPORTUNPLANNED
#include "TensorOp/Normalize/Passes.h.inc"
} // namespace tensorop

using namespace mlir;

namespace {
struct ReportUnplanned
    : tensorop::impl::TensorOpReportUnplannedBase<ReportUnplanned> {
  void runOnOperation() override {
    getOperation().walk([](linalg::LinalgOp op) {
      std::string text;
      llvm::raw_string_ostream stream(text);
      stream << "no plan covers ";
      if (auto name = op->getAttrOfType<StringAttr>(tensorop::opAttrName))
        stream << "'" << name.getValue() << "' ";
      stream << "(" << op->getName() << " over ";
      llvm::interleave(
          op.getStaticLoopRanges(), stream,
          [&](int64_t extent) {
            if (ShapedType::isDynamic(extent))
              stream << "?";
            else
              stream << extent;
          },
          "x");
      stream << ", ";
      llvm::interleave(
          op->getOperandTypes(), stream,
          [&](Type type) { stream << getElementTypeOrSelf(type); }, "/");
      stream << "): it becomes plain loops";
      op->emitRemark(text);
      remark::missed(op.getLoc(),
                     remark::RemarkOpts::name("NoPlan").category("strategy"))
          << text;
    });
  }
};
} // namespace
