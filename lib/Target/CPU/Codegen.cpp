//===- Codegen.cpp - LLVM dialect to an object file -----------------------===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "TensorOp/Target/CPU/Codegen.h"
#include "../ARM/LaneLoads.h"
#include "../ARM/LaneMultiplies.h"
#include "../ARM/NarrowAccesses.h"
#include "../ARM/PartialSums.h"
#include "../RISCV/HalfConversions.h"
#include "../RISCV/PrefixMasks.h"
#include "../RISCV/ScalarBits.h"
#include "Emission.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/Target/LLVMIR/Export.h"
#include "llvm/IR/Module.h"
#include "llvm/MC/MCSubtargetInfo.h"
#include "llvm/MC/TargetRegistry.h"
#include "llvm/Passes/PassBuilder.h"
#include "llvm/Support/TargetSelect.h"
#include "llvm/Support/raw_ostream.h"
#include "llvm/Target/TargetMachine.h"
#include "llvm/TargetParser/SubtargetFeature.h"
#include "llvm/TargetParser/Triple.h"

using namespace tensorop;

static void initializeTargets() {
  static const bool once = [] {
    llvm::InitializeAllTargets();
    llvm::InitializeAllTargetMCs();
    llvm::InitializeAllAsmPrinters();
    // Upstream's AVX2 transpose uses inline assembly.
    llvm::InitializeAllAsmParsers();
    return true;
  }();
  (void)once;
}

Codegen::Codegen(std::unique_ptr<llvm::TargetMachine> machine,
                 std::optional<VectorScale> vscale, bool avoidSpills)
    : machine(std::move(machine)), vscale(vscale), avoidSpills(avoidSpills) {}

Codegen::~Codegen() = default;

llvm::Expected<std::unique_ptr<Codegen>>
Codegen::create(const CodegenTarget &target) {
  initializeTargets();
  llvm::Triple triple(target.triple);
  std::string error;
  const llvm::Target *backend =
      llvm::TargetRegistry::lookupTarget(triple, error);
  if (!backend)
    return llvm::createStringError("no backend for the triple '" +
                                   target.triple + "': " + error);
  std::unique_ptr<llvm::MCSubtargetInfo> subtarget(
      backend->createMCSubtargetInfo(triple, "", ""));
  if (!subtarget ||
      (!target.cpu.empty() && !subtarget->isCPUStringValid(target.cpu)))
    return llvm::createStringError("the backend for '" + target.triple +
                                   "' does not know the cpu '" + target.cpu +
                                   "'");
  llvm::SubtargetFeatures features(target.attributes);
  // No instruction loads two scalars: next to each other they only live longer.
  // In order, they are there in time.
  if (triple.isRISCV() && !target.inOrder)
    features.AddFeature("disable-misched-load-clustering");
  llvm::TargetOptions options;
  std::unique_ptr<llvm::TargetMachine> machine(backend->createTargetMachine(
      triple, target.cpu, features.getString(), options, llvm::Reloc::PIC_,
      std::nullopt, llvm::CodeGenOptLevel::Aggressive));
  if (!machine)
    return llvm::createStringError(
        "internal error: no target machine for the triple '" + target.triple +
        "'");
  return std::unique_ptr<Codegen>(
      new Codegen(std::move(machine), target.vscale,
                  /*avoidSpills=*/!target.inOrder && !triple.isX86()));
}

llvm::Expected<std::unique_ptr<llvm::Module>>
Codegen::translate(mlir::ModuleOp module, llvm::ArrayRef<AbiEntry> entries,
                   llvm::LLVMContext &context) {
  std::unique_ptr<llvm::Module> result =
      mlir::translateModuleToLLVMIR(module, context);
  if (!result)
    return llvm::createStringError(
        "internal error: the translation to LLVM IR failed");
  result->setDataLayout(machine->createDataLayout());
  result->setTargetTriple(machine->getTargetTriple());
  for (llvm::Function &function : *result) {
    if (function.isDeclaration())
      continue;
    function.setLinkage(llvm::GlobalValue::InternalLinkage);
    // Inlined, the arguments would lose that they do not alias.
    function.addFnAttr(llvm::Attribute::NoInline);
  }
  for (const AbiEntry &entry : entries)
    if (llvm::Error error = addAbiEntry(*result, entry))
      return std::move(error);
  for (llvm::Function &function : *result)
    setTarget(function);
  return std::move(result);
}

