//===- LowerToCPU.cpp - Memrefs and loops to the LLVM dialect -------------===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "TensorOp/Support/Attributes.h"
#include "TensorOp/Target/CPU/Passes.h"
#include "mlir/Conversion/MathToLibm/MathToLibm.h"
#include "mlir/Conversion/Passes.h"
#include "mlir/Dialect/Arith/Transforms/Passes.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Linalg/Passes.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/Math/Transforms/Passes.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/MemRef/Transforms/Passes.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/SCF/Transforms/Passes.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/Pass/PassManager.h"
#include "mlir/Transforms/DialectConversion.h"
#include "mlir/Transforms/Passes.h"

namespace tensorop {
#define GEN_PASS_DEF_TENSOROPANNOTATEBRANCHES
#define GEN_PASS_DEF_TENSOROPKEEPLOOPS
#define GEN_PASS_DEF_TENSOROPLOWERCOPIES
#define GEN_PASS_DEF_TENSOROPMATHTOLIBM
#define GEN_PASS_REGISTRATION
#include "TensorOp/Target/CPU/Passes.h.inc"
} // namespace tensorop

using namespace mlir;

namespace {
struct LowerCopies : tensorop::impl::TensorOpLowerCopiesBase<LowerCopies> {
  void runOnOperation() override {
    SmallVector<memref::CopyOp> copies;
    getOperation().walk([&](memref::CopyOp copy) { copies.push_back(copy); });
    for (memref::CopyOp copy : copies) {
      auto source = dyn_cast<MemRefType>(copy.getSource().getType());
      auto target = dyn_cast<MemRefType>(copy.getTarget().getType());
      if (!source || !target ||
          (source.getLayout().isIdentity() && target.getLayout().isIdentity()))
        continue;
      OpBuilder builder(copy);
      linalg::CopyOp::create(builder, copy.getLoc(), copy.getSource(),
                             copy.getTarget());
      copy.erase();
    }
  }
};

struct KeepLoops : tensorop::impl::TensorOpKeepLoopsBase<KeepLoops> {
  void runOnOperation() override {
    if (!getOperation()->hasAttr(tensorop::plannedAttrName))
      return;
    Builder builder(&getContext());
    BoolAttr yes = builder.getBoolAttr(true);
    auto vectorize = LLVM::LoopVectorizeAttr::get(
        &getContext(), /*disable=*/yes, {}, {}, {}, {}, {}, {});
    auto unroll = LLVM::LoopUnrollAttr::get(&getContext(), /*disable=*/yes, {},
                                            {}, {}, {}, {}, {});
    auto annotation = LLVM::LoopAnnotationAttr::get(
        &getContext(), {}, vectorize, {}, unroll, {}, {}, {}, {}, {}, {}, {},
        {}, {}, {}, {});
    getOperation().walk([&](scf::ForOp loop) {
      loop->setAttr("llvm.loop_annotation", annotation);
    });
  }
};

/// Conversions carry the annotation along as an attribute of the branch back,
/// where translation does not look for it.
struct AnnotateBranches
    : tensorop::impl::TensorOpAnnotateBranchesBase<AnnotateBranches> {
  void runOnOperation() override {
    constexpr llvm::StringLiteral name = "llvm.loop_annotation";
    getOperation()->walk([&](Operation *op) {
      auto annotation = dyn_cast_or_null<LLVM::LoopAnnotationAttr>(
          op->getDiscardableAttr(name));
      if (!annotation)
        return;
      if (auto branch = dyn_cast<LLVM::BrOp>(op))
        branch.setLoopAnnotationAttr(annotation);
      else if (auto branch = dyn_cast<LLVM::CondBrOp>(op))
        branch.setLoopAnnotationAttr(annotation);
      else
        return;
      op->removeDiscardableAttr(name);
    });
  }
};

struct MathToLibm : tensorop::impl::TensorOpMathToLibmBase<MathToLibm> {
  void runOnOperation() override {
    RewritePatternSet patterns(&getContext());
    populateMathToLibmConversionPatterns(patterns);
    ConversionTarget target(getContext());
    target.addLegalDialect<arith::ArithDialect, func::FuncDialect,
                           math::MathDialect, vector::VectorDialect,
                           BuiltinDialect, LLVM::LLVMDialect>();
    target
        .addIllegalOp<math::AcosOp, math::AcoshOp, math::AsinOp, math::AsinhOp,
                      math::AtanOp, math::Atan2Op, math::AtanhOp, math::CbrtOp,
                      math::CoshOp, math::ErfOp, math::ErfcOp, math::ExpM1Op,
                      math::Log1pOp, math::SinhOp, math::TanOp, math::TanhOp>();
    if (failed(applyPartialConversion(getOperation(), target,
                                      std::move(patterns))))
      signalPassFailure();
  }
};
} // namespace

void tensorop::buildLowerToCPUPipeline(OpPassManager &pm) {
  // Structured ops that no plan has realised become plain loops.
  pm.addNestedPass<func::FuncOp>(createForallToForLoopPass());
  pm.addNestedPass<func::FuncOp>(createTensorOpLowerCopies());
  pm.addNestedPass<func::FuncOp>(createConvertLinalgToLoopsPass());
  pm.addPass(createTensorOpLowerAsserts());
  pm.addPass(createTensorOpEmptyArguments());
  pm.addPass(createTensorOpWorkspace());
  pm.addNestedPass<func::FuncOp>(createTensorOpKeepLoops());
  pm.addPass(memref::createExpandStridedMetadataPass());
  pm.addPass(createLowerAffinePass());
  // No target at hand computes in bf16; each op rounds, as its type says.
  arith::ArithEmulateUnsupportedFloatsOptions emulate;
  emulate.sourceTypeStrs = {"bf16"};
  emulate.targetTypeStr = "f32";
  pm.addPass(arith::createArithEmulateUnsupportedFloats(emulate));
  pm.addPass(math::createMathExtendToSupportedTypes());
  pm.addPass(createTensorOpSplitCasts());
  // The only op of `math` that no conversion below knows.
  math::MathExpandOpsPassOptions clamp;
  clamp.opMnemonics = {"clampf"};
  pm.addPass(math::createMathExpandOpsPass(clamp));
  arith::ArithExpandOpsPassOptions expand;
  expand.includeBf16 = true;
  pm.addNestedPass<func::FuncOp>(arith::createArithExpandOpsPass(expand));
  pm.addPass(createTensorOpBF16ToBits());
  pm.addPass(createCanonicalizerPass());
  pm.addPass(createCSEPass());
  pm.addPass(createTensorOpMathToLibm());
  pm.addPass(createConvertMathToFuncs());
  pm.addPass(createSCFToControlFlowPass());
  pm.addPass(createConvertVectorToLLVMPass());
  pm.addPass(createConvertMathToLLVMPass());
  pm.addPass(createFinalizeMemRefToLLVMConversionPass());
  pm.addPass(createArithToLLVMConversionPass());
  pm.addPass(createConvertIndexToLLVMPass());
  ConvertFuncToLLVMPassOptions func;
  func.useBarePtrCallConv = true;
  pm.addPass(createConvertFuncToLLVMPass(func));
  pm.addPass(createConvertControlFlowToLLVMPass());
  pm.addPass(createTensorOpAnnotateBranches());
  pm.addPass(createUBToLLVMConversionPass());
  pm.addPass(createReconcileUnrealizedCastsPass());
  pm.addPass(createCanonicalizerPass());
  pm.addPass(createCSEPass());
}

void tensorop::registerCPUPasses() {
  static const bool once = [] {
    registerTensorOpCPUPasses();
    return true;
  }();
  (void)once;
}
