//===- LoopTree.h - The final loop structure of one kernel ------*- C++ -*-===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Pure data, free of MLIR. A plan's steps are applied in order; each op of the
// plan has a chain of loops, outermost first, and ops fused into one another
// share a prefix of their chains. The tree is the only place that computes a
// footprint, a buffer or a legality: verifier, constraints, conversion, cost
// model and search all read it.
//
// Use: create, apply each step, finish. While a parameter has no value the tree
// is *open*: names and placement are checked, and constraints() describes the
// legal points. build() with a full assignment gives a *closed* tree, in which
// conditional steps are decided and all sizes have values.
//
//===----------------------------------------------------------------------===//

#ifndef TENSOROP_MODEL_LOOPTREE_H
#define TENSOROP_MODEL_LOOPTREE_H

#include "TensorOp/Hardware/HardwareModel.h"
#include "TensorOp/Model/ConstraintSolver.h"
#include "TensorOp/Model/KernelInfo.h"
#include "TensorOp/Model/Steps.h"
#include <array>
#include <set>

namespace llvm {
class raw_ostream;
} // namespace llvm

namespace tensorop::model {

/// A diagnostic of the model. `label` is documented in docs/constraints.md.
class PlanError : public llvm::ErrorInfo<PlanError> {
public:
  static char ID;
  std::string label;
  /// Index among the applied steps; -1: the plan's header.
  int step;
  std::string message;
  PlanError(std::string label, int step, std::string message)
      : label(std::move(label)), step(step), message(std::move(message)) {}
  void log(llvm::raw_ostream &os) const override;
  std::error_code convertToErrorCode() const override {
    return llvm::inconvertibleErrorCode();
  }
};

/// Something worth saying that does not make the plan illegal.
struct Remark {
  std::string label;
  int step = -1;
  std::string message;
};

/// A dimension of the plan. Ops that use the same name share it.
struct Dim {
  std::string name;
  /// Nothing: no payload, or an algorithm hides it.
  std::optional<int64_t> extent;
  /// Points of `split`; parts = points + 1.
  llvm::SmallVector<Expr> splits;
  int splitStep = -1;
};

struct Loop {
  std::string name;
  unsigned dim = 0;
  /// Step of the loop; for a split reduction the number of parts.
  Size size;
  /// The op whose accumulate type v(x) of the size means.
  unsigned owner = 0;
  bool isSplitReduction = false;
  std::string combine;
  EdgeKind edge = EdgeKind::Auto;
  llvm::SmallVector<Expr> narrow;
  bool skipMasked = false;
  /// Index of the step that made the loop.
  int step = -1;
  std::optional<Unit> parallel;
  /// Index of the parallelize step, or -1; loops of one step form one band.
  int parallelStep = -1;
  std::optional<Expr> unroll;
  std::optional<PipelineStep> pipeline;
  int unrollStep = -1, pipelineStep = -1;
};

/// The register tile of an op.
struct RegisterTile {
  struct Entry {
    unsigned dim;
    Size size;
  };
  /// In the order of the step: roles M, N, K.
  llvm::SmallVector<Entry> entries;
  /// Index in `entries` of the dimension that runs along vector lanes.
  unsigned vectorEntry = 0;
  /// Name of the instruction class; never empty or "auto".
  std::string instr;
  std::string acc;
  int step = -1;
};

/// One op of the plan.
struct OpNode {
  std::string name;
  /// Tree dimensions in the op's iteration order.
  llvm::SmallVector<unsigned> dims;
  /// Payload facts; null without payload or after an algorithm hid them.
  const OpInfo *info = nullptr;
  /// Loops around the op, outermost first.
  llvm::SmallVector<unsigned> chain;
  /// Index of the fuse step that put it there, or -1.
  int fuseStep = -1;
  /// The innermost shared loop, or -1.
  int fusedInto = -1;
  FuseStep::When when = FuseStep::When::Always;
  llvm::SmallVector<unsigned> whenLoops;
  std::optional<RegisterTile> tile;
  /// Index of the algorithm step or -1, and its name.
  int algorithmStep = -1;
  std::string algorithm = "direct";
  std::optional<Expr> algorithmArgument;
};

/// A private copy of an operand.
struct Layout {
  unsigned op = 0;
  /// Operand's name in the plan.
  std::string operand;
  /// Index in OpInfo::operands; -1 without payload.
  int operandIndex = -1;
  struct Pack {
    unsigned dim;
    Size size;
  };
  llvm::SmallVector<Pack> pack;
  Space space = Space::Memory;
  enum class Place { Loop, Call, Load };
  Place place = Place::Call;
  unsigned loop = 0;
  int64_t swizzle = 0;
  int multicast = -1;
  std::optional<Expr> pad;
  int step = -1;
};

/// A layout with its extents; closed trees with payload only.
struct Buffer {
  /// "mm.rhs", the strategy.buffer name.
  std::string name;
  unsigned layout = 0;
  /// [panels of packed dims][unpacked dims][packed sizes], zero padding
  /// included.
  llvm::SmallVector<int64_t> shape;
  /// Largest extent of each operand dimension copied, without padding.
  llvm::SmallVector<int64_t> region;
  int64_t elementBits = 32;
  /// Element type of the copy, which may be wider than the operand's.
  std::string type;
  /// Of one copy, times pipeline stages.
  int64_t bytes = 0;
  /// Instances per stage that exist at a time in one worker.
  int64_t stages = 1;
  /// A parallel loop lies inside the place: workers share it and need a
  /// barrier.
  bool shared = false;
  /// A parallel loop lies around the place: one copy per worker.
  bool perWorker = false;
};

/// A run of equal tiles along one dimension.
struct Segment {
  /// Size of the tile's code.
  int64_t size = 0;
  /// Number of tiles.
  int64_t count = 0;
  /// Extent of each tile; below `size` when masked or padded.
  int64_t extent = 0;
  bool isMasked() const { return extent < size; }
};

/// How `extent` is covered by tiles of `size` under an edge policy; `narrow`
/// are the smaller sizes of EdgeKind::Narrow. Sum of count * extent is
/// `extent`. Narrow takes as many full tiles as leave a rest that narrow tiles
/// cover exactly; when none does, the last narrow tile is masked.
llvm::SmallVector<Segment> coverExtent(int64_t extent, int64_t size,
                                       EdgeKind edge,
                                       llvm::ArrayRef<int64_t> narrow = {});

class LoopTree {
public:
  /// A tree without loops. Checks the header against the payload (ops exist,
  /// numbers and extents of dimensions, required features, guard). `kernel` may
  /// be null (a plan without payload) and must outlive the tree. Parameters
  /// named in `chosen` take these values; conditional steps whose boolean is
  /// chosen are decided.
  static llvm::Expected<LoopTree> create(PlanHeader header,
                                         HardwareModel hardware,
                                         const KernelInfo *kernel = nullptr,
                                         Assignment chosen = {});

