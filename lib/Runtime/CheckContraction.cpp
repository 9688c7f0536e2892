//===- CheckContraction.cpp - Large products without reference ------------===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "CheckContraction.h"
#include "Compare.h"
#include <cmath>
#include <optional>
#include <set>

using namespace tensorop;
using namespace tensorop::runtime;

namespace {

uint64_t nextRandom(uint64_t &state) {
  uint64_t z = state += 0x9e3779b97f4a7c15u;
  z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
  z = (z ^ z >> 27) * 0x94d049bb133111ebu;
  return z ^ z >> 31;
}

using Loops = std::vector<ContractionLoop>;

int64_t countPoints(const Loops &loops) {
  int64_t count = 1;
  for (const ContractionLoop &loop : loops)
    count *= loop.extent;
  return count;
}

/// Places of one point in the operands.
struct Place {
  int64_t a = 0, b = 0, c = 0;
  Place operator+(const Place &other) const {
    return {a + other.a, b + other.b, c + other.c};
  }
};

/// The place of point number `index`; the last loop is the fastest.
Place getPlace(const Loops &loops, int64_t index) {
  Place place;
  for (size_t i = loops.size(); i-- > 0;) {
    const ContractionLoop &loop = loops[i];
    int64_t at = index % loop.extent;
    index /= loop.extent;
    place = place + Place{at * loop.a, at * loop.b, at * loop.c};
  }
  return place;
}

/// The places of all points, in order.
std::vector<Place> getPlaces(const Loops &loops) {
  std::vector<Place> places = {Place()};
  for (const ContractionLoop &loop : loops) {
    std::vector<Place> next;
    next.reserve(places.size() * size_t(loop.extent));
    for (const Place &place : places)
      for (int64_t i = 0; i < loop.extent; ++i)
        next.push_back(place + Place{i * loop.a, i * loop.b, i * loop.c});
    places = std::move(next);
  }
  return places;
}

/// The loops by what they do. `b` is the operand that the projected loops walk.
struct Roles {
  /// Of b and the result only, projected out; of the result; of neither.
  Loops projected, rows, reduction;
  int64_t a, b, c;
  /// Has C's old values.
  int64_t start;

  explicit Roles(const Contraction &contraction)
      : a(contraction.a), b(contraction.b), c(contraction.c),
        start(contraction.getStart()) {
    Loops loops = contraction.loops;
    auto count = [&](bool ofA) {
      int64_t points = 1;
      for (const ContractionLoop &loop : loops)
        if (loop.c != 0 && (ofA ? loop.a : loop.b) != 0 &&
            (ofA ? loop.b : loop.a) == 0)
          points *= loop.extent;
      return points;
    };
    // The more are projected out, the less there is to do.
    if (count(/*ofA=*/true) > count(/*ofA=*/false)) {
      std::swap(a, b);
      for (ContractionLoop &loop : loops)
        std::swap(loop.a, loop.b);
    }
    for (const ContractionLoop &loop : loops)
      (loop.c == 0                  ? reduction
       : loop.a == 0 && loop.b != 0 ? projected
                                    : rows)
          .push_back(loop);
  }
};

/// One operand's whole numbers. A value that is none, or too large (the
/// kernel's NaN), is `broken`.
class Integers {
public:
  explicit Integers(const Buffer &buffer) : buffer(buffer) {}
  int64_t get(int64_t at, bool &broken) const {
    if (!isFloat(buffer.getType()))
      return loadAsInt(buffer.getType(), buffer.data(), at);
    double value = loadAsDouble(buffer.getType(), buffer.data(), at);
    constexpr double limit = 1 << 24;
    if (std::fabs(value) < limit && value == std::trunc(value))
      return int64_t(value);
    broken = true;
    return 0;
  }

private:
  const Buffer &buffer;
};

std::vector<int64_t> getIndex(const std::vector<int64_t> &shape, int64_t at) {
  std::vector<int64_t> index(shape.size());
  for (size_t d = shape.size(); d-- > 0;) {
    index[d] = at % shape[d];
    at /= shape[d];
  }
  return index;
}

} // namespace

bool runtime::canProject(const Manifest &manifest) {
  if (!manifest.contraction)
    return false;
  const Contraction &contraction = *manifest.contraction;
  Roles roles(contraction);
  int64_t k = countPoints(roles.reduction), n = countPoints(roles.projected);
  // Projections stay within 64 bits: weights have 20 bits, products 6, sums
  // over both kinds of loops up to 2^34 terms.
  constexpr int64_t terms = int64_t(1) << 34, steps = 1 << 20, places = 1 << 17;
  if (countPoints(roles.rows) == 0 || n == 0 || k > steps || n > places ||
      k > terms / n)
    return false;
  double largest =
      double(projectionInput * projectionInput) * double(k) + projectionInput;
  for (int64_t position :
       {contraction.a, contraction.b, contraction.c, contraction.getStart()}) {
    ElementType type = manifest.arguments[size_t(position)].type;
    double needed =
        position == contraction.c ? largest : double(projectionInput);
    if (isFloat(type) ? needed * getUnitRoundoff(type) >= 1
                      : std::ldexp(1, int(8 * getByteSize(type)) - 1) <= needed)
      return false;
  }
  // The accumulator may be narrower than what it is stored to.
  return manifest.bound.kind != Bound::Kind::Contraction ||
         largest * getUnitRoundoff(manifest.bound.unit) < 1;
}

