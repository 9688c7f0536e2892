//===- Steps.h - The steps of a plan as plain data --------------*- C++ -*-===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// One struct per step op of the `strategy` dialect, without MLIR. Names are the
// bare identifiers of the plan. LoopTree::apply gives them their meaning.
//
//===----------------------------------------------------------------------===//

#ifndef TENSOROP_MODEL_STEPS_H
#define TENSOROP_MODEL_STEPS_H

#include "TensorOp/Model/ConstraintSet.h"
#include "TensorOp/Model/Expr.h"
#include <variant>

namespace tensorop::model {

/// `<dim> = <size>`
struct DimSize {
  std::string dim;
  Size size;
};
/// `<loop>: <dim> = <size>`
struct LoopSize {
  std::string loop, dim;
  Size size;
};

/// What happens where a tile does not fit. Full tiles are always versioned from
/// edges.
enum class EdgeKind { Auto, Mask, Evl, Pad, Peel, Narrow, Exact };
struct EdgeClause {
  std::string loop;
  EdgeKind kind = EdgeKind::Auto;
  /// Narrow only: the smaller tile sizes; none: one for each remainder.
  llvm::SmallVector<Expr> sizes;
};

struct ParamStep {
  std::string name;
  /// Nothing: chosen by the proposer or the nearest legal point.
  std::optional<Expr> preferred;
  /// Nothing: derived, 1 up to the largest extent.
  std::optional<Domain> domain;
};
struct RequireStep {
  Expr condition;
};
struct AlgorithmStep {
  std::string op;
  /// direct, im2col, winograd, subpixel, two_pass, three_pass
  std::string name;
  /// winograd(m)
  std::optional<Expr> argument;
};
struct SplitStep {
  std::string dim;
  /// Strictly increasing indices at which a new part starts.
  llvm::SmallVector<Expr> at;
};
struct TileStep {
  /// Empty: the root and all ops with its chain.
  std::string on;
  llvm::SmallVector<LoopSize> loops;
  llvm::SmallVector<EdgeClause> edges;
  bool skipMasked = false;
};
struct ReorderStep {
  llvm::SmallVector<std::string> loops;
};
struct FuseStep {
  llvm::SmallVector<std::string> ops;
  std::string into;
  enum class When { Always, First, Last };
  When when = When::Always;
  /// The reduction loops of `when first(r, ...)` or `when last(r, ...)`.
  llvm::SmallVector<std::string> whenLoops;
};
struct OnlineStep {
  std::string dim, op;
};
enum class Space { Memory, Registers, Shared, Tmem };
struct LayoutStep {
  std::string op, operand;
  /// Empty: an unpacked private copy.
  llvm::SmallVector<DimSize> pack;
  Space space = Space::Memory;
  /// A loop, `call` or `load`.
  std::string place;
  /// Bytes; 0: none.
  int64_t swizzle = 0;
  /// Empty: none.
  std::string multicast;
  std::optional<Expr> pad;
};
struct VectorizeStep {
  std::string op;
  llvm::SmallVector<DimSize> tile;
  /// Empty or "auto": chosen from the hardware's list.
  std::string instr;
  /// Accumulate type ("f32", "i32"); empty: the op's own.
  std::string acc;
};
enum class Unit { Threads, Blocks, Warpgroups, Warps, Lanes };
struct ParallelizeStep {
  llvm::SmallVector<std::string> loops;
  Unit to = Unit::Threads;
  /// static or dynamic; empty: static.
  std::string schedule;
  bool persistent = false;
  /// grouped or balanced; empty: row-major.
  std::string order;
  std::optional<Expr> orderSize;
  /// cluster(l = s)
  llvm::SmallVector<std::pair<std::string, Expr>> cluster;
};
struct SplitReductionStep {
  /// Sizes are numbers of parts.
  llvm::SmallVector<LoopSize> loops;
  /// dsmem, workspace, atomics or shuffle
  std::string combine;
};
struct UnrollStep {
  std::string loop;
  Expr by;
};
struct PipelineStep {
  std::string loop;
  Expr stages = Expr::literal(2);
  /// tma, cp_async or prefetch
  std::string copies;
  /// Producer and consumer groups; nothing: all workers do both.
  std::optional<std::pair<Expr, Expr>> roles;
  /// cooperative, pingpong, inline or overlap; empty: cooperative.
  std::string schedule;
};
struct ApplyStep {
  std::string sequence;
  /// A loop or an op.
  std::string on;
};

struct Step {
  std::variant<ParamStep, RequireStep, AlgorithmStep, SplitStep, TileStep,
               ReorderStep, FuseStep, OnlineStep, LayoutStep, VectorizeStep,
               ParallelizeStep, SplitReductionStep, UnrollStep, PipelineStep,
               ApplyStep>
      body;
  /// The boolean parameter of `if`; empty: always.
  std::string condition;

  Step() = default;
  template <typename T, typename = std::enable_if_t<!std::is_same_v<T, Step>>>
  Step(T body, std::string condition = {})
      : body(std::move(body)), condition(std::move(condition)) {}
  /// The step's word: "tile", "layout", ...
  llvm::StringRef verb() const;
  /// The step as it is written in a plan, without `strategy.`.
  std::string str() const;
};

/// Calls `visit` with each expression of the step: sizes, factors, domains.
void forEachExpr(const Step &step,
                 llvm::function_ref<void(const Expr &)> visit);

llvm::StringRef str(EdgeKind kind);
llvm::StringRef str(Space space);
llvm::StringRef str(Unit unit);
std::optional<EdgeKind> parseEdgeKind(llvm::StringRef text);
std::optional<Space> parseSpace(llvm::StringRef text);
std::optional<Unit> parseUnit(llvm::StringRef text);

/// Permissions to change the payload's floating-point results.
struct Numerics {
  bool reassoc = false, contract = false, nnan = false, ninf = false;
  /// Allowed error of replaced functions in ulp.
  std::optional<int64_t> approx;
};

/// An op and the plan's names for its dimensions, in iteration order.
struct OpHeader {
  std::string op;
  llvm::SmallVector<std::string> dims;
};

struct PlanHeader {
  std::string name;
  OpHeader root;
  llvm::SmallVector<OpHeader> with;
  llvm::SmallVector<std::string> required;
  Numerics numerics;
  /// `when "..."`, over extents and hardware factors.
  std::optional<Expr> guard;
};

} // namespace tensorop::model

#endif // TENSOROP_MODEL_STEPS_H
