//===- Manifest.h - What a bundle says about its kernel ---------*- C++ -*-===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A bundle is a directory with a compiled kernel (kernel.so, kernel.o,
// kernel.h) and `manifest.json`, which tells a runner without LLVM how to call,
// check and time it. This is the only reader and writer of that file.
//
//===----------------------------------------------------------------------===//

#ifndef TENSOROP_RUNTIME_MANIFEST_H
#define TENSOROP_RUNTIME_MANIFEST_H

#include "TensorOp/Runtime/ElementType.h"
#include "TensorOp/Runtime/Status.h"
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace tensorop::runtime {

/// The version of manifest.json that this library reads and writes.
inline constexpr int64_t manifestSchema = 1;

/// Most threads of a kernel: each needs a part of the workspace.
inline constexpr int64_t maxThreads = 1024;

/// The name of the manifest in a bundle's directory.
inline constexpr const char *manifestFileName = "manifest.json";

/// In: only read. Out: every element is written, none is read. InOut: both.
enum class Role { In, Out, InOut };

/// One descriptor that the kernel takes, dense and row-major.
struct Argument {
  /// A C identifier, unique among the arguments.
  std::string name;
  Role role = Role::In;
  ElementType type = ElementType::F32;
  /// Sizes, outermost first; empty for rank 0.
  std::vector<int64_t> shape;
  /// Bytes, a power of two; what the kernel insists on (at least the element
  /// size). The runner aligns to 64 in any case.
  int64_t alignment = 1;
  /// How to fill an in or inout argument (see Generators.h); empty chooses by
  /// type.
  std::string generator;
};

/// An entry of the shared object that serves checking. It has the packed ABI
/// and takes the kernel's descriptors in the same order.
struct CheckEntry {
  /// Name of the packed symbol.
  std::string entry;
  /// Bytes of its own workspace, 64-byte aligned; 0 when it needs none.
  int64_t workspaceBytes = 0;
};

/// How far an element of a float result may be from the f64 reference.
struct Bound {
  enum class Kind {
    /// k u (|A| |B|), which the magnitude entry computes, plus the reference's
    /// own error and the rounding to the stored type; u of `unit`. Where
    /// k^2 u > 1, no more than the larger of `factor` times the largest error
    /// of the own-type loops and the typical one, 2 sqrt(k) u (|A| |B|),
    /// either.
    Contraction,
    /// The largest of: `factor` times the error of the own-type loops against
    /// the reference, `floorUlp` ulp of the element, and, where the kernel may
    /// reorder sums, how far the perturbed entry moves the element; that entry
    /// moves a contraction inside of a larger payload by gamma_k (|A| |B|),
    /// gamma_k = k u / (1 - k u), where k^2 u > 1 by the typical error.
    Measured
  };
  Kind kind = Kind::Measured;
  /// Number of products summed into an element (contraction only).
  int64_t k = 0;
  /// Type of the accumulator (contraction only).
  ElementType unit = ElementType::F32;
  double factor = 4;
  double floorUlp = 2;
};

/// One loop of a contraction: how many elements further its next iteration is
/// in each operand, 0 where the operand does not depend on it.
struct ContractionLoop {
  int64_t extent = 0;
  int64_t a = 0, b = 0, c = 0;
};

/// Says that the kernel adds up, over all loops, products of an element of A
/// and one of B in C (matmul in any layout, batched, several reduction loops,
/// convolution), starting from old values or from 0. Reductions are the loops
/// without a step in C.
struct Contraction {
  std::vector<ContractionLoop> loops;
  bool accumulate = false;
  /// Positions among the arguments.
  int64_t a = 0, b = 1, c = 2;
  /// Position of an argument of C's shape that has the old values; nothing: C
  /// has them.
  std::optional<int64_t> start = std::nullopt;

  /// Position of the argument that has the old values.
  int64_t getStart() const { return start.value_or(c); }
};

/// An argument that the kernel takes packed: an entry of the shared object
/// packs it once, before the first call. Everything else (the check's entries,
/// baselines, files) takes the argument as it is.
struct Prepacked {
  /// Position among the arguments.
  int64_t argument = 0;
  /// Names of the typed entry and the packed one. They take two descriptors:
  /// the argument's, and that of an array of `bytes` bytes, which the kernel
  /// takes in the argument's place.
  std::string entry, packedEntry;
  int64_t bytes = 0;
  /// Of the packed array, a power of two.
  int64_t alignment = 64;
};

/// Says that the kernel computes C = op(A) op(B) + beta C of a BLAS or oneDNN,
/// row-major and dense, so that baselines can be timed beside it.
struct GemmEquivalent {
  int64_t m = 0, n = 0, k = 0;
  bool transA = false, transB = false;
  /// Element types of A and B, and of C, in which sums are formed too. Integers
  /// are signed.
  ElementType type = ElementType::F32, result = ElementType::F32;
  /// beta is 1 when set, else 0.
  bool accumulate = false;
  /// Positions among the arguments.
  int64_t a = 0, b = 1, c = 2;
};

/// Lengths of a scalable vector register, in bits, that code is made for.
struct VectorBits {
  int64_t min = 0, max = 0;
};

/// The code for vector registers of `bits` bits and more, of a kernel that has
/// several and chooses when it is called.
struct VersionOfLength {
  int64_t bits = 0;
  /// Empty: plain loops.
  std::string planName, planText;
};

/// Everything manifest.json holds but the hashes, which `sealManifest` makes.
struct Manifest {
  /// The kernel's name, a C identifier; also the typed entry.
  std::string kernel;
  /// The packed entry of the ABI, normally `<kernel>_packed`.
  std::string packedEntry;
  /// File names in the bundle's directory. `object` is required.
  std::string object = "kernel.so";
  /// Of that file's bytes; known after readManifest.
  std::string objectHash;
  std::string relocatable = "kernel.o";
  std::string header = "kernel.h";

  /// LLVM's triple of the code, for example "x86_64-unknown-linux-gnu".
  std::string triple;
  /// The target as the user wrote it, for example "native" or "x86-64-v3".
  std::string target;
  /// The cpu the backend tuned for.
  std::string cpu;
  /// Features that the machine must have, LLVM's names without sign ("avx2",
  /// "avx512f"), only such as isKnownCpuFeature (CpuFeatures.h) knows.
  std::vector<std::string> features;
  /// Of code with scalable vectors.
  std::optional<VectorBits> vectorBits;

  std::vector<Argument> arguments;
  /// The kernel's workspace; 0 bytes when it needs none.
  int64_t workspaceBytes = 0;
  int64_t workspaceAlignment = 64;
  /// Most threads that one call runs on: the workspace has room for as many.
  int64_t threads = 1;
  /// Arguments that are packed before the kernel is called.
  std::vector<Prepacked> prepacked;

  /// f64 plain loops of the payload, the check's reference. Integers keep
  /// their types, every float argument is f64.
  std::optional<CheckEntry> reference;
  /// The untransformed payload in its own types, as plain loops.
  std::optional<CheckEntry> own;
  /// The reference on absolute values; needed by a contraction bound. The
  /// runner passes absolute values, so the reference's own entry may be named.
  std::optional<CheckEntry> magnitude;
  /// The reference with the largest errors that reassociation, contraction and
  /// replaced functions may cause; it takes one more descriptor than the kernel
  /// (f64, rank 0): 1 and -1 for errors of opposite signs. Widens a measured
  /// bound; absent when the kernel may not change any rounding.
  std::optional<CheckEntry> perturbed;
  Bound bound;

  /// Floating-point (or integer) operations of one call; 0 when unknown.
  int64_t flops = 0;
  /// Bytes that one call must at least move; 0 when unknown.
  int64_t bytes = 0;
  /// Types of the factors of the kernel's sums of products, those with the most
  /// operations first; empty when it has none. Of two different factors the
  /// wider counts.
  std::vector<ElementType> factors;
  std::optional<GemmEquivalent> gemm;
  /// For checks of large results without the reference.
  std::optional<Contraction> contraction;

  /// Texts of the payload's assertions; an entry returns -2 - i when number i
  /// failed.
  std::vector<std::string> assertions;

  std::string planName;
  std::string planText;
  /// Shortest first; with several, each has the text of its plan, and the
  /// manifest's own is empty.
  std::vector<VersionOfLength> versions;
  /// Remarks and warnings of the compilation, one line each.
  std::vector<std::string> diagnostics;
};

/// Checks what can be checked without files: names, shapes (no overflow of the
/// byte size), roles, entries that the bound needs, positions and shapes of
/// the GEMM equivalent. The message names the field and the value.
Status validate(const Manifest &manifest);

/// Writes `directory`/manifest.json with sizes and hashes of the object and,
/// where they exist, of the relocatable object and the header. The files must
/// be there already. Byte for byte the same for the same input.
Status writeManifest(const Manifest &manifest, const std::string &directory);

/// Reads and validates `directory`/manifest.json: schema, every field's type
/// and range, unknown fields, the manifest's own hash, then each file's size
/// and hash (a bundle that was truncated or altered is refused). Messages name
/// file, field and value.
Result<Manifest> readManifest(const std::string &directory);

/// Refuses code that this machine cannot run: another architecture or system,
/// or a CPU feature that is missing, disabled by the operating system or
/// unknown here.
Status checkMachine(const Manifest &manifest);

/// The version that vector registers of `bits` bits run: the longest for which
/// there is room. Null: there are no versions.
const VersionOfLength *findVersion(const Manifest &manifest, int64_t bits);

/// The name of a role in the manifest: "in", "out" or "inout".
const char *getName(Role role);

} // namespace tensorop::runtime

#endif // TENSOROP_RUNTIME_MANIFEST_H
