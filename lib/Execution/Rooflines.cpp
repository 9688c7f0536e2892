//===- Rooflines.cpp - What bounds each kernel ----------------------------===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Rooflines.h"
#include "TensorOp/Dialect/Strategy/Transforms/Plans.h"
#include "TensorOp/Model/CostModel.h"
#include "TensorOp/Runtime/Peaks.h"
#include "TensorOp/Support/Attributes.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/BuiltinOps.h"
#include "llvm/Support/FormatVariadic.h"

using namespace mlir;
using namespace tensorop;

/// `hardware` with the peaks that were measured on this machine, if any.
static HardwareModel withMeasuredPeaks(const HardwareModel &hardware) {
  HardwareModel result = hardware;
  if (std::optional<runtime::Peaks> peaks = runtime::getCachedPeaks())
    result.peaks = {peaks->f32Flops, peaks->f64Flops, peaks->copyBytes,
                    peaks->bf16Flops, peaks->i8Ops};
  return result;
}

FailureOr<std::vector<std::string>>
tensorop::describeRooflines(ModuleOp module, const HardwareModel &hardware,
                            bool isNative) {
  // A file may have brought its own. Only these lines see the measured ones:
  // what is compiled must not depend on a cache.
  HardwareModel machine = isNative && !hardware.peaks.isMeasured()
                              ? withMeasuredPeaks(hardware)
                              : hardware;
  std::vector<std::string> lines;
  for (auto kernel : module.getOps<func::FuncOp>()) {
    if (!kernel->hasAttr(kernelAttrName))
      continue;
    FailureOr<model::KernelInfo> info = strategy::describeKernel(kernel);
    if (failed(info))
      return failure();
    std::optional<model::Roofline> roofline =
        model::computeRoofline(*info, machine);
    if (!roofline)
      continue;
    lines.push_back(
        llvm::formatv("{0}: {1:F1} operations per byte, bound by {2}; {3:F0} % "
                      "of a core's {4} peak attainable",
                      kernel.getName(), roofline->intensity(),
                      roofline->isMemoryBound() ? "memory" : "compute",
                      100 * roofline->attainable,
                      roofline->isMeasured ? "measured" : "nominal")
            .str());
  }
  return lines;
}
