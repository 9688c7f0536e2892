//===- MathFunctions.cpp - Elementary functions as polynomials ------------===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Argument reduction and evaluation follow Cody and Waite, "Software Manual for
// the Elementary Functions" (1980); the minimax coefficients for f32 with fused
// multiply-adds are those that N. Juffa published in answers on Stack Overflow
// (expf, logf, erff, tanhf), those of 2^f a Remez fit of the relative error.
// What counts is the measured error: unittests/Target/MathFunctionsTest.cpp
// compares with f64.
//
//===----------------------------------------------------------------------===//

#include "MathFunctions.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/BuiltinTypes.h"
#include <cmath>

using namespace mlir;

namespace {

/// Arithmetic on f32 values of one shape, and on i32 values of the same.
class Arithmetic {
public:
  Arithmetic(OpBuilder &b, Location loc, Type shape)
      : b(b), loc(loc), floats(withElement(shape, b.getF32Type())),
        ints(withElement(shape, b.getI32Type())) {}

  Value real(float value) { return constant(floats, b.getF32FloatAttr(value)); }
  Value integer(int32_t value) {
    return constant(ints, b.getI32IntegerAttr(value));
  }
  Value add(Value x, Value y) { return arith::AddFOp::create(b, loc, x, y); }
  Value sub(Value x, Value y) { return arith::SubFOp::create(b, loc, x, y); }
  Value mul(Value x, Value y) { return arith::MulFOp::create(b, loc, x, y); }
  Value div(Value x, Value y) { return arith::DivFOp::create(b, loc, x, y); }
  Value neg(Value x) { return arith::NegFOp::create(b, loc, x); }
  Value abs(Value x) { return math::AbsFOp::create(b, loc, x); }
  Value fma(Value x, Value y, Value z) {
    return math::FmaOp::create(b, loc, x, y, z);
  }
  Value withSignOf(Value x, Value sign) {
    return math::CopySignOp::create(b, loc, x, sign);
  }
  Value addI(Value x, Value y) { return arith::AddIOp::create(b, loc, x, y); }
  Value subI(Value x, Value y) { return arith::SubIOp::create(b, loc, x, y); }
  Value andI(Value x, Value y) { return arith::AndIOp::create(b, loc, x, y); }
  Value shiftLeft(Value x, int32_t by) {
    return arith::ShLIOp::create(b, loc, x, integer(by));
  }
  Value shiftRight(Value x, int32_t by) {
    return arith::ShRSIOp::create(b, loc, x, integer(by));
  }
  Value bitsOf(Value x) { return arith::BitcastOp::create(b, loc, ints, x); }
  Value fromBits(Value x) {
    return arith::BitcastOp::create(b, loc, floats, x);
  }
  Value toFloat(Value x) { return arith::SIToFPOp::create(b, loc, floats, x); }
  /// False for NaN.
  Value isGreater(Value x, Value y) {
    return arith::CmpFOp::create(b, loc, arith::CmpFPredicate::OGT, x, y);
  }
  Value isEqual(Value x, Value y) {
    return arith::CmpFOp::create(b, loc, arith::CmpFPredicate::OEQ, x, y);
  }
  Value select(Value condition, Value x, Value y) {
    return arith::SelectOp::create(b, loc, condition, x, y);
  }
  /// `x` where it is NaN.
  Value atMost(Value x, float bound) {
    Value limit = real(bound);
    return select(isGreater(x, limit), limit, x);
  }
  Value atLeast(Value x, float bound) {
    Value limit = real(bound);
    return select(isGreater(limit, x), limit, x);
  }
  /// c[0] x^n + c[1] x^(n-1) + ... + c[n], by Horner's rule.
  Value polynomial(Value x, ArrayRef<float> c) {
    Value sum = real(c.front());
    for (float next : c.drop_front())
      sum = fma(sum, x, real(next));
    return sum;
  }

private:
  static Type withElement(Type shape, Type element) {
    auto shaped = dyn_cast<ShapedType>(shape);
    return shaped ? Type(shaped.clone(element)) : element;
  }
  Value constant(Type type, TypedAttr value) {
    if (auto shaped = dyn_cast<ShapedType>(type))
      value = DenseElementsAttr::get(shaped, cast<Attribute>(value));
    return arith::ConstantOp::create(b, loc, value);
  }

  OpBuilder &b;
  Location loc;
  Type floats, ints;
};

} // namespace

/// Added to a number of less than 22 bits, it leaves the nearest integer in the
/// low bits. Unlike a conversion, that has a meaning for NaN.
static constexpr float kRound = 12582912.0f;
static constexpr int32_t kRoundBits = 0x4b400000;

