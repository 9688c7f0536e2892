//===- SolveConstrainedParams.cpp - transform-solve-constrained-params ----===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ReadRegions.h"
#include "TensorOp/Conversion/SolveParams/Passes.h"
#include "TensorOp/Support/Check.h"
#include "TensorOp/Z3/Z3.h"
#include "mlir/Dialect/Transform/IR/TransformDialect.h"
#include "mlir/Dialect/Transform/IR/TransformOps.h"
#include "mlir/IR/Builders.h"
#include <numeric>

namespace tensorop {
#define GEN_PASS_DEF_TRANSFORMSOLVECONSTRAINEDPARAMS
#include "TensorOp/Conversion/SolveParams/Passes.h.inc"
} // namespace tensorop

using namespace mlir;
using namespace tensorop;
using model::Formula;
using transform::smt::ConstrainParamsOp;
using z3::Solution;

//===----------------------------------------------------------------------===//
// Our own search on formulas
//===----------------------------------------------------------------------===//

static Solution::Kind searchPoint(const model::ConstraintSet &set,
                                  std::vector<int64_t> &values) {
  model::LimitedSearch search = model::ownSolver().first(set);
  if (!search.point)
    return search.gaveUp ? Solution::Kind::Unknown : Solution::Kind::Impossible;
  for (const model::Variable &variable : set.variables())
    values.push_back(search.point->at(variable.name));
  return Solution::Kind::Satisfied;
}

/// The assertions `some` exclude each other; false also when our search cannot
/// tell.
static bool isImpossible(const Formula &formula, ArrayRef<size_t> some) {
  Formula part{formula.variables, {}};
  for (size_t i : some)
    part.assertions.push_back(formula.assertions[i]);
  llvm::Expected<model::ConstraintSet> set = constraintsOf(part);
  std::vector<int64_t> ignored;
  if (set)
    return searchPoint(*set, ignored) == Solution::Kind::Impossible;
  llvm::consumeError(set.takeError());
  return false;
}

/// Assertions that exclude each other. What bounds a variable can be left out
/// only when nothing else speaks of it, so one round is not enough.
static std::vector<size_t> searchCore(const Formula &formula) {
  std::vector<size_t> core(formula.assertions.size());
  std::iota(core.begin(), core.end(), 0);
  for (size_t before = core.size() + 1; core.size() < before;) {
    before = core.size();
    for (size_t next = 0; next < core.size();) {
      std::vector<size_t> fewer = core;
      fewer.erase(fewer.begin() + next);
      if (isImpossible(formula, fewer))
        core = std::move(fewer);
      else
        ++next;
    }
  }
  return core;
}

/// An error says why our search cannot answer.
static llvm::Expected<Solution> search(const Formula &formula) {
  llvm::Expected<model::ConstraintSet> set = constraintsOf(formula);
  if (!set)
    return set.takeError();
  Solution solution;
  solution.kind = searchPoint(*set, solution.values);
  if (solution.kind == Solution::Kind::Unknown)
    return llvm::createStringError(model::ownSolver().limitMessage());
  if (solution.kind == Solution::Kind::Impossible)
    solution.core = searchCore(formula);
  return solution;
}

//===----------------------------------------------------------------------===//
// The pass
//===----------------------------------------------------------------------===//

