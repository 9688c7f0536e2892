//===- PerturbRoundings.cpp - How far permitted roundings lead ------------===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The error of a sum in any order is from N. J. Higham, Accuracy and Stability
// of Numerical Algorithms, 2nd ed., 3.1 and 4.2; of a long one, from N. J.
// Higham, T. Mary, A new approach to probabilistic rounding error analysis,
// 2019; the errors of random sign at each operation are Monte Carlo arithmetic
// (D. S. Parker, 1997).
//
//===----------------------------------------------------------------------===//

#include "TensorOp/Normalize/Passes.h"
#include "TensorOp/Support/Attributes.h"
#include "mlir/Analysis/SliceAnalysis.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/IRMapping.h"
#include <cmath>

namespace tensorop {
#define GEN_PASS_DEF_TENSOROPPERTURBROUNDINGS
#include "TensorOp/Normalize/Passes.h.inc"
} // namespace tensorop

using namespace mlir;

/// Unit roundoff: half the distance from 1 to the next number.
static double getUnitRoundoff(FloatType type) {
  return std::ldexp(1.0, -int(type.getFPMantissaWidth()));
}

/// Error of a sum of `terms` rounded terms in any order, relative to the sum of
/// their magnitudes: gamma_k = k u / (1 - k u). Where k^2 u > 1, a term that is
/// forgotten could hide in that; there, what roundings of random signs do not
/// exceed, 2 sqrt(k) u: what is true of pure contractions too (roundings of one
/// sign show in the own-type loops). The f64 reference errs as well.
static double getSumError(int64_t terms, FloatType type) {
  double k = double(terms);
  auto getError = [&](double u) {
    double gamma = k * u < 0.5 ? k * u / (1 - k * u) : 1.0;
    return k * k * u > 1 ? std::min(gamma, 2 * std::sqrt(k) * u) : gamma;
  };
  return std::min(
      getError(getUnitRoundoff(type)) + getError(std::ldexp(1.0, -53)), 1.0);
}

namespace {
/// A result of a structured op that adds up terms: acc + term, where `term`
/// does not read any accumulator.
struct Sum {
  unsigned result;
  Operation *combiner;
  Value term;
};

class Perturbation {
public:
  Perturbation(func::FuncOp func, int64_t functionUlp)
      : func(func), functionUlp(functionUlp) {}

  void run();

private:
  std::optional<Sum> findSum(linalg::GenericOp op, unsigned result);
  Value makeMagnitude(OpBuilder &builder, linalg::GenericOp op, const Sum &sum);
  void perturbSum(linalg::GenericOp op, const Sum &sum, Value magnitude);
  void perturbScalar(Operation *op);
  Value getSign(OpBuilder &builder, Location loc, Value value, Value amount);
  Value getScale(FloatType type);

  func::FuncOp func;
  int64_t functionUlp;
  int64_t number = 0;
  BlockArgument scaleArgument;
  llvm::DenseMap<Type, Value> scales;
};
} // namespace

/// The last argument's number, rounded to `type`.
Value Perturbation::getScale(FloatType type) {
  Value &scale = scales[type];
  if (scale)
    return scale;
  Location loc = func.getLoc();
  OpBuilder builder = OpBuilder::atBlockBegin(&func.front());
  scale = tensor::ExtractOp::create(builder, loc, scaleArgument, ValueRange());
  if (type.getWidth() < 64)
    scale = arith::TruncFOp::create(builder, loc, type, scale);
  return scale;
}

static Value makeConstant(OpBuilder &builder, Location loc, Type type,
                          double value) {
  return arith::ConstantOp::create(builder, loc,
                                   builder.getFloatAttr(type, value));
}

