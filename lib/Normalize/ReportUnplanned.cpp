//===- ReportUnplanned.cpp - Ops that become plain loops ------------------===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "TensorOp/Normalize/Passes.h"
#include "TensorOp/Support/Attributes.h"
#include "TensorOp/Support/Unfused.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/Remarks.h"
#include "mlir/Interfaces/FunctionInterfaces.h"
#include "mlir/Interfaces/LoopLikeInterface.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/Support/raw_ostream.h"

namespace tensorop {
#define GEN_PASS_DEF_TENSOROPREPORTUNPLANNED
#include "TensorOp/Normalize/Passes.h.inc"
} // namespace tensorop

using namespace mlir;
using namespace tensorop;

namespace {
struct ReportUnplanned
    : tensorop::impl::TensorOpReportUnplannedBase<ReportUnplanned> {
  void runOnOperation() override {
    for (auto function : getOperation().getOps<FunctionOpInterface>()) {
      auto plan = function->getAttrOfType<StringAttr>(plannedAttrName);
      llvm::StringSet<> named;
      function.walk([&](linalg::LinalgOp op) {
        auto name = op->getAttrOfType<StringAttr>(opAttrName);
        // The plan's own, or seen before: fused into two versions of a tile.
        if (plan && (!name || !named.insert(name.getValue()).second))
          return;
        report(op, plan);
      });
      if (!plan)
        reportOthers(function);
    }
  }

private:
  static void report(linalg::LinalgOp op, StringAttr plan) {
    std::string text;
    llvm::raw_string_ostream stream(text);
    auto loop = op->getParentOfType<scf::ForOp>();
    bool isTiled = plan && loop && loop->hasAttr(loopAttrName);
    if (isTiled)
      stream << "plan '" << plan.getValue() << "' tiles ";
    else
      stream << "no plan covers ";
    if (auto name = op->getAttrOfType<StringAttr>(opAttrName))
      stream << "'" << name.getValue() << "' ";
    stream << "(" << op->getName();
    // The extents of a tile say nothing about the op.
    if (!isTiled) {
      stream << " over ";
      llvm::interleave(
          op.getStaticLoopRanges(), stream,
          [&](int64_t extent) {
            if (ShapedType::isDynamic(extent))
              stream << "?";
            else
              stream << extent;
          },
          "x");
    }
    stream << ", ";
    llvm::interleave(
        op->getOperandTypes(), stream,
        [&](Type type) { stream << getElementTypeOrSelf(type); }, "/");
    stream << ")"
           << (isTiled ? " but does not vectorize it: its tiles become plain "
                         "loops"
                       : ": it becomes plain loops");
    if (auto why = op->getAttrOfType<StringAttr>(unfusedAttrName))
      stream << "; it is not fused into the contraction before it: "
             << why.getValue();
    say(op, text);
  }

  /// What is no structured op: copies (of slices, of concatenated tensors) and
  /// the payload's own loops over elements.
  static void reportOthers(FunctionOpInterface function) {
    function.walk<WalkOrder::PreOrder>([](Operation *op) {
      if (auto copy = dyn_cast<memref::CopyOp>(op)) {
        std::string text;
        llvm::raw_string_ostream stream(text);
        auto type = cast<MemRefType>(copy.getSource().getType());
        stream << "no plan covers a copy of ";
        for (int64_t extent : type.getShape())
          stream << extent << "x";
        stream << type.getElementType() << ": it becomes plain loops";
        say(op, text);
        return WalkResult::advance();
      }
      if (!isa<LoopLikeOpInterface>(op) || !hasElementAccess(op))
        return isa<linalg::LinalgOp>(op) ? WalkResult::skip()
                                         : WalkResult::advance();
      say(op, "no plan covers a loop of the payload ('" +
                  op->getName().getStringRef().str() +
                  "'): it runs as it is written, element by element");
      return WalkResult::skip();
    });
  }

  static bool hasElementAccess(Operation *loop) {
    return loop
        ->walk([](Operation *op) {
          return isa<memref::LoadOp, memref::StoreOp>(op)
                     ? WalkResult::interrupt()
                     : WalkResult::advance();
        })
        .wasInterrupted();
  }

  static void say(Operation *op, const std::string &text) {
    op->emitRemark(text);
    remark::missed(op->getLoc(),
                   remark::RemarkOpts::name("NoPlan").category("strategy"))
        << text;
  }
};
} // namespace
