//===- Proposer.cpp - Proposals and their names ---------------------------===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "TensorOp/Proposer/Proposer.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/raw_ostream.h"
#include <cstdlib>

using namespace llvm;

namespace tensorop {

Proposer::~Proposer() = default;

std::vector<model::Step> Proposal::plainSteps() const {
  std::vector<model::Step> plain;
  for (const ReasonedStep &step : steps)
    plain.push_back(step.step);
  return plain;
}

static void printOp(raw_ostream &os, const model::OpHeader &op) {
  os << op.op << "(" << join(op.dims, ", ") << ")";
}

std::string Proposal::str() const {
  std::string text;
  raw_string_ostream os(text);
  os << "strategy.plan @" << header.name << " root ";
  printOp(os, header.root);
  if (!header.with.empty()) {
    os << " with [";
    interleaveComma(header.with, os,
                    [&](const model::OpHeader &op) { printOp(os, op); });
    os << "]";
  }
  if (header.guard)
    os << " when \"" << header.guard->str() << "\"";
  if (!header.required.empty())
    os << " requires [" << join(header.required, ", ") << "]";
  SmallVector<StringRef> permissions;
  if (header.numerics.reassoc)
    permissions.push_back("reassoc");
  if (header.numerics.contract)
    permissions.push_back("contract");
  if (header.numerics.nnan)
    permissions.push_back("nnan");
  if (header.numerics.ninf)
    permissions.push_back("ninf");
  std::string approx;
  if (header.numerics.approx) {
    approx = "approx(" + std::to_string(*header.numerics.approx) + ")";
    permissions.push_back(approx);
  }
  if (!permissions.empty())
    os << " numerics(" << join(permissions, ", ") << ")";
  auto printWhy = [&](const std::string &text) {
    os << "{why = \"";
    printEscapedString(text, os);
    os << "\"}";
  };
  if (!why.empty()) {
    os << "\n    attributes ";
    printWhy(why);
  }
  os << " {\n";
  for (const ReasonedStep &step : steps) {
    os << "  strategy." << step.step.str();
    if (!step.why.empty()) {
      os << " ";
      printWhy(step.why);
    }
    os << "\n";
  }
  os << "}\n";
  return text;
}

ArrayRef<StringRef> proposerNames() {
  static const StringRef names[] = {"analytic", "database"};
  return names;
}

/// The database that the environment names, or "".
static StringRef defaultDatabase() {
  const char *path = std::getenv("TENSOROP_DB");
  return path ? path : "";
}

std::string whyNoDatabase(StringRef name, StringRef database) {
  if (name == "database")
    return database.empty() && defaultDatabase().empty()
               ? "the proposer 'database' needs a database: name its file, or "
                 "set TENSOROP_DB"
               : "";
  return database.empty() ? ""
                          : "a database is given, but the proposer is '" +
                                name.str() + "', not 'database'";
}

Expected<std::unique_ptr<Proposer>> createProposer(StringRef name,
                                                   StringRef database) {
  if (std::string why = whyNoDatabase(name, database);
      is_contained(proposerNames(), name) && !why.empty())
    return createStringError(inconvertibleErrorCode(), why);
  if (name == "analytic")
    return createAnalyticProposer();
  if (name == "database")
    return createDatabaseProposer(database.empty() ? defaultDatabase()
                                                   : database);
  return createStringError(
      inconvertibleErrorCode(), "unknown proposer '%s'; the proposers are %s",
      name.str().c_str(), join(proposerNames(), ", ").c_str());
}

} // namespace tensorop
