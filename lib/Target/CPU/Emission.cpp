//===- Emission.cpp - Machine code with few spills ------------------------===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Emission.h"
#include "llvm/ADT/ScopeExit.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringMap.h"
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

/// The part of the spills that leaving out a pass may keep to be worth it.
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

/// Passes of the backend that may do more harm than good.
struct LeftOut {
  bool scheduler = false, loopReduction = false;
};

/// What is left out of each function.
using Variant = StringMap<LeftOut>;

/// Keeps passes from functions.
class PassGate : public OptPassGate {
public:
  explicit PassGate(const Variant &variant) : variant(variant) {}
  bool isEnabled() const override { return !variant.empty(); }
  bool shouldRunPass(StringRef pass, StringRef unit) const override {
    // A loop's description does not name the function, whose own passes come
    // before those of its loops.
    if (unit.consume_front("function (") && unit.consume_back(")"))
      function = unit.str();
    LeftOut leftOut = variant.lookup(function);
    return !(leftOut.scheduler && pass == "machine-scheduler") &&
           !(leftOut.loopReduction && pass == "Loop Strength Reduction");
  }

private:
  const Variant &variant;
  mutable std::string function;
};

/// What one run of the backend gives.
struct Emitted {
  SmallVector<char, 0> file;
  SpillCosts costs;
};
} // namespace

/// Runs the backend without what `variant` leaves out.
static Expected<Emitted> emit(const Module &module, TargetMachine &machine,
                              CodeGenFileType type, const Variant &variant) {
  // The backend changes the module on its way.
  std::unique_ptr<Module> copy = CloneModule(module);
  LLVMContext &context = copy->getContext();
  Emitted result;
  PassGate gate(variant);
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
                                                  bool inOrder,
                                                  CodeGenFileType type) {
  Expected<Emitted> usual = emit(module, machine, type, {});
  if (!usual)
    return usual.takeError();
  if (inOrder || usual->costs.empty())
    return std::move(usual->file);
  static constexpr LeftOut others[] = {
      {/*scheduler=*/true, /*loopReduction=*/false},
      {/*scheduler=*/false, /*loopReduction=*/true},
      {/*scheduler=*/true, /*loopReduction=*/true}};
  // The best variant, what it costs, and whether `file` is of it.
  Variant best;
  SpillCosts costs = usual->costs;
  SmallVector<char, 0> file = std::move(usual->file);
  bool isOfBest = true;
  for (const LeftOut &other : others) {
    Variant variant = best;
    bool isNew = false;
    for (const auto &function : costs)
      if (function.second > 0) {
        variant[function.first()] = other;
        isNew = true;
      }
    if (!isNew)
      break;
    Expected<Emitted> emitted = emit(module, machine, type, variant);
    if (!emitted)
      return emitted.takeError();
    bool isBetterInAll = true, isBetter = false;
    for (auto &function : costs) {
      if (function.second <= 0)
        continue;
      double cost = emitted->costs.lookup(function.first());
      if (cost > kClearlyLess * function.second) {
        isBetterInAll = false;
        continue;
      }
      best[function.first()] = other;
      function.second = cost;
      isBetter = true;
    }
    if (isBetterInAll)
      file = std::move(emitted->file);
    isOfBest = isBetterInAll || (isOfBest && !isBetter);
  }
  if (isOfBest)
    return std::move(file);
  Expected<Emitted> emitted = emit(module, machine, type, best);
  if (!emitted)
    return emitted.takeError();
  return std::move(emitted->file);
}
