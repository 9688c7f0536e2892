//===- SimulatedTable.cpp - Tables of simulated cases --------------------===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "SimulatedTable.h"
#include "Cells.h"
#include <ostream>
#include <set>

using namespace tensorop;
using namespace tensorop::bench;
using nlohmann::json;

void bench::printSimulatedHeader(std::ostream &out) {
  out << "simulated, no measurement (docs/simulation.md): cycles and "
         "operations "
         "(two a multiply-add) per cycle; core: without misses\n"
      << pad("shape MxNxK", shapeWidth, true) << " " << pad("type", 4) << "  "
      << pad("plan", planWidth, true) << pad("instructions", 14)
      << pad("cycles", 14) << pad("op/cycle", numberWidth)
      << pad("core", numberWidth) << "  state\n";
}

void bench::printSimulatedRow(std::ostream &out, const CaseResult &result) {
  out << pad(format(result.benchCase.shape), shapeWidth, true) << " "
      << pad(std::string(runtime::getName(result.benchCase.type)), 4) << "  "
      << pad(result.plan.empty() ? "-" : result.plan, planWidth, true);
  if (isSimulated(result)) {
    const json &bench = result.bench;
    double cycles = bench["cycles"], rate = bench["operations_per_cycle"];
    out << pad(printNumber("%.0f", bench["instructions"]), 14)
        << pad(printNumber("%.0f", cycles), 14)
        << pad(printNumber("%.2f", rate), numberWidth)
        << pad(printNumber("%.2f",
                           rate * cycles / double(bench["core_cycles"])),
               numberWidth);
  } else {
    out << pad("-", 14) << pad("-", 14) << pad("-", numberWidth)
        << pad("-", numberWidth);
  }
  out << "  "
      << (result.state == "simulated" ? "correct, simulated" : result.state)
      << "\n"
      << std::flush;
}

void bench::printSimulatedFooter(std::ostream &out,
                                 const std::vector<CaseResult> &results) {
  std::set<std::string> machines;
  for (const CaseResult &result : results)
    if (isSimulated(result))
      machines.insert(
          "simulated cpu: " + result.bench["cpu"].get<std::string>() + ", " +
          std::to_string(int64_t(result.bench["vector_bits"])) +
          " bits; calibration: " +
          result.bench["calibration"].get<std::string>());
  out << "\n";
  for (const std::string &line : machines)
    out << line << "\n";
  for (const CaseResult &result : results)
    if (isSimulated(result))
      for (const json &note : result.bench["notes"])
        out << format(result.benchCase.shape)
            << ": note: " << note.get<std::string>() << "\n";
  for (const CaseResult &result : results)
    if (result.state != "simulated")
      out << format(result.benchCase.shape) << ": " << result.state << ": "
          << result.reason << "\n";
}
