//===- CostLearner.cpp - A cost model that measurements correct -----------===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "TensorOp/Tuner/CostLearner.h"
#include "TensorOp/Model/CostModel.h"
#include "llvm/ADT/STLExtras.h"
#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

using namespace llvm;
using namespace tensorop;
using namespace tensorop::model;

/// Measurements before the regression is trusted at all, and the weight of "the
/// analytic estimate is right", in measurements.
static constexpr size_t kLeast = 6;
static constexpr double kRidge = 4;

std::optional<std::vector<double>>
tensorop::featuresOf(const SearchSpace &space, const SearchPoint &point) {
  const SearchSpace::Structure &structure = space.structures()[point.structure];
  Expected<LoopTree> tree = LoopTree::build(
      structure.plan.header(), structure.plan.closedSteps(point.values),
      space.hardware(), &space.kernel());
  if (!tree) {
    consumeError(tree.takeError());
    return std::nullopt;
  }
  const OpNode &root = tree->root();
  const HardwareModel &hw = space.hardware();
  CostEstimate cost = estimateCost(*tree, space.threads());
  double total = std::max(1.0, cost.total());
  std::vector<double> row{std::log(total), cost.compute / total,
                          cost.packing / total, cost.caches / total,
                          cost.memory / total};
  // The register tile: sums of the registers there are, and points that it
  // covers for each that exists.
  double sums = 1, waste = 1;
  for (const RegisterTile::Entry &entry : root.tile->entries) {
    if (tree->isReduction(0, entry.dim))
      continue;
    double size = double(tree->tileSize(0, entry.dim));
    double extent = double(*tree->extent(entry.dim));
    sums *= size;
    waste *= std::ceil(extent / size) * size / extent;
  }
  row.push_back(sums / double(tree->lanes(0)) / double(hw.vectorRegisters));
  row.push_back(std::log(waste));
  // What the loops just outside the register tile touch, against the caches.
  size_t inner = tree->innerReductionLoops(0).size();
  ArrayRef<unsigned> outside = ArrayRef(root.chain).drop_back(inner);
  for (size_t level = 0; level < 2 && level < hw.caches.size(); ++level) {
    double bytes = outside.size() > level
                       ? double(tree->footprint(
                             0, int(outside[outside.size() - 1 - level])))
                       : double(tree->footprint(0, -1));
    row.push_back(
        std::log2(std::max(1.0, bytes) / double(hw.caches[level].bytes)));
  }
  double copied = 0;
  for (const Buffer &buffer : tree->buffers())
    copied += double(buffer.bytes);
  row.push_back(std::log2(1 + copied));
  row.push_back(double(tree->layouts().size()));
  row.push_back(double(outside.size()));
  double unrolled = 1;
  for (const Loop &loop : tree->loops())
    if (loop.unroll)
      unrolled *= double(tree->value(*loop.unroll, 0));
  row.push_back(std::log2(unrolled));
  return row;
}

const std::vector<double> &CostLearner::features(const SearchPoint &point) {
  auto [it, isNew] = known.try_emplace(point);
  if (isNew)
    it->second = featuresOf(*space, point).value_or(std::vector<double>());
  return it->second;
}

/// Solves a x = b, a symmetric and positive definite (Cholesky), in place.
static std::vector<double> solve(std::vector<std::vector<double>> a,
                                 std::vector<double> b) {
  size_t n = b.size();
  for (size_t i = 0; i < n; ++i) {
    for (size_t j = 0; j <= i; ++j) {
      double sum = a[i][j];
      for (size_t k = 0; k < j; ++k)
        sum -= a[i][k] * a[j][k];
      a[i][j] = i == j ? std::sqrt(std::max(sum, 1e-12)) : sum / a[j][j];
    }
  }
  for (size_t i = 0; i < n; ++i) {
    for (size_t k = 0; k < i; ++k)
      b[i] -= a[i][k] * b[k];
    b[i] /= a[i][i];
  }
  for (size_t i = n; i-- > 0;) {
    for (size_t k = i + 1; k < n; ++k)
      b[i] -= a[k][i] * b[k];
    b[i] /= a[i][i];
  }
  return b;
}

