//===- PreparePayload.cpp - What a payload may contain --------------------===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "TensorOp/Normalize/Passes.h"
#include "TensorOp/Support/Limits.h"
#include "mlir/Dialect/ControlFlow/IR/ControlFlowOps.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/DialectResourceBlobManager.h"
#include "mlir/IR/SymbolTable.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/MathExtras.h"

namespace tensorop {
#define GEN_PASS_DEF_TENSOROPPREPAREPAYLOAD
#include "TensorOp/Normalize/Passes.h.inc"
} // namespace tensorop

using namespace mlir;

/// Dialects whose ops have a lowering in every pipeline here.
static constexpr StringLiteral payloadDialects[] = {
    "affine", "arith", "bufferization", "cf",     "func", "index",
    "linalg", "math",  "scf",           "tensor", "ub",   "vector"};

/// Whether loops can compute on elements of this type.
static bool isElementType(Type type) {
  return type.isSignlessInteger() || type.isIndex() || type.isF16() ||
         type.isBF16() || type.isF32() || type.isF64() || type.isF80() ||
         type.isF128();
}

/// Bytes of a tensor of static shape; none beyond the limit.
static std::optional<int64_t> getBytes(RankedTensorType type) {
  Type element = type.getElementType();
  int64_t bytes = element.isIndex()
                      ? 8
                      : llvm::divideCeil(element.getIntOrFloatBitWidth(), 8);
  if (llvm::is_contained(type.getShape(), 0))
    return 0;
  for (int64_t size : type.getShape()) {
    if (bytes > tensorop::maxArrayBytes / size)
      return std::nullopt;
    bytes *= size;
  }
  return bytes;
}

/// Sizes that are not static are refused later, with the dimension.
static LogicalResult checkType(Type type,
                               llvm::function_ref<InFlightDiagnostic()> error) {
  Type element = type;
  if (auto shaped = dyn_cast<ShapedType>(type)) {
    element = shaped.getElementType();
    if (isa<BaseMemRefType>(type))
      return error() << "has the memref type " << type
                     << "; a payload computes on tensors";
  }
  if (!isElementType(element))
    return error() << "has the type " << type
                   << "; elements are signless integers, index, f16, bf16, "
                      "f32, f64, f80 or f128";
  if (auto vector = dyn_cast<VectorType>(type); vector && vector.isScalable())
    return error() << "has the scalable vector type " << type
                   << "; sizes must be known";
  auto tensor = dyn_cast<RankedTensorType>(type);
  if (tensor && tensor.hasStaticShape() && !getBytes(tensor))
    return error() << "has the type " << type << " of more than "
                   << tensorop::maxArrayBytes
                   << " bytes, the limit of an array";
  return success();
}

static LogicalResult checkOp(Operation *op) {
  StringRef dialect = op->getName().getDialectNamespace();
  if (!llvm::is_contained(payloadDialects, dialect)) {
    InFlightDiagnostic diag =
        op->emitError() << "'" << op->getName()
                        << "' has no lowering here; a payload has ops of ";
    llvm::interleaveComma(payloadDialects, diag);
    return diag;
  }
  if (isa<vector::PrintOp, func::CallIndirectOp, func::ConstantOp>(op))
    return op->emitError() << "'" << op->getName()
                           << "' has no lowering here: a kernel neither prints "
                              "nor calls what it does not know";
  for (Type type : op->getResultTypes())
    if (failed(checkType(type, [&] { return op->emitError(); })))
      return failure();
  for (Region &region : op->getRegions())
    for (BlockArgument arg : region.getArguments())
      if (failed(checkType(arg.getType(), [&] {
            return op->emitError()
                   << "argument #" << arg.getArgNumber() << " of its region ";
          })))
        return failure();
  for (NamedAttribute attr : op->getAttrs())
    if (auto resource = dyn_cast<DenseResourceElementsAttr>(attr.getValue());
        resource && !resource.getRawHandle().getBlob())
      return op->emitError()
             << "names the resource '" << resource.getRawHandle().getKey()
             << "', which the file does not have";
  return success();
}

static LogicalResult checkFunction(func::FuncOp func) {
  if (!func.getBody().hasOneBlock())
    return func.emitError() << "function '" << func.getName()
                            << "' has more than one block; control flow must "
                               "be structured (scf)";
  for (BlockArgument arg : func.getArguments())
    if (failed(checkType(arg.getType(), [&] {
          return func.emitError() << "argument #" << arg.getArgNumber()
                                  << " of '" << func.getName() << "' ";
        })))
      return failure();
  WalkResult walk = func.walk([&](Operation *op) {
    return op == func || succeeded(checkOp(op)) ? WalkResult::advance()
                                                : WalkResult::interrupt();
  });
  return failure(walk.wasInterrupted());
}

namespace {
/// Goes through the calls below the public functions.
class CallChecker {
public:
  explicit CallChecker(ModuleOp module) : symbols(module) {}

  LogicalResult check(func::FuncOp func) {
    auto [place, fresh] = state.try_emplace(func, /*open=*/true);
    if (!fresh)
      return success();
    if (failed(checkFunction(func)))
      return failure();
    WalkResult walk = func.walk([&](func::CallOp call) {
      auto callee = symbols.lookup<func::FuncOp>(call.getCallee());
      if (!callee || callee.isDeclaration()) {
        call.emitError() << "calls '" << call.getCallee()
                         << "', which has no body in this file";
        return WalkResult::interrupt();
      }
      if (state.lookup(callee)) {
        InFlightDiagnostic diag =
            call.emitError()
            << "calls '" << call.getCallee()
            << "', which is being called already: a kernel has no recursion";
        diag.attachNote(callee.getLoc()) << "the function is here";
        return WalkResult::interrupt();
      }
      // A kernel is one function, whatever the front end thought of speed.
      call.setNoInline(false);
      callee.setNoInline(false);
      return failed(check(callee)) ? WalkResult::interrupt()
                                   : WalkResult::advance();
    });
    state[func] = false;
    return failure(walk.wasInterrupted());
  }

private:
  SymbolTable symbols;
  /// True while the calls of a function are looked at, false afterwards.
  llvm::DenseMap<Operation *, bool> state;
};

struct PreparePayload
    : tensorop::impl::TensorOpPreparePayloadBase<PreparePayload> {
  void runOnOperation() override {
    CallChecker checker(getOperation());
    bool any = false;
    for (auto func : getOperation().getOps<func::FuncOp>()) {
      if (!func.isPublic() || func.isDeclaration())
        continue;
      any = true;
      if (failed(checker.check(func)))
        return signalPassFailure();
    }
    if (!any) {
      getOperation().emitError() << "the module has no public function";
      signalPassFailure();
    }
  }
};
} // namespace
