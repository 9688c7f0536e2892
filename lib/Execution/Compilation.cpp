//===- Compilation.cpp - A payload's kernel for one machine ---------------===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Compilation.h"
#include "Contractions.h"
#include "KernelFacts.h"
#include "Lowering.h"
#include "Messages.h"
#include "Names.h"
#include "PlainCode.h"
#include "Rooflines.h"
#include "TensorOp/Dialect/Strategy/IR/PlanJSON.h"
#include "TensorOp/Dialect/Strategy/IR/StrategyOps.h"
#include "TensorOp/Normalize/Passes.h"
#include "TensorOp/Support/Attributes.h"
#include "TensorOp/Target/CPU/Passes.h"
#include "mlir/Dialect/ControlFlow/IR/ControlFlowOps.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/OpenMP/OpenMPDialect.h"
#include "mlir/Parser/Parser.h"
#include "mlir/Pass/PassManager.h"
#include "llvm/ADT/SetVector.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/IR/Module.h"
#include "llvm/Support/raw_ostream.h"

using namespace mlir;
using namespace tensorop;

LogicalResult Compilation::error(const Twine &text) {
  result.messages.push_back({"error", "", text.str()});
  return failure();
}

LogicalResult Compilation::misuse(const Twine &text) {
  result.misused = true;
  return error(text);
}

LogicalResult
Compilation::runPasses(ModuleOp op, StringRef phase,
                       llvm::function_ref<void(OpPassManager &)> build,
                       bool verify) {
  PassManager pm(&context);
  pm.enableVerifier(verify);
  build(pm);
  size_t before = result.messages.size();
  if (succeeded(pm.run(op)))
    return success();
  if (llvm::none_of(
          ArrayRef(result.messages).drop_front(before),
          [](const Message &message) { return message.severity == "error"; }))
    return error("internal error: " + phase + " failed without saying why");
  return failure();
}

LogicalResult Compilation::selectFunction() {
  SmallVector<func::FuncOp> all, chosen;
  std::string names;
  for (auto func : payload->getOps<func::FuncOp>()) {
    all.push_back(func);
    names += (names.empty() ? "'" : ", '") + func.getName().str() + "'";
    if (!func.isDeclaration() &&
        (request.function.empty() ? func.isPublic()
                                  : func.getName() == request.function))
      chosen.push_back(func);
  }
  if (all.empty())
    return error("'" + request.payloadName + "' has no function");
  if (chosen.empty())
    return error("'" + request.payloadName + "' has no " +
                 (request.function.empty()
                      ? Twine("public function with a body")
                      : "function '" + request.function + "' with a body") +
                 "; it has " + names);
  if (chosen.size() > 1)
    return error("'" + request.payloadName + "' has " + Twine(chosen.size()) +
                 " public functions; choose one of " + names);
  for (func::FuncOp func : all)
    func.setPrivate();
  func::FuncOp func = chosen.front();
  func.setPublic();
  result.kernel = makeKernelName(func.getName());
  if (func.getName() != result.kernel) {
    SymbolTable symbols(*payload);
    if (symbols.lookup(result.kernel))
      return error("the name '" + result.kernel + "' for the function '" +
                   func.getName() + "' is taken");
    func.emitRemark() << "the kernel of '" << func.getName() << "' is named '"
                      << result.kernel
                      << "': the name in the file is no C identifier, or C, "
                         "C++ or a library has it";
    if (failed(symbols.rename(func, result.kernel)))
      return error("internal error: '" + func.getName() +
                   "' cannot be renamed");
  }
  // Assertions are known by their text: a pass may copy or drop them.
  llvm::SetVector<StringRef> assertions;
  payload->walk([&](cf::AssertOp op) { assertions.insert(op.getMsg()); });
  if (!assertions.empty()) {
    manifest.assertions.assign(assertions.begin(), assertions.end());
    (*payload)->setAttr(assertionsAttrName, Builder(&context).getStrArrayAttr(
                                                assertions.getArrayRef()));
  }
  manifest.kernel = result.kernel;
  manifest.packedEntry = result.kernel + "_packed";
  return success();
}

