//===- tensorop.cpp - From one line to a checked kernel -------------------===//
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
#include "TensorOp/Execution/TextFile.h"
#include "TensorOp/Request/Request.h"
#include "TensorOp/Runtime/Baselines.h"
#include "TensorOp/Runtime/Check.h"
#include "TensorOp/Runtime/Manifest.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/raw_ostream.h"
#include <algorithm>
#include <unistd.h>

using namespace tensorop;

namespace {

struct Options {
  std::vector<std::string> words;
  std::string output, plan, baselines, json;
  bool show = false, bench = true, quiet = false;
  double seconds = 1;
  /// Of --memory-limit; 0: what the machine has.
  double memoryGiB = 0;
};

constexpr double bytesOfGiB = 1 << 30;

double getPhysicalBytes() {
  return double(::sysconf(_SC_PHYS_PAGES)) * double(::sysconf(_SC_PAGESIZE));
}

/// Code and libraries need address space beside the arrays: on a machine with
/// little memory as much as tensorop-run gives.
WorkerLimits getLimits(const Options &options) {
  WorkerLimits limits;
  limits.memoryBytes = uint64_t(
      options.memoryGiB > 0 ? options.memoryGiB * bytesOfGiB
                            : std::max(16 * bytesOfGiB, getPhysicalBytes()));
  return limits;
}

int fail(int code, const llvm::Twine &text) {
  llvm::errs() << "error: " << text << "\n";
  return code;
}

/// Makes one request come true in one folder.
class Run {
public:
  Run(const Options &options, const Request &request)
      : options(options), request(request),
        worker({thisExecutable(), workerFlag.str()}, getLimits(options)) {}

  int run();

private:
  std::string path(const std::string &name) const {
    return options.output + "/" + name;
  }
  /// Writes a file of the folder; false after a message.
  bool write(const std::string &name, llvm::StringRef text) const;
  /// JSON on the terminal has it for itself.
  llvm::raw_ostream &out() const {
    return options.json == "-" ? llvm::errs() : llvm::outs();
  }
  /// What is worth knowing and no result.
  void note(const llvm::Twine &text) const {
    if (!options.quiet)
      llvm::errs() << "note: " << text << "\n";
  }
  /// Ends the work: writes the JSON that was asked for. Returns the exit code.
  int finish(int code, const JobResult &result) const;
  /// Ends it after compiling alone.
  int stop(int code, JobStatus status, const std::string &why,
           JobResult result) const;
  /// Messages of the compiler, the plan and where the time went.
  void report(const JobResult &result, bool isFirst) const;
  /// Why the arrays of `kernel` do not fit; empty when they do.
  std::string checkMemory(const runtime::Manifest &kernel) const;
  /// Writes the plan that was taken beside the payload; false after a message.
  bool savePlan(const runtime::Manifest &manifest) const;
  int exitCode(const JobResult &result) const {
    return result.status == JobStatus::Done    ? Done
           : result.status == JobStatus::Wrong ? Wrong
           : result.compile.misused            ? Usage
                                               : Failed;
  }

  const Options &options;
  const Request &request;
  Worker worker;
  Job job;
};

} // namespace

bool Run::write(const std::string &name, llvm::StringRef text) const {
  if (llvm::Error error = writeTextFile(path(name), text)) {
    fail(Failed, llvm::toString(std::move(error)));
    return false;
  }
  return true;
}

void Run::report(const JobResult &result, bool isFirst) const {
  for (const Message &message : result.compile.messages)
    if ((isFirst || message.severity == "error" ||
         message.severity == "note") &&
        (!options.quiet || message.severity != "remark"))
      llvm::errs() << toString(message) << "\n";
  if (!isFirst || !result.compile.ok)
    return;
  double total = 0;
  for (const auto &[part, time] : result.compile.seconds)
    if (part != "reference")
      total += time;
  out() << llvm::formatv("compiled: in {0:F1} ms for {1}\n", total * 1e3,
                         request.target);
  for (const std::string &line : describePlans(result.compile))
    out() << "plan: " << line << "\n";
  for (const ContractionReport &report : result.compile.contractions)
    out() << "contraction: " << toString(report) << "\n";
  for (const std::string &line : result.compile.rooflines)
    out() << "roofline: " << line << "\n";
}

/// The file with the plan for vectors of `bits` bits.
static std::string namePlan(int64_t bits) {
  return "plan-" + std::to_string(bits) + ".mlir";
}