/// `amount` with a sign that depends on the bits of `value` and the place in
/// the program, as good as random, times the scale.
Value Perturbation::getSign(OpBuilder &builder, Location loc, Value value,
                            Value amount) {
  auto type = cast<FloatType>(value.getType());
  Value scaled = arith::MulFOp::create(builder, loc, amount, getScale(type));
  // The reference has no type narrower than f32; widening is exact.
  if (type.getWidth() < 32)
    value = arith::ExtFOp::create(builder, loc, builder.getF32Type(), value);
  unsigned bits = value.getType().getIntOrFloatBitWidth();
  Type i64 = builder.getI64Type();
  Value hash = arith::BitcastOp::create(builder, loc,
                                        builder.getIntegerType(bits), value);
  if (bits < 64)
    hash = arith::ExtUIOp::create(builder, loc, i64, hash);
  auto constant = [&](uint64_t number) -> Value {
    return arith::ConstantOp::create(
        builder, loc, builder.getI64IntegerAttr(int64_t(number)));
  };
  hash = arith::AddIOp::create(builder, loc, hash, constant(number));
  // The top bit of a product depends on all bits below it. The second round
  // separates neighbours (Knuth's multiplicative hash, splitmix64's constants).
  for (uint64_t factor : {0xbf58476d1ce4e5b9u, 0x94d049bb133111ebu}) {
    Value high = arith::ShRUIOp::create(builder, loc, hash, constant(30));
    hash = arith::XOrIOp::create(builder, loc, hash, high);
    hash = arith::MulIOp::create(builder, loc, hash, constant(factor));
  }
  Value negative = arith::CmpIOp::create(
      builder, loc, arith::CmpIPredicate::slt, hash, constant(0));
  Value opposite = arith::NegFOp::create(builder, loc, scaled);
  return arith::SelectOp::create(builder, loc, negative, opposite, scaled);
}

/// Whether the op rounds its result, in types that have a rounding.
static bool rounds(Operation *op) {
  if (op->getNumResults() != 1 || !isa<FloatType>(op->getResult(0).getType()))
    return false;
  if (isa<arith::AddFOp, arith::SubFOp, arith::MulFOp, arith::DivFOp>(op))
    return true;
  return isa<math::MathDialect>(op->getDialect()) &&
         !isa<math::AbsFOp, math::CopySignOp, math::FloorOp, math::CeilOp,
              math::RoundOp, math::RoundEvenOp, math::TruncOp>(op);
}

/// r (1 + d): d is one unit in the last place, which covers one rounding here
/// and one in the reference; for functions as many as they may be off.
void Perturbation::perturbScalar(Operation *op) {
  ++number;
  OpBuilder builder(op->getContext());
  builder.setInsertionPointAfter(op);
  Location loc = op->getLoc();
  Value value = op->getResult(0);
  auto type = cast<FloatType>(value.getType());
  bool function = isa<math::MathDialect>(op->getDialect()) &&
                  !isa<math::FmaOp, math::SqrtOp>(op);
  double ulp = 2 * getUnitRoundoff(type);
  Value amount = makeConstant(builder, loc, type,
                              function ? ulp * double(functionUlp + 1) : ulp);
  Value delta = getSign(builder, loc, value, amount);
  // Not r + r d, which has no value at infinity.
  Value factor = arith::AddFOp::create(
      builder, loc, makeConstant(builder, loc, type, 1), delta);
  auto result = arith::MulFOp::create(builder, loc, value, factor);
  value.replaceUsesWithIf(result, [&](OpOperand &use) {
    return use.getOwner()->getBlock() != op->getBlock() ||
           result->isBeforeInBlock(use.getOwner());
  });
}

std::optional<Sum> Perturbation::findSum(linalg::GenericOp op,
                                         unsigned result) {
  Block *body = op.getBody();
  BlockArgument acc = op.getRegionOutputArgs()[result];
  Value yielded = body->getTerminator()->getOperand(result);
  Operation *combiner = yielded.getDefiningOp();
  if (!isa<FloatType>(acc.getType()) || !acc.hasOneUse() ||
      !yielded.hasOneUse() ||
      !isa_and_nonnull<arith::AddFOp, arith::SubFOp>(combiner))
    return std::nullopt;
  unsigned position = acc.getUses().begin()->getOperandNumber();
  if (*acc.getUsers().begin() != combiner ||
      (position != 0 && isa<arith::SubFOp>(combiner)))
    return std::nullopt;
  Value term = combiner->getOperand(1 - position);
  SetVector<Operation *> slice;
  BackwardSliceOptions options;
  options.omitBlockArguments = true;
  options.inclusive = true;
  options.filter = [&](Operation *inner) { return inner->getBlock() == body; };
  (void)getBackwardSlice(term, &slice, options);
  auto isOutput = [&](Value value) {
    return llvm::is_contained(op.getRegionOutputArgs(), value);
  };
  for (Operation *inner : slice)
    if (inner->getNumRegions() != 0 ||
        llvm::any_of(inner->getOperands(), isOutput))
      return std::nullopt;
  if (isOutput(term))
    return std::nullopt;
  return Sum{result, combiner, term};
}

