//===- Proposer.h - Who writes a plan for a kernel --------------*- C++ -*-===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A proposer turns the description of a kernel and a machine into a plan. It
// touches no payload and measures nothing; whatever it proposes is verified
// like a plan written by hand.
//
//===----------------------------------------------------------------------===//

#ifndef TENSOROP_PROPOSER_PROPOSER_H
#define TENSOROP_PROPOSER_PROPOSER_H

#include "TensorOp/Model/LoopTree.h"

namespace tensorop {

/// A plan with reasons.
struct Proposal {
  model::PlanHeader header;
  /// Why this plan and not another one, in a sentence.
  std::string why;
  struct ReasonedStep {
    model::Step step;
    /// Why this choice; may be empty.
    std::string why;
  };
  std::vector<ReasonedStep> steps;
  /// An elementwise op behind the contraction that the plan leaves alone, and
  /// why.
  struct Unfused {
    std::string op, why;
  };
  std::optional<Unfused> unfused;
  /// What the user should know beside the plan, one sentence each.
  std::vector<std::string> warnings;

  std::vector<model::Step> plainSteps() const;
  /// The text of a `strategy.plan` named as the header says, with `why`
  /// attributes.
  std::string str() const;
};

class Proposer {
public:
  virtual ~Proposer();
  virtual llvm::StringRef name() const = 0;
  /// A plan without open parameters for `kernel` on `hardware`, with parallel
  /// loops where several of `threads` threads (at least 1) make it faster;
  /// every extent of the kernel must be known. An error says in words why there
  /// is none: the kernel then compiles to plain loops.
  virtual llvm::Expected<Proposal> propose(const model::KernelInfo &kernel,
                                           const HardwareModel &hardware,
                                           int64_t threads = 1) const = 0;
};

/// Derives a plan from the kernel's extents and the hardware's factors: the
/// register tile from registers, latency and edges; cache blocks from sizes and
/// ways (Low et al., "Analytical Modeling Is Enough for High-Performance BLIS",
/// 2016); the instruction that multiplies, packing, and what threads divide, by
/// estimated cost. For contractions of two operands of one type, floats that
/// the hardware can multiply and integers, indexed by plain dimensions, with
/// the elementwise ops that follow them.
std::unique_ptr<Proposer> createAnalyticProposer();

/// Takes the plan that was the fastest for the kernel, its extents and the
/// machine in the database of measurements at `path`; else, if it is legal and
/// its estimate not clearly above the analytic plan's, that of the nearest
/// extents; else the analytic plan. `why` says which and from where. A plan of
/// the database that cannot be read is left out with a warning. Refuses a file
/// that is missing or no database.
llvm::Expected<std::unique_ptr<Proposer>>
createDatabaseProposer(llvm::StringRef path);

/// The names that createProposer knows.
llvm::ArrayRef<llvm::StringRef> proposerNames();
/// Diagnoses an unknown name with the list of the known ones. `database` is the
/// file of the proposer of that name; empty: $TENSOROP_DB.
llvm::Expected<std::unique_ptr<Proposer>>
createProposer(llvm::StringRef name, llvm::StringRef database = "");
/// Why `database` cannot go with the proposer `name`, or an empty string.
std::string whyNoDatabase(llvm::StringRef name, llvm::StringRef database);

} // namespace tensorop

#endif // TENSOROP_PROPOSER_PROPOSER_H
