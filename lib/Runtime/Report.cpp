//===- Report.cpp - Results as JSON and as text ---------------------------===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "TensorOp/Runtime/Report.h"
#include "TensorOp/Runtime/Caches.h"
#include "TensorOp/Runtime/CpuFeatures.h"
#include <cmath>
#include <cstdio>
#include <nlohmann/json.hpp>
#include <sys/utsname.h>
#include <thread>

using namespace tensorop;
using namespace tensorop::runtime;
using nlohmann::ordered_json;

namespace {

ordered_json number(double value) {
  if (std::isnan(value))
    return "nan";
  if (std::isinf(value))
    return value > 0 ? "inf" : "-inf";
  return value;
}

std::string dump(const ordered_json &value) {
  return value.dump(-1, ' ', false, ordered_json::error_handler_t::replace);
}

ordered_json write(const Statistics &statistics) {
  return {{"median", statistics.median},
          {"min", statistics.min},
          {"max", statistics.max},
          {"lower_quartile", statistics.lowerQuartile},
          {"upper_quartile", statistics.upperQuartile},
          {"samples", statistics.samples}};
}

ordered_json write(const Peaks &peaks) {
  return {
      {"f32_flops", peaks.f32Flops},   {"f64_flops", peaks.f64Flops},
      {"bf16_flops", peaks.bf16Flops}, {"i8_ops", peaks.i8Ops},
      {"copy_bytes", peaks.copyBytes}, {"instructions", peaks.instructions}};
}

ordered_json write(const BaselineTiming &timing) {
  ordered_json result = {{"name", timing.name}, {"state", timing.state}};
  if (!timing.library.empty()) {
    result["library"] = timing.library;
    result["version"] = timing.version;
    result["core"] = timing.core;
    result["function"] = timing.function;
    result["seconds"] = write(timing.seconds);
    result["ratio"] = timing.ratio;
    result["ratio_of_minima"] = timing.ratioOfMinima;
  }
  result["note"] = timing.note;
  return result;
}

std::string format(const char *pattern, double value) {
  char text[64];
  std::snprintf(text, sizeof text, pattern, value);
  return text;
}

/// Three digits with a unit that keeps them readable.
std::string formatSeconds(double seconds) {
  if (seconds < 1e-6)
    return format("%.3g ns", seconds * 1e9);
  if (seconds < 1e-3)
    return format("%.3g us", seconds * 1e6);
  return seconds < 1 ? format("%.3g ms", seconds * 1e3)
                     : format("%.3g s", seconds);
}

} // namespace

std::string runtime::toJson(const CheckResult &check) {
  return dump({{"correct", check.correct},
               {"max_error", number(check.maxError)},
               {"error_bound", number(check.errorBound)},
               {"argument", check.argument},
               {"index", check.index},
               {"computed", number(check.computed)},
               {"expected", number(check.expected)},
               {"against", check.against},
               {"method", check.method},
               {"elements", check.elements},
               {"wrong_elements", check.wrongElements},
               {"decided_elements", check.decidedElements},
               {"generators", check.generators},
               {"idle_generators", check.idleGenerators},
               {"diagnostic", check.diagnostic},
               {"reference_seconds", check.referenceSeconds}});
}

std::string runtime::toJson(const Peaks &peaks) { return dump(write(peaks)); }

std::string runtime::toJson(const Measurement &measurement) {
  ordered_json baselines = ordered_json::array();
  for (const BaselineTiming &timing : measurement.baselines)
    baselines.push_back(write(timing));
  return dump({{"valid", measurement.valid},
               {"reason", measurement.reason},
               {"threads", measurement.threads},
               {"kernel_threads", measurement.kernelThreads},
               {"cpu", measurement.cpu},
               {"seconds", write(measurement.seconds)},
               {"time_source", measurement.timeSource},
               {"disturbed_samples", measurement.disturbedSamples},
               {"is_short", measurement.isShort},
               {"spread", measurement.seconds.getSpread()},
               {"self_ratio", measurement.selfRatio},
               {"self_tolerance", measurement.selfTolerance},
               {"flops_per_second", measurement.flopsPerSecond},
               {"bytes_per_second", measurement.bytesPerSecond},
               {"percent_of_peak", measurement.percentOfPeak},
               {"peaks", write(measurement.peaks.values)},
               {"peaks_source", measurement.peaks.source},
               {"peaks_note", measurement.peaks.note},
               {"baselines", baselines},
               {"prepacked", measurement.prepacked},
               {"prepack_seconds", measurement.prepackSeconds},
               {"best", measurement.best},
               {"ratio_to_best", measurement.ratioToBest},
               {"policy", measurement.policy}});
}