void runtime::checkProjection(const Manifest &manifest, const Frame &inputs,
                              const Frame &computed, uint64_t seed,
                              CheckResult &result) {
  Roles roles(*manifest.contraction);
  const std::vector<Buffer> &buffers = inputs.getBuffers();
  const Buffer &output = computed.getBuffers()[size_t(roles.c)];
  Integers a(buffers[size_t(roles.a)]), b(buffers[size_t(roles.b)]),
      before(buffers[size_t(roles.start)]), after(output);
  result.elements += output.getNumElements();
  std::vector<Place> places = getPlaces(roles.projected),
                     steps = getPlaces(roles.reduction);
  int64_t rows = countPoints(roles.rows);
  bool ignored = false;
  uint64_t state = seed;
  for (int round = 0; round < 2; ++round) {
    std::vector<int64_t> weights(places.size());
    for (int64_t &weight : weights)
      weight = int64_t(nextRandom(state) >> 44) + 1;
    auto project = [&](const Integers &values, int64_t Place::*operand,
                       int64_t at, bool &broken) {
      int64_t sum = 0;
      for (size_t j = 0; j < places.size(); ++j)
        sum += values.get(at + places[j].*operand, broken) * weights[j];
      return sum;
    };
    // B x for all steps. Rows that see the same part of b share it.
    std::vector<int64_t> bx(steps.size());
    std::optional<int64_t> made;
    for (int64_t i = 0; i < rows; ++i) {
      Place row = getPlace(roles.rows, i);
      int64_t expected = 0;
      if (made != row.b)
        for (size_t s = 0; s < steps.size(); ++s)
          bx[s] = project(b, &Place::b, row.b + steps[s].b, ignored);
      made = row.b;
      for (size_t s = 0; s < steps.size(); ++s)
        expected += a.get(row.a + steps[s].a, ignored) * bx[s];
      if (manifest.contraction->accumulate)
        expected += project(before, &Place::c, row.c, ignored);
      bool broken = false;
      int64_t actual = project(after, &Place::c, row.c, broken);
      if (!broken && actual == expected)
        continue;
      ++result.wrongElements;
      if (result.wrongElements > 1)
        continue;
      result.index = getIndex(output.getShape(), row.c);
      result.computed = broken ? NAN : double(actual);
      result.expected = double(expected);
      result.maxError = std::fabs(result.computed - result.expected);
      if (std::isnan(result.maxError))
        result.maxError = INFINITY;
      result.errorBound = 0;
      result.against = "random projection of the row";
    }
  }
}

Status runtime::checkRows(const Manifest &manifest, const Frame &inputs,
                          const Frame &computed, int64_t rows, uint64_t seed,
                          CheckResult &result) {
  Roles roles(*manifest.contraction);
  bool accumulate = manifest.contraction->accumulate;
  const std::vector<Buffer> &buffers = inputs.getBuffers();
  const Buffer &a = buffers[size_t(roles.a)], &b = buffers[size_t(roles.b)],
               &before = buffers[size_t(roles.start)],
               &after = computed.getBuffers()[size_t(roles.c)];
  if (!isFloat(after.getType()))
    return Status();
  auto load = [](const Buffer &buffer, int64_t at) {
    return loadAsDouble(buffer.getType(), buffer.data(), at);
  };
  int64_t count = countPoints(roles.rows);
  std::set<int64_t> chosen;
  // The last rows are those of a short tile.
  for (int64_t i = 0; i < std::min(rows / 2, count); ++i)
    chosen.insert(count - 1 - i);
  uint64_t state = seed;
  for (int64_t i = 0; i < rows - rows / 2; ++i)
    chosen.insert(int64_t(nextRandom(state) % uint64_t(count)));

  std::vector<Place> places = getPlaces(roles.projected),
                     steps = getPlaces(roles.reduction);
  std::vector<int64_t> shape = {int64_t(places.size())};
  Result<Buffer> reference = Buffer::allocate(ElementType::F64, shape);
  Result<Buffer> magnitude = Buffer::allocate(ElementType::F64, shape);
  Result<Buffer> row = Buffer::allocate(after.getType(), shape);
  for (const Result<Buffer> *buffer : {&reference, &magnitude, &row})
    if (!buffer->ok())
      return buffer->status();
  auto *sums = static_cast<double *>(reference->data());
  auto *sizes = static_cast<double *>(magnitude->data());
  for (int64_t i : chosen) {
    Place at = getPlace(roles.rows, i);
    Judgement judgement;
    for (size_t j = 0; j < places.size(); ++j) {
      int64_t place = at.c + places[j].c;
      sums[j] = accumulate ? load(before, place) : 0;
      sizes[j] = std::fabs(sums[j]);
      storeDouble(after.getType(), row->data(), int64_t(j), load(after, place));
      judgement.places.push_back(place);
    }
    for (const Place &step : steps) {
      double left = load(a, at.a + step.a);
      for (size_t j = 0; j < places.size(); ++j) {
        double product = left * load(b, at.b + step.b + places[j].b);
        sums[j] += product;
        sizes[j] += std::fabs(product);
      }
    }
    judgement.reference = &*reference;
    judgement.magnitude = &*magnitude;
    judgement.bound = manifest.bound;
    judgement.accumulates = accumulate;
    judgement.argument = manifest.arguments[size_t(roles.c)].name;
    judgement.against = "reference of the row";
    judgement.shape = after.getShape();
    compare(*row, judgement, result);
  }
  return Status();
}
