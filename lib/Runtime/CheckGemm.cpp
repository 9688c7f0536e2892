//===- CheckGemm.cpp - Large products, without the slow reference ---------===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "CheckGemm.h"
#include "Compare.h"
#include <cmath>
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

/// A stored matrix seen as rows x columns, transposed when it is stored so.
struct View {
  const Buffer &buffer;
  int64_t rows, columns;
  bool transposed;

  double get(int64_t i, int64_t j) const {
    return loadAsDouble(buffer.getType(), buffer.data(),
                        transposed ? j * rows + i : i * columns + j);
  }
};

View getA(const GemmEquivalent &gemm, const Frame &frame) {
  return {frame.getBuffers()[gemm.a], gemm.m, gemm.k, gemm.transA};
}
View getB(const GemmEquivalent &gemm, const Frame &frame) {
  return {frame.getBuffers()[gemm.b], gemm.k, gemm.n, gemm.transB};
}
View getC(const GemmEquivalent &gemm, const Frame &frame) {
  return {frame.getBuffers()[gemm.c], gemm.m, gemm.n, false};
}

/// View times vector, in the order of memory. The numbers are whole and small
/// enough for 64 bits; a value that is no such number (the kernel's NaN) makes
/// its row one that cannot agree.
struct Projection {
  std::vector<int64_t> values;
  std::vector<bool> broken;

  Projection(const View &view, const std::vector<int64_t> &x)
      : values(view.rows, 0), broken(view.rows, false) {
    auto add = [&](int64_t i, int64_t j) {
      double value = view.get(i, j);
      constexpr double limit = 1 << 24;
      if (!(std::fabs(value) < limit) || value != std::trunc(value))
        broken[i] = true;
      else
        values[i] += int64_t(value) * x[j];
    };
    if (view.transposed) {
      for (int64_t j = 0; j < view.columns; ++j)
        for (int64_t i = 0; i < view.rows; ++i)
          add(i, j);
    } else {
      for (int64_t i = 0; i < view.rows; ++i)
        for (int64_t j = 0; j < view.columns; ++j)
          add(i, j);
    }
  }
};

} // namespace

bool runtime::canProject(const GemmEquivalent &gemm) {
  if (gemm.type != ElementType::F32 && gemm.type != ElementType::F64)
    return false;
  double largest = double(projectionInput * projectionInput) * double(gemm.k) +
                   double(projectionInput);
  // Sums must stay exact, and projections within 64 bits (weights have 20 bits,
  // sums over N and K up to 2^17 terms each).
  return largest * getUnitRoundoff(gemm.type) < 1 && gemm.k <= (1 << 17) &&
         gemm.n <= (1 << 17);
}

void runtime::checkProjection(const GemmEquivalent &gemm, const Frame &inputs,
                              const Frame &computed, uint64_t seed,
                              CheckResult &result) {
  result.elements += gemm.m * gemm.n;
  uint64_t state = seed;
  for (int round = 0; round < 2; ++round) {
    std::vector<int64_t> x(gemm.n);
    for (int64_t &weight : x)
      weight = int64_t(nextRandom(state) >> 44) + 1;
    Projection bx(getB(gemm, inputs), x);
    Projection expected(getA(gemm, inputs), bx.values);
    if (gemm.accumulate) {
      Projection before(getC(gemm, inputs), x);
      for (int64_t i = 0; i < gemm.m; ++i)
        expected.values[i] += before.values[i];
    }
    Projection actual(getC(gemm, computed), x);
    for (int64_t i = 0; i < gemm.m; ++i) {
      if (!actual.broken[i] && actual.values[i] == expected.values[i])
        continue;
      ++result.wrongElements;
      if (result.wrongElements > 1)
        continue;
      result.index = {i, 0};
      result.computed = actual.broken[i] ? NAN : double(actual.values[i]);
      result.expected = double(expected.values[i]);
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
  const GemmEquivalent &gemm = *manifest.gemm;
  std::set<int64_t> chosen;
  // The last rows are those of a short tile.
  for (int64_t i = 0; i < std::min(rows / 2, gemm.m); ++i)
    chosen.insert(gemm.m - 1 - i);
  uint64_t state = seed;
  for (int64_t i = 0; i < rows - rows / 2; ++i)
    chosen.insert(int64_t(nextRandom(state) % uint64_t(gemm.m)));

  std::vector<int64_t> shape = {1, gemm.n};
  Result<Buffer> reference = Buffer::allocate(ElementType::F64, shape);
  Result<Buffer> magnitude = Buffer::allocate(ElementType::F64, shape);
  Result<Buffer> row = Buffer::allocate(gemm.type, shape);
  for (const Result<Buffer> *buffer : {&reference, &magnitude, &row})
    if (!buffer->ok())
      return buffer->status();
  auto *sums = static_cast<double *>(reference->data());
  auto *sizes = static_cast<double *>(magnitude->data());
  View a = getA(gemm, inputs), b = getB(gemm, inputs), c0 = getC(gemm, inputs),
       c = getC(gemm, computed);
  for (int64_t i : chosen) {
    for (int64_t j = 0; j < gemm.n; ++j) {
      sums[j] = gemm.accumulate ? c0.get(i, j) : 0;
      sizes[j] = std::fabs(sums[j]);
      storeDouble(gemm.type, row->data(), j, c.get(i, j));
    }
    auto add = [&](int64_t p, int64_t j) {
      double product = a.get(i, p) * b.get(p, j);
      sums[j] += product;
      sizes[j] += std::fabs(product);
    };
    if (b.transposed) {
      for (int64_t j = 0; j < gemm.n; ++j)
        for (int64_t p = 0; p < gemm.k; ++p)
          add(p, j);
    } else {
      for (int64_t p = 0; p < gemm.k; ++p)
        for (int64_t j = 0; j < gemm.n; ++j)
          add(p, j);
    }
    Judgement judgement;
    judgement.reference = &*reference;
    judgement.magnitude = &*magnitude;
    judgement.bound = manifest.bound;
    judgement.bound.kind = Bound::Kind::Contraction;
    judgement.bound.k = gemm.k;
    judgement.bound.unit = gemm.type;
    judgement.accumulates = gemm.accumulate;
    judgement.argument = manifest.arguments[gemm.c].name;
    judgement.against = "reference of the row";
    judgement.offset = i * gemm.n;
    judgement.shape = {gemm.m, gemm.n};
    compare(*row, judgement, result);
  }
  return Status();
}
