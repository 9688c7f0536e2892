//===- LowerDots.cpp - tensorop-lower-dots-x86 ----------------------------===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "TensorOp/Target/CPU/Dots.h"
#include "TensorOp/Target/X86/Passes.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/IR/Matchers.h"

namespace tensorop {
#define GEN_PASS_DEF_TENSOROPLOWERDOTSX86
#include "TensorOp/Target/X86/Passes.h.inc"
} // namespace tensorop

using namespace mlir;
using namespace tensorop;

/// Whether `value` is a register of elements of 32 bits.
static bool isRegister(Value value) {
  return getElementTypeOrSelf(value).getIntOrFloatBitWidth() == 32 &&
         llvm::is_contained({128, 256, 512}, int(bitsOfVector(value)));
}

/// The bytes without sign that `wide` is of. The extension of a constant is
/// folded.
static Value unsignedBytes(OpBuilder &b, Value wide) {
  if (Value bytes = beforeExtension(wide, Extension::Unsigned, b.getI8Type()))
    return bytes;
  DenseElementsAttr value;
  if (!matchPattern(wide, m_Constant(&value)) || !value.isSplat() ||
      value.getSplatValue<APInt>().getActiveBits() > 8)
    return nullptr;
  auto type = cast<VectorType>(wide.getType()).clone(b.getI8Type());
  return arith::ConstantOp::create(
      b, wide.getLoc(),
      DenseElementsAttr::get(type, value.getSplatValue<APInt>().trunc(8)));
}

/// The intrinsic for registers of the length of `op`'s result.
static void replace(Operation *op, StringRef intrinsic, ValueRange operands) {
  replaceByIntrinsic(
      op, (intrinsic + "." + Twine(bitsOfVector(op->getResult(0)))).str(),
      operands);
}

/// Unsigned by signed bytes.
static void lowerVnni(Operation *op) {
  std::optional<Dot> dot = matchDot(op, 4);
  if (!dot || !isRegister(dot->sum))
    return;
  OpBuilder b(op);
  // Constants are moved to the right.
  for (auto [left, right] :
       {std::pair(dot->left, dot->right), {dot->right, dot->left}}) {
    Value bytes = beforeExtension(right, Extension::Signed, b.getI8Type());
    Value others = bytes ? unsignedBytes(b, left) : nullptr;
    if (!others)
      continue;
    replace(op, "llvm.x86.avx512.vpdpbusd", {dot->sum, others, bytes});
    return;
  }
}

static void lowerDpbf16(Operation *op) {
  std::optional<Dot> dot = matchDot(op, 2);
  if (!dot || !isRegister(dot->sum))
    return;
  OpBuilder b(op);
  Value left = beforeExtension(dot->left, Extension::Float, b.getBF16Type());
  Value right = beforeExtension(dot->right, Extension::Float, b.getBF16Type());
  if (!left || !right)
    return;
  // By way of words: bf16 values of other ops are held as integers later.
  auto asPairs = [&](Value value) -> Value {
    auto type = cast<VectorType>(value.getType());
    auto words = VectorType::get({type.getDimSize(0) / 2}, b.getI32Type());
    Value word = vector::BitCastOp::create(b, op->getLoc(), words, value);
    return LLVM::BitcastOp::create(b, op->getLoc(), type, word);
  };
  replace(op, "llvm.x86.avx512bf16.dpbf16ps",
          {dot->sum, asPairs(left), asPairs(right)});
}

namespace {
struct LowerDots : tensorop::impl::TensorOpLowerDotsX86Base<LowerDots> {
  void runOnOperation() override {
    lowerDots(getOperation(), [](Operation *op, StringRef name) {
      if (name == "vnni")
        lowerVnni(op);
      else if (name == "dpbf16")
        lowerDpbf16(op);
    });
  }
};
} // namespace
