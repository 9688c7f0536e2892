//===- DatabaseProposer.cpp - Plans that were measured --------------------===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A plan that was measured for the kernel itself is taken as it is. One of
// another shape is a guess: it must be legal here, and look no worse to the
// cost model than the analytic plan.
//
//===----------------------------------------------------------------------===//

#include "StoredPlan.h"
#include "TensorOp/Database/Database.h"
#include "TensorOp/Database/Keys.h"
#include "TensorOp/Dialect/Strategy/IR/StrategyOps.h"
#include "TensorOp/Model/CostModel.h"
#include "mlir/IR/MLIRContext.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/Path.h"

using namespace llvm;
using namespace tensorop;
using namespace tensorop::database;
using namespace tensorop::model;

/// A neighbour's plan may cost this many times what the analytic plan does, by
/// the cost model, which orders plans and is not exact.
static constexpr double mostCostOfNeighbour = 1.2;
/// How many plans of a shape, and how many shapes, are looked at.
static constexpr size_t mostTries = 8;

namespace {

/// A plan of the database that is legal for the kernel.
struct Candidate {
  Proposal proposal;
  /// Nothing: the cost model knows no such tree.
  std::optional<double> cycles;
};

class DatabaseProposer : public Proposer {
public:
  explicit DatabaseProposer(std::unique_ptr<TrialDatabase> database)
      : database(std::move(database)),
        context(mlir::MLIRContext::Threading::DISABLED) {
    context.loadDialect<strategy::StrategyDialect>();
  }
  StringRef name() const override { return "database"; }
  Expected<Proposal> propose(const KernelInfo &kernel, const HardwareModel &hw,
                             int64_t threads) const override;

private:
  struct Request {
    const KernelInfo &kernel;
    const HardwareModel &hw;
    int64_t threads;
    TrialKey key;
  };
  Expected<Candidate> tryOut(const Request &request, const Trial &trial) const;
  Expected<std::optional<Proposal>>
  findExact(const Request &request, std::vector<std::string> &warnings) const;
  Expected<std::optional<Proposal>>
  findNearest(const Request &request, std::optional<double> analyticCycles,
              std::vector<std::string> &warnings, std::string &whyNot) const;
  std::string fileName() const {
    return sys::path::filename(database->path()).str();
  }

  std::unique_ptr<TrialDatabase> database;
  mutable mlir::MLIRContext context;
};
} // namespace

/// "64x128x256".
static std::string shapeOf(ArrayRef<int64_t> extents) {
  return join(map_range(extents, [](int64_t e) { return std::to_string(e); }),
              "x");
}

static std::string scoreOf(const Trial &trial) {
  return formatv(trial.unit == "cycles" ? "{0:F0} {1}" : "{0:e3} {1}",
                 trial.score, trial.unit);
}

/// Cycles of a tree that the cost model knows.
static std::optional<double> cyclesOf(const LoopTree &tree, int64_t threads) {
  if (tree.hardware().isGPU() || !tree.isModelled() || !tree.root().tile)
    return std::nullopt;
  return estimateCost(tree, threads).total();
}

static std::optional<double> cyclesOf(const Proposal &plan,
                                      const KernelInfo &kernel,
                                      const HardwareModel &hw,
                                      int64_t threads) {
  Expected<LoopTree> tree =
      LoopTree::build(plan.header, plan.plainSteps(), hw, &kernel);
  if (tree)
    return cyclesOf(*tree, threads);
  consumeError(tree.takeError());
  return std::nullopt;
}

/// The plan of `trial` for the request's kernel; an error says why it is none.
Expected<Candidate> DatabaseProposer::tryOut(const Request &request,
                                             const Trial &trial) const {
  Expected<StoredPlan> stored = readStoredPlan(trial.planText, context);
  if (!stored)
    return stored.takeError();
  Candidate candidate{std::move(stored->proposal), std::nullopt};
  std::vector<std::string> names = opNamesOf(request.kernel);
  if (!trial.ops.empty() && trial.ops.size() != names.size())
    return createStringError(inconvertibleErrorCode(),
                             "it names " + Twine(trial.ops.size()) +
                                 " ops, the kernel has " + Twine(names.size()));
  if (!trial.ops.empty())
    renameOps(candidate.proposal, trial.ops, names);
  candidate.proposal.header.name = name().str();
  Expected<LoopTree> tree = LoopTree::build(
      candidate.proposal.header, candidate.proposal.plainSteps(), request.hw,
      &request.kernel, stored->values);
  if (!tree)
    return tree.takeError();
  if (!tree->isClosed())
    return createStringError(inconvertibleErrorCode(),
                             "it has parameters without a value");
  candidate.cycles = cyclesOf(*tree, request.threads);
  return candidate;
}

static std::string warnOf(StringRef file, const Trial &trial, Error why) {
  return (file + ": the plan of trial " + trial.uid +
          " is left out: " + toString(std::move(why)))
      .str();
}