static Value isInfinite(OpBuilder &builder, Location loc, Value value) {
  Value size = math::AbsFOp::create(builder, loc, value);
  Value limit = makeConstant(builder, loc, value.getType(),
                             std::numeric_limits<double>::infinity());
  return arith::CmpFOp::create(builder, loc, arith::CmpFPredicate::OEQ, size,
                               limit);
}

/// |value|, or 0 where `ignored`.
static Value makeSize(OpBuilder &builder, Location loc, Value value,
                      Value ignored) {
  Value size = math::AbsFOp::create(builder, loc, value);
  if (!ignored)
    return size;
  return arith::SelectOp::create(builder, loc, ignored,
                                 makeConstant(builder, loc, value.getType(), 0),
                                 size);
}

/// |init| + sum of |term|: the same op on magnitudes. An infinity that comes
/// from the inputs does not count: it is one in every order, while sums of
/// finite values that leave the range are so in some orders only.
Value Perturbation::makeMagnitude(OpBuilder &builder, linalg::GenericOp op,
                                  const Sum &sum) {
  Location loc = op.getLoc();
  Value init = op.getDpsInitOperand(sum.result)->get();
  auto type = cast<RankedTensorType>(init.getType());
  auto makeEmpty = [&]() -> Value {
    return tensor::EmptyOp::create(builder, loc, type.getShape(),
                                   type.getElementType());
  };
  AffineMap identity = builder.getMultiDimIdentityMap(type.getRank());
  SmallVector<utils::IteratorType> parallel(type.getRank(),
                                            utils::IteratorType::parallel);
  Value start = linalg::GenericOp::create(
                    builder, loc, type, init, makeEmpty(),
                    ArrayRef<AffineMap>{identity, identity}, parallel,
                    [](OpBuilder &nested, Location at, ValueRange args) {
                      Value infinite = isInfinite(nested, at, args[0]);
                      Value size = makeSize(nested, at, args[0], infinite);
                      linalg::YieldOp::create(nested, at, size);
                    })
                    .getResult(0);
  SmallVector<AffineMap> maps = op.getIndexingMapsArray();
  SmallVector<AffineMap> kept(maps.begin(),
                              maps.begin() + op.getNumDpsInputs());
  kept.push_back(op.getMatchingIndexingMap(op.getDpsInitOperand(sum.result)));
  return linalg::GenericOp::create(
             builder, loc, type, op.getInputs(), start, kept,
             op.getIteratorTypesArray(),
             [&](OpBuilder &nested, Location at, ValueRange args) {
               IRMapping mapping;
               mapping.map(op.getRegionInputArgs(), args.drop_back());
               SetVector<Operation *> slice;
               BackwardSliceOptions options;
               options.inclusive = true;
               options.omitBlockArguments = true;
               options.filter = [&](Operation *inner) {
                 return inner->getBlock() == op.getBody();
               };
               (void)getBackwardSlice(sum.term, &slice, options);
               for (Operation &inner : op.getBody()->without_terminator())
                 if (slice.contains(&inner))
                   nested.clone(inner, mapping);
               Value term = mapping.lookupOrDefault(sum.term), given;
               for (Value arg : args.drop_back()) {
                 if (!isa<FloatType>(arg.getType()) || arg.use_empty())
                   continue;
                 Value infinite = isInfinite(nested, at, arg);
                 given = given
                             ? arith::OrIOp::create(nested, at, given, infinite)
                             : infinite;
               }
               if (given)
                 given = arith::AndIOp::create(nested, at, given,
                                               isInfinite(nested, at, term));
               Value size = makeSize(nested, at, term, given);
               Value total =
                   arith::AddFOp::create(nested, at, args.back(), size);
               linalg::YieldOp::create(nested, at, total);
             })
      .getResult(0);
}

