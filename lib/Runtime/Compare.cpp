//===- Compare.cpp - Error bounds per output element ----------------------===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Compare.h"
#include "AlikeMoves.h"
#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>

using namespace tensorop;
using namespace tensorop::runtime;

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

/// Error of the sum of `k` products relative to the sum of their magnitudes, in
/// any order, with products rounded or fused, for any k (C.-P. Jeannerod,
/// S. M. Rump, Improved error bounds for inner products in floating-point
/// arithmetic, 2013).
double getErrorOfAnyOrder(double k, double u) { return k * u; }

/// The same if roundings have random signs: six times the standard deviation of
/// a sum of positive terms, one after the other; of others, more (N. J. Higham,
/// T. Mary, A new approach to probabilistic rounding error analysis, 2019).
double getTypicalError(double k, double u) { return 2 * std::sqrt(k) * u; }

const Buffer &getValues(const Judgement &judgement) {
  return judgement.values ? *judgement.values : *judgement.reference;
}

/// Both NaN, or the same infinity, or both finite.
bool isSameClass(double x, double y) {
  if (std::isnan(x) || std::isnan(y))
    return std::isnan(x) && std::isnan(y);
  if (std::isinf(x) || std::isinf(y))
    return x == y;
  return true;
}

/// Judges floats, element by element.
class FloatBound {
public:
  FloatBound(const Judgement &judgement, ElementType type)
      : judgement(judgement), type(type) {
    const Bound &bound = judgement.bound;
    if (bound.kind == Bound::Kind::Contraction) {
      double u = getUnitRoundoff(bound.unit);
      double k = double(bound.k) + (judgement.accumulates ? 1 : 0);
      // The reference is a sum in f64, which errs as well.
      referenceError = getErrorOfAnyOrder(k, getUnitRoundoff(ElementType::F64));
      gamma = getErrorOfAnyOrder(k, u) + referenceError;
      typicalGamma = getTypicalError(k, u) + referenceError;
      // Each product and sum may also underflow.
      underflow = k * getUlp(bound.unit, 0);
      largest = std::min(getLargest(bound.unit), getLargest(type));
      storedRoundoff = getUnitRoundoff(type) > u ? getUnitRoundoff(type) : 0;
      measureOwnError();
      return;
    }
    measureOwnError();
    measureMoves();
    for (int64_t i = 0; i < judgement.reference->getNumElements(); ++i)
      isAllZero &= getReference(i) == 0;
  }

  double getReference(int64_t i) const {
    return loadAsDouble(judgement.reference->getType(),
                        judgement.reference->data(), i);
  }

  /// The bound of element `i`, for values that are finite; infinite where any
  /// is right. As `stray`, one of few that may go further than those that are
  /// alike do.
  double get(int64_t i, bool stray = false) const {
    double reference = getReference(i);
    const Bound &bound = judgement.bound;
    if (isUnsettled(i))
      return infinity;
    if (isContraction()) {
      double error = getSumError(i);
      if (storedRoundoff > 0)
        error += storedRoundoff * (std::fabs(reference) + error) +
                 getUlp(type, 0) / 2;
      return judgement.slack * error + judgement.absolute;
    }
    double error = bound.factor * getOwnError(i);
    if (std::isfinite(reference))
      error = std::max({error, bound.floorUlp * getUlp(type, reference),
                        getTypicalMove(reference, stray), getMove(i)});
    return judgement.slack * error + judgement.absolute;
  }

  /// How many elements may be strays. Where a result jumps by the same step (it
  /// is rounded to whole numbers, say), errors that cancel by chance in the
  /// perturbed references need not cancel in the kernel: about as many elements
  /// jump in it as in them, but other ones.
  int64_t countStrays() const {
    if (!alikeMoves || leastMove < largestMove / 4)
      return 0;
    int64_t jumps = 0, elements = judgement.reference->getNumElements();
    for (int64_t i = 0; i < elements; ++i)
      jumps += std::isfinite(getReference(i)) &&
               getMove(i) > getTypicalMove(getReference(i), /*stray=*/false);
    return std::min<int64_t>(jumps * int64_t(judgement.bound.factor),
                             elements / 32);
  }