LogicalResult Compilation::readPayload() {
  payload = parseSourceString<ModuleOp>(request.payload, &context,
                                        request.payloadName);
  if (!payload)
    return failure();
  if (!request.plans.empty()) {
    bool isJSON = StringRef(request.plans).ltrim().starts_with("{");
    plans = isJSON
                ? strategy::readPlans(request.plans, request.plansName, context)
                : parseSourceString<ModuleOp>(request.plans, &context,
                                              request.plansName);
    if (!plans)
      return failure();
  }
  // Plans that the payload brings come after those of --plan; its plain code
  // has nothing to do with them.
  for (auto plan :
       llvm::make_early_inc_range(payload->getOps<strategy::PlanOp>())) {
    if (!plans)
      plans = ModuleOp::create(payload->getLoc());
    plan->remove();
    plans->push_back(plan);
  }
  if (failed(selectFunction()))
    return failure();
  watch.record("parse");
  return success();
}

/// A value is for a parameter that some plan has, and there is one.
LogicalResult Compilation::checkValues() {
  llvm::SetVector<StringRef> known;
  if (plans)
    for (auto plan : plans->getOps<strategy::PlanOp>())
      for (auto param : plan.getBody().getOps<strategy::ParamOp>())
        known.insert(param.getName());
  llvm::StringSet<> given;
  for (const std::string &text : request.values) {
    auto [name, number] = StringRef(text).split('=');
    int64_t value;
    if (name.empty() || number.getAsInteger(10, value))
      return misuse("--set expects name=integer, but got '" + text + "'");
    if (!given.insert(name).second)
      return misuse("--set gives '" + name + "' two values");
    if (!known.contains(name))
      return misuse(
          "--set names '" + name + "', but no plan has such a parameter; " +
          (known.empty() ? Twine("there are none")
                         : "the parameters are " + llvm::join(known, ", ")));
  }
  return success();
}

LogicalResult Compilation::formKernels(Compiler::AcceptFn accept) {
  module = OwningOpRef<ModuleOp>(payload->clone());
  if (failed(runPasses(*module, "normalization", [&](OpPassManager &pm) {
        buildKernelsPipeline(pm, /*wideSums=*/!request.narrowSums);
      })))
    return failure();
  auto func = module->lookupSymbol<func::FuncOp>(result.kernel);
  if (!func)
    return error("internal error: normalization lost '" + result.kernel + "'");
  if (failed(collectFacts(func, manifest)))
    return failure();
  if (accept)
    if (std::string why = accept(manifest); !why.empty())
      return misuse(why);
  watch.record("normalize");
  if (request.kernels) {
    llvm::raw_string_ostream stream(result.kernels);
    module->print(stream);
  }
  PlanOptions options{request.target,   request.values,     request.phases,
                      request.proposer, request.unproposed, request.threads};
  FailureOr<std::vector<std::string>> rooflines =
      describeRooflines(*module, hardware, request.target == "native");
  if (failed(rooflines))
    return failure();
  result.rooflines = std::move(*rooflines);
  result.contractions = findContractions(*module, result.kernel);
  manifest.factors = findFactors(*module, result.kernel);
  options.database = request.database;
  isPlanning = true;
  LogicalResult planned =
      planKernels(*module, plans ? *plans : ModuleOp(), options, planReport);
  result.proposed = planReport.proposed;
  result.illegal = planReport.isIllegal;
  if (failed(planned))
    return failure();
  watch.record("plan");
  if (failed(runPasses(*module, "bufferization", buildBufferizePipeline)))
    return failure();
  watch.record("normalize");
  return success();
}

