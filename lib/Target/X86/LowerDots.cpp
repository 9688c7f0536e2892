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

namespace tensorop {
#define GEN_PASS_DEF_TENSOROPLOWERDOTSX86
#include "TensorOp/Target/X86/Passes.h.inc"
} // namespace tensorop

using namespace mlir;

namespace {
/// sum + the sums of groups of left * right, all before their extension.
struct Dot {
  Value sum, left, right;
  Operation *leftExtension, *rightExtension;
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
  Operation *left = mul ? mul.getLhs().getDefiningOp() : nullptr;
  Operation *right = mul ? mul.getRhs().getDefiningOp() : nullptr;
  if (!left || !right || left->getNumOperands() != 1 ||
      right->getNumOperands() != 1)
    return std::nullopt;
  return Dot{add.getRhs(), left->getOperand(0), right->getOperand(0), left,
             right};
}

static bool isVectorOf(Value value, Type element) {
  auto type = dyn_cast<VectorType>(value.getType());
  return type && type.getElementType() == element &&
         llvm::is_contained(
             {128, 256, 512},
             int(type.getNumElements() * element.getIntOrFloatBitWidth()));
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
  Type i8 = IntegerType::get(op->getContext(), 8);
  if (dot && isa<arith::ExtUIOp>(dot->leftExtension) &&
      isa<arith::ExtSIOp>(dot->rightExtension) && isVectorOf(dot->left, i8) &&
      isVectorOf(dot->right, i8))
    replace(op, "llvm.x86.avx512.vpdpbusd", {dot->sum, dot->left, dot->right});
}

static void lowerDpbf16(Operation *op) {
  auto dot = match<arith::AddFOp, arith::MulFOp>(op, 2);
  Type bf16 = BFloat16Type::get(op->getContext());
  if (!dot || !isa<arith::ExtFOp>(dot->leftExtension) ||
      !isa<arith::ExtFOp>(dot->rightExtension) ||
      !isVectorOf(dot->left, bf16) || !isVectorOf(dot->right, bf16))
    return;
  // By way of words: bf16 values of other ops are held as integers later.
  OpBuilder b(op);
  auto asPairs = [&](Value value) -> Value {
    auto type = cast<VectorType>(value.getType());
    auto words = VectorType::get({type.getDimSize(0) / 2}, b.getI32Type());
    Value word = vector::BitCastOp::create(b, op->getLoc(), words, value);
    return LLVM::BitcastOp::create(b, op->getLoc(), type, word);
  };
  Value left = asPairs(dot->left), right = asPairs(dot->right);
  replace(op, "llvm.x86.avx512bf16.dpbf16ps", {dot->sum, left, right});
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
