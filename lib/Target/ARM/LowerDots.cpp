//===- LowerDots.cpp - tensorop-lower-dots-arm ----------------------------===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "TensorOp/Target/ARM/Passes.h"
#include "TensorOp/Target/CPU/Dots.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

namespace tensorop {
#define GEN_PASS_DEF_TENSOROPLOWERDOTSARM
#include "TensorOp/Target/ARM/Passes.h.inc"
} // namespace tensorop

using namespace mlir;
using namespace tensorop;

static constexpr int64_t kNeonBits = 128;

namespace {
/// The signs of the factors, the instruction's first one first.
struct Signs {
  Extension first, second;
};

struct LowerDots : tensorop::impl::TensorOpLowerDotsARMBase<LowerDots> {
  using Base::Base;
  void runOnOperation() override {
    lowerDots(getOperation(), [&](Operation *op, StringRef name) {
      if (name == "sdot")
        lower(op, name, {Extension::Signed, Extension::Signed});
      else if (name == "udot")
        lower(op, name, {Extension::Unsigned, Extension::Unsigned});
      else if (name == "usdot")
        lower(op, name, {Extension::Unsigned, Extension::Signed});
    });
  }

private:
  void lower(Operation *op, StringRef name, Signs signs);
};
} // namespace

/// SVE's instructions take vectors of its own kind: `value` at the start of
/// one.
static Value insertFixed(OpBuilder &b, Location loc, Value value) {
  auto type = cast<VectorType>(value.getType());
  auto scalable = VectorType::get({kNeonBits / type.getElementTypeBitWidth()},
                                  type.getElementType(), {true});
  Value nothing = LLVM::PoisonOp::create(b, loc, scalable);
  return vector::ScalableInsertOp::create(b, loc, value, nothing, 0);
}

/// Whether all lanes have the same group.
static bool isOneWord(Value value) {
  auto cast = value.getDefiningOp<vector::BitCastOp>();
  return cast && cast.getSource().getDefiningOp<vector::BroadcastOp>();
}

void LowerDots::lower(Operation *op, StringRef name, Signs signs) {
  std::optional<Dot> dot = matchDot(op, 4);
  if (!dot || !getElementTypeOrSelf(dot->sum).isInteger(32))
    return;
  OpBuilder b(op);
  Location loc = op->getLoc();
  int64_t bits = bitsOfVector(dot->sum);
  bool isSVE = bits == sveBits;
  if (!isSVE && bits != kNeonBits)
    return;
  // Products commute.
  for (auto [left, right] :
       {std::pair(dot->left, dot->right), {dot->right, dot->left}}) {
    Value first = beforeExtension(left, signs.first, b.getI8Type());
    Value second = beforeExtension(right, signs.second, b.getI8Type());
    if (!first || !second)
      continue;
    // The instruction takes its second factor from a lane.
    if (signs.first == signs.second && isOneWord(first))
      std::swap(first, second);
    if (!isSVE)
      return replaceByIntrinsic(op, ("llvm.aarch64.neon." + name).str(),
                                {dot->sum, first, second});
    SmallVector<Value> operands;
    for (Value value : {dot->sum, first, second})
      operands.push_back(insertFixed(b, loc, value));
    auto call = LLVM::CallIntrinsicOp::create(
        b, loc, operands[0].getType(),
        b.getStringAttr("llvm.aarch64.sve." + name), operands);
    Value sum = vector::ScalableExtractOp::create(b, loc, dot->sum.getType(),
                                                  call->getResult(0), 0);
    op->replaceAllUsesWith(ValueRange(sum));
    op->erase();
    return;
  }
}
