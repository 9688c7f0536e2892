//===- Dots.cpp - Sums of groups of products ------------------------------===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "TensorOp/Target/CPU/Dots.h"
#include "TensorOp/Support/Attributes.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;
using namespace tensorop;

/// The vector of which `value` takes every second element, from `first` on.
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

template <typename Add, typename Mul>
static std::optional<Dot> matchKind(Operation *last, int64_t group) {
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

std::optional<Dot> tensorop::matchDot(Operation *last, int64_t group) {
  if (auto dot = matchKind<arith::AddIOp, arith::MulIOp>(last, group))
    return dot;
  return matchKind<arith::AddFOp, arith::MulFOp>(last, group);
}

template <typename Op> static Value inputOf(Value wide) {
  auto extension = wide.getDefiningOp<Op>();
  return extension ? extension.getIn() : Value();
}

Value tensorop::beforeExtension(Value wide, Extension extension, Type element) {
  Value narrow = extension == Extension::Signed ? inputOf<arith::ExtSIOp>(wide)
                 : extension == Extension::Unsigned
                     ? inputOf<arith::ExtUIOp>(wide)
                     : inputOf<arith::ExtFOp>(wide);
  auto type = dyn_cast_or_null<VectorType>(narrow ? narrow.getType() : Type());
  return type && type.getElementType() == element ? narrow : Value();
}

int64_t tensorop::bitsOfVector(Value vector) {
  auto type = cast<VectorType>(vector.getType());
  return type.getNumElements() * type.getElementTypeBitWidth();
}

void tensorop::lowerDots(Operation *root,
                         function_ref<void(Operation *, StringRef)> lower) {
  SmallVector<Operation *> dots;
  root->walk([&](Operation *op) {
    if (op->hasAttr(dotAttrName))
      dots.push_back(op);
  });
  for (Operation *op : dots) {
    auto name = cast<StringAttr>(op->removeAttr(dotAttrName));
    lower(op, name.getValue());
  }
}

void tensorop::replaceByIntrinsic(Operation *op, StringRef intrinsic,
                                  ValueRange operands) {
  OpBuilder b(op);
  auto call =
      LLVM::CallIntrinsicOp::create(b, op->getLoc(), op->getResult(0).getType(),
                                    b.getStringAttr(intrinsic), operands);
  op->replaceAllUsesWith(call->getResults());
  op->erase();
}