  /// Whether the bound of element `i` tells right values from wrong ones: it is
  /// finite, and no sum of terms of these magnitudes is right whatever it is.
  /// Of measured bounds there are no magnitudes; there, a result of zeros must
  /// be wrong, unless zeros are what is right.
  bool decides(int64_t i) const {
    if (!std::isfinite(getReference(i)) || !std::isfinite(get(i)))
      return false;
    if (!isContraction())
      return isAllZero || get(i) < std::fabs(getReference(i));
    double magnitude = load(judgement.magnitude, i);
    return magnitude == 0 || getSumError(i) < magnitude + underflow;
  }

  /// Whether a value that is not finite, or should not be, is as it must be.
  bool acceptsClass(int64_t i, double computed, double expected) const {
    if (isSameClass(computed, expected))
      return true;
    if (isContraction())
      return fits(i, computed) && fits(i, expected);
    // The perturbed references leave the range: so may any order.
    if (get(i) == infinity)
      return true;
    for (const Buffer *perturbed : judgement.perturbed)
      if (isSameClass(computed,
                      loadAsDouble(perturbed->getType(), perturbed->data(), i)))
        return true;
    // The reference has more range: what the own-type loops overflow to is
    // right as well.
    return judgement.own && !std::isfinite(getOwn(i)) &&
           isSameClass(computed, getOwn(i));
  }

private:
  bool isContraction() const {
    return judgement.bound.kind == Bound::Kind::Contraction;
  }

  /// Whether the reference is not finite and might be something else in another
  /// order: where sums may leave the range, one perturbed reference has a
  /// number in their place, the other NaN.
  bool isUnsettled(int64_t i) const {
    if (std::isfinite(getReference(i)))
      return false;
    size_t nans = 0;
    for (const Buffer *perturbed : judgement.perturbed)
      nans += std::isnan(load(perturbed, i));
    return nans > 0 && nans < judgement.perturbed.size();
  }

  static double load(const Buffer *buffer, int64_t i) {
    return loadAsDouble(buffer->getType(), buffer->data(), i);
  }

  double getFiniteMagnitude(int64_t i) const {
    return load(judgement.finiteMagnitude ? judgement.finiteMagnitude
                                          : judgement.magnitude,
                i);
  }

  /// Bound of a contraction's sum before it is stored. Long sums: what is true
  /// for all data would hide whole terms. There, the error that the own-type
  /// loops make, one term after the other, bounds that of other orders, unless
  /// theirs happens to be small at the few elements that there are.
  double getSumError(int64_t i) const {
    double magnitude = load(judgement.magnitude, i);
    double error = gamma * magnitude;
    if (judgement.own)
      error = std::min(error, std::max(judgement.bound.factor * ownError,
                                       typicalGamma * magnitude));
    return error + underflow;
  }

  /// Whether f64 itself overflows, so that the reference says nothing.
  bool overflowsReference(int64_t i) const {
    return judgement.bound.unit == ElementType::F64 &&
           !(getFiniteMagnitude(i) < largest);
  }

  /// Whether some order of element `i`'s sum ends in `value`.
  bool fits(int64_t i, double value) const {
    if (!std::isfinite(value))
      return reaches(i, value);
    double reference = getReference(i);
    return overflowsReference(i) ||
           (std::isfinite(reference) && std::fabs(value - reference) <= get(i));
  }

  /// The same for a value that is not finite. Partial sums lie between that of
  /// the negative terms and that of the positive ones: one that leaves the
  /// range gives an infinity of its sign, two that leave it at both ends may
  /// meet, which gives NaN. No order gets rid of what the inputs bring; finite
  /// terms that overflow may turn an infinity of the other sign into NaN,
  /// nothing else.
  bool reaches(int64_t i, double value) const {
    if (overflowsReference(i))
      return true;
    double reference = getReference(i);
    if (std::isnan(reference))
      return std::isnan(value);
    if (std::isinf(reference)) {
      double finite = getFiniteMagnitude(i);
      return value == reference ||
             (std::isnan(value) &&
              finite + gamma * finite + underflow >= largest);
    }
    // Either side errs by its own terms, besides by what f64 cannot tell apart.
    double magnitude = load(judgement.magnitude, i);
    auto leaves = [&](double side) {
      return side / 2 * (1 + gamma + storedRoundoff) +
                 referenceError * magnitude + underflow >=
             largest;
    };
    bool up = leaves(magnitude + reference),
         down = leaves(magnitude - reference);
    return std::isnan(value) ? up && down : value > 0 ? up : down;
  }

