//===- Roofline.cpp - What bounds a kernel --------------------------------===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "TensorOp/Model/CostModel.h"
#include "llvm/ADT/STLExtras.h"
#include <algorithm>

using namespace llvm;

namespace tensorop::model {

/// Operations that one core starts per cycle at most: those of the instruction
/// that takes most products of `op`'s types; null: of f32.
static double peakPerCycle(const OpInfo *op, const HardwareModel &machine) {
  double products = op && !op->isFloat ? 0.5 : 1;
  for (const InstructionClass &one : machine.instructions)
    if (op && !one.isMatrix() &&
        is_contained(one.types, std::pair(op->operands[0].type, op->accType)))
      products = std::max(products, double(one.group));
  return 2 * products * double(machine.lanes(op ? op->accBits : 32)) *
         double(machine.fmasPerCycle(machine.vectorBits));
}

double cyclesOfStep(const HardwareModel &machine, int64_t bits,
                    double instructions, double loads) {
  // In order, loads take turns with arithmetic.
  if (machine.inOrder)
    return std::max(instructions / double(machine.fmasPerCycle(bits)) +
                        loads / double(machine.loadsPerCycle),
                    double(machine.fmaLatency));
  return std::max({instructions / double(machine.fmasPerCycle(bits)),
                   double(machine.fmaLatency),
                   loads / double(machine.loadsPerCycle)});
}

std::optional<Roofline> computeRoofline(const KernelInfo &kernel,
                                        const HardwareModel &hardware) {
  Roofline result;
  const OpInfo *root = nullptr;
  for (const OpInfo &op : kernel.ops) {
    double points = double(op.flopsPerPoint);
    for (const std::optional<int64_t> &extent : op.extents) {
      if (!extent)
        return std::nullopt;
      points *= double(*extent);
    }
    result.flops += points;
    if (op.body == BodyClass::Fill)
      continue;
    if (op.body == BodyClass::Contraction)
      root = &op;
    for (const OperandInfo &operand : op.operands) {
      // What the kernel makes itself stays in the caches at best.
      const OpInfo *producer = kernel.find(operand.producer);
      if (producer && producer->body != BodyClass::Fill && !operand.isOutput)
        continue;
      bool readLater =
          operand.isOutput && any_of(kernel.ops, [&](auto &user) {
            return any_of(user.operands, [&](const OperandInfo &use) {
              return use.producer == op.name;
            });
          });
      if (readLater)
        continue;
      std::optional<double> bytes =
          operand.bytesOf([&](unsigned dim) { return *op.extents[dim]; });
      if (!bytes)
        return std::nullopt;
      result.bytes += *bytes;
    }
  }
  double perCycle = peakPerCycle(root, hardware);
  const MeasuredPeaks &measured = hardware.peaks;
  if (measured.isMeasured() && measured.copyBytes > 0) {
    result.isMeasured = true;
    double wider = perCycle / peakPerCycle(nullptr, hardware);
    StringRef type = root ? StringRef(root->operands[0].type) : "f32";
    double known = type == "bf16"  ? measured.bf16Flops
                   : type == "i8"  ? measured.i8Ops
                   : type == "f64" ? measured.f64Flops
                                   : 0;
    // Without an instruction of its own, a type is computed in another.
    bool isOwn = known > 0 && (type == "f64" || wider > 1);
    result.peak = isOwn ? known : measured.f32Flops * wider;
    result.bandwidth = measured.copyBytes;
  } else {
    result.peak = perCycle;
    result.bandwidth = hardware.bytesPerCycle(hardware.caches.size());
  }
  result.attainable =
      std::min(1.0, result.intensity() * result.bandwidth / result.peak);
  return result;
}

} // namespace tensorop::model
