//===- Team.cpp - Loops on a team of threads ------------------------------===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// One parallel region around the whole nest, for a team is started once per
// call, not once per iteration of a loop around the divided ones. All workers
// walk the loops outside of the band; only divided loops write, and each ends
// with a barrier: a shared copy is complete before it is read, and read by all
// before it is filled again.
//
//===----------------------------------------------------------------------===//

#include "Helpers.h"
#include "TensorOp/Realise/Realise.h"
#include "TensorOp/Support/Mutation.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/OpenMP/OpenMPDialect.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"
#include "mlir/Interfaces/ViewLikeInterface.h"
#include "mlir/Transforms/LoopInvariantCodeMotionUtils.h"
#include "llvm/ADT/SetVector.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;

namespace tensorop {

int64_t privateStride(int64_t bytes) {
  constexpr int64_t alignment = 64, page = 4096;
  int64_t stride = llvm::alignTo(std::max<int64_t>(bytes, 1), alignment);
  return stride % page ? stride : stride + alignment;
}

namespace {
/// A loop or a band of loops that will be divided.
struct Divided {
  Operation *op;
  SmallVector<Attribute> names;
  SmallVector<Value> lower, upper, step, ivs;
  /// Of the innermost loop.
  Block *body;
  bool dynamic = false;
};

class Team {
public:
  Team(RewriterBase &b, const TeamSpec &spec, Refusal &why)
      : b(b), spec(spec), why(why) {}

  LogicalResult check();
  void rewrite();

private:
  LogicalResult checkBand();
  LogicalResult checkWrites(Operation *op);
  LogicalResult checkDisjoint(Operation *divided, ArrayRef<Value> ivs);
  bool isDivided(Operation *op) const {
    return op == spec.band.front() || llvm::is_contained(fills, op);
  }
  void sinkIntoBand();
  Divided describeBand();
  Divided describeFill(scf::ParallelOp fill);
  void divide(const Divided &loops);
  Value countThreads();
  Value numberWorker(Value counter);
  void makePrivate(memref::AllocOp alloc, Value worker, Block *inside);