/// The residual log(score) - log(estimate), by its mean and the standardized
/// features.
void CostLearner::fit() {
  isStale = false;
  size_t count = rows.size(), width = rows.front().size();
  mean.assign(width, 0);
  scale.assign(width, 0);
  offset = 0;
  for (size_t i = 0; i < count; ++i) {
    offset += (targets[i] - rows[i][0]) / double(count);
    for (size_t j = 0; j < width; ++j)
      mean[j] += rows[i][j] / double(count);
  }
  for (const std::vector<double> &row : rows)
    for (size_t j = 0; j < width; ++j)
      scale[j] += (row[j] - mean[j]) * (row[j] - mean[j]) / double(count);
  for (double &one : scale)
    one = std::sqrt(one);
  weights.assign(width, 0);
  if (count < kLeast)
    return;
  std::vector<std::vector<double>> normal(width, std::vector<double>(width, 0));
  std::vector<double> right(width, 0);
  std::vector<double> z(width);
  for (size_t i = 0; i < count; ++i) {
    for (size_t j = 0; j < width; ++j)
      z[j] = scale[j] > 1e-9 ? (rows[i][j] - mean[j]) / scale[j] : 0;
    for (size_t j = 0; j < width; ++j) {
      right[j] += z[j] * (targets[i] - rows[i][0] - offset);
      for (size_t k = 0; k < width; ++k)
        normal[j][k] += z[j] * z[k];
    }
  }
  for (size_t j = 0; j < width; ++j)
    normal[j][j] += kRidge;
  weights = solve(std::move(normal), std::move(right));
}

double CostLearner::predict(const SearchPoint &point) {
  const std::vector<double> &row = features(point);
  if (row.empty())
    return std::numeric_limits<double>::infinity();
  if (targets.empty())
    return std::exp(row[0]);
  if (isStale)
    fit();
  double value = row[0] + offset;
  for (size_t j = 0; j < row.size(); ++j) {
    // Far beyond what was seen nothing is known.
    double z = scale[j] > 1e-9 ? (row[j] - mean[j]) / scale[j] : 0;
    value += weights[j] * std::clamp(z, -3.0, 3.0);
  }
  return std::exp(value);
}

void CostLearner::learn(const SearchPoint &point, double score) {
  const std::vector<double> row = features(point);
  if (row.empty() || !(score > 0))
    return;
  history.push_back({predict(point), score});
  rows.push_back(row);
  targets.push_back(std::log(score));
  isStale = true;
}

double CostLearner::rankCorrelation() const {
  return tensorop::rankCorrelation(history);
}

static std::vector<double> ranksOf(ArrayRef<double> values) {
  std::vector<size_t> order(values.size());
  std::iota(order.begin(), order.end(), size_t(0));
  llvm::stable_sort(order,
                    [&](size_t a, size_t b) { return values[a] < values[b]; });
  std::vector<double> ranks(values.size());
  for (size_t i = 0; i < order.size();) {
    size_t end = i;
    while (end < order.size() && values[order[end]] == values[order[i]])
      ++end;
    for (size_t j = i; j < end; ++j)
      ranks[order[j]] = double(i + end - 1) / 2;
    i = end;
  }
  return ranks;
}

double tensorop::rankCorrelation(ArrayRef<std::pair<double, double>> pairs) {
  if (pairs.size() < 3)
    return 0;
  std::vector<double> a, b;
  for (auto [x, y] : pairs) {
    a.push_back(x);
    b.push_back(y);
  }
  a = ranksOf(a);
  b = ranksOf(b);
  double middle = double(pairs.size() - 1) / 2, ab = 0, aa = 0, bb = 0;
  for (size_t i = 0; i < a.size(); ++i) {
    ab += (a[i] - middle) * (b[i] - middle);
    aa += (a[i] - middle) * (a[i] - middle);
    bb += (b[i] - middle) * (b[i] - middle);
  }
  return aa > 0 && bb > 0 ? ab / std::sqrt(aa * bb) : 0;
}
