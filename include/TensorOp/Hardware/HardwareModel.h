//===- HardwareModel.h - Hardware factors of one machine --------*- C++ -*-===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The facts about a machine that plans are checked against: caches, vector
// registers, instruction classes, parallel units. One JSON file per machine in
// data/hardware; `native` is probed; the rest of the compiler sees only this
// typed form.
//
//===----------------------------------------------------------------------===//

#ifndef TENSOROP_HARDWARE_HARDWAREMODEL_H
#define TENSOROP_HARDWARE_HARDWAREMODEL_H

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"
#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace llvm::json {
class Value;
} // namespace llvm::json

namespace tensorop {

enum class Architecture { X86_64, RISCV64, AArch64, NVPTX64 };

/// One data or unified cache, innermost first in HardwareModel::caches.
struct CacheLevel {
  /// "l1", "l2", "l3": also the name of the factor in plan expressions.
  std::string name;
  int64_t bytes = 0;
  int64_t lineBytes = 64;
  /// Associativity; 0 when unknown.
  int64_t ways = 0;
  /// Number of cores that share one instance.
  int64_t sharedBy = 1;
  /// Bytes that reach one core per cycle from this level, sustained; 0 when
  /// unknown.
  int64_t bytesPerCycle = 0;
};

/// Signs of the integers that an instruction multiplies: either, both signed,
/// none, one.
enum class Signs { Any, Signed, Unsigned, Mixed };

/// A class of instructions: the word behind `with` in a vectorize step.
struct InstructionClass {
  std::string name;
  /// Element types of the two inputs ("f32", "i8", ...) and of the accumulator,
  /// pairwise: one entry per supported combination.
  std::vector<std::pair<std::string, std::string>> types;
  /// Reduction elements that one lane consumes per instruction (fma 1, sdot and
  /// vnni 4, bf16 dot 2); 0 for matrix instructions, see shape*.
  int64_t group = 1;
  /// Element type of the instruction's inputs where it is not that of `types`,
  /// so that operands are widened when they are packed (pmaddwd: i8 as i16);
  /// empty: theirs, or for group 1 the accumulator's.
  std::string operand;
  Signs signs = Signs::Any;
  /// Matrix instructions only: rows (exact), columns (a multiple of, at most)
  /// and bytes of the reduction per instruction; 0 for vector instructions.
  int64_t shapeM = 0, shapeNMultiple = 0, shapeNMax = 0, shapeKBytes = 0;
  bool isMatrix() const { return shapeM != 0; }
  /// Accumulate type for inputs of `type` when the class takes them.
  std::optional<std::string> accumulatorFor(llvm::StringRef type) const;
  /// Element type that a packed copy of an input of `type` has when the sum is
  /// in `acc`.
  std::string packedType(llvm::StringRef type, llvm::StringRef acc) const;
};

/// How a contraction's scalar operand meets the vector: through a register of
/// its own (x86), from a scalar register for free (RVV .vf), or as a lane of a
/// vector register that holds several (NEON).
enum class ScalarOperand { Broadcast, Free, Lane };

/// What one core was measured to reach; 0 when it was not measured.
struct MeasuredPeaks {
  /// Floating-point operations per second, a fused multiply-add being two.
  double f32Flops = 0, f64Flops = 0;
  /// Bytes per second of a long copy, read and written ones counted.
  double copyBytes = 0;
  /// Operations per second of dot products of bf16 with sums in f32, and of i8
  /// with sums in i32; 0 also where there is no such instruction.
  double bf16Flops = 0, i8Ops = 0;
  bool isMeasured() const { return f32Flops > 0; }
};

/// Whether two spellings are of one feature: avx512_bf16 and avx512bf16, sse4.2
/// and sse4_2.
bool isSameFeature(llvm::StringRef a, llvm::StringRef b);

/// One machine, or one class of machines such as x86-64-v3.
struct HardwareModel {
  std::string name;
  /// Where the values come from, in words.
  std::string source;
  Architecture arch = Architecture::X86_64;
  /// LLVM target triple, -mcpu and -mattr strings ("+avx2,+fma").
  std::string triple, cpu, attributes;
  /// What plans may require: "fma", "avx2", "avx512f", "v", "neon", "sm_90a"...
  std::vector<std::string> features;
  std::vector<CacheLevel> caches;
  std::vector<InstructionClass> instructions;

  /// CPU: bits of one native vector register; the minimum when scalable.
  int64_t vectorBits = 128;
  /// Upper end of the range of vector lengths; equals vectorBits when the
  /// length is known.
  int64_t vectorBitsMax = 128;
  /// Vector code is written for an unknown multiple of 64 (RVV) or 128 (SVE)
  /// bits.
  bool scalable = false;
  int64_t vectorRegisters = 16;
  /// Numbers of registers that one instruction can span; {1} except on RVV.
  std::vector<int64_t> lmul = {1};
  ScalarOperand scalarOperand = ScalarOperand::Broadcast;
  /// Vector FMAs started per cycle and core, and cycles until the result.
  int64_t fmaPerCycle = 1, fmaLatency = 4;
  /// The same for vectors of half the native width and less, which a machine
  /// that runs native ones in two passes starts more of; 0: as many.
  int64_t narrowFmaPerCycle = 0;
  int64_t fmasPerCycle(int64_t bits) const {
    return narrowFmaPerCycle && 2 * bits <= vectorBits ? narrowFmaPerCycle
                                                       : fmaPerCycle;
  }
  /// Loads take turns with arithmetic.
  bool inOrder = false;
  /// Bytes per cycle of caches and memory are those of single misses, whose
  /// cycles add to those of the core: what it hides is taken off already.
  bool missesAdd = false;
  /// Vector loads started per cycle and core.
  int64_t loadsPerCycle = 2;
  /// Instructions of all kinds that a core renames, or in order issues, per
  /// cycle; 0: unknown, and not counted.
  int64_t issueWidth = 0;
  /// Bytes that reach one core per cycle from main memory; 0 when unknown.
  double memoryBytesPerCycle = 0;
  MeasuredPeaks peaks;
  int64_t cores = 1;