LogicalResult Compilation::realise() {
  watch.restart();
  if (failed(realisePlans(*module, planReport)))
    return failure();
  watch.record("realise");
  reportPlans(*module, result.contractions);
  for (const PlanReport::Entry &entry : planReport.applied) {
    const char *separator = result.planName.empty() ? "" : ", ";
    result.planName += separator + entry.plan;
    result.planReason += separator + ("for " + entry.kernel) +
                         (entry.reason.empty() ? "" : ": " + entry.reason);
    manifest.planText += entry.text + "\n";
  }
  if (failed(runPasses(*module, "the report", [](OpPassManager &pm) {
        pm.addPass(createTensorOpReportUnplanned());
      })))
    return failure();
  module->walk([&](omp::ParallelOp) { isParallel = true; });
  // A proposed plan says why it divides nothing.
  if (request.threads > 1 && !isParallel && request.proposer.empty())
    result.messages.push_back(
        {"warning", "",
         "the kernel runs on 1 thread, not on " +
             std::to_string(request.threads) +
             ": no plan of it divides a loop among threads (parallelize)"});
  if (isParallel && request.threads > hardware.cores)
    result.messages.push_back({"warning", "",
                               "the kernel is made for " +
                                   std::to_string(request.threads) +
                                   " threads, but '" + hardware.name +
                                   "' has " + std::to_string(hardware.cores) +
                                   " cores: threads will take turns"});
  if (failed(runPasses(*module, "prepacking", [](OpPassManager &pm) {
        pm.addPass(createTensorOpPrepack());
      })))
    return failure();
  prepacked = collectPrepacked(*module, result.kernel, manifest);
  if (request.mlir) {
    llvm::raw_string_ostream stream(mlirText.emplace());
    module->print(stream);
  }
  // What the plans made was verified; the conversions are mostly upstream's,
  // and verifying between them takes a quarter of their time.
  watch.restart();
  if (failed(runPasses(
          *module, "lowering",
          [&](OpPassManager &pm) {
            // The reference code never has this: it must not share its errors.
            pm.addNestedPass<func::FuncOp>(createTensorOpApproximateMath());
            buildLoweringPipeline(pm, hardware);
          },
          /*verify=*/false)))
    return failure();
  watch.record("lower");
  return success();
}

LogicalResult Compilation::read() {
  MessageCollector collector(context, result.messages);
  return readPayload();
}

void Compilation::dropPlans() {
  plans = nullptr;
  request.proposer.clear();
  request.values.clear();
  request.phases = 0;
}

LogicalResult Compilation::lower(Compiler::AcceptFn accept) {
  MessageCollector collector(context, result.messages);
  watch.restart();
  return failure(failed(checkValues()) || failed(formKernels(accept)) ||
                 failed(realise()));
}

std::vector<unsigned> Compilation::getPackedArguments() const {
  std::vector<unsigned> positions;
  for (const PrepackEntry &one : prepacked)
    positions.push_back(one.argument);
  return positions;
}

void Compilation::setPackedBytes(size_t i, int64_t bytes) {
  manifest.prepacked[i].bytes = bytes;
  prepacked[i].entry.arguments[1].shape = {bytes};
}

FailureOr<KernelCode> Compilation::makeCode(llvm::LLVMContext &llvmContext) {
  MessageCollector collector(context, result.messages);
  watch.restart();
  llvm::Expected<AbiEntry> entry = makeAbiEntry(
      *module, result.kernel, manifest, CodeKind::Kernel, prepacked);
  if (!entry)
    return error(llvm::toString(entry.takeError()));
  entry->typed = manifest.kernel;
  entry->packed = manifest.packedEntry;
  manifest.workspaceBytes = entry->workspaceBytes;
  manifest.threads = isParallel ? request.threads : 1;
  manifest.planName = result.planName;
  SmallVector<AbiEntry> entries{*entry};
  for (const PrepackEntry &one : prepacked)
    entries.push_back(one.entry);
  llvm::Expected<std::unique_ptr<llvm::Module>> code =
      codegen.translate(*module, entries, llvmContext);
  if (!code)
    return error(llvm::toString(code.takeError()));
  watch.record("lower");
  codegen.optimize(**code);
  watch.record("optimize");
  return KernelCode{std::move(*code), manifest, isParallel, mlirText};
}