Expected<std::optional<Proposal>>
DatabaseProposer::findExact(const Request &request,
                            std::vector<std::string> &warnings) const {
  Expected<std::vector<Trial>> trials =
      database->ranking(request.key, mostTries);
  if (!trials)
    return trials.takeError();
  for (const Trial &trial : *trials) {
    Expected<Candidate> candidate = tryOut(request, trial);
    if (!candidate) {
      warnings.push_back(warnOf(fileName(), trial, candidate.takeError()));
      continue;
    }
    candidate->proposal.why =
        formatv("exact: {0} on {1}, the best of {2} on this machine in {3}",
                scoreOf(trial), trial.when, shapeOf(trial.extents), fileName());
    return std::move(candidate->proposal);
  }
  return std::nullopt;
}

Expected<std::optional<Proposal>> DatabaseProposer::findNearest(
    const Request &request, std::optional<double> analyticCycles,
    std::vector<std::string> &warnings, std::string &whyNot) const {
  Expected<std::vector<Neighbour>> neighbours =
      database->nearest(request.key, mostTries);
  if (!neighbours)
    return neighbours.takeError();
  for (const Neighbour &neighbour : *neighbours) {
    const Trial &trial = neighbour.trial;
    std::string shape = shapeOf(trial.extents);
    auto reject = [&](const std::string &why) {
      if (whyNot.empty())
        whyNot = "the nearest plan, of " + shape + ", is not taken: " + why;
    };
    // Another shape's plan need not fit this one; text that is no plan is
    // worth a warning.
    Expected<StoredPlan> text = readStoredPlan(trial.planText, context);
    if (!text) {
      warnings.push_back(warnOf(fileName(), trial, text.takeError()));
      continue;
    }
    Expected<Candidate> candidate = tryOut(request, trial);
    if (!candidate) {
      reject(toString(candidate.takeError()));
      continue;
    }
    std::string beside;
    if (analyticCycles) {
      if (!candidate->cycles) {
        reject("there is no estimate of its cycles");
        continue;
      }
      double ratio = *candidate->cycles / std::max(1.0, *analyticCycles);
      if (ratio > mostCostOfNeighbour) {
        reject(formatv("it is estimated at {0:F2} times the cycles of the "
                       "analytic plan, above {1:F1}",
                       ratio, mostCostOfNeighbour));
        continue;
      }
      beside = formatv("; estimated at {0:F2} times the cycles of the analytic "
                       "plan",
                       ratio);
    }
    candidate->proposal.why = formatv(
        "nearest: plan of {0}, at distance {1:F2}, with {2} there{3}, in "
        "{4}{5}",
        shape, neighbour.distance, scoreOf(trial),
        trial.machineHash == request.key.machineHash
            ? ""
            : " on another machine of this name",
        fileName(), beside);
    return std::move(candidate->proposal);
  }
  return std::nullopt;
}

Expected<Proposal> DatabaseProposer::propose(const KernelInfo &kernel,
                                             const HardwareModel &hw,
                                             int64_t threads) const {
  Request request{kernel, hw, threads, {}};
  request.key.fingerprint = fingerprintOf(kernel);
  request.key.extents = extentsOf(kernel);
  request.key.target = hw.name;
  request.key.machineHash = machineHashOf(hw);
  request.key.threads = threads;
  std::vector<std::string> warnings;
  std::string whyNot;
  std::optional<Proposal> found;
  // What cannot be read is worth a warning, not the kernel.
  auto keep = [&](Expected<std::optional<Proposal>> result) {
    if (result)
      found = std::move(*result);
    else
      warnings.push_back(toString(result.takeError()));
  };
  // Times before cycles of a simulation.
  StringRef units[] = {"seconds", "cycles"};
  for (StringRef unit : units) {
    request.key.unit = unit.str();
    if (!found)
      keep(findExact(request, warnings));
  }
  std::optional<Expected<Proposal>> analytic;
  if (!found) {
    analytic.emplace(createAnalyticProposer()->propose(kernel, hw, threads));
    std::optional<double> cycles;
    if (*analytic)
      cycles = cyclesOf(**analytic, kernel, hw, threads);
    for (StringRef unit : units) {
      request.key.unit = unit.str();
      if (!found)
        keep(findNearest(request, cycles, warnings, whyNot));
    }
  }
  if (whyNot.empty())
    whyNot = "nothing of kernel " + request.key.fingerprint + " for " +
             hw.name + " in " + fileName();
  if (found) {
    if (analytic && !*analytic)
      consumeError(analytic->takeError());
    found->warnings = std::move(warnings);
    return std::move(*found);
  }
  if (!*analytic)
    return createStringError(inconvertibleErrorCode(),
                             join(warnings, "; ") +
                                 (warnings.empty() ? "" : "; ") + whyNot +
                                 "; " + toString(analytic->takeError()));
  Proposal plan = std::move(**analytic);
  plan.why = whyNot + "; " + plan.why;
  plan.warnings = std::move(warnings);
  return plan;
}

Expected<std::unique_ptr<Proposer>>
tensorop::createDatabaseProposer(StringRef path) {
  Expected<std::unique_ptr<TrialDatabase>> database =
      TrialDatabase::open(path, TrialDatabase::Access::Read);
  if (!database)
    return database.takeError();
  return std::make_unique<DatabaseProposer>(std::move(*database));
}