void Codegen::setTarget(llvm::Function &function) const {
  if (llvm::StringRef cpu = machine->getTargetCPU(); !cpu.empty())
    function.addFnAttr("target-cpu", cpu);
  if (llvm::StringRef features = machine->getTargetFeatureString();
      !features.empty())
    function.addFnAttr("target-features", features);
  if (vscale)
    function.addFnAttr(llvm::Attribute::getWithVScaleRangeArgs(
        function.getContext(), vscale->min, vscale->max));
}

void Codegen::optimize(llvm::Module &module) {
  runPipeline(module, /*isKernel=*/true);
}

void Codegen::optimizeReference(llvm::Module &module) {
  runPipeline(module, /*isKernel=*/false);
}

void Codegen::runPipeline(llvm::Module &module, bool isKernel) {
  const llvm::Triple &triple = machine->getTargetTriple();
  if (triple.isRISCV() && isKernel)
    lowerPrefixMasks(module);
  if (triple.isAArch64() && isKernel && !vscale)
    narrowAccesses(module);
  llvm::LoopAnalysisManager lam;
  llvm::FunctionAnalysisManager fam;
  llvm::CGSCCAnalysisManager cgam;
  llvm::ModuleAnalysisManager mam;
  llvm::PipelineTuningOptions tuning;
  tuning.LoopVectorization = true;
  // Loops are the unit of vector code here; straight-line vectorization of the
  // many vector instructions of a register tile only costs time.
  tuning.SLPVectorization = false;
  llvm::PassBuilder builder(machine.get(), tuning);
  builder.registerModuleAnalyses(mam);
  builder.registerCGSCCAnalyses(cgam);
  builder.registerFunctionAnalyses(fam);
  builder.registerLoopAnalyses(lam);
  builder.crossRegisterProxies(lam, fam, cgam, mam);
  builder.buildPerModuleDefaultPipeline(llvm::OptimizationLevel::O2)
      .run(module, mam);
  if (triple.isAArch64() && isKernel) {
    llvm::FunctionPassManager lanes;
    lanes.addPass(GroupLaneLoads(128 * (vscale ? vscale->min : 1)));
    llvm::ModulePassManager passes;
    passes.addPass(llvm::createModuleToFunctionPassAdaptor(std::move(lanes)));
    passes.run(module, mam);
    // Vectors of 128 bits are NEON's, which has lanes everywhere.
    if (vscale)
      lowerLaneMultiplies(module, 128 * vscale->min);
  }
  // Part of the translation, which LLVM gets wrong.
  if (triple.isAArch64() && vscale && vscale->min > 1)
    expandPartialSums(module);
  if (triple.isRISCV() && isKernel)
    reinterpretScalars(module);
  // Part of the translation: LLVM would call a library.
  if (triple.isRISCV() &&
      !machine->getMCSubtargetInfo()->checkFeatures("+zfhmin"))
    for (llvm::Function *function : addHalfConversions(module))
      setTarget(*function);
}

llvm::Expected<llvm::SmallVector<char, 0>>
Codegen::emitObject(const llvm::Module &module) {
  return emitFile(module, *machine, avoidSpills,
                  llvm::CodeGenFileType::ObjectFile);
}

llvm::Expected<std::string> Codegen::emitAssembly(const llvm::Module &module) {
  llvm::Expected<llvm::SmallVector<char, 0>> text = emitFile(
      module, *machine, avoidSpills, llvm::CodeGenFileType::AssemblyFile);
  if (!text)
    return text.takeError();
  return std::string(text->begin(), text->end());
}
