//===- CostModel.h - Cycles of a loop tree, estimated -----------*- C++ -*-===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A small estimate that ranks plans of one kernel on one machine: cycles of the
// register tiles, of the packed copies, and of what moves between the levels of
// memory. Everything it knows about the plan it reads from the loop tree: tiles
// and their numbers, boxes, buffers. It promises an order, not a time.
//
//===----------------------------------------------------------------------===//

#ifndef TENSOROP_MODEL_COSTMODEL_H
#define TENSOROP_MODEL_COSTMODEL_H

#include "TensorOp/Model/LoopTree.h"

namespace tensorop::model {

/// Cycles of one core; with several threads, of the busiest one.
struct CostEstimate {
  /// The register tiles with their starts and ends, as if all data were in the
  /// first-level cache.
  double compute = 0;
  /// Packed copies.
  double packing = 0;
  /// Vector instructions of the register tiles, of the copies and of what makes
  /// operands, roughly; of all threads.
  double instructions = 0;
  /// Operands on their way from the outer caches: what `compute` does not
  /// overlap.
  double caches = 0;
  /// Operands on their way from main memory.
  double memory = 0;
  /// Threads: starting them, and waiting for each other.
  double team = 0;
  double total() const;
};

/// Estimates a closed tree with payload whose root has a register tile, on a
/// CPU (TENSOROP_CHECK), on at most `threads` threads where the tree has
/// parallel loops. Only the root is counted.
CostEstimate estimateCost(const LoopTree &tree, int64_t threads = 1);

/// Cycles of one step of a register tile: what takes longest of starting
/// `instructions` that multiply and add vectors of `bits` bits, the latency of
/// one, and starting `loads` of vectors.
double cyclesOfStep(const HardwareModel &machine, int64_t bits,
                    double instructions, double loads);

/// The roofline of one kernel on one core (Williams et al. 2009).
struct Roofline {
  double flops = 0;
  /// Bytes of all operands, each once.
  double bytes = 0;
  /// Operations per byte.
  double intensity() const { return bytes > 0 ? flops / bytes : 0; }
  /// Share of the peak that the memory's bandwidth allows, at most 1.
  double attainable = 1;
  /// Peak operations and bytes of main memory of one core: per second when they
  /// were measured, else per cycle.
  double peak = 0, bandwidth = 0;
  bool isMemoryBound() const { return attainable < 1; }
  /// True when it rests on measured peaks, not on those of the catalogue.
  bool isMeasured = false;
};

/// Of the ops of `kernel` together; an operand that another op of the kernel
/// makes counts once. The peak is that of the types that the contraction
/// multiplies and adds up in, of f32 without one. Unknown extents: nothing.
std::optional<Roofline> computeRoofline(const KernelInfo &kernel,
                                        const HardwareModel &hardware);

} // namespace tensorop::model

#endif // TENSOROP_MODEL_COSTMODEL_H