static Value buildExp(OpBuilder &b, Location loc, Value x) {
  Arithmetic a(b, loc, x.getType());
  // exp(x) = 2^n e^f with |f| <= ln(2) / 2
  Value bounded = a.atMost(a.atLeast(x, -104.0f), 89.0f);
  Value shifted = a.fma(bounded, a.real(1.44269504f), a.real(kRound));
  Value n = a.sub(shifted, a.real(kRound));
  // ln(2) in two parts, of which the first times n is exact.
  Value f = a.fma(n, a.real(-6.93145752e-1f), bounded);
  f = a.fma(n, a.real(-1.42860677e-6f), f);
  Value significand =
      a.polynomial(f, {1.37805939e-3f, 8.37312452e-3f, 4.16695364e-2f,
                       1.66664720e-1f, 4.99999851e-1f, 1.0f, 1.0f});
  // 2^n may be neither a normal number nor finite: two factors, of which the
  // second rounds.
  Value exponent = a.subI(a.bitsOf(shifted), a.integer(kRoundBits));
  Value half = a.shiftRight(exponent, 1), rest = a.subI(exponent, half);
  auto power = [&](Value exponent) {
    return a.fromBits(a.shiftLeft(a.addI(exponent, a.integer(127)), 23));
  };
  return a.mul(a.mul(significand, power(half)), power(rest));
}

namespace {
/// 2^y as scale + rest * scale, where scale is a power of two and |rest| < 1/2.
struct Exp2 {
  Value scale, rest;
};
} // namespace

/// Minimax coefficients of (2^f - 1) / f for |f| <= 1/2, the highest first; the
/// relative errors of 2^f are 1e-7 and 2e-9.
static constexpr float kShortExp2[] = {1.32647273e-3f, 9.67151299e-3f,
                                       5.55073358e-2f, 2.40222424e-1f,
                                       6.93147004e-1f};
static constexpr float kExp2[] = {1.53533620e-4f, 1.33988739e-3f,
                                  9.61843692e-3f, 5.55033237e-2f,
                                  2.40226477e-1f, 6.93147182e-1f};

/// 2^(x y) for -126 < x y < 127, so that the scale is a normal number; NaN in
/// `rest`, and anything in `scale`, for NaN.
static Exp2 buildExp2(Arithmetic &a, Value x, Value y,
                      ArrayRef<float> coefficients) {
  Value shifted = a.fma(x, y, a.real(kRound));
  Value n = a.sub(shifted, a.real(kRound));
  Value f = a.fma(x, y, a.neg(n));
  // The shift drops the bits of the constant above n.
  Value scale = a.fromBits(
      a.addI(a.shiftLeft(a.bitsOf(shifted), 23), a.integer(0x3f800000)));
  return {scale, a.mul(a.polynomial(f, coefficients), f)};
}

/// 1 + 2^y; 1 - 2^y. Where the scale is not below 2^-24 and not above 2^23, all
/// is exact but the last rounding.
static Value addToOne(Arithmetic &a, Exp2 power) {
  return a.fma(power.rest, power.scale, a.add(power.scale, a.real(1.0f)));
}
static Value takeFromOne(Arithmetic &a, Exp2 power) {
  return a.fma(a.neg(power.rest), power.scale,
               a.sub(a.real(1.0f), power.scale));
}

static Value buildErf(OpBuilder &b, Location loc, Value x) {
  Arithmetic a(b, loc, x.getType());
  Value size = a.abs(x);
  // 1 - 2^(q(|x|) |x|); beyond 4 there is nothing to add to 1.
  Value t = a.atMost(size, 4.0f), s = a.mul(t, t);
  Value even = a.fma(a.real(-2.49374843e-5f), t, a.real(5.52836573e-4f));
  Value odd = a.fma(a.real(-5.60337631e-3f), t, a.real(3.49920243e-2f));
  Value q = a.fma(even, s, odd);
  for (float c : {-1.54047906e-1f, -9.15890157e-1f, -1.62839520f})
    q = a.fma(q, t, a.real(c));
  // At most 0.19 is taken from 1.
  Value large = takeFromOne(a, buildExp2(a, q, t, kShortExp2));
  // |x| + |x| p(x^2)
  Value p = a.polynomial(s, {-5.96761703e-4f, 4.99119423e-3f, -2.67681349e-2f,
                             1.12819925e-1f, -3.76125336e-1f, 1.28379166e-1f});
  Value small = a.fma(p, size, size);
  Value result =
      a.select(a.isGreater(size, a.real(0.927734375f)), large, small);
  return a.withSignOf(result, x);
}

