//===- Emission.cpp - Machine code with few spills ------------------------===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Emission.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/ScopeExit.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/Analysis/LoopInfo.h"
#include "llvm/IR/DiagnosticHandler.h"
#include "llvm/IR/DiagnosticInfo.h"
#include "llvm/IR/LLVMContext.h"
#include "llvm/IR/LegacyPassManager.h"
#include "llvm/IR/Module.h"
#include "llvm/IR/OptBisect.h"
#include "llvm/Support/raw_ostream.h"
#include "llvm/Target/TargetMachine.h"
#include "llvm/Transforms/Utils/Cloning.h"

using namespace llvm;

/// The part of the spills that may stay without the scheduler for it to be
/// worth it.
static constexpr double kClearlyLess = 0.5;

namespace {
/// By function, how often spilled values are stored and loaded for each call,
/// as the register allocator estimates it.
using SpillCosts = StringMap<double>;

/// Reads the register allocator's remarks; hands all else on.
class SpillReader : public DiagnosticHandler {
public:
  SpillReader(SpillCosts &costs, DiagnosticHandler *next)
      : costs(costs), next(next) {}

  bool handleDiagnostics(const DiagnosticInfo &info) override {
    const auto *remark = dyn_cast<DiagnosticInfoOptimizationBase>(&info);
    if (!remark || remark->getPassName() != kAllocator)
      return next && next->handleDiagnostics(info);
    if (remark->getRemarkName() == "SpillReloadCopies")
      for (const auto &argument : remark->getArgs()) {
        StringRef key = argument.Key;
        double cost = 0;
        if (key.starts_with("Total") && key.ends_with("Cost") &&
            !key.contains("Copies") && to_float(argument.Val, cost))
          costs[remark->getFunction().getName()] += cost;
      }
    return true;
  }
  bool isAnalysisRemarkEnabled(StringRef) const override { return false; }
  bool isPassedOptRemarkEnabled(StringRef) const override { return false; }
  bool isMissedOptRemarkEnabled(StringRef pass) const override {
    return pass == kAllocator;
  }
  bool isAnyRemarkEnabled() const override { return true; }

private:
  static constexpr StringRef kAllocator = "regalloc";
  SpillCosts &costs;
  DiagnosticHandler *next;
};

/// Keeps passes from functions: the scheduler from some, and those that decide
/// what plans have decided from those with planned loops.
class PlanGate : public OptPassGate {
public:
  PlanGate(const Module &module, const StringSet<> &unscheduled,
           bool makesZerosAnew)
      : unscheduled(unscheduled), makesZerosAnew(makesZerosAnew) {
    for (const Function &function : module)
      if (hasPlannedLoops(function))
        planned.insert(function.getName());
  }
  bool isEnabled() const override {
    return !unscheduled.empty() || !planned.empty();
  }
  bool shouldRunPass(StringRef pass, StringRef unit) const override {
    if (!unit.consume_front("function (") || !unit.consume_back(")"))
      return true;
    if (pass == "machine-scheduler")
      return !unscheduled.contains(unit);
    if (pass == "early-machinelicm")
      return !makesZerosAnew || !planned.contains(unit);
    return pass != "loop-data-prefetch" || !planned.contains(unit);
  }

private:
  /// What `tensorop-keep-loops` has marked, and LLVM would not alone: it sets
  /// one of the two marks on loops that it has unrolled.
  static bool hasPlannedLoops(const Function &function) {
    return any_of(function, [](const BasicBlock &block) {
      const MDNode *loop =
          block.getTerminator()->getMetadata(LLVMContext::MD_loop);
      auto has = [&](StringRef mark) {
        return findOptionMDForLoopID(const_cast<MDNode *>(loop), mark);
      };
      return loop && has("llvm.loop.unroll.disable") &&
             has("llvm.loop.vectorize.enable");
    });
  }

  const StringSet<> &unscheduled;
  bool makesZerosAnew;
  StringSet<> planned;
};

/// What one run of the backend gives.
struct Emitted {
  SmallVector<char, 0> file;
  SpillCosts costs;
};
} // namespace

/// Runs the backend, without the scheduler for some functions. Out of order, a
/// RISC-V core makes the zeros of each register tile anew.
static Expected<Emitted> emit(const Module &module, TargetMachine &machine,
                              CodeGenFileType type, bool isOutOfOrder,
                              const StringSet<> &unscheduled = {}) {
  // The backend changes the module on its way.
  std::unique_ptr<Module> copy = CloneModule(module);
  LLVMContext &context = copy->getContext();
  Emitted result;
  PlanGate gate(*copy, unscheduled,
                isOutOfOrder && machine.getTargetTriple().isRISCV());
  OptPassGate &oldGate = context.getOptPassGate();
  std::unique_ptr<DiagnosticHandler> oldHandler =
      context.getDiagnosticHandler();
  context.setOptPassGate(gate);
  context.setDiagnosticHandler(
      std::make_unique<SpillReader>(result.costs, oldHandler.get()));
  scope_exit restore([&] {
    context.setOptPassGate(oldGate);
    context.setDiagnosticHandler(std::move(oldHandler));
  });
  raw_svector_ostream stream(result.file);
  legacy::PassManager passes;
  if (machine.addPassesToEmitFile(passes, stream, nullptr, type))
    return createStringError(
        "internal error: the backend cannot emit this kind of file");
  passes.run(*copy);
  return std::move(result);
}

Expected<SmallVector<char, 0>> tensorop::emitFile(const Module &module,
                                                  TargetMachine &machine,
                                                  bool avoidSpills,
                                                  CodeGenFileType type) {
  Expected<Emitted> scheduled = emit(module, machine, type, avoidSpills);
  if (!scheduled)
    return scheduled.takeError();
  StringSet<> spilling;
  if (avoidSpills)
    for (const auto &function : scheduled->costs)
      if (function.second > 0)
        spilling.insert(function.first());
  if (spilling.empty())
    return std::move(scheduled->file);
  Expected<Emitted> unscheduled =
      emit(module, machine, type, avoidSpills, spilling);
  if (!unscheduled)
    return unscheduled.takeError();
  StringSet<> better;
  for (const auto &function : spilling) {
    StringRef name = function.first();
    if (unscheduled->costs.lookup(name) <=
        kClearlyLess * scheduled->costs.lookup(name))
      better.insert(name);
  }
  if (better.empty())
    return std::move(scheduled->file);
  if (better.size() == spilling.size())
    return std::move(unscheduled->file);
  Expected<Emitted> mixed = emit(module, machine, type, avoidSpills, better);
  if (!mixed)
    return mixed.takeError();
  return std::move(mixed->file);
}
