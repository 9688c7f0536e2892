//===- HalfConversions.cpp - f16 without instructions for it --------------===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Without branches: f32 does the shifting of mantissas and the rounding, where
// its exponent is chosen so that its last bit is that of f16. The constants are
// bit patterns of f32 and f64: one sign, 8 or 11 bits of exponent with bias 127
// or 1023, 23 or 52 of mantissa; f16 has 5 (bias 15) and 10.
//
//===----------------------------------------------------------------------===//

#include "HalfConversions.h"
#include "llvm/IR/IRBuilder.h"
#include "llvm/IR/InstIterator.h"
#include "llvm/IR/Module.h"

using namespace llvm;

namespace {
/// Writes one function after the other.
class Writer {
public:
  explicit Writer(Module &module)
      : module(module), b(module.getContext()), i16(b.getInt16Ty()),
        i32(b.getInt32Ty()), i64(b.getInt64Ty()), f16(b.getHalfTy()),
        f32(b.getFloatTy()), f64(b.getDoubleTy()) {}

  void writeExtend();
  void writeTruncate();
  void writeTruncateDouble();

  SmallVector<Function *> made;

private:
  Value *start(StringRef name, Type *result, Type *argument);
  Value *bits32(uint32_t value) { return ConstantInt::get(i32, value); }
  Value *float32(uint32_t bits) { return b.CreateBitCast(bits32(bits), f32); }
  Value *truncate(Value *value);

  Module &module;
  IRBuilder<> b;
  Type *i16, *i32, *i64, *f16, *f32, *f64;
};
} // namespace

/// Begins a function that every object may bring; returns its argument.
Value *Writer::start(StringRef name, Type *result, Type *argument) {
  auto *function = cast<Function>(
      module.getOrInsertFunction(name, result, argument).getCallee());
  function->setLinkage(GlobalValue::LinkOnceODRLinkage);
  function->setVisibility(GlobalValue::HiddenVisibility);
  // Must not become a call of itself.
  function->addFnAttr(Attribute::NoBuiltin);
  function->addFnAttr(Attribute::NoUnwind);
  made.push_back(function);
  b.SetInsertPoint(BasicBlock::Create(b.getContext(), "entry", function));
  return function->getArg(0);
}

void Writer::writeExtend() {
  Value *half = start("__extendhfsf2", f32, f16);
  Value *word = b.CreateShl(b.CreateZExt(b.CreateBitCast(half, i16), i32), 16);
  Value *sign = b.CreateAnd(word, bits32(0x80000000));
  Value *twice = b.CreateShl(word, 1);
  // Normal numbers, infinities, NaN: exponent + 224, then times 2^-112; what
  // has the largest exponent keeps it.
  Value *normal = b.CreateBitCast(
      b.CreateAdd(b.CreateLShr(twice, 4), bits32(0xE0u << 23)), f32);
  normal = b.CreateFMul(normal, float32(0x07800000));
  // Subnormal ones and zeros: the mantissa behind 0.5, less 0.5.
  Value *small = b.CreateBitCast(
      b.CreateOr(b.CreateLShr(twice, 17), bits32(126u << 23)), f32);
  small = b.CreateFSub(small, float32(0x3F000000));
  Value *magnitude =
      b.CreateSelect(b.CreateICmpULT(twice, bits32(1u << 27)),
                     b.CreateBitCast(small, i32), b.CreateBitCast(normal, i32));
  b.CreateRet(b.CreateBitCast(b.CreateOr(sign, magnitude), f32));
}

/// An f32 as f16.
Value *Writer::truncate(Value *value) {
  Value *word = b.CreateBitCast(value, i32);
  Value *sign = b.CreateAnd(word, bits32(0x80000000));
  Value *twice = b.CreateShl(word, 1);
  Value *magnitude =
      b.CreateBitCast(b.CreateAnd(word, bits32(0x7FFFFFFF)), f32);
  // Infinity from 2^16 on; else the value, by 2^112 and 2^-110 times four.
  Value *base = b.CreateFMul(b.CreateFMul(magnitude, float32(0x77800000)),
                             float32(0x08800000));
  // Added to a power of two 2^13 times its last bit, it is rounded there.
  Value *exponent = b.CreateAnd(twice, bits32(0xFF000000));
  Value *least = bits32(0x71000000);
  exponent = b.CreateSelect(b.CreateICmpULT(exponent, least), least, exponent);
  Value *power = b.CreateBitCast(
      b.CreateAdd(b.CreateLShr(exponent, 1), bits32(0x07800000)), f32);
  Value *sum = b.CreateBitCast(b.CreateFAdd(power, base), i32);
  // A mantissa that was rounded up to the next power carries over.
  Value *half = b.CreateAdd(b.CreateAnd(b.CreateLShr(sum, 13), bits32(0x7C00)),
                            b.CreateAnd(sum, bits32(0x0FFF)));
  half = b.CreateSelect(b.CreateICmpUGT(twice, bits32(0xFF000000)),
                        bits32(0x7E00), half);
  half = b.CreateOr(b.CreateLShr(sign, 16), half);
  return b.CreateBitCast(b.CreateTrunc(half, i16), f16);
}

void Writer::writeTruncate() {
  b.CreateRet(truncate(start("__truncsfhf2", f16, f32)));
}

/// By f32, rounded to odd there, so that the second rounding sees on which side
/// of a tie the value was (Boldo and Melquiond 2008).
void Writer::writeTruncateDouble() {
  Value *value = start("__truncdfhf2", f16, f64);
  Value *nearest = b.CreateFPTrunc(value, f32);
  Value *word = b.CreateBitCast(nearest, i32);
  Value *back = b.CreateFPExt(nearest, f64);
  auto magnitude = [&](Value *number) {
    return b.CreateAnd(b.CreateBitCast(number, i64),
                       ConstantInt::get(i64, INT64_MAX));
  };
  // Towards zero first. What is infinite now and was finite is the largest
  // number then, odd as it must be; NaN compares equal to nothing, and stays.
  Value *away = b.CreateAnd(b.CreateICmpUGT(magnitude(back), magnitude(value)),
                            b.CreateFCmpORD(value, value));
  Value *toZero = b.CreateSub(word, b.CreateZExt(away, i32));
  Value *inexact = b.CreateFCmpONE(back, value);
  Value *odd = b.CreateOr(toZero, b.CreateZExt(inexact, i32));
  b.CreateRet(truncate(b.CreateBitCast(odd, f32)));
}

static bool hasHalf(const Type *type) {
  return type->getScalarType()->isHalfTy();
}

SmallVector<Function *> tensorop::addHalfConversions(Module &module) {
  bool isNeeded = any_of(module, [](Function &function) {
    return any_of(instructions(function), [](const Instruction &instruction) {
      return hasHalf(instruction.getType()) ||
             any_of(instruction.operands(), [](const Use &operand) {
               return hasHalf(operand->getType());
             });
    });
  });
  if (!isNeeded)
    return {};
  Writer writer(module);
  writer.writeExtend();
  writer.writeTruncate();
  writer.writeTruncateDouble();
  return std::move(writer.made);
}