  /// The own-type loops' largest error in the whole tensor, for theirs is one
  /// of many; with perturbed references, which say more, that of the element.
  double getOwnError(int64_t i) const {
    if (judgement.perturbed.empty() || !judgement.own)
      return ownError;
    double error = std::fabs(getOwn(i) - getReference(i));
    return std::isfinite(error) ? error : 0;
  }

  void measureOwnError() {
    if (!judgement.own)
      return;
    for (int64_t i = 0; i < judgement.own->getNumElements(); ++i) {
      double error = std::fabs(getOwn(i) - getReference(i));
      if (std::isfinite(error))
        ownError = std::max(ownError, error);
    }
  }

  /// The medians of the elements that move, absolute and relative to the
  /// element, and those of elements that are alike.
  void measureMoves() {
    if (judgement.perturbed.empty())
      return;
    std::vector<double> moves, relative;
    std::vector<AlikeMoves::Element> elements;
    for (int64_t i = 0; i < judgement.reference->getNumElements(); ++i) {
      double move = getMove(i);
      if (std::isfinite(getReference(i)))
        elements.push_back({getReference(i), move});
      if (move == 0 || !std::isfinite(move))
        continue;
      moves.push_back(move);
      leastMove = std::min(leastMove, move);
      largestMove = std::max(largestMove, move);
      if (double size = std::fabs(getReference(i)); size > 0)
        relative.push_back(move / size);
    }
    typicalMove = getMedian(moves);
    typicalRelativeMove = getMedian(relative);
    alikeMoves.emplace(std::move(elements));
  }

  /// Errors of random signs cancel at some elements by chance; there the others
  /// say how large they are: the same in a sum of terms of any size, in
  /// proportion to the element where each operation rounds its own result.
  /// Medians, for a few huge moves must not hide faults in the others. Nor must
  /// elements that move because they are tiny, or not saturated, hide those in
  /// elements that cannot: these say how far they move themselves.
  double getTypicalMove(double reference, bool stray) const {
    if (!alikeMoves)
      return 0;
    double factor = judgement.bound.factor;
    double typical = std::max(typicalMove, factor * typicalRelativeMove *
                                               std::fabs(reference));
    return stray ? typical
                 : std::min(typical, factor * alikeMoves->get(reference));
  }

  static double getMedian(std::vector<double> &values) {
    if (values.empty())
      return 0;
    auto middle = values.begin() + values.size() / 2;
    std::nth_element(values.begin(), middle, values.end());
    return *middle;
  }

  /// How far the perturbed references are from the reference, which is finite
  /// or makes it 0; infinite when one of them is not finite.
  double getMove(int64_t i) const {
    double reference = getReference(i), move = 0;
    if (!std::isfinite(reference))
      return 0;
    for (const Buffer *perturbed : judgement.perturbed) {
      double value = load(perturbed, i);
      if (!std::isfinite(value))
        return infinity;
      move = std::max(move, std::fabs(value - reference));
    }
    // One that ends at another value altogether (tanh of a sum that changes its
    // sign) has the roundings there, with signs that a kernel's need not have.
    if (move > std::fabs(reference))
      move += judgement.bound.factor * getUlp(type, move);
    return move;
  }

  double getOwn(int64_t i) const {
    return loadAsDouble(judgement.own->getType(), judgement.own->data(), i);
  }

  const Judgement &judgement;
  ElementType type;
  double gamma = 0, typicalGamma = 0, referenceError = 0, underflow = 0,
         largest = infinity, storedRoundoff = 0;
  double ownError = 0, typicalMove = 0, typicalRelativeMove = 0;
  /// Of the elements that move.
  double leastMove = infinity, largestMove = 0;
  std::optional<AlikeMoves> alikeMoves;
  bool isAllZero = true;
};