namespace {
class SolveConstrainedParams
    : public tensorop::impl::TransformSolveConstrainedParamsBase<
          SolveConstrainedParams> {
public:
  using TransformSolveConstrainedParamsBase::
      TransformSolveConstrainedParamsBase;

  void runOnOperation() override {
    if (!llvm::is_contained({"own", "z3", "auto"}, solver)) {
      getOperation()->emitError() << "option solver: '" << solver
                                  << "' is unknown; known are own, z3, auto";
      return signalPassFailure();
    }
    // Values of one script cannot be seen by another.
    llvm::MapVector<Operation *, SmallVector<ConstrainParamsOp>> scripts;
    getOperation()->walk<WalkOrder::PreOrder>([&](ConstrainParamsOp op) {
      Operation *script =
          op->getParentWithTrait<OpTrait::IsIsolatedFromAbove>();
      scripts[script].push_back(op);
    });
    for (auto &[script, ops] : scripts)
      if (failed(solve(ops)))
        return signalPassFailure();
  }

private:
  LogicalResult solve(ArrayRef<ConstrainParamsOp> ops) {
    ScriptReader reader;
    for (ConstrainParamsOp op : ops)
      if (failed(checkPlace(op)) || failed(reader.add(op)))
        return failure();
    llvm::Expected<Solution> solution = ask(reader.formula());
    if (!solution)
      return ConstrainParamsOp(ops.front()).emitOpError()
             << "is not solved: " << llvm::toString(solution.takeError());
    if (solution->kind == Solution::Kind::Impossible)
      return reportCore(reader, solution->core, ops.front());
    for (model::Holds holds : evaluate(reader.formula(), solution->values))
      TENSOROP_CHECK(holds != model::Holds::No,
                     "a solver's values satisfy the formula");
    OpBuilder builder(&getContext());
    for (const ScriptReader::Result &result : reader.results()) {
      builder.setInsertionPoint(result.value.getDefiningOp());
      int64_t value = solution->values[result.variable];
      Value constant = transform::ParamConstantOp::create(
          builder, result.value.getLoc(), result.value.getType(),
          attributeOf(result.type, value));
      Value(result.value).replaceAllUsesWith(constant);
    }
    for (auto [op, variable] : reader.knobs())
      select(cast<transform::tune::KnobOp>(op), solution->values[variable]);
    for (ConstrainParamsOp op : llvm::reverse(ops))
      op.erase();
    return success();
  }

  static Attribute attributeOf(Type type, int64_t value) {
    if (type.isSignlessInteger(1))
      return BoolAttr::get(type.getContext(), value != 0);
    return IntegerAttr::get(type, value);
  }

  static void select(transform::tune::KnobOp knob, int64_t value) {
    for (Attribute option : cast<ArrayAttr>(knob.getOptions())) {
      auto integer = cast<IntegerAttr>(option);
      int64_t number = integer.getType().isSignlessInteger(1)
                           ? integer.getValue().isOne()
                       : integer.getType().isUnsignedInteger()
                           ? int64_t(integer.getValue().getZExtValue())
                           : integer.getValue().getSExtValue();
      if (number == value)
        return knob.setSelectedAttr(option);
    }
  }

  /// A failure would choose the next alternative, which this pass does not do.
  static LogicalResult checkPlace(ConstrainParamsOp op) {
    for (Operation *parent = op->getParentOp(); parent;
         parent = parent->getParentOp())
      if (isa<transform::AlternativesOp, transform::tune::AlternativesOp>(
              parent)) {
        InFlightDiagnostic diag =
            op.emitOpError() << "is not solved inside '" << parent->getName()
                             << "': which alternative runs is not known";
        diag.attachNote(parent->getLoc()) << "the alternatives";
        return diag;
      }
    return success();
  }

  llvm::Expected<Solution> ask(const Formula &formula) {
    std::string reason;
    if (solver != "z3") {
      llvm::Expected<Solution> own = search(formula);
      if (own)
        return own;
      reason = llvm::toString(own.takeError());
      if (solver == "own")
        return llvm::createStringError(reason);
      reason = "our own search does not take it (" + reason + "); ";
    }
    llvm::Expected<Solution> other = z3::solve(formula, steps);
    if (!other)
      return llvm::createStringError(reason +
                                     llvm::toString(other.takeError()));
    if (other->kind == Solution::Kind::Unknown)
      return llvm::createStringError(reason + "Z3 does not decide it within " +
                                     std::to_string(steps) + " steps and " +
                                     std::to_string(z3::maxSeconds) +
                                     " seconds: " + other->reason);
    return other;
  }

  static LogicalResult reportCore(const ScriptReader &reader,
                                  ArrayRef<size_t> core,
                                  ConstrainParamsOp first) {
    // Where the last of them stands the contradiction is complete.
    ConstrainParamsOp at = first;
    for (size_t index : core) {
      Operation *op = reader.origins()[index].op;
      if (auto own = dyn_cast<ConstrainParamsOp>(op))
        at = own;
      else if (auto parent = op->getParentOfType<ConstrainParamsOp>())
        at = parent;
    }
    InFlightDiagnostic diag =
        at.emitOpError() << "cannot be satisfied; together exclude all values:";
    for (size_t index : core) {
      const ScriptReader::Origin &origin = reader.origins()[index];
      if (!origin.what.empty())
        diag.attachNote(origin.op->getLoc()) << origin.what;
    }
    return diag;
  }
};
} // namespace
