//===- KernelInfo.h - A kernel's structured ops as plain data ---*- C++ -*-===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef TENSOROP_MODEL_KERNELINFO_H
#define TENSOROP_MODEL_KERNELINFO_H

#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringRef.h"
#include <cstdint>
#include <cstdlib>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace tensorop::model {

enum class IteratorKind { Parallel, Reduction };

/// What the body of a structured op computes. Contraction: out += in * in.
/// Reduction: out = combine(out, f(in)). Normalization: reads each value along
/// a dimension more than once (softmax).
enum class BodyClass {
  Contraction,
  Elementwise,
  Fill,
  Reduction,
  Normalization,
  Other
};

/// How an op's dimensions index one dimension of an operand:
/// sum of coefficient * dimension, plus constant.
struct Access {
  bool affine = true;
  /// Above 1 (`affine` is false then): the sum is divided by it and rounded
  /// down, as the scale of a group is found.
  int64_t divisor = 1;
  /// (index of the op's dimension, coefficient), each dimension once, no zero.
  llvm::SmallVector<std::pair<unsigned, int64_t>, 2> terms;
  int64_t constant = 0;
  /// When not affine: the op that makes it so ("tensor.extract").
  std::string reason;

  /// The sum of the terms says which elements are touched.
  bool hasBox() const { return affine || divisor > 1; }
  /// Elements touched, at most, while dimension d of the op takes `extent(d)`
  /// neighbouring values; 0 when one takes none. Needs hasBox().
  int64_t boxOf(llvm::function_ref<int64_t(unsigned dim)> extent) const {
    int64_t steps = 0;
    for (auto [dim, coefficient] : terms) {
      if (extent(dim) == 0)
        return 0;
      steps += std::abs(coefficient) * (extent(dim) - 1);
    }
    // A division may fall in one group more than the elements fill.
    return divisor > 1 ? (steps + divisor - 1) / divisor + 1 : steps + 1;
  }

  /// The index of dimension `d`.
  static Access dim(unsigned d) {
    Access a;
    a.terms.push_back({d, 1});
    return a;
  }
  /// The dimension when the access is just that, with coefficient 1.
  std::optional<unsigned> plainDim() const {
    if (affine && terms.size() == 1 && terms[0].second == 1 && constant == 0)
      return terms[0].first;
    return std::nullopt;
  }
};

struct OperandInfo {
  /// lhs, rhs, filter, in0...; the destination is "out" ("acc" is accepted for
  /// it everywhere).
  std::string name;
  llvm::SmallVector<Access, 4> access;
  std::string type = "f32";
  int64_t bits = 32;
  /// Integers that the body extends with zeros.
  bool isUnsigned = false;
  /// The op of the kernel whose result this reads; empty: none.
  std::string producer;
  bool isOutput = false;

  /// Bytes of the box that dimensions of these extents touch; nothing when an
  /// index has none.
  std::optional<double>
  bytesOf(llvm::function_ref<int64_t(unsigned dim)> extent) const {
    double bytes = double(bits) / 8;
    for (const Access &index : access) {
      if (!index.hasBox())
        return std::nullopt;
      bytes *= double(index.boxOf(extent));
    }
    return bytes;
  }
};

struct OpInfo {
  std::string name;
  /// One entry per iteration dimension, in order; unknown extents are empty.
  llvm::SmallVector<std::optional<int64_t>> extents;
  llvm::SmallVector<IteratorKind> iterators;
  std::vector<OperandInfo> operands;
  BodyClass body = BodyClass::Other;
  /// Type in which the op accumulates or computes.
  std::string accType = "f32";
  int64_t accBits = 32;
  bool isFloat = true;
  /// Arithmetic operations per iteration point.
  int64_t flopsPerPoint = 1;
  /// An op of the body that has no form on vectors ("linalg.index"), or empty.
  std::string scalarOnly;

  /// Index of the operand called `name` ("acc" and "out" are the same).
  std::optional<unsigned> findOperand(llvm::StringRef name) const;
  std::optional<unsigned> outputIndex() const;
};

/// One kernel: its structured ops in program order.
struct KernelInfo {
  std::string name;
  std::vector<OpInfo> ops;

  const OpInfo *find(llvm::StringRef name) const;
};

} // namespace tensorop::model

#endif // TENSOROP_MODEL_KERNELINFO_H
