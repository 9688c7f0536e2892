//===- Contractions.cpp - Who computes each contraction -------------------===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Contractions.h"
#include "KernelFacts.h"
#include "Operations.h"
#include "TensorOp/Normalize/Cluster.h"
#include "TensorOp/Proposer/Passes.h"
#include "TensorOp/Support/Attributes.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/BuiltinOps.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/MathExtras.h"
#include "llvm/Support/raw_ostream.h"
#include <map>

using namespace mlir;
using namespace tensorop;

/// How often `entry` runs `func` in one call; none when that is open.
static std::optional<int64_t> countCalls(func::FuncOp func,
                                         func::FuncOp entry) {
  if (func == entry)
    return 1;
  int64_t calls = 0;
  bool isKnown = true;
  entry.walk([&](func::CallOp call) {
    if (call.getCallee() != func.getName())
      return;
    std::optional<int64_t> runs = countRuns(call, entry);
    isKnown &= runs && !llvm::AddOverflow(calls, *runs, calls);
  });
  return isKnown ? std::optional(calls) : std::nullopt;
}

/// Each contraction that `entry` runs, with its operations in one call of
/// `entry` (0: unknown).
static void forEachContraction(
    ModuleOp module, StringRef entry,
    llvm::function_ref<void(func::FuncOp, linalg::LinalgOp, int64_t)> visit) {
  auto called = module.lookupSymbol<func::FuncOp>(entry);
  for (auto func : module.getOps<func::FuncOp>()) {
    std::optional<int64_t> calls = countCalls(func, called);
    func.walk([&](linalg::LinalgOp op) {
      if (!isContraction(op))
        return;
      std::optional<int64_t> flops = countFlops(op), runs = countRuns(op, func);
      int64_t total = 0;
      bool isKnown = flops && runs && calls &&
                     !llvm::MulOverflow(*flops, *runs, total) &&
                     !llvm::MulOverflow(total, *calls, total);
      visit(func, op, isKnown ? total : 0);
    });
  }
}

std::vector<ContractionReport> tensorop::findContractions(ModuleOp module,
                                                          StringRef entry) {
  std::vector<ContractionReport> reports;
  auto visit = [&](func::FuncOp func, linalg::LinalgOp op, int64_t flops) {
    ContractionReport report;
    report.kernel = func.getName().str();
    if (auto name = op->getAttrOfType<StringAttr>(opAttrName))
      report.op = name.str();
    report.isConvolution =
        llvm::any_of(op.getIndexingMapsArray(), [](AffineMap map) {
          return !map.isProjectedPermutation(/*allowZeroInResults=*/true);
        });
    for (int64_t extent : op.getStaticLoopRanges())
      report.extents.push_back(extent);
    report.flops = flops;
    reports.push_back(std::move(report));
  };
  forEachContraction(module, entry, visit);
  return reports;
}

std::vector<runtime::ElementType> tensorop::findFactors(ModuleOp module,
                                                        StringRef entry) {
  std::map<runtime::ElementType, uint64_t> operations;
  auto visit = [&](func::FuncOp, linalg::LinalgOp op, int64_t flops) {
    std::optional<runtime::ElementType> widest;
    for (Value factor : op.getDpsInputs()) {
      runtime::ElementType type =
          getElementType(getElementTypeOrSelf(factor.getType()));
      if (!widest || runtime::getByteSize(type) > runtime::getByteSize(*widest))
        widest = type;
    }
    uint64_t &sum = operations[*widest];
    sum = llvm::SaturatingAdd(sum, uint64_t(flops));
  };
  forEachContraction(module, entry, visit);
  std::vector<runtime::ElementType> types;
  for (const auto &[type, sum] : operations)
    types.push_back(type);
  llvm::sort(types, [&](runtime::ElementType a, runtime::ElementType b) {
    return std::pair(operations[b], a) < std::pair(operations[a], b);
  });
  return types;
}

void tensorop::reportPlans(ModuleOp module,
                           std::vector<ContractionReport> &contractions) {
  for (ContractionReport &report : contractions) {
    auto kernel = module.lookupSymbol<func::FuncOp>(report.kernel);
    if (!kernel)
      continue;
    auto plan = kernel->getAttrOfType<StringAttr>(plannedAttrName);
    if (!plan) {
      auto why = kernel->getAttrOfType<StringAttr>(strategy::kNoPlanAttr);
      report.reason = why ? why.str() : "no plan was asked for";
      continue;
    }
    // A register tile takes the place of its op.
    bool isLeft = false;
    kernel.walk([&](linalg::LinalgOp op) {
      auto name = op->getAttrOfType<StringAttr>(opAttrName);
      isLeft |= name && name.getValue() == report.op;
    });
    if (isLeft)
      report.reason = "plan '" + plan.str() + "' does not vectorize it";
    else
      report.plan = plan.str();
  }
}

std::string tensorop::toString(const ContractionReport &report) {
  std::string text;
  llvm::raw_string_ostream stream(text);
  stream << report.op << " of " << report.kernel << ": ";
  llvm::interleave(report.extents, stream, "x");
  stream << ", ";
  if (report.flops)
    stream << report.flops << " operations, ";
  if (report.plan.empty())
    stream << "plain loops: " << report.reason;
  else
    stream << "plan " << report.plan;
  return text;
}