std::string runtime::machineToJson() {
  utsname system = {};
  (void)::uname(&system);
  ordered_json machine = {
      {"architecture", getHostArchitecture()},
      {"cpu", getHostCpuName()},
      {"features", getHostCpuFeatures()},
      {"cores", std::thread::hardware_concurrency()},
      {"caches", getDataCaches()},
      {"system", std::string(system.sysname) + " " + system.release}};
  if (std::string emulator = getEmulator(); !emulator.empty()) {
    machine["emulator"] = emulator;
    // Those are of the machine below.
    machine.erase("caches");
    machine.erase("cores");
  }
  if (int64_t bits = getScalableVectorBits())
    machine["vector_bits"] = bits;
  return dump(machine);
}

std::string runtime::toText(const CheckResult &check) {
  if (!check.correct)
    return "check: WRONG: " + check.diagnostic + "\n";
  std::string generators;
  for (const std::string &name : check.generators)
    generators += (generators.empty() ? "" : ", ") + name;
  for (const std::string &name : check.idleGenerators)
    generators += "; nothing finite to compare with " + name;
  return "check: correct, " + std::to_string(check.elements) +
         " elements, error " + format("%.3g", check.maxError) +
         " where the bound is " + format("%.3g", check.errorBound) +
         " (inputs: " + generators + ")" +
         (check.method == "projection"
              ? ", all by exact projections and 64 rows by value\n"
              : "\n");
}

std::string runtime::toText(const Measurement &measurement) {
  const Statistics &seconds = measurement.seconds;
  std::string text = "time: " + formatSeconds(seconds.median) + " (spread " +
                     format("%.1f", 100 * seconds.getSpread()) + " %, min " +
                     formatSeconds(seconds.min) + ", " +
                     std::to_string(seconds.samples) + " samples" +
                     (measurement.timeSource == "thread"
                          ? ", time of the thread: the machine is busy)"
                          : ")");
  if (measurement.threads > 1)
    text += " on " + std::to_string(measurement.kernelThreads) +
            (measurement.kernelThreads > 1 ? " threads" : " thread");
  if (measurement.flopsPerSecond > 0)
    text +=
        ", " + format("%.1f", measurement.flopsPerSecond * 1e-9) + " GFLOP/s";
  if (measurement.percentOfPeak > 0)
    text += ", " + format("%.1f", measurement.percentOfPeak) +
            " % of the measured peak (" + measurement.peakInstructions + ")";
  text += "\n";
  if (!measurement.peaks.note.empty())
    text += "peaks: " + measurement.peaks.note + "\n";
  if (!measurement.prepacked.empty()) {
    text += "prepacked: ";
    for (size_t i = 0; i < measurement.prepacked.size(); ++i)
      text += (i ? ", " : "") + measurement.prepacked[i];
    text += ", not timed (once: " + formatSeconds(measurement.prepackSeconds) +
            "); no library counts\n";
  }
  for (const BaselineTiming &timing : measurement.baselines) {
    text += timing.name + ": ";
    if (timing.state == "skipped") {
      text += "skipped: " + timing.note + "\n";
      continue;
    }
    text += formatSeconds(timing.seconds.median) + ", ratio " +
            format("%.3f", timing.ratio) + " (" + timing.function + " of " +
            timing.version + ", core " + timing.core +
            (timing.note.empty() ? "" : ", " + timing.note) + ")";
    text += timing.state == "void" ? ": VOID, not counted\n" : "\n";
  }
  if (!measurement.valid)
    text += "time: VOID: " + measurement.reason + "\n";
  return text;
}
