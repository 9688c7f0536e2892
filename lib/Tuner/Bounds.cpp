//===- Bounds.cpp - What bounds the payload that is tuned -----------------===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "TunerState.h"

using namespace tensorop;
namespace json = llvm::json;

/// As the runtime reports them (runtime/Report.h).
static MeasuredPeaks readPeaks(const json::Object &object) {
  auto read = [&](llvm::StringRef name) {
    return object.getNumber(name).value_or(0);
  };
  MeasuredPeaks peaks;
  peaks.f32Flops = read("f32_flops");
  peaks.f64Flops = read("f64_flops");
  peaks.bf16Flops = read("bf16_flops");
  peaks.i8Ops = read("i8_ops");
  peaks.copyBytes = read("copy_bytes");
  return peaks;
}

json::Value Tuner::evaluatorMachine() const {
  return state->evaluator->machine().machine;
}

std::optional<TuneBounds> Tuner::bounds() const {
  HardwareModel hardware = points->hardware();
  // Cycles have no seconds: the model's own peaks.
  hardware.peaks = {};
  if (!options.job.simulate) {
    MachineReport report = state->evaluator->machine();
    const json::Object *reported = report.peaks.getAsObject();
    if (!reported)
      return std::nullopt;
    hardware.peaks = readPeaks(*reported);
    if (!hardware.peaks.isMeasured() || hardware.peaks.copyBytes <= 0)
      return std::nullopt;
  }
  TuneBounds result;
  result.isSimulated = options.job.simulate;
  double flops = 0, bytes = 0;
  for (const model::KernelInfo &info : kernels) {
    std::optional<model::Roofline> one = model::computeRoofline(info, hardware);
    if (!one)
      return std::nullopt;
    flops += one->flops;
    bytes += one->bytes;
  }
  std::optional<model::Roofline> tuned =
      model::computeRoofline(points->kernel(), hardware);
  if (!tuned)
    return std::nullopt;
  result.roofline = *tuned;
  result.roofline.flops = flops;
  result.roofline.bytes = bytes;
  result.roofline.attainable = std::min(
      1.0, result.roofline.intensity() * tuned->bandwidth / tuned->peak);
  return result;
}
