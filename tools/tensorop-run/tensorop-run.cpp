//===- tensorop-run.cpp - Compile, check and time one file ----------------===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "../CommandLine.h"
#include "../JobJson.h"
#include "../Targets.h"
#include "TensorOp/Execution/Evaluator.h"
#include "TensorOp/Execution/Job.h"
#include "TensorOp/Execution/TemporaryFolder.h"
#include "TensorOp/Proposer/Proposer.h"
#include "TensorOp/Runtime/Baselines.h"
#include "TensorOp/Runtime/Generators.h"
#include "TensorOp/Runtime/Report.h"
#include "TensorOp/Simulate/Emulator.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/raw_ostream.h"

using namespace tensorop;
namespace json = llvm::json;

namespace {

struct Options {
  std::string input, plan, output, json, baselines, generators;
  std::string proposer = "analytic", evaluator;
  std::vector<std::string> emit;
  bool check = true, bench = false, quiet = false;
  double seconds = 1;
  CompileRequest compile;
  runtime::CheckOptions inputs;
  WorkerLimits limits;
  double memoryGiB = 16;
};

/// The files that --emit makes, by its kind.
struct EmitKind {
  const char *kind;
  std::vector<const char *> files;
};
const EmitKind emitKinds[] = {
    // The manifest last: without it there is no bundle.
    {"bundle", {"kernel.so", "kernel.o", "kernel.h", "manifest.json"}},
    {"runner",
     {"runner", "kernel.so", "kernel.o", "kernel.h", "manifest.json"}},
    {"obj", {"kernel.o"}},
    {"asm", {"kernel.s"}},
    {"llvm", {"kernel.ll"}},
    {"mlir", {"kernel.mlir"}}};

int fail(int code, const llvm::Twine &text) {
  llvm::errs() << "error: " << text << "\n";
  return code;
}

bool emits(const Options &options, llvm::StringRef kind) {
  return llvm::is_contained(options.emit, kind);
}

/// Refuses contradictions before anything runs; fills what follows from
/// others. Returns an empty text when all is well.
std::string validate(Options &options) {
  if (options.compile.threads < 1 || options.compile.threads > 1024)
    return "--threads must be between 1 and 1024, but is " +
           std::to_string(options.compile.threads);
  if (options.proposer != "none" &&
      !llvm::is_contained(proposerNames(), options.proposer))
    return "--proposer knows " + llvm::join(proposerNames(), ", ") +
           " and none, but not '" + options.proposer + "'";
  if (std::string why =
          whyNoDatabase(options.proposer, options.compile.database);
      !why.empty())
    return why;
  if (!(options.seconds > 0) || options.seconds > 3600)
    return llvm::formatv(
               "--seconds must be above 0 and at most 3600, but is {0}",
               options.seconds)
        .str();
  if (!(options.limits.seconds > 0))
    return llvm::formatv("--time-limit must be above 0, but is {0}",
                         options.limits.seconds)
        .str();
  if (!(options.memoryGiB >= 1))
    return llvm::formatv("--memory-limit must be at least 1 GiB, but is {0}",
                         options.memoryGiB)
        .str();
  options.limits.memoryBytes = int64_t(options.memoryGiB * (1 << 30));
  for (const std::string &kind : options.emit)
    if (llvm::none_of(emitKinds, [&](const EmitKind &known) {
          return kind == known.kind;
        }))
      return "--emit knows bundle, runner, obj, asm, llvm and mlir, but not '" +
             kind + "'";
  if (!options.emit.empty() && options.output.empty()) {
    options.output = llvm::sys::path::stem(options.input).str();
    llvm::errs() << "note: --emit writes to the folder '" << options.output
                 << "'; -o names another\n";
  }
  if (!options.output.empty() && options.emit.empty())
    options.emit = {"bundle"};
  bool files = !options.inputs.inputs.empty() ||
               !options.inputs.expect.empty() ||
               !options.inputs.outputs.empty();
  if (!(options.inputs.expectTolerance >= 0))
    return llvm::formatv("--expect-tolerance must not be negative, but is {0}",
                         options.inputs.expectTolerance)
        .str();
  if (files && !options.check)
    return "--inputs, --expect and --outputs have no use with --no-check";
  if (!options.evaluator.empty() && !options.check && !options.bench)
    return "--evaluator has no use with --no-check and without --bench";
  if (!options.generators.empty()) {
    options.inputs.generators = runtime::splitGenerators(options.generators);
    for (const std::string &generator : options.inputs.generators)
      if (runtime::Status status =
              runtime::checkGenerator(generator, runtime::ElementType::F32);
          !status.ok())
        return status.message();
  }
  return "";
}

std::string readText(const std::string &path, std::string &text) {
  auto buffer = llvm::MemoryBuffer::getFile(path, /*IsText=*/true);
  if (!buffer)
    return "cannot read '" + path + "': " + buffer.getError().message();
  text = (*buffer)->getBuffer().str();
  return "";
}

/// The kernel was checked and found right, whatever came after.
bool isCorrect(const JobResult &result) {
  const json::Object *check = result.check.getAsObject();
  return check && check->getBoolean("correct").value_or(false);
}

void printCompile(llvm::raw_ostream &out, const Options &options,
                  const JobResult &result) {
  double total = 0;
  for (const auto &[part, time] : result.compile.seconds)
    if (part != "reference")
      total += time;
  out << llvm::formatv("compiled in {0:F1} ms:", total * 1e3);
  for (const auto &[part, time] : result.compile.seconds)
    if (part != "reference")
      out << llvm::formatv(" {0} {1:F1}", part, time * 1e3);
  out << "\n";
  for (const std::string &line : describePlans(result.compile))
    out << "plan: " << line << "\n";
  for (const ContractionReport &report : result.compile.contractions)
    out << "contraction: " << toString(report) << "\n";
  for (const std::string &line : result.compile.rooflines)
    out << "roofline: " << line << "\n";
}

/// Copies what --emit asked for: a kernel that was found wrong leaves nothing.
std::string copyEmitted(const Options &options, const std::string &from) {
  if (options.emit.empty())
    return "";
  for (const EmitKind &kind : emitKinds) {
    if (!emits(options, kind.kind))
      continue;
    for (const char *file : kind.files) {
      std::string target = options.output + "/" + file;
      std::error_code code =
          llvm::sys::fs::copy_file(from + "/" + file, target);
      // The runner can be executed; a copy has nothing of that.
      if (auto mode = llvm::sys::fs::getPermissions(from + "/" + file);
          !code && mode)
        code = llvm::sys::fs::setPermissions(target, *mode);
      if (code)
        return "cannot write '" + target + "': " + code.message();
    }
  }
  return "";
}

/// A file or folder that cannot be written is better known before the work.
/// Makes both; what was there stays.
std::string prepareOutput(const Options &options) {
  if (std::string why = prepareJson(options.json); !why.empty())
    return why;
  if (options.emit.empty())
    return "";
  std::error_code code = llvm::sys::fs::create_directories(options.output);
  if (code)
    return "cannot make the folder '" + options.output + "': " + code.message();
  code =
      llvm::sys::fs::access(options.output, llvm::sys::fs::AccessMode::Write);
  if (code)
    return "cannot write to the folder '" + options.output +
           "': " + code.message();
  return "";
}

int run(Options &options) {
  if (std::string why = validate(options); !why.empty())
    return fail(Usage, why);
  Job job;
  job.compile = options.compile;
  job.compile.payloadName = options.input;
  if (std::string why = readText(options.input, job.compile.payload);
      !why.empty())
    return fail(Usage, why);
  if (options.proposer != "none") {
    // A database that cannot be read is the user's to know of before anything
    // runs, not a plan that fails.
    if (llvm::Error error =
            createProposer(options.proposer, options.compile.database)
                .takeError())
      return fail(Failed, llvm::toString(std::move(error)));
    job.compile.proposer = options.proposer;
  }
  if (!options.plan.empty()) {
    job.compile.plansName = options.plan;
    if (std::string why = readText(options.plan, job.compile.plans);
        !why.empty())
      return fail(Usage, why);
  }
  if (std::string why = prepareOutput(options); !why.empty())
    return fail(Failed, why);
  job.compile.assembly = emits(options, "asm");
  job.compile.llvm = emits(options, "llvm");
  job.compile.mlir = emits(options, "mlir");
  job.compile.runner = emits(options, "runner");
  // A bundle that leaves the tool can be checked later, elsewhere.
  job.compile.reference =
      options.check || emits(options, "bundle") || job.compile.runner;
  TemporaryFolder temporary;
  if (std::error_code code = temporary.make("tensorop-run"))
    return fail(Failed, "cannot make a temporary folder: " + code.message());
  job.compile.directory = temporary.path;
  if (options.check)
    job.check = options.inputs;
  if (options.bench) {
    job.bench.emplace();
    job.attempts = 3;
    job.bench->seconds = options.seconds;
    job.bench->seed = options.inputs.seed;
    job.bench->threads = options.compile.threads;
    runtime::Result<std::vector<std::string>> baselines =
        runtime::parseBaselines(options.baselines);
    if (!baselines.ok())
      return fail(Usage, baselines.message());
    job.bench->baselines = *baselines;
  } else if (!options.baselines.empty()) {
    return fail(Usage, "--baseline has no use without --bench");
  }

  job.evaluator = options.evaluator;
  if (llvm::Error error = chooseEvaluator(job)) {
    int code = error.isA<MissingEmulator>() ? MissingDevice : Usage;
    return fail(code, llvm::toString(std::move(error)));
  }
  options.evaluator = job.evaluator;

  // JSON on the terminal has it for itself.
  llvm::raw_ostream &out = options.json == "-" ? llvm::errs() : llvm::outs();
  Worker worker({thisExecutable(), workerFlag.str()}, options.limits);
  JobResult result = runJob(worker, job, [&](llvm::StringRef step) {
    if (options.quiet)
      return;
    out << options.input << ": " << step << " ...\n";
    out.flush();
  });
  for (const Message &message : result.compile.messages)
    if (!options.quiet || message.severity != "remark")
      llvm::errs() << toString(message) << "\n";
  if (result.compile.ok) {
    out << "kernel: " << result.compile.kernel << " for "
        << options.compile.target << "\n";
    printCompile(out, options, result);
    out << describeEvaluator(job, result);
    out << result.checkText << describeVersions(result) << result.benchText;
  }
  int code = result.status == JobStatus::Done      ? Done
             : result.status == JobStatus::Wrong   ? Wrong
             : result.status == JobStatus::Missing ? MissingDevice
             : result.compile.misused              ? Usage
                                                   : Failed;
  bool accepted = result.compile.ok && (!options.check || isCorrect(result));
  if (accepted) {
    if (std::string why = copyEmitted(options, job.compile.directory);
        !why.empty())
      code = std::max<int>(code, fail(Failed, why));
  } else if (result.compile.ok && !options.emit.empty()) {
    llvm::errs() << "note: nothing was written to '" << options.output
                 << "': the check did not pass (--no-check writes without "
                    "one)\n";
  }
  if (!options.json.empty())
    if (std::string why = writeJson(options.json, describeJob(job, result));
        !why.empty())
      code = std::max<int>(code, fail(Failed, why));
  out.flush();
  return code;
}

} // namespace

