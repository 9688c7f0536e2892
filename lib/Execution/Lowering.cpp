//===- Lowering.cpp - Kernels to the LLVM dialect, by target --------------===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Lowering.h"
#include "TensorOp/Hardware/HardwareModel.h"
#include "TensorOp/Target/CPU/Codegen.h"
#include "TensorOp/Target/CPU/Passes.h"
#include "TensorOp/Target/X86/Passes.h"

using namespace tensorop;

void tensorop::buildLoweringPipeline(mlir::OpPassManager &pm,
                                     const HardwareModel &hardware) {
  if (hardware.arch == Architecture::X86_64)
    buildLowerToX86Pipeline(pm, /*wide=*/hardware.vectorBits >= 512);
  else
    buildLowerToCPUPipeline(pm);
}

CodegenTarget tensorop::makeCodegenTarget(const HardwareModel &hardware) {
  CodegenTarget target{hardware.triple, hardware.cpu, hardware.attributes};
  if (hardware.scalable) {
    int64_t unit = hardware.scalableUnitBits();
    target.vscale = VectorScale{unsigned(hardware.vectorBits / unit),
                                unsigned(hardware.vectorBitsMax / unit)};
  }
  return target;
}