/// Beside 1 small values need no digits of their own: one range is enough.
static Value buildErfPlusOne(OpBuilder &b, Location loc, Value x) {
  Arithmetic a(b, loc, x.getType());
  // 1 - 2^(q(|x|) |x|), of which the absolute error counts: 2e-8 of the fit.
  Value t = a.atMost(a.abs(x), 4.0f);
  Value q = a.polynomial(t, {-4.53585978e-5f, 4.45507649e-4f, -1.48944167e-3f,
                             -7.74629556e-4f, 2.82536809e-2f, -1.48481615e-1f,
                             -9.18416393e-1f, -1.62790859f});
  Value erf = takeFromOne(a, buildExp2(a, q, t, kExp2));
  // Far on the left exactly zero: the sum may be a factor of something large.
  return a.add(a.withSignOf(erf, x), a.real(1.0f));
}

static Value buildTanh(OpBuilder &b, Location loc, Value x) {
  Arithmetic a(b, loc, x.getType());
  Value size = a.abs(x);
  // 1 - 2 / (exp(2 |x|) + 1); beyond 10 there is nothing to take from 1.
  Value t = a.atMost(size, 10.0f), s = a.mul(t, t);
  Value power = addToOne(a, buildExp2(a, t, a.real(2.88539008f), kExp2));
  Value large = a.sub(a.real(1.0f), a.div(a.real(2.0f), power));
  // |x| + |x|^3 p(x^2)
  Value p = a.polynomial(
      s, {1.57394409e-2f, -5.23025580e-2f, 1.33152470e-1f, -3.33327681e-1f});
  Value small = a.fma(a.mul(p, s), size, size);
  Value result = a.select(a.isGreater(size, a.real(0.55f)), large, small);
  return a.withSignOf(result, x);
}

static Value buildTanhPlusOne(OpBuilder &b, Location loc, Value x) {
  Arithmetic a(b, loc, x.getType());
  // 2 / (exp(-2 x) + 1)
  Value t = a.atMost(a.atLeast(x, -10.0f), 10.0f);
  Value power = addToOne(a, buildExp2(a, t, a.real(-2.88539008f), kExp2));
  Value sum = a.div(a.real(2.0f), power);
  // Where tanh is -1 exactly zero: the sum may be a factor of something large.
  return a.select(a.isGreater(a.real(-9.02f), x), a.real(0.0f), sum);
}

static Value buildLog(OpBuilder &b, Location loc, Value x) {
  Arithmetic a(b, loc, x.getType());
  Value zero = a.real(0.0f), infinity = a.real(INFINITY);
  // Subnormal arguments are scaled by 2^23.
  Value isSmall = a.isGreater(a.real(1.17549435e-38f), x);
  Value normal = a.select(isSmall, a.mul(x, a.real(8388608.0f)), x);
  Value offset = a.select(isSmall, a.real(-23.0f), zero);
  // x = 2^e m with m in [2/3, 4/3].
  Value bits = a.bitsOf(normal);
  Value e = a.andI(a.subI(bits, a.integer(0x3f2aaaab)),
                   a.integer(int32_t(0xff800000)));
  Value m = a.sub(a.fromBits(a.subI(bits, e)), a.real(1.0f));
  Value exponent = a.fma(a.toFloat(e), a.real(1.1920929e-7f), offset);
  // log(1 + m)
  Value s = a.mul(m, m);
  Value even = a.polynomial(
      s, {-0.130310059f, -0.121483512f, -0.166846126f, -0.249996200f});
  Value odd = a.polynomial(s, {0.140869141f, 0.139814854f, 0.200120345f});
  Value r = a.fma(odd, m, even);
  r = a.fma(r, m, a.real(0.333331972f));
  r = a.fma(r, m, a.real(-0.5f));
  r = a.fma(r, s, m);
  r = a.fma(exponent, a.real(0.693147182f), r);
  // What is left: infinity and NaN are their own, zero has a pole, and below it
  // there is no logarithm.
  r = a.select(a.isGreater(infinity, x), r, x);
  r = a.select(a.isEqual(x, zero), a.real(-INFINITY), r);
  return a.select(a.isGreater(zero, x), a.real(NAN), r);
}

llvm::ArrayRef<tensorop::MathFunction> tensorop::getMathFunctions() {
  static const MathFunction functions[] = {
      {"math.exp", 1, buildExp, nullptr},
      {"math.log", 1, buildLog, nullptr},
      {"math.erf", 2, buildErf, buildErfPlusOne},
      {"math.tanh", 2, buildTanh, buildTanhPlusOne}};
  return functions;
}