  /// GPU only, else 0.
  int64_t sms = 0, sharedBytes = 0, registersPerThread = 0, registersPerSM = 0,
          maxClusterSize = 0;

  bool isGPU() const { return arch == Architecture::NVPTX64; }
  /// Vectors of a length that the code does not know.
  bool isLengthAgnostic() const {
    return scalable && vectorBits != vectorBitsMax;
  }
  /// One instruction can span several registers (RVV's LMUL).
  bool hasRegisterGroups() const { return lmul.size() > 1; }
  /// An instruction asks for a cache line (Zicbop on RISC-V).
  bool hasPrefetch() const {
    return arch != Architecture::RISCV64 || hasFeature("zicbop");
  }
  /// One instruction loads two vectors that are neighbours (NEON's ldp).
  bool hasPairedLoads() const {
    return arch == Architecture::AArch64 && vectorBits <= 128;
  }
  /// One instruction loads or stores a vector with a stride.
  bool hasStridedAccess() const { return arch == Architecture::RISCV64; }
  bool hasFeature(llvm::StringRef feature) const;
  /// Elements of `bits` bits in one native vector (the minimum when scalable).
  int64_t lanes(int64_t bits) const { return vectorBits / bits; }
  /// Scalars of a register of which instructions take one lane each: longer
  /// registers count lanes within 128 bits, which are the same in each part.
  int64_t scalarLanes(int64_t bits) const {
    return std::max<int64_t>(1, std::min<int64_t>(vectorBits, 128) / bits);
  }
  /// Registers whose lanes such instructions can take (Arm Architecture
  /// Reference Manual, FMLA by element and indexed).
  int64_t scalarRegisters(int64_t bits) const {
    return vectorBits <= 128 ? vectorRegisters : bits >= 64 ? 16 : 8;
  }
  /// Bits of the unit that `vscale` counts: 64 on RVV, 128 on SVE, 0 on fixed.
  int64_t scalableUnitBits() const;
  /// vscale at the minimum vector length; 1 when not scalable.
  int64_t minVscale() const;
  /// Bytes of the cache named `name`, or nothing.
  std::optional<int64_t> cacheBytes(llvm::StringRef name) const;
  /// Bytes per cycle that reach one core from cache `level` (an index of
  /// `caches`), from main memory when `level` is their number. What is not
  /// known is taken as that of a server core of about 2020.
  double bytesPerCycle(unsigned level) const;
  const InstructionClass *instruction(llvm::StringRef name) const;
  /// The names that a plan expression may use and their values: l1, l2, l3,
  /// line, vregs, vbits, cores, smem, sms.
  std::vector<std::pair<std::string, int64_t>> factors() const;
  /// Names of all instruction classes, for diagnostics.
  std::vector<std::string> instructionNames() const;
};

/// Reads a model from its JSON text; the error names the field and, for a
/// syntax error, the position. The result is validated, and what it promises
/// is what the backend has for its cpu and attributes.
llvm::Expected<HardwareModel> parseHardwareModel(llvm::StringRef text);
/// JSON form, which parseHardwareModel reads back to an equal model.
llvm::json::Value toJSON(const HardwareModel &model);
std::string printHardwareModel(const HardwareModel &model);
/// Ranges and consistency of the fields; one error per violated rule, joined.
/// What the backend can do with them: Backend.h.
llvm::Error validate(const HardwareModel &model);

/// The machine this process runs on: cpu name and features of LLVM, caches and
/// cores of sysfs. Measures nothing.
llvm::Expected<HardwareModel> probeNative();

/// Folder of the catalogue: $TENSOROP_DATA_DIR/hardware, else that of the
/// installation or checkout that the program is in, else that of the source or
/// install tree it was built for; empty when there is none of these.
std::string hardwareDataDirectory();
/// Names of the machines in the catalogue, sorted.
std::vector<std::string> knownMachines();

/// Resolves a target: `native`, a name of the catalogue,
/// `rvv[:vlen=N][:cpu=X]`, `neon[:cpu=X]`, `sve[:vlen=N][:cpu=X]`,
/// `nvptx[:sm_XX]`, or a path that ends in .json. An unknown target is
/// diagnosed with the list of the known ones; a machine that the catalogue
/// refuses, with its reason.
llvm::Expected<HardwareModel> resolveTarget(llvm::StringRef target);

} // namespace tensorop

#endif // TENSOROP_HARDWARE_HARDWAREMODEL_H