int main(int argc, char **argv) {
  if (argc == 2 && argv[1] == workerFlag)
    return serveCompileJobs();
  Options options;
  CLI::App app(
      "Compiles the structured ops of an MLIR file to native code, checks the "
      "result against plain loops in f64 and, with --bench, times it. Exit "
      "codes: 0 done; 1 refused or failed, or the timing is void, with a "
      "message; 2 usage; 3 wrong "
      "result; 77 there is nothing to run the code of another machine on.");
  app.add_option("input", options.input,
                 "MLIR file: a function of linalg, tensor, arith, math and scf "
                 "ops on static shapes")
      ->required();
  app.add_option("--target", options.compile.target,
                 "Machine to compile for: native, a name that --list-targets "
                 "shows, or a hardware file (native)");
  addTargetList(app);
  app.add_option("--evaluator", options.evaluator,
                 "Command that checks and times the kernel, ours appended: an "
                 "emulator, or a way to a board (\"ssh board\"), to which "
                 "files are copied; simulated: check by QEMU, and cycles by a "
                 "model instead of times (this process; QEMU for another "
                 "architecture than this machine's)");
  app.add_option("--function", options.compile.function,
                 "Function to compile, when the file has several");
  app.add_option("--plan", options.plan,
                 "File with plans for the kernels, as MLIR or as JSON");
  app.add_option("--proposer", options.proposer,
                 "Who plans the kernels that no plan of --plan fits: analytic, "
                 "database, or none, for plain loops (analytic)");
  app.add_option("--db", options.compile.database,
                 "File of --proposer=database, a database of measured plans "
                 "(that of TENSOROP_DB)");
  app.add_option("--set", options.compile.values,
                 "Values of the plan's parameters: name=integer,...")
      ->delimiter(',');
  app.add_option(
         "--phases", options.compile.phases,
         "Stop the plan after: 1 loops, 2 layouts, 3 fusion, 4 register "
         "tile, 5 unrolling, 6 threads (6)")
      ->check(CLI::Range(1, 6));
  app.add_flag("--narrow-sums", options.compile.narrowSums,
               "Round each sum of products of f16 or bf16 to that type, as the "
               "file says; else they are kept in f32 and rounded once");
  app.add_option("--threads", options.compile.threads,
                 "Most threads of a kernel whose plan has parallel loops, and "
                 "of the libraries beside it (1)");
  app.add_flag("--check,!--no-check", options.check,
               "Compare with the reference (the default)");
  app.add_flag("--bench", options.bench, "Time the kernel");
  app.add_option("--baseline", options.baselines,
                 "Libraries to time beside it: openblas,blis,onednn");
  app.add_option("--seconds", options.seconds, "Time for the measurement (1)");
  app.add_option(
         "--emit", options.emit,
         "What to leave in the folder of -o: bundle, runner (a bundle and "
         "a static runner with the kernel inside, for machines of "
         "other architectures), obj, asm, llvm, mlir")
      ->delimiter(',');
  app.add_option("-o,--output", options.output,
                 "Folder for --emit (a bundle, unless --emit says otherwise)");
  addJsonOption(app, options.json);
  app.add_option("--inputs", options.inputs.inputs,
                 ".npy files for the in and inout arguments, in order")
      ->delimiter(',');
  app.add_option("--expect", options.inputs.expect,
                 ".npy files that the inout and out arguments must equal")
      ->delimiter(',');
  app.add_option("--expect-tolerance", options.inputs.expectTolerance,
                 "How far the values of --expect may be off by themselves, "
                 "beyond the bound (0)");
  app.add_option("--outputs", options.inputs.outputs,
                 ".npy files to write the inout and out arguments to")
      ->delimiter(',');
  app.add_option("--generators", options.generators,
                 "Inputs to check with, each in turn: normal, integers, large, "
                 "small, special, uniform(a,b), ...");
  app.add_option("--seed", options.inputs.seed, "Seed of the inputs (1)");
  app.add_option("--time-limit", options.limits.seconds,
                 "Seconds after which the work is given up (600)");
  app.add_option("--memory-limit", options.memoryGiB,
                 "GiB of address space for the work (16)");
  app.add_flag(
      "--quiet", options.quiet,
      "Print results, warnings and errors only: no remarks, no progress");
  if (std::optional<ExitCode> code = parseCommandLine(app, argc, argv))
    return *code;
  return run(options);
}
