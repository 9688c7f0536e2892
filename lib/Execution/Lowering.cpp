//===- Lowering.cpp - Kernels to the LLVM dialect, by target --------------===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Lowering.h"
#include "TensorOp/Hardware/HardwareModel.h"
#include "TensorOp/Target/ARM/Passes.h"
#include "TensorOp/Target/CPU/Codegen.h"
#include "TensorOp/Target/CPU/Passes.h"
#include "TensorOp/Target/X86/Passes.h"

using namespace tensorop;

void tensorop::buildLoweringPipeline(mlir::OpPassManager &pm,
                                     const HardwareModel &hardware) {
  switch (hardware.arch) {
  case Architecture::X86_64:
    return buildLowerToX86Pipeline(pm, /*wide=*/hardware.vectorBits >= 512);
  case Architecture::AArch64:
    return buildLowerToARMPipeline(pm, hardware.scalable &&
                                               !hardware.isLengthAgnostic()
                                           ? hardware.vectorBits
                                           : 0);
  default:
    buildLowerToCPUPipeline(pm);
  }
}

CodegenTarget tensorop::makeCodegenTarget(const HardwareModel &hardware) {
  CodegenTarget target{hardware.triple, hardware.cpu, hardware.attributes};
  target.inOrder = hardware.inOrder;
  if (hardware.scalable) {
    int64_t unit = hardware.scalableUnitBits();
    target.vscale = VectorScale{unsigned(hardware.vectorBits / unit),
                                unsigned(hardware.vectorBitsMax / unit)};
  }
  return target;
}