bool Run::savePlan(const runtime::Manifest &manifest) const {
  // Those of an earlier run would not be this kernel's.
  llvm::sys::fs::remove(path("plan.mlir"));
  for (int64_t bits = 64; bits <= 65536; bits *= 2)
    llvm::sys::fs::remove(path(namePlan(bits)));
  if (!manifest.planText.empty())
    return write("plan.mlir", manifest.planText);
  return llvm::all_of(manifest.versions,
                      [&](const runtime::VersionOfLength &version) {
                        return version.planText.empty() ||
                               write(namePlan(version.bits), version.planText);
                      });
}

std::string Run::checkMemory(const runtime::Manifest &kernel) const {
  double needed = runtime::getCheckBytes(kernel, runtime::CheckOptions());
  bool isLimited = options.memoryGiB > 0;
  double there =
      isLimited ? options.memoryGiB * bytesOfGiB : getPhysicalBytes();
  if (needed <= there)
    return "";
  return llvm::formatv("the arrays of a check need {0:F1} GiB of memory, {1} "
                       "{2:F1} GiB",
                       needed / bytesOfGiB,
                       isLimited ? "--memory-limit is" : "this machine has",
                       there / bytesOfGiB);
}

int Run::finish(int code, const JobResult &result) const {
  out().flush();
  if (options.json.empty())
    return code;
  std::string why = writeJson(options.json, describeJob(job, result));
  return why.empty() ? code : std::max<int>(code, fail(Failed, why));
}

int Run::stop(int code, JobStatus status, const std::string &why,
              JobResult result) const {
  Message message{"error", "", "neither checked nor measured: " + why};
  llvm::errs() << toString(message) << "\n";
  result.status = status;
  result.compile.messages.push_back(std::move(message));
  return finish(code, result);
}

int Run::run() {
  std::string payload = makePayload(request);
  // Messages go to the other stream, in between.
  llvm::outs().SetUnbuffered();
  // A comment of MLIR, so that the output is a payload.
  out() << (options.show ? "// " : "") << "request: " << toString(request)
        << "\n";
  if (options.show) {
    out() << payload;
    return Done;
  }
  if (isApproximated(request))
    note("elementary functions are polynomials with the bounds of "
         "docs/numerics.md; the word 'exact' in the request leaves them to "
         "libm");
  if (std::error_code code = llvm::sys::fs::create_directories(options.output))
    return fail(Failed, "cannot make the folder '" + options.output +
                            "': " + code.message());
  if (std::string why = prepareJson(options.json); !why.empty())
    return fail(Failed, why);
  if (!write("payload.mlir", payload))
    return Failed;
  job.compile.payload = payload;
  job.compile.payloadName = path("payload.mlir");
  job.compile.target = request.target;
  job.compile.threads = request.threads;
  job.compile.directory = path("bundle");
  job.compile.proposer = "analytic";
  if (!options.plan.empty()) {
    auto text = llvm::MemoryBuffer::getFile(options.plan, /*IsText=*/true);
    if (!text)
      return fail(Usage, "cannot read '" + options.plan +
                             "': " + text.getError().message());
    job.compile.plans = (*text)->getBuffer().str();
    job.compile.plansName = options.plan;
  }

  // Where there is nothing to check it on, it is only compiled; what else is
  // wrong with a target, the compiler says.
  job.check.emplace();
  std::string whyNowhere = llvm::toString(chooseEvaluator(job));
  job.check.reset();

  // That of another machine may be left from before.
  llvm::sys::fs::remove(job.compile.directory + "/runner");
  // Compiled first and alone: the code may be for another machine.
  auto showStep = [&](llvm::StringRef step) {
    if (!options.quiet)
      llvm::errs() << step << " ...\n";
  };
  JobResult result = runJob(worker, job, showStep);
  report(result, /*isFirst=*/true);
  if (result.status != JobStatus::Done)
    return finish(exitCode(result), result);
  runtime::Result<runtime::Manifest> manifest =
      runtime::readManifest(job.compile.directory);
  if (!manifest.ok())
    return fail(Failed, manifest.message());
  if (!savePlan(*manifest))
    return Failed;
  out() << "bundle: " << job.compile.directory << "\n";
  runtime::Status machine = runtime::checkMachine(*manifest);
  if (job.evaluator.empty() && !machine.ok())
    return stop(MissingDevice, JobStatus::Missing,
                machine.message() +
                    (whyNowhere.empty() ? "" : "; " + whyNowhere),
                result);

  if (std::string why = checkMemory(*manifest); !why.empty())
    return stop(Failed, JobStatus::Failed, why, result);

  job.check.emplace();
  bool isEmulated = isEmulator(job.evaluator);
  if (options.bench && isEmulated)
    out() << "not timed: this machine emulates the target\n";
  if (options.bench && !isEmulated) {
    job.bench.emplace();
    job.attempts = 3;
    job.bench->seconds = options.seconds;
    job.bench->threads = request.threads;
    job.bench->baselines = *runtime::parseBaselines(options.baselines);
  }
  // It compiles again, into the same files.
  result = runJob(worker, job, [&](llvm::StringRef step) {
    if (step != "compile")
      showStep(step);
  });
  report(result, /*isFirst=*/false);
  out() << describeEvaluator(job, result) << result.checkText
        << describeVersions(result) << result.benchText;
  int code = exitCode(result);
  if (code == Wrong) {
    llvm::sys::fs::remove_directories(job.compile.directory);
    llvm::errs() << "the bundle is removed: its result is wrong\n";
  }
  return finish(code, result);
}

