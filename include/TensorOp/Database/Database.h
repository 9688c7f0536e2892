//===- Database.h - What was measured, one row a trial ----------*- C++ -*-===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Trials of plans in a SQLite file, described in docs/database.md. Several
// processes may write one file at once; a process that is killed loses the
// trial it was about to write, at most.
//
//===----------------------------------------------------------------------===//

#ifndef TENSOROP_DATABASE_DATABASE_H
#define TENSOROP_DATABASE_DATABASE_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

struct sqlite3;

namespace llvm {
class raw_ostream;
} // namespace llvm

namespace tensorop::database {

/// What a trial is about, without the plan. Database/Keys.h makes the parts.
struct TrialKey {
  /// fingerprintOf the kernel.
  std::string fingerprint;
  /// extentsOf the kernel.
  std::vector<int64_t> extents;
  /// Name of the machine.
  std::string target;
  /// machineHashOf the machine.
  std::string machineHash;
  int64_t threads = 1;
  /// "seconds" or "cycles" (of a simulation).
  std::string unit = "seconds";
};

/// One plan, tried once.
struct Trial : TrialKey {
  /// "native", "simulated", or the prefix that ran it ("ssh board").
  std::string evaluator;
  /// Versions of TensorOp and LLVM.
  std::string versions;
  /// Names of the kernel's ops in program order: those that `planText` uses.
  /// Kernels with one fingerprint may name them otherwise.
  std::vector<std::string> ops;
  /// Text of the closed strategy.plan.
  std::string planText;
  /// Names the plan; hashOf its text unless the writer knows better.
  std::string planHash;
  /// One of outcomes().
  std::string outcome;
  /// Why it is not "measured"; else empty.
  std::string diagnostic;
  /// In `unit`, in the order of measurement.
  std::vector<double> samples;
  /// The median of the samples; 0 where nothing was measured.
  double score = 0;
  /// The run that tried it; empty: none.
  std::string run;
  /// JSON object: who proposed the plan, with which seed and algorithm.
  std::string provenance = "{}";
  /// ISO time, "2026-11-22T05:38:00Z"; empty: that of add().
  std::string when;
  /// Unique among all databases; empty: add() makes one.
  std::string uid;
};

/// measured; illegal (the model refuses the plan), refused (a pass does),
/// wrong, crashed, timeout, memory (of the compiler or the kernel), void (no
/// honest measurement came about).
llvm::ArrayRef<llvm::StringRef> outcomes();

/// 32 hexadecimal digits, xxh3-128.
std::string hashOf(llvm::StringRef text);

/// A trial of the same kernel with other extents, or on another machine of the
/// same name.
struct Neighbour {
  Trial trial;
  /// Sum over the dimensions of |log2(extent / wanted extent)|.
  double distance = 0;
};

/// Which trials; an empty field takes all.
struct TrialFilter {
  std::string run, fingerprint, outcome;
};

struct ImportCounts {
  int64_t added = 0;
  /// Their uid is there already.
  int64_t duplicates = 0;
};

/// Not to be used by two threads at once, nor across a fork.
class TrialDatabase {
public:
  enum class Access {
    /// Makes the file when there is none, and brings an older schema up to
    /// date.
    ReadWrite,
    /// Changes nothing; a missing file or an older schema is an error.
    Read
  };
  /// Errors name the file: one that is no database of ours, is damaged or of a
  /// newer schema, with the way out; a folder that cannot be written.
  static llvm::Expected<std::unique_ptr<TrialDatabase>>
  open(llvm::StringRef path, Access access = Access::ReadWrite);
  ~TrialDatabase();
  TrialDatabase(const TrialDatabase &) = delete;
  TrialDatabase &operator=(const TrialDatabase &) = delete;

  const std::string &path() const { return file; }

  /// Stores `trial` in a transaction of its own: afterwards it is there whoever
  /// is killed. Refuses one with an unknown outcome or unit, without a plan's
  /// text and hash, with a measurement that is no positive number, or with the
  /// uid of another; a full disk is an error, and then nothing was stored.
  llvm::Error add(const Trial &trial);

  /// The latest trial of the plan; with `versions`, of these.
  llvm::Expected<std::optional<Trial>>
  find(const TrialKey &key, llvm::StringRef planHash,
       llvm::StringRef versions = "") const;
  /// The trials with the lowest scores for exactly this key, best first. Of a
  /// plan that was measured several times the latest counts, of one that was
  /// wrong or crashed afterwards none.
  llvm::Expected<std::vector<Trial>> ranking(const TrialKey &key,
                                             size_t limit) const;
  /// The first of the ranking.
  llvm::Expected<std::optional<Trial>> best(const TrialKey &key) const;
  /// The best trials of other extents, or on other machines of this name, with
  /// the key's fingerprint, target, threads and unit, nearest first. Equally
  /// far ones: those of the key's machine first, then by extents. One for each
  /// extents and machine; those of the key itself are left out.
  llvm::Expected<std::vector<Neighbour>> nearest(const TrialKey &key,
                                                 size_t limit) const;
  llvm::Expected<std::optional<Neighbour>> nearest(const TrialKey &key) const;

  /// In the order of their storing; an error of `visit` ends it and is
  /// returned.
  llvm::Error
  forEach(const TrialFilter &filter,
          llvm::function_ref<llvm::Error(const Trial &trial)> visit) const;
  /// Numbers of trials by outcome; an outcome without trials is not there.
  llvm::Expected<std::map<std::string, int64_t>>
  countOutcomes(const TrialFilter &filter = {}) const;

  /// One JSON object a line, in the order of their storing, until one cannot be
  /// read.
  llvm::Error exportJSONLines(llvm::raw_ostream &os) const;
  /// Reads what exportJSONLines writes, all of it or, with an error that names
  /// the line, nothing. `name` says where the text comes from.
  llvm::Expected<ImportCounts> importJSONLines(llvm::StringRef text,
                                               llvm::StringRef name);

private:
  TrialDatabase(std::string file, sqlite3 *connection)
      : file(std::move(file)), connection(connection) {}
  std::string file;
  sqlite3 *connection;
};

/// One line, without its end.
std::string toJSONLine(const Trial &trial);
llvm::Expected<Trial> trialFromJSON(llvm::StringRef line);

} // namespace tensorop::database

#endif // TENSOROP_DATABASE_DATABASE_H