/// result +- gamma (|init| + sum of |term|); where that sum may leave the
/// range, 1 or NaN, by the scale's sign.
void Perturbation::perturbSum(linalg::GenericOp op, const Sum &sum,
                              Value magnitude) {
  ++number;
  OpBuilder builder(op->getContext());
  builder.setInsertionPointAfter(op);
  int64_t terms = 1;
  for (auto [kind, extent] :
       llvm::zip_equal(op.getIteratorTypesArray(), op.getStaticLoopRanges()))
    if (kind == utils::IteratorType::reduction)
      terms *= extent;
  // The product's rounding, and the value that the sum starts from.
  terms += 2;
  Value value = op.getResult(sum.result);
  auto type = cast<RankedTensorType>(value.getType());
  auto element = cast<FloatType>(type.getElementType());
  double gamma = getSumError(terms, element);
  const llvm::fltSemantics &format = element.getFloatSemantics();
  double largest = APFloat::getLargest(format).convertToDouble();
  double smallest = APFloat::getSmallest(format).convertToDouble();
  AffineMap identity = builder.getMultiDimIdentityMap(type.getRank());
  SmallVector<utils::IteratorType> parallel(type.getRank(),
                                            utils::IteratorType::parallel);
  getScale(element);
  auto perturbed = linalg::GenericOp::create(
      builder, op.getLoc(), type, magnitude, value,
      ArrayRef<AffineMap>{identity, identity}, parallel,
      [&](OpBuilder &nested, Location at, ValueRange args) {
        auto constant = [&](double number) {
          return makeConstant(nested, at, element, number);
        };
        // Sums of this size may overflow on the way, in some order.
        Value size = args[0];
        Value overflows =
            arith::CmpFOp::create(nested, at, arith::CmpFPredicate::OGE, size,
                                  constant(largest / (1 + gamma)));
        // Each product and sum may also underflow.
        Value error = arith::AddFOp::create(
            nested, at,
            arith::MulFOp::create(nested, at, size, constant(gamma)),
            constant(double(terms) * smallest));
        Value delta = getSign(nested, at, args[1], error);
        Value result = arith::AddFOp::create(nested, at, args[1], delta);
        // Infinities of either sign and NaN are right there, and what is
        // finite. Two references cannot be all of these, but a number and NaN
        // do not agree whatever follows them, which says so.
        Value opposite =
            arith::CmpFOp::create(nested, at, arith::CmpFPredicate::OLT,
                                  getScale(element), constant(0));
        Value left = arith::SelectOp::create(
            nested, at, opposite,
            constant(std::numeric_limits<double>::quiet_NaN()), constant(1));
        result = arith::SelectOp::create(nested, at, overflows, left, result);
        linalg::YieldOp::create(nested, at, result);
      });
  value.replaceAllUsesExcept(perturbed.getResult(0), perturbed);
}

void Perturbation::run() {
  SmallVector<linalg::GenericOp> reductions;
  SmallVector<Operation *> scalars;
  llvm::SmallPtrSet<Operation *, 8> sums;
  func.walk([&](Operation *op) {
    auto generic = dyn_cast<linalg::GenericOp>(op);
    if (generic && generic.getNumReductionLoops() > 0)
      reductions.push_back(generic);
    else if (rounds(op))
      scalars.push_back(op);
  });
  Builder builder(func.getContext());
  auto scaleType = RankedTensorType::get({}, builder.getF64Type());
  unsigned last = func.getNumArguments();
  (void)func.insertArgument(last, scaleType, builder.getDictionaryAttr({}),
                            func.getLoc());
  func.setArgAttr(last, tensorop::roleAttrName, builder.getStringAttr("in"));
  scaleArgument = func.getArgument(last);
  for (linalg::GenericOp op : reductions)
    for (unsigned i = 0; i < op.getNumResults(); ++i) {
      std::optional<Sum> sum = findSum(op, i);
      if (!sum)
        continue;
      // A product's rounding is one of the sum's terms.
      sums.insert(sum->combiner);
      if (auto product = sum->term.getDefiningOp<arith::MulFOp>())
        if (product->hasOneUse())
          sums.insert(product);
      OpBuilder before(op);
      Value magnitude = makeMagnitude(before, op, *sum);
      perturbSum(op, *sum, magnitude);
    }
  for (Operation *op : scalars)
    if (!sums.contains(op))
      perturbScalar(op);
}

namespace {
struct PerturbRoundings
    : tensorop::impl::TensorOpPerturbRoundingsBase<PerturbRoundings> {
  using Base::Base;
  void runOnOperation() override {
    for (auto func : getOperation().getOps<func::FuncOp>())
      if (func.isPublic() && !func.isDeclaration())
        Perturbation(func, functionUlp).run();
  }
};
} // namespace
