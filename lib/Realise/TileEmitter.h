//===- TileEmitter.h - Vector code for one version of a tile ----*- C++ -*-===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef TENSOROP_LIB_REALISE_TILEEMITTER_H
#define TENSOROP_LIB_REALISE_TILEEMITTER_H

#include "Helpers.h"
#include "mlir/IR/IRMapping.h"
#include <map>

namespace tensorop {

/// One dimension of a version: `covered` elements are computed, of which
/// `extent` exist (a constant or a run-time value, at most `covered`).
struct VersionDim {
  unsigned dim;
  int64_t covered;
  mlir::OpFoldResult extent;
};

/// Emits one version of a register tile at the rewriter's insertion point.
class TileEmitter {
public:
  /// `extents`: of each dimension of `op` here. `version`: as `spec.dims`.
  /// `outputBuffer`: when set, a full-size tile that stands for the output.
  /// `loops` receives the inner loops.
  TileEmitter(mlir::RewriterBase &b, mlir::linalg::GenericOp op,
              const RegisterTileSpec &spec,
              llvm::ArrayRef<mlir::OpFoldResult> extents,
              llvm::ArrayRef<VersionDim> version, mlir::Value outputBuffer,
              llvm::SmallVectorImpl<mlir::scf::ForOp> &loops);

  using Values = llvm::SmallVector<mlir::Value>;

  /// `columnSums`: what emitColumnSums gave for the full tile, when the spec
  /// has an offset.
  void emit(mlir::ValueRange columnSums);
  /// For an op with groups and an offset: half of the range of one operand
  /// times the sums of the other one along the reduction, for each vector along
  /// the lanes.
  Values emitColumnSums();

private:
  static constexpr unsigned kNoDim = ~0u;
  /// Coordinates of one native vector in the tile, by dimension of the op.
  using Point = llvm::SmallVector<int64_t>;
  using Folds = llvm::SmallVector<mlir::OpFoldResult>;

  /// An operand and the map from the op's dimensions to its indices. A readable
  /// one needs no mask: it is padded up to `covered`.
  struct Access {
    mlir::AffineMap map;
    mlir::Value source;
    bool readable = false;
    /// When set, it is padded along this dimension only.
    std::optional<unsigned> paddedDim = std::nullopt;
  };
  /// Where one vector lies in an operand. `mask` is null for all lanes.
  struct Address {
    Values indices;
    mlir::Value mask;
    /// No element of it exists.
    bool empty = false;
    /// Whether the row exists, where that is not known; null: it does.
    mlir::Value rowExists;
  };

  void enumeratePoints();
  Access accessOf(mlir::OpOperand &operand);
  Address address(const Access &where, const Point &point,
                  llvm::ArrayRef<mlir::OpFoldResult> ivs);
  /// What does not exist is zero, or, with `open`, anything.
  mlir::Value load(const Access &where, const Point &point,
                   llvm::ArrayRef<mlir::OpFoldResult> ivs, bool open = false);
  /// What a step has loaded, by operand and place.
  using Loaded = std::map<std::pair<unsigned, Point>, mlir::Value>;
  /// A vector that has the element at a point as one of `count` lanes.
  struct LaneVector {
    Point from;
    int64_t count, lane;
  };
  /// With scalars in lanes: the vector for the element at `point`, `unit`
  /// neighbours being one; nothing where none can be loaded.
  std::optional<LaneVector> findLaneVector(const Access &where,
                                           const Point &point, int64_t unit);
  mlir::Value loadLaneVector(unsigned operand, const LaneVector &found,
                             int64_t unit,
                             llvm::ArrayRef<mlir::OpFoldResult> ivs,
                             Loaded &loaded);
  /// The element at `point` as a lane, broadcast; null where it is none.
  mlir::Value loadLane(unsigned operand, const Point &point,
                       llvm::ArrayRef<mlir::OpFoldResult> ivs, Loaded &loaded);
  void store(const Access &where, const Point &point, mlir::Value value);
  void prefetch(const Access &where);
  void findNextPanels();
  void prefetchPanels(llvm::ArrayRef<mlir::OpFoldResult> ivs);
  void prefetchLater(llvm::ArrayRef<mlir::OpFoldResult> ivs);
  Values loadOutput();
  /// Subtracts what an offset of one operand has added to each column.
  Values takeOffset(mlir::ValueRange sums, mlir::ValueRange columnSums);
  Values addTo(mlir::ValueRange left, mlir::ValueRange right);

