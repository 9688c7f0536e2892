//===- CheckRealised.cpp - strategy-check-realised ------------------------===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "CheckPlaces.h"
#include "PromiseReader.h"
#include "TensorOp/Conversion/StrategyToTransform/Passes.h"
#include "TensorOp/Conversion/StrategyToTransform/Promise.h"
#include "TensorOp/Realise/Realise.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/OpenMP/OpenMPDialect.h"
#include "mlir/Dialect/Transform/IR/TransformDialect.h"
#include "mlir/Dialect/Transform/IR/TransformOps.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/Interfaces/FunctionInterfaces.h"
#include "mlir/Interfaces/LoopLikeInterface.h"
#include "mlir/Interfaces/ViewLikeInterface.h"

namespace tensorop::strategy {
#define GEN_PASS_DEF_STRATEGYCHECKREALISED
#include "TensorOp/Conversion/StrategyToTransform/Passes.h.inc"
} // namespace tensorop::strategy

using namespace mlir;
using namespace tensorop;
using namespace tensorop::strategy;

namespace {

/// The step of a loop; unrolling leaves a product of constants, for nothing may
/// canonicalize before this check.
std::optional<int64_t> constantStep(Value step) {
  if (std::optional<int64_t> value = getConstantIntValue(step))
    return value;
  if (auto product = step.getDefiningOp<arith::MulIOp>()) {
    std::optional<int64_t> lhs = getConstantIntValue(product.getLhs());
    std::optional<int64_t> rhs = getConstantIntValue(product.getRhs());
    if (lhs && rhs)
      return *lhs * *rhs;
  }
  return std::nullopt;
}

/// Whether `value` is a buffer of the tree or a view of one.
bool isOfPromisedBuffer(Value value) {
  while (auto view = value.getDefiningOp<ViewLikeOpInterface>())
    value = view.getViewSource();
  auto alloc = value.getDefiningOp<memref::AllocOp>();
  return alloc && alloc->hasAttr(kBufferName);
}

/// Compares one kernel with its promise.
class Comparison : PromiseReader {
public:
  Comparison(FunctionOpInterface kernel, DictionaryAttr promise)
      : PromiseReader(kernel, promise) {
    kernel.walk([&](Operation *op) {
      if (auto loop = dyn_cast<scf::ForOp>(op)) {
        if (auto name = loop->getAttrOfType<StringAttr>(kLoopName))
          loops[name.getValue()].push_back(loop);
      } else if (auto shared = dyn_cast<omp::WsloopOp>(op)) {
        if (auto names = shared->getAttrOfType<ArrayAttr>(kLoopNames))
          for (auto [name, step] :
               llvm::zip(names.getAsValueRange<StringAttr>(),
                         cast<omp::LoopNestOp>(shared.getWrappedLoop())
                             .getLoopSteps()))
            divided[name].push_back({shared, step});
      } else if (auto alloc = dyn_cast<memref::AllocOp>(op)) {
        if (auto name = alloc->getAttrOfType<StringAttr>(kBufferName))
          buffers[name.getValue()].push_back(alloc);
        else
          checkStray(op, "allocation");
      } else if (isa<memref::AllocaOp>(op)) {
        // Each thread may have its own, once.
        if (!isa<omp::ParallelOp>(op->getParentOp()))
          checkStray(op, "stack allocation");
      } else if (isa<memref::CopyOp, linalg::CopyOp>(op)) {
        if (!llvm::any_of(op->getOperands(), isOfPromisedBuffer))
          checkStray(op, "copy");
      }
    });
  }

  LogicalResult run() {
    for (auto loop : list("loops"))
      checkLoop(loop);
    for (auto buffer : list("buffers"))
      checkBuffer(buffer);
    for (auto &found : buffers)
      if (!llvm::any_of(list("buffers"), [&](DictionaryAttr buffer) {
            return text(buffer, "name") == found.getKey();
          }))
        error(found.getValue().front()->getLoc())
            << "buffer '" << found.getKey()
            << "' is not in the plan's loop tree";
    if (auto tile = promise.getAs<DictionaryAttr>("tile"))
      checkTile(tile);
    wrong |= failed(checkPlaces(kernel, promise));
    return failure(wrong);
  }

private:
  /// Nothing may be allocated or copied in a loop unless the tree says so.
  void checkStray(Operation *op, StringRef what) {
    if (op->getParentOfType<LoopLikeOpInterface>() ||
        op->getParentOfType<omp::ParallelOp>())
      error(op->getLoc()) << what
                          << " in a loop that the plan's loop tree does "
                             "not have";
  }

