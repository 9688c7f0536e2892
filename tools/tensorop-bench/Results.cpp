//===- Results.cpp - Tables and JSON of tensorop-bench --------------------===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Results.h"
#include "Cells.h"
#include <algorithm>
#include <cmath>
#include <map>
#include <ostream>
#include <regex>
#include <set>
#include <utility>

using namespace tensorop;
using namespace tensorop::bench;
using nlohmann::json;
using nlohmann::ordered_json;

namespace {

double getFlops(const CaseResult &result) {
  const GemmShape &shape = result.benchCase.shape;
  return 2.0 * double(shape.m) * double(shape.n) * double(shape.k);
}

/// Results are kept and shared: the folders of one machine do not belong in
/// them.
std::string withoutFolder(const std::string &path) {
  return path.substr(path.rfind('/') + 1);
}

/// Of each path in a sentence.
std::string withoutFoldersIn(const std::string &text) {
  static const std::regex folders("(^|\\s)/\\S*/");
  return std::regex_replace(text, folders, "$1");
}

json withoutFolders(json report) {
  if (report.is_object() && report.contains("baselines"))
    for (json &baseline : report["baselines"]) {
      if (baseline.contains("library"))
        baseline["library"] = withoutFolder(baseline["library"]);
      if (baseline.contains("note"))
        baseline["note"] = withoutFoldersIn(baseline["note"]);
    }
  return report;
}

} // namespace

bool bench::isSimulated(const CaseResult &result) {
  return result.bench.is_object() && result.bench.contains("evaluator");
}

/// Whether there are times.
static bool isMeasured(const CaseResult &result) {
  return result.bench.is_object() && !isSimulated(result);
}

const json *bench::findBaseline(const CaseResult &result,
                                const std::string &name) {
  if (!isMeasured(result))
    return nullptr;
  for (const json &baseline : result.bench["baselines"])
    if (baseline["name"] == name && baseline.contains("seconds"))
      return &baseline;
  return nullptr;
}

Summary bench::summarize(const std::vector<CaseResult> &results) {
  Summary summary;
  double logBest = 0, logOpenblas = 0;
  for (const CaseResult &result : results) {
    if (result.state != "timed")
      continue;
    double best = result.bench["ratio_to_best"];
    if (best > 0) {
      logBest += std::log(best);
      if (summary.compared++ == 0 || best < summary.minToBest)
        summary.minToBest = best;
    }
    const json *openblas = findBaseline(result, "openblas");
    if (openblas && (*openblas)["state"] == "timed") {
      double ratio = (*openblas)["ratio"];
      logOpenblas += std::log(ratio);
      if (summary.comparedToOpenblas++ == 0 || ratio < summary.minToOpenblas)
        summary.minToOpenblas = ratio;
    }
  }
  if (summary.compared)
    summary.geomeanToBest = std::exp(logBest / double(summary.compared));
  if (summary.comparedToOpenblas)
    summary.geomeanToOpenblas =
        std::exp(logOpenblas / double(summary.comparedToOpenblas));
  return summary;
}

void bench::printHeader(std::ostream &out,
                        const std::vector<std::string> &baselines) {
  out << "GFLOP/s by median; ratios above 1: we are faster (medians of "
         "neighbouring samples); v: not counted\n"
      << pad("shape MxNxK", shapeWidth, true) << " " << pad("type", 4) << "  "
      << pad("plan", planWidth, true) << pad("ours", numberWidth);
  for (const std::string &name : baselines)
    out << pad(name, numberWidth) << pad("ratio", numberWidth);
  out << pad("to best", numberWidth) << pad("% peak", numberWidth)
      << pad("spread", numberWidth) << "  state\n";
}