  RewriterBase &b;
  const TeamSpec &spec;
  Refusal &why;
  func::FuncOp function;
  /// The op in the function's body that holds the band.
  Operation *nest = nullptr;
  SmallVector<Operation *> fills;
  /// Buffers on the stack, of which each thread will have its own.
  SmallVector<Operation *> stack;
};
} // namespace

static StringRef nameOf(scf::ForOp loop) {
  auto name = loop->getAttrOfType<StringAttr>(kLoopName);
  return name ? name.getValue() : "";
}

//===----------------------------------------------------------------------===//
// Checks
//===----------------------------------------------------------------------===//

LogicalResult Team::checkBand() {
  for (scf::ForOp loop : spec.band) {
    if (!loop.getInitArgs().empty())
      return refuse(why, loop, "loop '", nameOf(loop),
                    "' carries values from iteration to iteration");
    // Bounds and views of what does not move with a loop leave it, but for
    // views of what each thread has for itself.
    moveLoopInvariantCode(
        loop.getLoopRegions(),
        [&](Value value, Region *) {
          return loop.isDefinedOutsideOfLoop(value);
        },
        [&](Operation *op, Region *) {
          return isMemoryEffectFree(op) && isSpeculatable(op) &&
                 llvm::none_of(op->getOperands(), [&](Value value) {
                   return llvm::is_contained(
                       spec.privates, value.getDefiningOp<memref::AllocOp>());
                 });
        },
        [&](Operation *op, Region *) { loop.moveOutOfLoop(op); });
  }
  for (size_t i = 1; i < spec.band.size(); ++i) {
    scf::ForOp outer = spec.band[i - 1], inner = spec.band[i];
    if (inner->getParentOp() != outer)
      return refuse(why, inner, "loop '", nameOf(inner),
                    "' is not right inside loop '", nameOf(outer), "'");
    for (Value bound :
         {inner.getLowerBound(), inner.getUpperBound(), inner.getStep()})
      if (!outer.isDefinedOutsideOfLoop(bound))
        return refuse(why, inner, "the iterations of loop '", nameOf(inner),
                      "' depend on loop '", nameOf(outer),
                      "': they cannot be divided together");
    for (Operation &op : outer.getBody()->without_terminator())
      if (&op != inner && !isPure(&op))
        return refuse(why, &op, "this lies between the loops '", nameOf(outer),
                      "' and '", nameOf(inner),
                      "', which are divided together");
  }
  return success();
}

/// Outside of divided loops, every worker runs `op`: it may not write.
LogicalResult Team::checkWrites(Operation *op) {
  WalkResult walk = op->walk<WalkOrder::PreOrder>([&](Operation *inner) {
    if (isDivided(inner))
      return WalkResult::skip();
    if (inner->hasTrait<OpTrait::HasRecursiveMemoryEffects>() ||
        isMemoryEffectFree(inner))
      return WalkResult::advance();
    auto effects = dyn_cast<MemoryEffectOpInterface>(inner);
    if (effects && !effects.hasEffect<MemoryEffects::Write>() &&
        !effects.hasEffect<MemoryEffects::Allocate>())
      return WalkResult::advance();
    (void)refuse(why, inner,
                 "this would be done by every thread: it lies "
                 "outside the loop that they divide");
    return WalkResult::interrupt();
  });
  return failure(walk.wasInterrupted());
}

/// Whether one of the values is computed from `iv`, inside `around`.
static bool dependsOn(ValueRange of, Value iv, Operation *around) {
  llvm::SetVector<Value> values(of.begin(), of.end());
  for (size_t i = 0; i < values.size(); ++i) {
    Value value = values[i];
    if (value == iv)
      return true;
    Operation *op = value.getDefiningOp();
    if (!op)
      op = cast<BlockArgument>(value).getOwner()->getParentOp();
    // Bounds of loops, values that they start from, conditions.
    if (around->isProperAncestor(op))
      values.insert_range(op->getOperands());
  }
  return false;
}

/// Iterations of `divided` run at the same time: what one writes must depend on
/// which one it is, but for buffers of its thread's own. That is necessary and
/// not enough (`iv floordiv 2` passes); that the places differ follows from the
/// views of `tile_band`, which do not overlap.
LogicalResult Team::checkDisjoint(Operation *divided, ArrayRef<Value> ivs) {
  WalkResult walk = divided->walk([&](Operation *op) {
    // Prefetches have effects, so that they stay, but write nothing.
    if (op->hasTrait<OpTrait::HasRecursiveMemoryEffects>() ||
        isMemoryEffectFree(op) || isa<memref::PrefetchOp>(op))
      return WalkResult::advance();
    auto unknown = [&] {
      (void)refuse(why, op,
                   "it is not known what this writes, in iterations that run "
                   "at the same time");
      return WalkResult::interrupt();
    };
    auto effects = dyn_cast<MemoryEffectOpInterface>(op);
    if (!effects)
      return unknown();
    SmallVector<MemoryEffects::EffectInstance> writes;
    effects.getEffects(writes);
    for (const MemoryEffects::EffectInstance &write : writes) {
      if (!isa<MemoryEffects::Write>(write.getEffect()))
        continue;
      if (!write.getValue())
        return unknown();
      Value base = write.getValue();
      while (auto view = base.getDefiningOp<ViewLikeOpInterface>())
        base = view.getViewSource();
      Operation *made = base.getDefiningOp();
      if (made &&
          (divided->isProperAncestor(made) || llvm::is_contained(stack, made) ||
           llvm::is_contained(spec.privates, made)))
        continue;
      SmallVector<Value> address{write.getValue()};
      for (Value operand : op->getOperands())
        if (operand.getType().isIndex())
          address.push_back(operand);
      for (Value iv : ivs)
        if (!dependsOn(address, iv, divided)) {
          (void)refuse(why, op,
                       "iterations that run at the same time would write the "
                       "same elements");
          return WalkResult::interrupt();
        }
    }
    return WalkResult::advance();
  });
  return failure(walk.wasInterrupted());
}

LogicalResult Team::check() {
  if (spec.band.empty() || spec.threads < 2)
    return refuse(why, nullptr,
                  "expects a loop to divide and at least 2 threads, but got ",
                  spec.band.size(), " loops and ", spec.threads, " threads");
  scf::ForOp first = spec.band.front();
  function = first->getParentOfType<func::FuncOp>();
  if (!function || first->getParentOfType<omp::ParallelOp>())
    return refuse(why, first,
                  "expects a loop of a function that no team runs "
                  "yet");
  if (failed(checkBand()))
    return failure();
  Block &entry = function.getBody().front();
  nest = entry.findAncestorOpInBlock(*first);
  if (!nest)
    return refuse(why, first, "expects a function with one block");
  // Copies for the whole call lie right before the nest.
  function.walk([&](scf::ParallelOp fill) {
    if (fill->getBlock() == &entry || nest->isProperAncestor(fill))
      fills.push_back(fill);
  });
  bool seen = false;
  for (Operation &op : entry) {
    if (&op == nest)
      break;
    seen |= llvm::is_contained(fills, &op);
    if (seen && !isDivided(&op) && !isPure(&op))
      return refuse(why, &op,
                    "this lies between a copy for all threads and "
                    "the loops that read it");
  }
  for (memref::AllocOp alloc : spec.privates)
    for (Operation *user : alloc->getUsers())
      if (!nest->isAncestor(user))
        return refuse(why, user,
                      "a buffer of each thread is used outside the "
                      "loops that they divide");
  auto isInside = [&](Operation *user) { return nest->isAncestor(user); };
  for (auto alloca : entry.getOps<memref::AllocaOp>()) {
    if (llvm::none_of(alloca->getUsers(), isInside))
      continue;
    if (!llvm::all_of(alloca->getUsers(), isInside))
      return refuse(why, alloca,
                    "a buffer on the stack is used in the loops that threads "
                    "divide, where each has its own, and outside");
    stack.push_back(alloca);
  }
  for (Operation *fill : fills)
    if (failed(checkDisjoint(
            fill, llvm::to_vector_of<Value>(
                      cast<scf::ParallelOp>(fill).getInductionVars()))))
      return failure();
  SmallVector<Value> ivs;
  for (scf::ForOp loop : spec.band)
    ivs.push_back(loop.getInductionVar());
  if (failed(checkDisjoint(first, ivs)))
    return failure();
  return checkWrites(nest);
}

//===----------------------------------------------------------------------===//
// Division
//===----------------------------------------------------------------------===//

/// What lies between the loops of the band moves into the innermost one.
void Team::sinkIntoBand() {
  for (size_t i = 0; i + 1 < spec.band.size(); ++i) {
    scf::ForOp outer = spec.band[i], inner = spec.band[i + 1];
    SmallVector<Operation *> between;
    for (Operation &op : outer.getBody()->without_terminator())
      if (&op != inner)
        between.push_back(&op);
    for (Operation *op : llvm::reverse(between))
      b.moveOpBefore(op, inner.getBody(), inner.getBody()->begin());
  }
}

Divided Team::describeBand() {
  Divided band;
  band.op = spec.band.front();
  band.dynamic = spec.dynamic;
  for (scf::ForOp loop : spec.band) {
    band.names.push_back(b.getStringAttr(nameOf(loop)));
    band.lower.push_back(loop.getLowerBound());
    band.upper.push_back(loop.getUpperBound());
    band.step.push_back(loop.getStep());
    band.ivs.push_back(loop.getInductionVar());
    band.body = loop.getBody();
  }
  return band;
}

Divided Team::describeFill(scf::ParallelOp fill) {
  Divided loops;
  loops.op = fill;
  loops.names.push_back(fill->getAttr(kLoopName));
  loops.lower = fill.getLowerBound();
  loops.upper = fill.getUpperBound();
  loops.step = fill.getStep();
  llvm::append_range(loops.ivs, fill.getInductionVars());
  loops.body = fill.getBody();
  return loops;
}

void Team::divide(const Divided &loops) {
  Location loc = loops.op->getLoc();
  OpBuilder::InsertionGuard restore(b);
  b.setInsertionPoint(loops.op);
  // OpenMP's loops count in integers of a known width.
  Type i64 = b.getI64Type();
  auto toInteger = [&](Value value) -> Value {
    if (std::optional<int64_t> constant = getConstantIntValue(value))
      return arith::ConstantIntOp::create(b, loc, i64, *constant);
    return arith::IndexCastOp::create(b, loc, i64, value);
  };
  bool isFill = isa<scf::ParallelOp>(loops.op);
  bool isShort = isMutated(isFill ? Mutation::TeamFill : Mutation::TeamLast);
  omp::LoopNestOperands bounds;
  for (auto [lower, upper, step] :
       llvm::zip(loops.lower, loops.upper, loops.step)) {
    bounds.loopLowerBounds.push_back(toInteger(lower));
    bounds.loopUpperBounds.push_back(toInteger(upper));
    bounds.loopSteps.push_back(toInteger(step));
    if (isShort)
      bounds.loopUpperBounds.back() = arith::SubIOp::create(
          b, loc, bounds.loopUpperBounds.back(), bounds.loopSteps.back());
  }
  bounds.collapseNumLoops = b.getI64IntegerAttr(loops.ivs.size());
  omp::WsloopOperands clauses;
  clauses.scheduleKind = omp::ClauseScheduleKindAttr::get(
      b.getContext(), loops.dynamic ? omp::ClauseScheduleKind::Dynamic
                                    : omp::ClauseScheduleKind::Static);
  auto share = omp::WsloopOp::create(b, loc, clauses);
  share->setAttr(kLoopNames, b.getArrayAttr(loops.names));
  b.createBlock(&share.getRegion());
  auto nested = omp::LoopNestOp::create(b, loc, bounds);
  SmallVector<Type> types(loops.ivs.size(), i64);
  SmallVector<Location> locs(loops.ivs.size(), loc);
  Block *body =
      b.createBlock(&nested.getRegion(), nested.getRegion().end(), types, locs);
  for (auto [iv, argument] : llvm::zip(loops.ivs, body->getArguments()))
    b.replaceAllUsesWith(
        iv, arith::IndexCastOp::create(b, loc, b.getIndexType(), argument));
  b.eraseOp(loops.body->getTerminator());
  SmallVector<Operation *> moved;
  for (Operation &op : *loops.body)
    moved.push_back(&op);
  for (Operation *op : moved)
    b.moveOpBefore(op, body, body->end());
  b.setInsertionPointToEnd(body);
  omp::YieldOp::create(b, loc, ValueRange());
  b.eraseOp(loops.op);
}

/// As many as the caller allows, and as there are private buffers for.
Value Team::countThreads() {
  Location loc = nest->getLoc();
  StringRef name = "omp_get_max_threads";
  auto type = b.getFunctionType({}, b.getI32Type());
  auto module = function->getParentOfType<ModuleOp>();
  if (!module.lookupSymbol(name)) {
    OpBuilder::InsertionGuard restore(b);
    b.setInsertionPointToStart(module.getBody());
    func::FuncOp::create(b, loc, name, type).setPrivate();
  }
  Value allowed =
      func::CallOp::create(b, loc, name, type.getResults()).getResult(0);
  Value most =
      arith::ConstantIntOp::create(b, loc, b.getI32Type(), spec.threads);
  return arith::MinSIOp::create(b, loc, allowed, most);
}

/// Each worker draws its number. omp_get_thread_num would say it too, but when
/// a program has two OpenMP runtimes, it may be the one of the other.
Value Team::numberWorker(Value counter) {
  Location loc = nest->getLoc();
  Value one = arith::ConstantIntOp::create(b, loc, b.getI64Type(), 1);
  Value number = memref::AtomicRMWOp::create(b, loc, arith::AtomicRMWKind::addi,
                                             one, counter, ValueRange());
  return arith::IndexCastOp::create(b, loc, b.getIndexType(), number);
}

void Team::makePrivate(memref::AllocOp alloc, Value worker, Block *inside) {
  Location loc = alloc.getLoc();
  MemRefType type = alloc.getType();
  int64_t stride =
      privateStride(type.getNumElements() * type.getElementTypeBitWidth() / 8);
  OpBuilder::InsertionGuard restore(b);
  b.setInsertionPoint(alloc);
  auto all = memref::AllocOp::create(
      b, loc,
      MemRefType::get(
          {(isMutated(Mutation::TeamCopies) ? 1 : spec.threads) * stride},
          b.getI8Type()),
      alloc.getAlignmentAttr());
  all->setDiscardableAttrs(alloc->getDiscardableAttrDictionary());
  b.setInsertionPointToEnd(inside);
  Value at = applyExprValue(b, loc, b.getAffineDimExpr(0) * stride,
                            {OpFoldResult(worker)});
  b.replaceOp(alloc, memref::ViewOp::create(b, loc, type, all, at,
                                            /*sizes=*/ValueRange()));
}

void Team::rewrite() {
  sinkIntoBand();
  Divided band = describeBand();
  Location loc = band.op->getLoc();
  SmallVector<Operation *> inside;
  for (Operation *fill : fills)
    if (fill->getBlock() == nest->getBlock())
      inside.push_back(fill);

  b.setInsertionPoint(nest);
  omp::ParallelOperands clauses;
  clauses.numThreads = countThreads();
  Value counter;
  if (!spec.privates.empty()) {
    // A cache line of its own: the workspace's alignment.
    counter = memref::AllocOp::create(
        b, loc, MemRefType::get({}, b.getI64Type()), b.getI64IntegerAttr(64));
    Value zero = arith::ConstantIntOp::create(b, loc, b.getI64Type(), 0);
    memref::StoreOp::create(b, loc, zero, counter, ValueRange());
  }
  auto parallel = omp::ParallelOp::create(b, loc, clauses);
  Block *region = b.createBlock(&parallel.getRegion());
  if (counter) {
    Value worker = numberWorker(counter);
    for (memref::AllocOp alloc : spec.privates)
      makePrivate(alloc, worker, region);
  }
  b.setInsertionPointToEnd(region);
  auto end = omp::TerminatorOp::create(b, loc);
  for (Operation *alloca : stack)
    b.moveOpBefore(alloca, region, region->begin());
  for (Operation *fill : inside)
    b.moveOpBefore(fill, end);
  b.moveOpBefore(nest, end);
  for (Operation *fill : fills)
    divide(describeFill(cast<scf::ParallelOp>(fill)));
  divide(band);
}

LogicalResult runOnTeam(RewriterBase &rewriter, const TeamSpec &spec,
                        Refusal &why) {
  OpBuilder::InsertionGuard guard(rewriter);
  Team team(rewriter, spec, why);
  if (failed(team.check()))
    return failure();
  team.rewrite();
  return success();
}

} // namespace tensorop
