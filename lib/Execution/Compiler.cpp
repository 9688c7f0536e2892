//===- Compiler.cpp - A payload becomes a bundle --------------------------===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "TensorOp/Execution/Compiler.h"
#include "BundleFiles.h"
#include "Contractions.h"
#include "KernelFacts.h"
#include "Lowering.h"
#include "Messages.h"
#include "Names.h"
#include "Permissions.h"
#include "PlainCode.h"
#include "Prepacked.h"
#include "Proposals.h"
#include "Rooflines.h"
#include "TensorOp/Dialect/Strategy/IR/PlanJSON.h"
#include "TensorOp/Dialect/Strategy/IR/StrategyOps.h"
#include "TensorOp/Execution/ApplyPlans.h"
#include "TensorOp/Hardware/Catalogue.h"
#include "TensorOp/InitAll.h"
#include "TensorOp/Normalize/Passes.h"
#include "TensorOp/Runtime/CpuFeatures.h"
#include "TensorOp/Support/Attributes.h"
#include "TensorOp/Target/CPU/Passes.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/ControlFlow/IR/ControlFlowOps.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/OpenMP/OpenMPDialect.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/Parser/Parser.h"
#include "mlir/Pass/PassManager.h"
#include "llvm/ADT/SetVector.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/IR/LLVMContext.h"
#include "llvm/IR/Module.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/raw_ostream.h"
#include "llvm/Transforms/Utils/Cloning.h"
#include <chrono>
#include <map>

using namespace mlir;
using namespace tensorop;

namespace {
using Clock = std::chrono::steady_clock;

/// Adds the time since its creation, or since the last call, to a part.
class Stopwatch {
public:
  explicit Stopwatch(CompileResult &result) : result(result) {}
  void record(const char *part) {
    add(part, std::chrono::duration<double>(Clock::now() - start).count());
    start = Clock::now();
  }
  void add(const char *part, double seconds) {
    for (auto &[name, sum] : result.seconds)
      if (name == part) {
        sum += seconds;
        return;
      }
    result.seconds.emplace_back(part, seconds);
  }
  void restart() { start = Clock::now(); }

private:
  CompileResult &result;
  Clock::time_point start = Clock::now();
};
} // namespace

struct Compiler::State {
  DialectRegistry registry;
  std::unique_ptr<MLIRContext> context;
  int uses = 0;
  std::map<std::string, HardwareModel> targets;
  std::map<std::string, std::unique_ptr<Codegen>> codegens;
  /// The plain code of the last few payloads, oldest first.
  std::vector<std::pair<std::string, PlainCode>> references;

  MLIRContext &getContext() {
    // Types and attributes of all payloads stay in a context for good.
    if (!context || ++uses > 256) {
      context = std::make_unique<MLIRContext>(registry,
                                              MLIRContext::Threading::DISABLED);
      // The op's text, after many passes, is not what the user wrote.
      context->printOpOnDiagnostic(false);
      uses = 0;
    }
    return *context;
  }

  LogicalResult compile(const CompileRequest &request, CompileResult &result,
                        Compiler::AcceptFn accept);
};

Compiler::Compiler() : state(std::make_unique<State>()) {
  registerAllDialects(state->registry);
}

Compiler::~Compiler() = default;

namespace {
/// One request on its way.
class Compilation {
public:
  Compilation(const CompileRequest &request, CompileResult &result,
              MLIRContext &context, const HardwareModel &hardware,
              Codegen &codegen)
      : request(request), result(result), context(context), hardware(hardware),
        codegen(codegen), watch(result) {}

  /// Parses and chooses the function; then the other steps, in this order.
  LogicalResult readPayload();
  LogicalResult checkValues();
  LogicalResult formKernels(Compiler::AcceptFn accept);
  LogicalResult realise();
  LogicalResult makeCode();
  LogicalResult writeBundle(const PlainCode *plain);

  const runtime::Manifest &getManifest() const { return manifest; }
  ModuleOp getPayload() { return *payload; }
  const PlanReport &getPlanReport() const { return planReport; }
  Stopwatch &getWatch() { return watch; }

private:
  LogicalResult error(const Twine &text) {
    result.messages.push_back({"error", "", text.str()});
    return failure();
  }
  /// An error of the request, not of the payload or a plan.
  LogicalResult misuse(const Twine &text) {
    result.misused = true;
    return error(text);
  }
  LogicalResult runPasses(ModuleOp op, StringRef phase,
                          llvm::function_ref<void(OpPassManager &)> build,
                          bool verify = true);
  LogicalResult selectFunction();

  const CompileRequest &request;
  CompileResult &result;
  MLIRContext &context;
  const HardwareModel &hardware;
  Codegen &codegen;
  Stopwatch watch;
  OwningOpRef<ModuleOp> payload, module, plans;
  PlanReport planReport;
  runtime::Manifest manifest;
  std::vector<PrepackEntry> prepacked;
  llvm::SmallVector<char, 0> object;
  BundleFiles files;
  /// A plan has made a team of threads.
  bool isParallel = false;
};
} // namespace

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
  if (failed(runPasses(*module, "normalization", buildKernelsPipeline)))
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
  PlanOptions options{request.target,   request.values,     request.phases,
                      request.proposer, request.unproposed, request.threads};
  FailureOr<std::vector<std::string>> rooflines =
      describeRooflines(*module, hardware, request.target == "native");
  if (failed(rooflines))
    return failure();
  result.rooflines = std::move(*rooflines);
  result.contractions = findContractions(*module, result.kernel);
  manifest.factors = findFactors(*module, result.kernel);
  LogicalResult planned =
      planKernels(*module, plans ? *plans : ModuleOp(), options, planReport);
  result.proposed = planReport.proposed;
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
    llvm::raw_string_ostream stream(files.mlir.emplace());
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

