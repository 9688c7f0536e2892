//===- Rooflines.cpp - What bounds each kernel ----------------------------===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Rooflines.h"
#include "TensorOp/Dialect/Strategy/Transforms/Plans.h"
#include "TensorOp/Model/CostModel.h"
#include "TensorOp/Support/Attributes.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/BuiltinOps.h"
#include "llvm/Support/FormatVariadic.h"

using namespace mlir;

FailureOr<std::vector<std::string>>
tensorop::describeRooflines(ModuleOp module, const HardwareModel &hardware) {
  std::vector<std::string> lines;
  for (auto kernel : module.getOps<func::FuncOp>()) {
    if (!kernel->hasAttr(kernelAttrName))
      continue;
    FailureOr<model::KernelInfo> info = strategy::describeKernel(kernel);
    if (failed(info))
      return failure();
    std::optional<model::Roofline> roofline =
        model::computeRoofline(*info, hardware);
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
