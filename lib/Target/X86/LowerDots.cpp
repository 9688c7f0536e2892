//===- LowerDots.cpp - tensorop-lower-dots-x86 ----------------------------===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "TensorOp/Support/Attributes.h"
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

namespace {
/// sum + the sums of groups of left * right, which are wide already.
struct Dot {
  Value sum, left, right;
};
} // namespace

/// Whether `value` takes every second element of one vector, from `first` on.
static Value everySecond(Value value, int64_t first) {
  auto shuffle = value.getDefiningOp<vector::ShuffleOp>();
  if (!shuffle)
    return nullptr;
  int64_t n = cast<VectorType>(shuffle.getV1().getType()).getDimSize(0);
  if (int64_t(shuffle.getMask().size()) * 2 != n)
    return nullptr;
  for (auto [i, from] : llvm::enumerate(shuffle.getMask()))
    if (from != int64_t(2 * i) + first)
      return nullptr;
  return shuffle.getV1();
}

/// The dot product that `last` ends, with groups of `group`.
template <typename Add, typename Mul>
static std::optional<Dot> match(Operation *last, int64_t group) {
  auto add = dyn_cast<Add>(last);
  if (!add)
    return std::nullopt;
  Value products = add.getLhs();
  for (; group > 1; group /= 2) {
    auto pairs = products.getDefiningOp<Add>();
    Value even = pairs ? everySecond(pairs.getLhs(), 0) : nullptr;
    if (!even || everySecond(pairs.getRhs(), 1) != even)
      return std::nullopt;
    products = even;
  }
  auto mul = products.getDefiningOp<Mul>();
  if (!mul)
    return std::nullopt;
  return Dot{add.getRhs(), mul.getLhs(), mul.getRhs()};
}

static bool isVectorOf(Value value, Type element) {
  auto type = dyn_cast<VectorType>(value.getType());
  return type && type.getElementType() == element &&
         llvm::is_contained(
             {128, 256, 512},
             int(type.getNumElements() * element.getIntOrFloatBitWidth()));
}

/// What `Extension` made `wide` of, when that is a register of `element`.
template <typename Extension>
static Value beforeExtension(Value wide, Type element) {
  auto extension = wide.getDefiningOp<Extension>();
  return extension && isVectorOf(extension.getIn(), element) ? extension.getIn()
                                                             : Value();
}

/// The same for bytes without sign. The extension of a constant is folded.
static Value unsignedBytes(OpBuilder &b, Value wide) {
  if (Value bytes = beforeExtension<arith::ExtUIOp>(wide, b.getI8Type()))
    return bytes;
  DenseElementsAttr value;
  if (!matchPattern(wide, m_Constant(&value)) || !value.isSplat() ||
      value.getSplatValue<APInt>().getActiveBits() > 8)
    return nullptr;
  auto type = cast<VectorType>(wide.getType()).clone(b.getI8Type());
  Value bytes = arith::ConstantOp::create(
      b, wide.getLoc(),
      DenseElementsAttr::get(type, value.getSplatValue<APInt>().trunc(8)));
  return isVectorOf(bytes, b.getI8Type()) ? bytes : nullptr;
}

static int64_t bitsOf(Value value) {
  auto type = cast<VectorType>(value.getType());
  return type.getNumElements() * type.getElementTypeBitWidth();
}

static void replace(Operation *op, StringRef intrinsic, ValueRange operands) {
  OpBuilder b(op);
  std::string name = (intrinsic + "." + Twine(bitsOf(op->getResult(0)))).str();
  auto call =
      LLVM::CallIntrinsicOp::create(b, op->getLoc(), op->getResult(0).getType(),
                                    b.getStringAttr(name), operands);
  op->replaceAllUsesWith(call->getResults());
  op->erase();
}

/// Unsigned by signed bytes.
static void lowerVnni(Operation *op) {
  auto dot = match<arith::AddIOp, arith::MulIOp>(op, 4);
  if (!dot)
    return;
  OpBuilder b(op);
  // Constants are moved to the right.
  for (auto [left, right] :
       {std::pair(dot->left, dot->right), {dot->right, dot->left}}) {
    Value bytes = beforeExtension<arith::ExtSIOp>(right, b.getI8Type());
    Value others = bytes ? unsignedBytes(b, left) : nullptr;
    if (!others)
      continue;
    replace(op, "llvm.x86.avx512.vpdpbusd", {dot->sum, others, bytes});
    return;
  }
}

static void lowerDpbf16(Operation *op) {
  auto dot = match<arith::AddFOp, arith::MulFOp>(op, 2);
  if (!dot)
    return;
  OpBuilder b(op);
  Value left = beforeExtension<arith::ExtFOp>(dot->left, b.getBF16Type());
  Value right = beforeExtension<arith::ExtFOp>(dot->right, b.getBF16Type());
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
    SmallVector<Operation *> dots;
    getOperation().walk([&](Operation *op) {
      if (op->hasAttr(tensorop::dotAttrName))
        dots.push_back(op);
    });
    for (Operation *op : dots) {
      StringRef name =
          cast<StringAttr>(op->getAttr(tensorop::dotAttrName)).getValue();
      op->removeAttr(tensorop::dotAttrName);
      if (name == "vnni")
        lowerVnni(op);
      else if (name == "dpbf16")
        lowerDpbf16(op);
    }
  }
};
} // namespace
