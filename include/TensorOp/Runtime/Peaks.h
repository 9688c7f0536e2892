//===- Peaks.h - What one core can reach ------------------------*- C++ -*-===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Peaks are measured once on a machine and kept in the user's cache folder
// (docs/formats.md). Other programs can only lower a measurement, so the larger
// of two is the better one.
//
//===----------------------------------------------------------------------===//

#ifndef TENSOROP_RUNTIME_PEAKS_H
#define TENSOROP_RUNTIME_PEAKS_H

#include "TensorOp/Runtime/ElementType.h"
#include <optional>
#include <string>

namespace tensorop::runtime {

/// What one core of this machine can reach; measured, not computed.
struct Peaks {
  /// Operations per second of independent FMAs in registers (2 per FMA), with
  /// the widest vectors at hand. 0 when the type has no FMA here.
  double f32Flops = 0, f64Flops = 0;
  /// The same of dot products of bf16 pairs with sums in f32, and of i8 with
  /// sums in i32; 0 when the machine has no such instruction.
  double bf16Flops = 0, i8Ops = 0;
  /// Bytes read plus bytes written per second, arrays beyond every cache.
  double copyBytes = 0;
  /// "avx512f", "avx2+fma" or "generic": what f32 and f64 were measured with.
  std::string instructions;
};

/// The most that operations of one kind can reach, and with which instructions;
/// 0 when that was not measured.
struct Peak {
  double operations = 0;
  std::string instructions;
};

/// The peak of sums of products of `type`. bf16 without dot products, and f16,
/// are widened to f32.
Peak getPeak(const Peaks &peaks, ElementType type);

/// Measures for about `seconds` in all, on the cpu of the calling thread.
Peaks measurePeaks(double seconds = 0.3);

/// Stands in the cache's key: raised whenever measurePeaks changes so that its
/// results do.
constexpr int64_t peaksVersion = 1;

/// Peaks and how they came to be known.
struct KnownPeaks {
  Peaks values;
  /// "measured": now, by this process; "cached": by an earlier one.
  std::string source;
  /// What the user may want to know: other programs lowered this measurement,
  /// or it could not be kept. Mostly empty.
  std::string note;
};

/// The peaks of this machine: those of this process, else cached ones, else
/// measured now and cached. With `again`, or for the first time in a process
/// whose environment has TENSOROP_MEASURE_PEAKS (neither empty nor "0"), they
/// are measured in any case; the larger of known and measured ones are kept.
/// Not for several threads at once.
KnownPeaks getPeaks(bool again = false);

/// The peaks in the cache, or nothing; measures nothing.
std::optional<Peaks> getCachedPeaks();

} // namespace tensorop::runtime

#endif // TENSOROP_RUNTIME_PEAKS_H
