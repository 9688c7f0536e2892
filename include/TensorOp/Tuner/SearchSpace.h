//===- SearchSpace.h - The plans that a search chooses from -----*- C++ -*-===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A space is made from one plan: the structures that a few moves make of it
// (Model/Moves.h), each with its sizes opened (OpenPlan.h). A point is a
// structure and a value for each of its parameters. Only legal points come out:
// the constraint set of the structure's open loop tree says which these are.
//
//===----------------------------------------------------------------------===//

#ifndef TENSOROP_TUNER_SEARCHSPACE_H
#define TENSOROP_TUNER_SEARCHSPACE_H

#include "TensorOp/Proposer/Proposer.h"
#include "TensorOp/Tuner/OpenPlan.h"
#include <random>

namespace tensorop {

/// Random numbers that are the same on every platform.
class Random {
public:
  explicit Random(uint64_t seed) : engine(seed) {}
  /// Below `bound`, which is at least 1.
  uint64_t below(uint64_t bound) { return engine() % bound; }
  /// From [0, 1).
  double unit() { return double(engine() >> 11) * 0x1.0p-53; }

private:
  std::mt19937_64 engine;
};

/// A structure's number and the values of its parameters.
struct SearchPoint {
  unsigned structure = 0;
  model::Assignment values;
  friend bool operator<(const SearchPoint &a, const SearchPoint &b) {
    return std::tie(a.structure, a.values) < std::tie(b.structure, b.values);
  }
  friend bool operator==(const SearchPoint &a, const SearchPoint &b) {
    return a.structure == b.structure && a.values == b.values;
  }
};

struct SearchSpaceOptions {
  /// Moves from the seed's structure.
  unsigned depth = 2;
  unsigned maxStructures = 64;
};

class SearchSpace {
public:
  struct Structure {
    /// The moves that made it, in words; empty: the seed's.
    std::string what;
    OpenPlan plan;
    model::ConstraintSet constraints;
    /// Structures one move away.
    std::vector<unsigned> neighbours;
  };

  /// The space around `seed`, a closed plan for `kernel`, whose root has a
  /// register tile. Errors: the plan is illegal, or has none.
  static llvm::Expected<SearchSpace> create(const model::KernelInfo &kernel,
                                            const HardwareModel &hardware,
                                            const Proposal &seed,
                                            int64_t threads,
                                            const SearchSpaceOptions &options);

  llvm::ArrayRef<Structure> structures() const { return all; }
  /// The seed.
  SearchPoint start() const { return {0, all[0].plan.seed()}; }
  /// Points, and legal ones; counting stops at `cap` for each structure.
  model::PointCount countPoints(uint64_t cap) const;
  model::PointCount countLegal(uint64_t cap) const;

  bool isLegal(const SearchPoint &point) const;
  /// The legal point of `structure` next to `values` (names that are missing
  /// are free); nothing when the structure has none.
  std::optional<SearchPoint> nearest(unsigned structure,
                                     const model::Assignment &values) const;
  /// A legal point of a random structure.
  SearchPoint sample(Random &random) const;
  /// A legal point of `structure` that has the values of `fixed`; nothing when
  /// there is none.
  std::optional<SearchPoint> sample(unsigned structure,
                                    const model::Assignment &fixed,
                                    Random &random) const;
  /// A legal point near `point`: another value of one or two parameters, or a
  /// neighbouring structure with the values that both have. `point` itself when
  /// there is no other one.
  SearchPoint mutate(const SearchPoint &point, Random &random) const;

  /// The closed plan, and why it is what it is.
  Proposal planOf(const SearchPoint &point) const;
  /// Cycles by the cost model; infinity when no tree can be built.
  double estimate(const SearchPoint &point) const;

  const model::KernelInfo &kernel() const { return info; }
  const HardwareModel &hardware() const { return machine; }
  int64_t threads() const { return mostThreads; }

private:
  SearchSpace(const model::KernelInfo &kernel, const HardwareModel &hardware,
              int64_t threads)
      : info(kernel), machine(hardware), mostThreads(threads) {}

  model::KernelInfo info;
  HardwareModel machine;
  int64_t mostThreads;
  std::vector<Structure> all;
};

} // namespace tensorop

#endif // TENSOROP_TUNER_SEARCHSPACE_H