/// "gemm-f32-512x768x1024-bias-relu": the request as the name of a file.
static std::string makeFolderName(const Request &request) {
  std::string name;
  for (char c : toString(request))
    if (llvm::isAlnum(c))
      name += c;
    else if (!name.empty() && name.back() != '-')
      name += '-';
  return name;
}

int main(int argc, char **argv) {
  if (argc == 2 && argv[1] == workerFlag)
    return serveCompileJobs();
  Options options;
  CLI::App app(
      "Makes a kernel from one line: payload, plan, bundle; checks it against "
      "plain loops in f64 and times it. Exit codes: 0 done; 1 refused or "
      "failed, or the timing is void (repeat it on a quiet machine, or "
      "--no-bench), with a message; 2 usage; 3 wrong result; 77 compiled for "
      "another machine that is not emulated here, so neither checked nor "
      "timed.");
  app.add_option(
         "request", options.words,
         "gemm TYPE MxNxK, then any of: + bias, + relu, + gelu, + residual; "
         "transposed a, transposed b; for TARGET; threads N; exact (gelu by "
         "libm). TYPE is f32, f64, f16, bf16 (both with f32 sums and result) "
         "or i8 (i32)")
      ->required();
  app.add_option("-o,--output", options.output,
                 "Folder for payload.mlir, plan.mlir and bundle/ (named after "
                 "the request)");
  addTargetList(app);
  app.add_flag("--show", options.show,
               "Only say how the request was read, and print its payload");
  app.add_option("--plan", options.plan,
                 "File with plans to choose from, as MLIR or as JSON; where "
                 "none fits, ours are taken");
  app.add_flag("--bench,!--no-bench", options.bench,
               "Time the kernel (the default)");
  app.add_option("--baseline", options.baselines,
                 "Libraries to time beside it: openblas,blis,onednn");
  app.add_option("--seconds", options.seconds, "Time for the measurement (1)");
  addJsonOption(app, options.json);
  app.add_flag(
      "--quiet", options.quiet,
      "Print results, warnings and errors only: no remarks, no progress");
  app.add_option("--memory-limit", options.memoryGiB,
                 "GiB for the arrays of the check, and of address space for "
                 "the work (the machine's memory)");
  // Words of the request, for those who know the options of other tools.
  std::string threads, target;
  app.add_option("--threads", threads)->group("");
  app.add_option("--target", target)->group("");
  if (std::optional<ExitCode> code = parseCommandLine(app, argc, argv))
    return *code;
  if (!threads.empty())
    return fail(Usage, "threads are a part of the request: write 'threads " +
                           threads + "' in it");
  if (!target.empty())
    return fail(Usage, "the target is a part of the request: write 'for " +
                           target + "' in it");
  if (app.count("--memory-limit") > 0 && !(options.memoryGiB >= 1))
    return fail(Usage, llvm::formatv(
                           "--memory-limit must be at least 1 GiB, but is {0}",
                           options.memoryGiB)
                           .str());
  if (options.show && !options.json.empty())
    return fail(Usage, "--json has no use with --show");
  // The shell may have split the line.
  runtime::Result<Request> request =
      parseRequest(llvm::join(options.words, " "));
  if (!request.ok())
    return fail(Usage, request.message());
  if (options.output.empty() && !options.show) {
    options.output = makeFolderName(*request);
    if (!options.quiet)
      llvm::errs() << "note: the results go to the folder '" << options.output
                   << "'; -o names another\n";
  }
  if (!(options.seconds > 0) || options.seconds > 3600)
    return fail(
        Usage,
        llvm::formatv("--seconds must be above 0 and at most 3600, but is {0}",
                      options.seconds)
            .str());
  if (auto baselines = runtime::parseBaselines(options.baselines);
      !baselines.ok())
    return fail(Usage, baselines.message());
  return Run(options, *request).run();
}