LogicalResult Compilation::makeCode() {
  llvm::Expected<AbiEntry> entry = makeAbiEntry(
      *module, result.kernel, manifest, CodeKind::Kernel, prepacked);
  if (!entry)
    return error(llvm::toString(entry.takeError()));
  entry->typed = manifest.kernel;
  entry->packed = manifest.packedEntry;
  manifest.workspaceBytes = entry->workspaceBytes;
  manifest.threads = isParallel ? request.threads : 1;
  SmallVector<AbiEntry> entries{*entry};
  for (const PrepackEntry &one : prepacked)
    entries.push_back(one.entry);
  llvm::LLVMContext llvmContext;
  llvm::Expected<std::unique_ptr<llvm::Module>> code =
      codegen.translate(*module, entries, llvmContext);
  if (!code)
    return error(llvm::toString(code.takeError()));
  watch.record("lower");
  codegen.optimize(**code);
  watch.record("optimize");
  if (request.llvm) {
    llvm::raw_string_ostream stream(files.llvm.emplace());
    stream << **code;
  }
  if (request.assembly) {
    // The backend changes the module on its way.
    std::unique_ptr<llvm::Module> copy = llvm::CloneModule(**code);
    llvm::Expected<std::string> text = codegen.emitAssembly(*copy);
    if (!text)
      return error(llvm::toString(text.takeError()));
    files.assembly = std::move(*text);
  }
  watch.restart();
  llvm::Expected<llvm::SmallVector<char, 0>> bytes = codegen.emitObject(**code);
  if (!bytes)
    return error(llvm::toString(bytes.takeError()));
  object = std::move(*bytes);
  watch.record("codegen");
  return success();
}

LogicalResult Compilation::writeBundle(const PlainCode *plain) {
  watch.restart();
  manifest.triple = hardware.triple;
  manifest.target = request.target;
  manifest.cpu = hardware.cpu;
  StringRef architecture = StringRef(hardware.triple).split('-').first;
  for (const std::string &feature : hardware.features)
    if (runtime::isKnownCpuFeature(architecture, feature))
      manifest.features.push_back(feature);
  if (hardware.scalable)
    manifest.vectorBits = {hardware.vectorBits, hardware.vectorBitsMax};
  manifest.planName = result.planName;
  for (const Message &message : result.messages)
    manifest.diagnostics.push_back(toString(message));
  files.directory = request.directory;
  files.object = object;
  files.plain = plain;
  files.isParallel = isParallel;
  files.runner = request.runner;
  if (llvm::Error failure = tensorop::writeBundle(files, manifest, codegen))
    return error(llvm::toString(std::move(failure)));
  watch.record("link");
  return success();
}

LogicalResult Compiler::State::compile(const CompileRequest &request,
                                       CompileResult &result,
                                       Compiler::AcceptFn accept) {
  auto error = [&](const Twine &text) {
    result.messages.push_back({"error", "", text.str()});
    return failure();
  };
  auto machine = targets.find(request.target);
  if (machine == targets.end()) {
    llvm::Expected<HardwareModel> model = resolveTarget(request.target);
    if (!model) {
      result.misused = true;
      return error(llvm::toString(model.takeError()));
    }
    machine = targets.emplace(request.target, std::move(*model)).first;
  }
  const HardwareModel &hardware = machine->second;
  if (!makesCodeFor(hardware.arch))
    return error("target '" + request.target + "' is " + hardware.triple +
                 "; code is made for processors only so far");
  auto codegen = codegens.find(request.target);
  if (codegen == codegens.end()) {
    llvm::Expected<std::unique_ptr<Codegen>> made =
        Codegen::create(makeCodegenTarget(hardware));
    if (!made)
      return error(llvm::toString(made.takeError()));
    codegen = codegens.emplace(request.target, std::move(*made)).first;
  }

  MLIRContext &mlirContext = getContext();
  MessageCollector collector(mlirContext, result.messages);
  Compilation compilation(request, result, mlirContext, hardware,
                          *codegen->second);
  if (failed(compilation.readPayload()) || failed(compilation.checkValues()) ||
      failed(compilation.formKernels(accept)) ||
      failed(compilation.realise()) || failed(compilation.makeCode()))
    return failure();
  const PlainCode *plain = nullptr;
  if (request.reference) {
    compilation.getWatch().restart();
    Permissions permissions = collectPermissions(compilation.getPayload(),
                                                 compilation.getPlanReport());
    std::string key = request.target + '\0' + request.function + '\0' +
                      request.payloadName + '\0' + request.payload + '\0' +
                      std::to_string(permissions.loose) + '\0' +
                      std::to_string(permissions.functionUlp);
    auto known = llvm::find_if(
        references, [&](const auto &entry) { return entry.first == key; });
    if (known == references.end()) {
      llvm::Expected<PlainCode> code =
          makePlainCode(compilation.getPayload(), compilation.getManifest(),
                        permissions, hardware, *codegen->second);
      if (!code)
        return error(llvm::toString(code.takeError()));
      if (references.size() >= 8)
        references.erase(references.begin());
      references.emplace_back(key, std::move(*code));
      known = std::prev(references.end());
    }
    plain = &known->second;
    compilation.getWatch().record("reference");
  }
  return compilation.writeBundle(plain);
}

CompileResult Compiler::compile(const CompileRequest &request,
                                AcceptFn accept) {
  return compileWithProposals(request, [&](const CompileRequest &one) {
    CompileResult result;
    result.ok = succeeded(state->compile(one, result, accept));
    return result;
  });
}