void bench::printRow(std::ostream &out, const CaseResult &result,
                     const std::vector<std::string> &baselines) {
  out << pad(format(result.benchCase.shape), shapeWidth, true) << " "
      << pad(std::string(runtime::getName(result.benchCase.type)), 4) << "  "
      << pad(result.plan.empty() ? "-" : result.plan, planWidth, true);
  bool timed = isMeasured(result);
  auto cell = [&](const std::string &text) { out << pad(text, numberWidth); };
  auto number = [&](const char *pattern, double value) {
    cell(timed && value > 0 ? printNumber(pattern, value) : "-");
  };
  double flops = getFlops(result);
  number("%.1f",
         timed ? flops / double(result.bench["seconds"]["median"]) / 1e9 : 0);
  for (const std::string &name : baselines) {
    const json *baseline = findBaseline(result, name);
    if (!baseline) {
      cell("-");
      cell("-");
      continue;
    }
    std::string mark = (*baseline)["state"] == "timed" ? "" : "v";
    cell(printNumber("%.1f",
                     flops / double((*baseline)["seconds"]["median"]) / 1e9));
    cell(printNumber("%.3f", (*baseline)["ratio"]) + mark);
  }
  number("%.3f", timed ? double(result.bench["ratio_to_best"]) : 0);
  number("%.1f", timed ? double(result.bench["percent_of_peak"]) : 0);
  cell(timed ? printNumber("%.1f %%", 100 * double(result.bench["spread"]))
             : "-");
  out << "  " << (result.state == "timed" ? "correct" : result.state)
      << (timed && !result.bench["prepacked"].empty() ? ", prepacked" : "")
      << "\n"
      << std::flush;
}

namespace {
double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  size_t middle = values.size() / 2;
  return values.size() % 2 ? values[middle]
                           : (values[middle - 1] + values[middle]) / 2;
}

/// Median time to compile a candidate, whole and by part. The reference's code
/// is no part of a candidate; the first case, which warms the worker up, is
/// left out when there are others.
void printCompileTimes(std::ostream &out,
                       const std::vector<CaseResult> &results) {
  std::map<std::string, std::vector<double>> parts;
  std::vector<double> totals;
  bool warm = results.size() == 1;
  for (const CaseResult &result : results) {
    if (!result.compile.is_object() || !std::exchange(warm, true))
      continue;
    double total = 0;
    for (const auto &[part, seconds] : result.compile.items()) {
      if (part == "reference")
        continue;
      parts[part].push_back(seconds);
      total += double(seconds);
    }
    totals.push_back(total);
  }
  if (totals.empty())
    return;
  out << "compile, median of " << totals.size()
      << " candidates: " << printNumber("%.1f", median(totals) * 1e3)
      << " ms (";
  const char *separator = "";
  for (const auto &[part, seconds] : parts) {
    out << separator << part << " "
        << printNumber("%.1f", median(seconds) * 1e3);
    separator = ", ";
  }
  out << ")\n";
}
} // namespace