  void checkLoop(DictionaryAttr expected) {
    LocationAttr at = location(expected);
    StringRef name = text(expected, "name");
    int64_t step = number(expected, "step");
    int64_t copies = number(expected, "copies");
    int64_t count = 0, rest = 0;
    SmallVector<std::pair<Operation *, Value>> found;
    if (expected.get("divided"))
      found = divided[name];
    else
      for (scf::ForOp loop : loops[name])
        found.push_back({loop, loop.getStep()});
    for (auto [loop, value] : found) {
      std::optional<int64_t> actual = constantStep(value);
      if (auto made = dyn_cast<scf::ForOp>(loop);
          made && expected.get("prefetches") && !hasPrefetch(made))
        error(at) << "loop '" << name << "' prefetches in the plan, not in "
                  << "the IR";
      if (actual == step) {
        ++count;
      } else if (expected.get("remainder") &&
                 actual == number(expected, "remainder")) {
        ++rest;
      } else {
        auto diag = error(at) << "loop '" << name << "' steps by " << step
                              << " in the plan";
        if (actual)
          diag << ", by " << *actual << " in the IR";
        diag.attachNote(loop->getLoc()) << "this is the loop";
      }
    }
    bool folded = expected.get("may_fold") && count < copies;
    if (count != copies && !folded)
      error(at) << "expects " << copies
                << (expected.get("divided") ? " loops that threads divide, '"
                                            : " loops '")
                << name << "' of step " << step << ", but the IR has " << count;
    if (rest > copies)
      error(at) << "expects at most " << copies
                << " remainder loops of the unrolled loop '" << name
                << "', but the IR has " << rest;
  }

  static bool hasPrefetch(scf::ForOp loop) {
    return loop
        .walk([](memref::PrefetchOp op) {
          return op.getIsWrite() ? WalkResult::advance()
                                 : WalkResult::interrupt();
        })
        .wasInterrupted();
  }

  void checkBuffer(DictionaryAttr expected) {
    LocationAttr at = location(expected);
    StringRef name = text(expected, "name");
    ArrayRef<memref::AllocOp> found = buffers[name];
    if (found.size() != 1) {
      error(at) << "expects one buffer '" << name << "', but the IR has "
                << int64_t(found.size());
      return;
    }
    Type type = expected.getAs<TypeAttr>("type").getValue();
    memref::AllocOp alloc = found.front();
    if (alloc.getType() == type)
      return;
    auto diag = error(at) << "buffer '" << name << "' is " << type
                          << " in the plan, " << alloc.getType()
                          << " in the IR";
    diag.attachNote(alloc.getLoc()) << "this is the buffer";
  }

  void checkTile(DictionaryAttr expected) {
    LocationAttr at = location(expected);
    Type vector = expected.getAs<TypeAttr>("vector").getValue();
    auto wanted = expected.getAs<DenseI64ArrayAttr>("accumulators");
    StringRef name = text(expected, "loop");
    int64_t rests = loops[(name + kRestSuffix).str()].size();
    auto promised = expected.getAs<IntegerAttr>("rests");
    if (promised && promised.getInt() != rests)
      error(at) << "expects " << promised.getInt()
                << " loops for the rest of the partial sums of loop '" << name
                << "', but the IR has " << rests;
    llvm::SmallDenseSet<int64_t> seen;
    for (scf::ForOp loop : loops[name]) {
      seen.insert(loop.getNumRegionIterArgs());
      if (promised && llvm::any_of(loop.getResults(),
                                   [](Value sum) { return sum.use_empty(); })) {
        auto diag = error(at) << "an accumulator of loop '" << name
                              << "' is not used after it";
        diag.attachNote(loop.getLoc()) << "this is the loop";
      }
      for (Type type : loop.getInitArgs().getTypes())
        if (type != vector) {
          auto diag = error(at)
                      << "loop '" << name << "' carries accumulators "
                      << "of type " << type << ", expected " << vector;
          diag.attachNote(loop.getLoc()) << "this is the loop";
          return;
        }
    }
    // A loop that unrolling has folded away carries nothing.
    if (seen.empty())
      return;
    for (int64_t count : seen)
      if (!llvm::is_contained(wanted.asArrayRef(), count))
        error(at) << "a register tile has " << count
                  << " accumulator vectors; the plan has "
                  << wanted.asArrayRef();
  }

  llvm::StringMap<SmallVector<scf::ForOp>> loops;
  /// Loops that a team divides, with their steps.
  llvm::StringMap<SmallVector<std::pair<Operation *, Value>>> divided;
  llvm::StringMap<SmallVector<memref::AllocOp>> buffers;
};

class CheckRealised
    : public tensorop::strategy::impl::StrategyCheckRealisedBase<
          CheckRealised> {
public:
  using StrategyCheckRealisedBase::StrategyCheckRealisedBase;

  void runOnOperation() override {
    ModuleOp module = getOperation();
    bool wrong = false;
    for (auto kernel : module.getOps<FunctionOpInterface>()) {
      auto promise = kernel->getAttrOfType<DictionaryAttr>(kPromiseAttr);
      if (!promise)
        continue;
      wrong |= failed(Comparison(kernel, promise).run());
      kernel->removeAttr(kPromiseAttr);
    }
    if (wrong)
      return signalPassFailure();
    if (keepScripts)
      return;
    for (auto script : llvm::make_early_inc_range(
             module.getOps<transform::NamedSequenceOp>()))
      script.erase();
    module->removeAttr(transform::TransformDialect::kWithNamedSequenceAttrName);
  }
};
} // namespace