std::vector<int64_t> getIndex(const std::vector<int64_t> &shape, int64_t i) {
  std::vector<int64_t> index(shape.size());
  for (size_t d = shape.size(); d-- > 0;) {
    index[d] = i % shape[d];
    i /= shape[d];
  }
  return index;
}

/// Keeps the worst element.
class Worst {
public:
  Worst(const Buffer &computed, const Judgement &judgement, CheckResult &result)
      : computed(computed), judgement(judgement), result(result) {}

  void add(int64_t i, double error, double bound, bool right) {
    ++result.elements;
    if (!right)
      ++result.wrongElements;
    double ratio = getRatio(error, bound, right);
    bool first = result.argument.empty();
    if (!first && ratio <= getRatio(result.maxError, result.errorBound,
                                    result.maxError <= result.errorBound))
      return;
    result.maxError = error;
    result.errorBound = bound;
    result.argument = judgement.argument;
    result.against = judgement.against;
    result.index = judgement.places.empty()
                       ? getIndex(computed.getShape(), i)
                       : getIndex(judgement.shape, judgement.places[size_t(i)]);
    result.computed = loadAsDouble(computed.getType(), computed.data(), i);
    const Buffer &values = getValues(judgement);
    result.expected = loadAsDouble(values.getType(), values.data(), i);
  }

private:
  static double getRatio(double error, double bound, bool right) {
    if (error == 0 || (right && !std::isfinite(bound)))
      return 0;
    return bound > 0 ? error / bound : infinity;
  }

  const Buffer &computed;
  const Judgement &judgement;
  CheckResult &result;
};

void compareFloats(const Buffer &computed, const Judgement &judgement,
                   CheckResult &result) {
  FloatBound bound(judgement, computed.getType());
  Worst worst(computed, judgement, result);
  const Buffer &values = getValues(judgement);
  std::vector<int64_t> strays;
  for (int64_t i = 0; i < computed.getNumElements(); ++i) {
    double error =
        std::fabs(loadAsDouble(computed.getType(), computed.data(), i) -
                  loadAsDouble(values.getType(), values.data(), i));
    if (error > bound.get(i) && error <= bound.get(i, /*stray=*/true))
      strays.push_back(i);
  }
  if (!strays.empty() && int64_t(strays.size()) > bound.countStrays())
    strays.clear();
  for (int64_t i = 0; i < computed.getNumElements(); ++i) {
    double value = loadAsDouble(computed.getType(), computed.data(), i);
    double expected = loadAsDouble(values.getType(), values.data(), i);
    double limit =
        bound.get(i, std::binary_search(strays.begin(), strays.end(), i));
    if (std::isfinite(value) && std::isfinite(expected)) {
      double error = std::fabs(value - expected);
      worst.add(i, error, limit, error <= limit);
      result.decidedElements += bound.decides(i);
      continue;
    }
    bool right = bound.acceptsClass(i, value, expected);
    worst.add(i, right ? 0 : infinity, std::isnan(limit) ? 0 : limit, right);
  }
}

void compareIntegers(const Buffer &computed, const Judgement &judgement,
                     CheckResult &result) {
  Worst worst(computed, judgement, result);
  const Buffer &values = getValues(judgement);
  for (int64_t i = 0; i < computed.getNumElements(); ++i) {
    int64_t value = loadAsInt(computed.getType(), computed.data(), i);
    int64_t expected = loadAsInt(values.getType(), values.data(), i);
    // An integer computed from floats (argmax, a cast) may fall differently in
    // the own types than in f64, or after other roundings; it is right when it
    // is what those loops give.
    bool right =
        value == expected ||
        (judgement.own && value == loadAsInt(judgement.own->getType(),
                                             judgement.own->data(), i));
    double error = std::fabs(double(value) - double(expected));
    ++result.decidedElements;
    worst.add(i, right ? 0 : std::max(error, 1.0), 0, right);
  }
}

} // namespace

void runtime::compare(const Buffer &computed, const Judgement &judgement,
                      CheckResult &result) {
  TENSOROP_CHECK(judgement.reference &&
                     judgement.reference->getShape() == computed.getShape(),
                 "the reference has the result's shape");
  if (isFloat(computed.getType()))
    compareFloats(computed, judgement, result);
  else
    compareIntegers(computed, judgement, result);
}