  /// create, apply all, finish. All diagnostics joined. `solver` is asked
  /// whether an open tree has a legal point.
  static llvm::Expected<LoopTree>
  build(const PlanHeader &header, llvm::ArrayRef<Step> steps,
        const HardwareModel &hardware, const KernelInfo *kernel = nullptr,
        const Assignment &chosen = {},
        const ConstraintSolver &solver = ownSolver());

  /// Extends the tree. A failing step gives one PlanError per problem and is
  /// applied as far as it makes sense, so that later steps can be diagnosed
  /// too.
  llvm::Error apply(const Step &step);
  /// Checks that need the whole tree: finished producers, contiguity, order of
  /// reductions. To be called once, after the last step. For a closed tree also
  /// all constraints; else that a legal point exists. Without `numbers` only
  /// what holds for every point.
  llvm::Error finish(bool numbers = true);

  /// Variables (open parameters), constants and all numeric rules of the steps.
  llvm::Error constraints(ConstraintSet &set) const;
  /// Recomputation, cache capacities, uneven tiles. After finish.
  std::vector<Remark> remarks() const;
  /// Remarks on buffers that exceed 1/share of the cache that should hold them;
  /// for the whole cache (share 1) not on panels that come from the next one as
  /// fast as they are used.
  std::vector<Remark> capacityRemarks(int64_t share = 1) const;

  /// True when every parameter has a value.
  bool isClosed() const;
  /// Values of all parameters that have one.
  const Assignment &chosen() const { return values; }
  /// False after an `apply` step: the tree is not the whole truth.
  bool isModelled() const { return modelled; }

  const PlanHeader &header() const { return plan; }
  const HardwareModel &hardware() const { return machine; }
  const KernelInfo *kernel() const { return payload; }
  llvm::ArrayRef<Step> steps() const { return applied; }
  llvm::ArrayRef<Dim> dims() const { return allDims; }
  llvm::ArrayRef<Loop> loops() const { return allLoops; }
  /// Root first, then the `with` ops as listed.
  llvm::ArrayRef<OpNode> ops() const { return allOps; }
  llvm::ArrayRef<Layout> layouts() const { return allLayouts; }
  llvm::ArrayRef<ParamStep> params() const { return allParams; }
  const OpNode &root() const { return allOps[0]; }
  llvm::ArrayRef<std::pair<OnlineStep, int>> online() const { return streams; }
  std::optional<unsigned> findDim(llvm::StringRef name) const;
  std::optional<unsigned> findLoop(llvm::StringRef name) const;
  std::optional<unsigned> findOp(llvm::StringRef name) const;

