//===- SimulatedTable.h - Tables of simulated cases ------------*- C++ -*-===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef TENSOROP_TOOLS_BENCH_SIMULATEDTABLE_H
#define TENSOROP_TOOLS_BENCH_SIMULATEDTABLE_H

#include "Results.h"

namespace tensorop::bench {

/// The table of cases that the simulator has estimated: what the columns mean,
/// one line for each case, and what stands below: cpu, calibration, what the
/// simulator has to say, reasons.
void printSimulatedHeader(std::ostream &out);
void printSimulatedRow(std::ostream &out, const CaseResult &result);
void printSimulatedFooter(std::ostream &out,
                          const std::vector<CaseResult> &results);

} // namespace tensorop::bench

#endif // TENSOROP_TOOLS_BENCH_SIMULATEDTABLE_H