void bench::printFooter(std::ostream &out,
                        const std::vector<CaseResult> &results,
                        const std::vector<std::string> &baselines,
                        const json &machine) {
  out << "\nmachine: " << machine["cpu"].get<std::string>() << " ("
      << machine["architecture"].get<std::string>() << "), " << machine["cores"]
      << " cores";
  double f32 = 0, f64 = 0, bf16 = 0, i8 = 0, copy = 0;
  std::string instructions;
  std::set<std::string> libraries;
  for (const CaseResult &result : results) {
    if (!isMeasured(result))
      continue;
    const json &peaks = result.bench["peaks"];
    f32 = std::max(f32, double(peaks["f32_flops"]));
    f64 = std::max(f64, double(peaks["f64_flops"]));
    bf16 = std::max(bf16, double(peaks["bf16_flops"]));
    i8 = std::max(i8, double(peaks["i8_ops"]));
    copy = std::max(copy, double(peaks["copy_bytes"]));
    instructions = peaks["instructions"];
    for (const json &baseline : result.bench["baselines"]) {
      std::string line = baseline["name"].get<std::string>() + ": ";
      if (baseline.contains("seconds"))
        line += baseline["version"].get<std::string>() + ", core " +
                baseline["core"].get<std::string>() + ", " +
                withoutFolder(baseline["library"]);
      else
        line += "skipped";
      std::string note = withoutFoldersIn(baseline["note"]);
      libraries.insert(line + (note.empty() ? "" : "; " + note));
    }
  }
  if (f32 > 0)
    out << "; measured peak of one core: " << printNumber("%.1f", f32 / 1e9)
        << " GFLOP/s f32, " << printNumber("%.1f", f64 / 1e9) << " f64 ("
        << instructions << ")"
        << (bf16 > 0 ? printNumber(", %.1f bf16", bf16 / 1e9) : "")
        << (i8 > 0 ? printNumber(", %.1f i8", i8 / 1e9) : "") << ", copy "
        << printNumber("%.1f", copy / 1e9) << " GB/s";
  out << "\n";
  for (const std::string &line : libraries)
    out << line << "\n";
  for (const CaseResult &result : results) {
    if (isMeasured(result))
      out << format(result.benchCase.shape) << ": itself against itself "
          << printNumber("%.3f", result.bench["self_ratio"]) << " (limit +-"
          << printNumber("%.3f", result.bench["self_tolerance"]) << ")\n";
    if (result.state != "timed")
      out << format(result.benchCase.shape) << ": " << result.state << ": "
          << result.reason << "\n";
  }
  printCompileTimes(out, results);
  Summary summary = summarize(results);
  if (summary.compared)
    out << "to the best library: geomean "
        << printNumber("%.3f", summary.geomeanToBest) << ", minimum "
        << printNumber("%.3f", summary.minToBest) << " over "
        << summary.compared << " cases\n";
  if (summary.comparedToOpenblas)
    out << "to openblas: geomean "
        << printNumber("%.3f", summary.geomeanToOpenblas) << ", minimum "
        << printNumber("%.3f", summary.minToOpenblas) << " over "
        << summary.comparedToOpenblas << " cases\n";
  if (!summary.compared && !baselines.empty())
    out << "no case could be compared with a library\n";
}

ordered_json bench::makeJson(const std::vector<CaseResult> &results,
                             const json &machine, const std::string &command,
                             const std::string &target, int64_t threads) {
  ordered_json cases = ordered_json::array();
  for (const CaseResult &result : results) {
    ordered_json one = {{"op", result.benchCase.op},
                        {"types", runtime::getName(result.benchCase.type)},
                        {"shape", format(result.benchCase.shape)},
                        {"target", target},
                        {"threads", threads},
                        {"state", result.state},
                        {"reason", result.reason},
                        {"correct", result.check.is_object()
                                        ? result.check["correct"]
                                        : json()},
                        {"plan", result.plan}};
    if (isSimulated(result))
      for (const char *field :
           {"cycles", "instructions", "operations_per_cycle"})
        one[field] = result.bench[field];
    if (isMeasured(result)) {
      double seconds = result.bench["seconds"]["median"];
      one["seconds"] = seconds;
      one["spread"] = result.bench["spread"];
      one["gflops"] = getFlops(result) / seconds * 1e-9;
      one["percent_of_peak"] = result.bench["percent_of_peak"];
      ordered_json baselines = ordered_json::object();
      for (const json &baseline : result.bench["baselines"])
        if (baseline.contains("seconds") && baseline["state"] == "timed")
          baselines[baseline["name"].get<std::string>()] =
              baseline["seconds"]["median"];
      one["baselines"] = baselines;
      one["ratio_to_best"] = result.bench["ratio_to_best"];
    }
    if (!result.machine.is_null())
      one["machine"] = result.machine;
    one["attempts"] = result.attempts;
    one["compile"] = result.compile;
    one["check"] = result.check;
    one["bench"] = withoutFolders(result.bench);
    one["diagnostics"] = result.diagnostics;
    cases.push_back(std::move(one));
  }
  Summary summary = summarize(results);
  ordered_json document = {{"schema", 1},
                           {"command", command},
                           {"machine", machine},
                           {"cases", cases}};
  document["geomean_to_best"] =
      summary.compared ? json(summary.geomeanToBest) : json();
  document["min_to_best"] = summary.compared ? json(summary.minToBest) : json();
  document["geomean_to_openblas"] =
      summary.comparedToOpenblas ? json(summary.geomeanToOpenblas) : json();
  document["min_to_openblas"] =
      summary.comparedToOpenblas ? json(summary.minToOpenblas) : json();
  return document;
}