  /// \name Structure (open or closed)
  /// @{
  /// Known to be a reduction of `op`; without payload: a dimension of the root
  /// that a `with` consumer lacks.
  bool isReduction(unsigned op, unsigned dim) const;
  /// Ops whose results `op` reads, as far as they are in the plan.
  llvm::SmallVector<unsigned> producers(unsigned op) const;
  llvm::SmallVector<unsigned> consumers(unsigned op) const;
  /// All ops, each behind those whose results it reads, as far as that is
  /// possible, else in the order of the header.
  llvm::SmallVector<unsigned> order() const;
  /// Position of `loop` in the chain of `op`, or nothing.
  std::optional<unsigned> position(unsigned op, unsigned loop) const;
  /// Trailing loops of the chain that are reductions of `op`: they run inside
  /// the register tile. Empty without a register tile.
  llvm::SmallVector<unsigned> innerReductionLoops(unsigned op) const;
  /// Number of parts of a dimension; 1 without split.
  unsigned numParts(unsigned dim) const;
  /// Accumulators start from zero and the output is added last: a contraction
  /// with a register tile and `reassoc` or integer accumulation.
  bool lateInit(unsigned op) const;
  /// The reduction that each instruction of the register tile of `op` adds up
  /// by groups, and how many elements; nothing without such an instruction.
  struct Group {
    unsigned dim;
    int64_t size;
  };
  std::optional<Group> group(unsigned op) const;
  /// The reduction of which the register tile of `op` covers several elements,
  /// each with accumulators of its own (along lanes or not), which are added up
  /// after the loop; nothing where one accumulator takes all of them, or where
  /// the instruction adds them up.
  std::optional<unsigned> partialDim(unsigned op) const;
  /// The instruction multiplies unsigned by signed numbers, and the operand
  /// that is not vectorized is signed: 128 is added to it in its packed copy,
  /// and 128 times the sum of the other taken away at the end.
  bool offsetsOperand(unsigned op) const;
  /// Where instructions take a lane as their scalar: the scalars that unrolled
  /// steps of the innermost reduction take of a row lie side by side in memory,
  /// in no copy, and the registers hold a vector of them for each row beside
  /// the accumulators. Vectors of the other operand pass by then. Closed trees.
  bool takesLanesOfSteps(unsigned op) const;
  /// True when `size` is a multiple of vscale: it has v(x) or [x] and the
  /// target has scalable vectors.
  bool isScalable(const Size &size) const;
  /// @}

  /// \name Closed values (TENSOROP_CHECK: closed; extents known)
  /// @{
  /// Value of `size` in the context of `op` (lanes of its accumulate type) and
  /// dimension `dim` (`full`). On scalable hardware: at the minimum length.
  int64_t value(const Size &size, unsigned op, unsigned dim,
                unsigned part = 0) const;
  int64_t value(const Expr &expr, unsigned op) const;
  /// Step of a loop; of a split reduction, the extent of one part.
  int64_t loopSize(unsigned loop, unsigned part = 0) const;
  /// Elements of `op`'s accumulate type in a native vector.
  int64_t lanes(unsigned op) const;
  /// Elements in a vector of the register tile of `op`: `lanes`, or the whole
  /// tile along them where it is narrower, or, where instructions span several
  /// registers (LMUL), those of a group of them.
  int64_t tileLanes(unsigned op) const;
  /// The loop of `partialDim` leaves elements that do not fill its step, in
  /// some iteration of the loops around.
  bool hasPartialRest(unsigned op) const;
  /// Size of `dim` in the register tile of `op`; 1 when it is not in it.
  int64_t tileSize(unsigned op, unsigned dim) const;
  std::optional<int64_t> extent(unsigned dim) const;
  /// Largest extent of `dim` in one iteration of `loop` (-1: the whole kernel),
  /// a loop of the chain of `op`.
  int64_t extentInside(unsigned op, unsigned dim, int loop) const;
  /// Extents of `dim` that an iteration of `loop` (-1: the kernel) can have, in
  /// falling order: the size and the statically known remainders.
  llvm::SmallVector<int64_t> possibleExtents(unsigned op, unsigned dim,
                                             int loop) const;
  /// How the loop's dimension is covered when the loop around it leaves
  /// `extent`.
  llvm::SmallVector<Segment> segments(unsigned loop, int64_t extent) const;
  /// Versions of the register tile of `op` in the code: the product over its
  /// dimensions of {full size, if it occurs} and {each rest, when narrow; one
  /// masked version, when masked or padded; none, when peeled or exact}. 0
  /// without a register tile.
  struct TileVersion {
    /// Per entry of the register tile: the size of the code.
    llvm::SmallVector<int64_t> sizes;
    /// At least one dimension is partly used.
    bool masked = false;
  };
  std::vector<TileVersion> versions(unsigned op) const;
  /// The padded copy of an output tile through which tiles at a padded edge go;
  /// nothing when there is no such edge. `layout` has no meaning.
  std::optional<Buffer> edgeBuffer(unsigned op) const;
  /// Copies of `loop` in the code after versioning; 0 is never returned for a
  /// loop of the tree.
  int64_t copies(unsigned loop) const;
  /// Iterations of `loop` per iteration of the loops around it, at most.
  int64_t tripCount(unsigned loop) const;
  /// Layouts with shapes and bytes, in the order of the steps.
  std::vector<Buffer> buffers() const;
  /// Extents of the box of `operand` that one iteration of `loop` touches.
  llvm::SmallVector<int64_t> region(unsigned op, unsigned operand,
                                    int loop) const;
  /// Bytes of all boxes that one iteration of `loop` (-1: the kernel) touches;
  /// a result read by a consumer inside counts once.
  int64_t footprint(int loop) const;
  int64_t footprint(unsigned op, int loop) const;
  /// Arithmetic operations of the whole kernel, recomputation included.
  double flops() const;
  /// Iteration points of `op` executed over its points needed; above 1: loops
  /// around a fused producer repeat it.
  double recomputation(unsigned op) const;
  /// @}