  Values startValues();
  using Body = llvm::function_ref<Values(llvm::ArrayRef<mlir::OpFoldResult>,
                                         mlir::ValueRange)>;
  Values emitLoops(unsigned depth, Folds ivs, mlir::ValueRange accumulators,
                   Body body, bool isNamed = true);
  Values emitBody(llvm::ArrayRef<mlir::OpFoldResult> ivs,
                  mlir::ValueRange accumulators);
  Point coordinatesIn(mlir::OpOperand &operand, Point point);
  mlir::OpOperand *findPassing();
  /// Indices of `points` such that few loaded vectors live at a time.
  llvm::SmallVector<unsigned> evaluationOrder();
  /// The loop over partial sums, and what it leaves.
  Values emitPartialLoop(const BandLoop &inner, Folds ivs,
                         mlir::ValueRange accumulators);
  void keepDeadLanes(mlir::OpFoldResult count, mlir::ValueRange before,
                     llvm::MutableArrayRef<mlir::Value> after);
  /// Adds up partial sums; from here on, points have one accumulator each.
  Values combinePartials(mlir::ValueRange partials);
  /// The same for an op with groups: each vector takes the products of a group
  /// in one step.
  Values emitGroup(llvm::ArrayRef<mlir::OpFoldResult> ivs,
                   mlir::ValueRange accumulators);
  mlir::Value loadGroup(const Access &where, const Point &point,
                        llvm::ArrayRef<mlir::OpFoldResult> ivs);
  /// The same with the scalars of several rows in one vector; null where they
  /// are not.
  mlir::Value loadGroupLane(unsigned operand, const Point &point,
                            llvm::ArrayRef<mlir::OpFoldResult> ivs,
                            Loaded &loaded);
  mlir::Value broadcastWord(mlir::Value group, int64_t lane);
  mlir::Value emitDot(mlir::Value sum, mlir::Value left, bool leftUnsigned,
                      mlir::Value right, bool rightUnsigned);
  /// `then` where the guard of `fused` holds, else `otherwise`; `then` alone
  /// when `fused` has no guard.
  Values guarded(mlir::linalg::GenericOp fused,
                 llvm::function_ref<Values()> then,
                 llvm::function_ref<Values()> otherwise);
  /// The body of a fused elementwise op on the whole tile, with `current` as
  /// its output's values (empty: it does not read them), `together` vectors in
  /// one operation.
  Values applyElementwise(mlir::linalg::GenericOp fused,
                          mlir::ValueRange current, unsigned together = 1);
  /// Applies the epilogues to `results`, and stores what comes of it.
  void applyEpilogues(Values results);
  Access makeTileOnStack();
  unsigned countTogether() const;
  void forEachRow(unsigned depth, Folds ivs, llvm::function_ref<void()> row);
  mlir::Value emitScalarOps(mlir::linalg::GenericOp from,
                            mlir::IRMapping &mapping);
  mlir::VectorType vectorOf(mlir::Type element) const;
  /// Whether the body extends input `number` without its sign.
  bool isUnsigned(unsigned number);
  /// Elements of a group; native vectors in a row of the tile.
  int64_t getGroupSize() const;
  int64_t getNumColumns() const;

  mlir::RewriterBase &b;
  mlir::linalg::GenericOp op;
  mlir::Location loc;
  const RegisterTileSpec &spec;
  llvm::ArrayRef<mlir::OpFoldResult> extents;
  llvm::SmallVector<VersionDim> version;
  mlir::Value outputBuffer;
  llvm::SmallVectorImpl<mlir::scf::ForOp> &loops;
  /// The dimension that lanes run along, or `kNoDim` for single elements.
  unsigned vectorDim;
  int64_t lanes;
  /// The reduction that has several accumulators for each sum.
  std::optional<unsigned> partialDim;
  Folds origin;
  llvm::SmallVector<Point> points;
  llvm::SmallVector<Access> accesses;
  /// What to ask for during the reduction: flat buffers, and in each the index
  /// for the first step; `line` elements further for each step.
  struct NextPanel {
    mlir::Value buffer, first;
    int64_t line;
  };
  llvm::SmallVector<NextPanel> nextPanels;
};

/// Whether `operand` is read in vectors, not from a panel, and, for
/// `prefetchSteps`, at other places in each step of the innermost loop.
bool isStreamed(mlir::linalg::GenericOp op, mlir::OpOperand &operand,
                const RegisterTileSpec &spec);

/// The reduction among the dimensions of the tile, if any: each of its elements
/// has accumulators of its own.
std::optional<unsigned> findPartialDim(mlir::linalg::GenericOp op,
                                       const RegisterTileSpec &spec);

/// Dimensions of `operand` behind `dim`, which `map` has as a plain index, that
/// have one element each; nothing when others are behind it, or its elements
/// are no neighbours.
std::optional<unsigned> countUnitsBehind(mlir::Value operand,
                                         mlir::AffineMap map, unsigned dim);

/// The scf.if around an op made by fuseInit or fuseEpilogue, or null.
mlir::scf::IfOp guardOf(mlir::linalg::GenericOp fused);

} // namespace tensorop

#endif // TENSOROP_LIB_REALISE_TILEEMITTER_H
