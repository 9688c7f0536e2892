//===- Unroll.cpp - Unrolled innermost loops ------------------------------===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Helpers.h"
#include "TensorOp/Support/Check.h"
#include "TensorOp/Support/Mutation.h"
#include "mlir/Dialect/SCF/Utils/Utils.h"

using namespace mlir;

namespace tensorop {

LogicalResult unrollLoop(scf::ForOp loop, int64_t factor, Refusal &why) {
  if (factor < 1)
    return refuse(why, loop, "expects a factor >= 1, but got ", factor);
  auto name = loop->getAttrOfType<StringAttr>(kLoopName);
  auto nested = loop.getBody()->walk([](Operation *op) {
    return isa<LoopLikeOpInterface>(op) ? WalkResult::interrupt()
                                        : WalkResult::advance();
  });
  if (nested.wasInterrupted())
    return refuse(why, loop, "expects an innermost loop, but loop '",
                  name ? name.getValue() : "", "' holds other loops");
  if (factor == 1)
    return success();
  OpBuilder b(loop);
  if (isMutated(Mutation::UnrollTail))
    loop.setUpperBound(applyExprValue(
        b, loop.getLoc(), b.getAffineDimExpr(0).floorDiv(factor) * factor,
        {OpFoldResult(loop.getUpperBound())}));
  if (isMutated(Mutation::UnrollStep)) {
    loop.setStep(indexConstant(b, loop.getLoc(), factor));
    return success();
  }
  TENSOROP_CHECK(succeeded(loopUnrollByFactor(loop, factor)),
                 "any scf.for can be unrolled by a positive factor");
  return success();
}

} // namespace tensorop