  /// The tree as an indented picture.
  std::string str() const;

private:
  struct TileEdge;
  TileEdge tileEdge(unsigned op, unsigned dim) const;

  friend class TreeBuilder;
  friend class TreeRules;
  friend class TreeChecks;
  LoopTree() = default;

  PlanHeader plan;
  HardwareModel machine;
  const KernelInfo *payload = nullptr;
  /// Ops rewritten by `algorithm`, owned here.
  std::vector<std::shared_ptr<OpInfo>> derived;
  const ConstraintSolver *solver = &ownSolver();
  Assignment values;
  std::vector<Step> applied;
  std::vector<Dim> allDims;
  std::vector<Loop> allLoops;
  std::vector<OpNode> allOps;
  std::vector<Layout> allLayouts;
  std::vector<ParamStep> allParams;
  std::vector<int> paramSteps;
  std::vector<std::pair<RequireStep, int>> requirements;
  std::vector<std::pair<OnlineStep, int>> streams;
  std::vector<std::pair<ParallelizeStep, int>> bands;
  /// (consumer, producer, loop) of unfinished results diagnosed already.
  std::set<std::array<unsigned, 3>> unfinished;
  bool resolved = false, modelled = true;

  /// What expressions mean for `op`: parameters, extents and factors by name.
  Environment environment(unsigned op, bool withValues) const;
  /// Accumulate type of `op`, and its bits.
  std::string accType(unsigned op) const;
  int64_t accBits(unsigned op) const;
  /// Extent of one part of a dimension.
  int64_t partExtent(unsigned dim, unsigned part) const;
  llvm::SmallVector<int64_t> extentsThrough(unsigned op, unsigned dim, int loop,
                                            unsigned part) const;
};

/// \name Choosing values
/// @{
/// All inputs of a tree.
struct PlanSource {
  PlanHeader header;
  std::vector<Step> steps;
  HardwareModel hardware;
  const KernelInfo *kernel = nullptr;
  /// Finds points; must outlive the source.
  const ConstraintSolver *solver = &ownSolver();
};
/// The parameters' preferred values (those that have one), by name.
llvm::Expected<Assignment> preferredValues(const PlanSource &source);
/// The numeric rules of a plan (see LoopTree::constraints) whose names and
/// placement are right; nothing is said about whether they can hold. Errors as
/// in LoopTree::build.
llvm::Error numericRules(const PlanSource &source, const Assignment &chosen,
                         ConstraintSet &set);
/// The legal point nearest to `wanted` (see ConstraintSet::nearest), structural
/// booleans included, or a PlanError that names the rules that exclude every
/// point. Diagnostics of the structure come first. A parameter that `wanted`
/// lacks and that sizes a loop gets, with a payload, the least value of those
/// with the fewest trips of its loops, among those whose buffers fit half of
/// their caches (or overflow the fewest).
llvm::Expected<Assignment> nearestLegal(const PlanSource &source,
                                        const Assignment &wanted);
/// @}

} // namespace tensorop::model

#endif // TENSOROP_MODEL_LOOPTREE_H
