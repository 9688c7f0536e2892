//===- Realise.h - Rewrites that carry out a plan on memref IR --*- C++ -*-===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The realiser's rewrites as plain C++ functions on structured ops with buffer
// operands. They know no plan and no transform script: each takes numbers that
// the loop tree has already decided. After each of them the function is still
// executable (convert-linalg-to-loops lowers what is left), so each prefix of a
// script can be tested alone.
//
// Order: tileBand, packOperand, fuseInit and fuseEpilogue, registerTile,
// unrollLoop.
//
// Contract of all: on failure the IR is as it was, and `why` says what did not
// fit and at which payload op.
//
//===----------------------------------------------------------------------===//

#ifndef TENSOROP_REALISE_REALISE_H
#define TENSOROP_REALISE_REALISE_H

#include "TensorOp/Support/Attributes.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include <optional>
#include <string>

namespace tensorop {

/// Attribute names: the name of a structured op, of a loop, of a buffer.
inline constexpr llvm::StringRef kOpName = opAttrName;
inline constexpr llvm::StringRef kLoopName = loopAttrName;
/// On an `omp.wsloop`: the names of the loops it stands for (array).
inline constexpr llvm::StringRef kLoopNames = "strategy.loops";
inline constexpr llvm::StringRef kBufferName = bufferAttrName;
/// Behind the name of a loop: the loop over what its partial sums leave.
inline constexpr llvm::StringRef kRestSuffix = ".rest";
/// On an `scf.if` that stands for `first(...)` or `last(...)` of the reduction
/// loops around it.
inline constexpr llvm::StringRef kGuardName = "strategy.guard";
/// On a store to a packed copy: the op that was fused into it and computes what
/// is stored.
inline constexpr llvm::StringRef kFusedName = "strategy.fused";
/// On an op whose operands are packed with groups: the dimension of the groups
/// (I64Attr); the last dimension runs within a group.
inline constexpr llvm::StringRef kGroupName = "strategy.group";
/// On the last op of a sum of products: the instruction that computes it.
inline constexpr llvm::StringRef kDotName = dotAttrName;

/// Why a rewrite refused, and the payload op to point at (may be null).
struct Refusal {
  std::string reason;
  mlir::Operation *at = nullptr;
};

//===----------------------------------------------------------------------===//
// Loops
//===----------------------------------------------------------------------===//

/// One loop over dimension `dim` of a structured op, stepping by `size`.
struct BandLoop {
  std::string name;
  unsigned dim;
  int64_t size;
};

/// A structured op inside its loops, outermost first.
struct Band {
  mlir::linalg::GenericOp op;
  llvm::SmallVector<mlir::scf::ForOp> loops;
};

/// Puts `op` (buffer semantics) into one loop per entry, outermost first. Each
/// loop is kept, also with a single trip, and carries its name; its induction
/// variable counts from 0 within the tile around it. The op inside becomes a
/// linalg.generic and keeps its discardable attributes.
mlir::FailureOr<Band> tileBand(mlir::RewriterBase &rewriter,
                               mlir::linalg::LinalgOp op,
                               llvm::ArrayRef<BandLoop> loops, Refusal &why);

/// Unrolls the innermost loop `loop` by `factor`; iterations that are left run
/// in a copy of the loop behind it.
mlir::LogicalResult unrollLoop(mlir::scf::ForOp loop, int64_t factor,
                               Refusal &why);

/// All values that `extent` takes, in descending order: the exact size of a
/// tile made by loops of static bounds. Empty when that is not known.
llvm::SmallVector<int64_t> possibleExtents(mlir::OpFoldResult extent);

//===----------------------------------------------------------------------===//
// Layouts
//===----------------------------------------------------------------------===//

struct PackSpec {
  /// Number of the op's input operand.
  unsigned operand;
  /// Dimension of the op that is split into panels of `size` elements.
  unsigned dim;
  int64_t size;
  /// Largest extent of each dimension of the operand, in the operand's own
  /// order, at the place.
  llvm::SmallVector<int64_t> extents;
  /// Name of the buffer.
  std::string name;
  /// Elements in one native vector: the block size of in-register transposes.
  int64_t lanes;
  /// Reduction whose elements are put beside each other, `group` in each place
  /// of a panel; nothing: there are no groups.
  std::optional<unsigned> groupDim = std::nullopt;
  int64_t group = 1;
  /// Element type of the copy, to which the op's body extends the operand on
  /// its way to more; null: the operand's.
  mlir::Type element = nullptr;
  /// Add half of their range to signed integers, which makes them unsigned; the
  /// body takes it away again.
  bool flipSign = false;
  /// Workers will share the copy: its panels are filled by one `scf.parallel`,
  /// which runOnTeam divides.
  bool shared = false;
  /// An elementwise op before the nest whose result, read by nothing else, the
  /// operand is: the copy is filled with what it computes, and it goes. It may
  /// read its inputs by any affine map. Null: there is none.
  mlir::linalg::LinalgOp producer = nullptr;
  /// Elements of a vector that the target stores with a stride in one
  /// instruction; 0: it does not, and blocks are transposed in registers.
  int64_t strided = 0;
  /// The copy is to be made before the kernel is called; the place is null. It
  /// is made in the call like any other until tensorop-prepack takes it out.
  bool atLoad = false;
};

/// Copies what the loops inside `place` touch of an input operand to a buffer
/// [panels][other dimensions][size], the last panel padded with zeros, and
/// makes `op` read the copy. With groups the buffer is [panels][groups][other
/// dimensions][size][group], and the op's dimension becomes one over groups
/// and, as its last dimension, one within a group: this holds when each operand
/// that has the dimension was packed so. A null `place` is the whole call. The
/// buffer is allocated at the function's entry, 64-byte aligned; the copy is
/// made at the start of each iteration of the place. With `spec.producer`, an
/// op whose result is the operand is computed on the way, as often as its
/// elements are copied.
mlir::FailureOr<mlir::memref::AllocOp>
packOperand(mlir::RewriterBase &rewriter, mlir::linalg::GenericOp op,
            mlir::scf::ForOp place, const PackSpec &spec, Refusal &why);

//===----------------------------------------------------------------------===//
// Threads
//===----------------------------------------------------------------------===//

struct TeamSpec {
  /// Adjacent loops, outermost first, whose iterations the team divides.
  llvm::SmallVector<mlir::scf::ForOp> band;
  /// Iterations go to whoever is free, not in equal blocks.
  bool dynamic = false;
  /// Most workers at a time, at least 2; fewer when the caller's OpenMP setting
  /// (omp_set_num_threads, OMP_NUM_THREADS) says so.
  int64_t threads = 2;
  /// Buffers of which each worker has its own.
  llvm::SmallVector<mlir::memref::AllocOp> privates;
};

/// Bytes from one worker's copy of a private buffer of `bytes` to the next
/// one's: a multiple of the workspace's alignment, and no power of two, so that
/// the copies do not compete for the same cache sets.
int64_t privateStride(int64_t bytes);

/// Runs the nest of `band` on a team of threads (`omp.parallel`): the
/// iterations of the band and the panels of shared copies inside the nest, or
/// right before it, are divided, with a barrier behind each; what lies between
/// runs on every worker and may not write. A private buffer of B bytes becomes
/// an array of bytes, `threads` times privateStride(B), in which each worker
/// has its own view. Adds `omp_get_max_threads` to the module.
mlir::LogicalResult runOnTeam(mlir::RewriterBase &rewriter,
                              const TeamSpec &spec, Refusal &why);

//===----------------------------------------------------------------------===//
// Fusion at the tile
//===----------------------------------------------------------------------===//

/// Moves `init`, a linalg.fill or an elementwise op that overwrites the output
/// buffer of `op` before its nest, to the output tile of `op`, in the first
/// iteration of the reduction loops around.
mlir::FailureOr<mlir::linalg::GenericOp> fuseInit(mlir::RewriterBase &rewriter,
                                                  mlir::linalg::LinalgOp init,
                                                  mlir::linalg::GenericOp op,
                                                  Refusal &why);

/// Moves `epilogue`, an elementwise op that updates the output buffer of `op`
/// after its nest, to the output tile of `op`, in the last iteration of the
/// reduction loops around. Several are applied in the order of the calls.
mlir::FailureOr<mlir::linalg::GenericOp>
fuseEpilogue(mlir::RewriterBase &rewriter, mlir::linalg::LinalgOp epilogue,
             mlir::linalg::GenericOp op, Refusal &why);

//===----------------------------------------------------------------------===//
// The register tile
//===----------------------------------------------------------------------===//

/// What happens to tiles that do not reach their full size in a dimension.
enum class Edge {
  /// Narrow when at most one extent below the full size occurs, else mask.
  Auto,
  /// The instructions of the full tile; accesses beyond the edge are masked.
  Mask,
  /// The instructions of the full tile; the output goes through a padded tile
  /// buffer of its own. For machines without masked stores.
  Pad,
  /// Plain scalar loops of the same op.
  Peel,
  /// A version of its own for each extent that occurs: fewer rows, fewer
  /// vectors, of which the last may be masked.
  Narrow,
  /// There must be no such tile.
  Exact,
};
std::optional<Edge> parseEdge(llvm::StringRef name);
llvm::StringRef edgeName(Edge edge);

/// One dimension of the register tile, in elements.
struct RegisterDim {
  unsigned dim;
  int64_t size;
  Edge edge = Edge::Auto;
};

struct RegisterTileSpec {
  /// The last entry is vectorized (a multiple of `lanes`), the others unrolled.
  llvm::SmallVector<RegisterDim> dims;
  /// Elements of the accumulate type in one native vector.
  int64_t lanes;
  /// Reduction loops that run with the accumulators in registers; size 1.
  llvm::SmallVector<BandLoop> inner;
  /// Accumulate from zero and add the output last; needs reassociation.
  bool lateInit = false;
  /// Products and sums become one fused operation.
  bool contract = false;
  /// Instructions take one lane of a vector as their scalar operand: elements
  /// of an operand without the vectorized dimension are loaded several at once.
  bool scalarsInLanes = false;
  /// ... unless a step of a panel has no whole number of vectors of 128 bits:
  /// those of several steps are put together later (Target/ARM/LaneLoads). For
  /// machines out of order, where steps that make whole vectors are unrolled.
  bool lanesOfSteps = false;
  /// Instructions take a scalar, or a lane, as operand: what is loaded for all
  /// lanes is widened before it is broadcast.
  bool scalarOperands = false;
  /// Each vector is loaded where it is needed first and taken by all rows, one
  /// after the other; else each row takes all vectors.
  bool vectorsPass = false;
  /// Ask for the output's lines before the reduction starts.
  bool prefetchOutput = false;
  /// While the innermost loop around the op runs over one panel of a packed
  /// operand, ask for the next one: a cache line in each step of the inner
  /// loop, of which there must be one, else nothing is asked for.
  bool prefetchPanels = false;
  /// Ask for what vectors of unpacked inputs need so many steps of the
  /// innermost inner loop later, so many tiles further along the lanes; 0: not.
  /// Hardware does not foresee what lies in the next page. Refused when no such
  /// input is read.
  int64_t prefetchSteps = 0, prefetchTiles = 0;
  /// Last dimension of an op whose operands were packed with groups: the
  /// products within a group are added up in one step.
  std::optional<unsigned> groupDim = std::nullopt;
  /// Name of the instruction that does so; the sum's last op gets it as
  /// `strategy.dot`, for the target's lowering.
  std::string dot = {};
  /// The operand without the vectorized dimension was packed with flipSign.
  bool offset = false;
  /// An op made by fuseInit; it is absorbed.
  mlir::linalg::GenericOp init;
  /// Ops made by fuseEpilogue, in order; they are absorbed.
  llvm::SmallVector<mlir::linalg::GenericOp> epilogues;
};

struct RegisterTile {
  /// The inner loops of all versions, version by version.
  llvm::SmallVector<mlir::scf::ForOp> loops;
  /// Vector versions emitted: the product over the dimensions of the number of
  /// full, narrow and masked classes of extents that occur.
  unsigned versions = 0;
};

/// Replaces `op` by vector code: rank-1 native accumulators, carried through
/// the inner loops as iter_args, the op's scalar body applied to each vector.
/// Full tiles are versioned from edges; the dispatch is by the tile's actual
/// extents and absent when they are static. No access leaves an operand, but
/// packed panels are read up to their padded size.
mlir::FailureOr<RegisterTile> registerTile(mlir::RewriterBase &rewriter,
                                           mlir::linalg::GenericOp op,
                                           const RegisterTileSpec &spec,
                                           Refusal &why);

} // namespace tensorop

#endif // TENSOROP_REALISE_REALISE_H
