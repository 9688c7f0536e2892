//===- tensorop-tune.cpp - Search a plan for a kernel ---------------------===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "../CommandLine.h"
#include "../Targets.h"
#include "AskTell.h"
#include "Progress.h"
#include "ReportPage.h"
#include "TensorOp/Database/Database.h"
#include "TensorOp/Execution/Evaluator.h"
#include "TensorOp/Execution/TemporaryFolder.h"
#include "TensorOp/Execution/TextFile.h"
#include "TensorOp/Simulate/Emulator.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Program.h"
#include <cmath>
#include <csignal>

using namespace tensorop;

namespace {

struct Options {
  std::string input, output, events, report, importFile, exportFile;
  /// As it was called.
  std::string command;
  TuneOptions tune;
  bool cold = false, quiet = false, askTell = false, evaluate = false;
  bool attribution = false;
  double attributionSeconds = 60;
  double measureSeconds = 0.3;
  double memoryGiB = 16;
  /// Of --aa; 0: a search is made.
  int64_t selfPairs = 0;
};

/// Set by ^C: the trial in hand ends, what is known is written. That may take
/// as long as a candidate may; a second ^C does not wait.
std::atomic<bool> stop{false};
void interrupt(int signal) {
  stop = true;
  std::signal(signal, SIG_DFL);
}

int fail(int code, const llvm::Twine &text) {
  llvm::errs() << "error: " << text << "\n";
  return code;
}

/// Refuses contradictions before anything runs.
std::string validate(const Options &options) {
  const TuneOptions &tune = options.tune;
  auto check = [](const char *flag, double value, double least, double most) {
    std::string text;
    llvm::raw_string_ostream stream(text);
    if (value < least || value > most)
      stream << flag
             << llvm::format(" must be from %g to %g, but is %g", least, most,
                             value);
    return text;
  };
  if (!llvm::is_contained(algorithmNames(), tune.algorithm))
    return "--search knows " + llvm::join(algorithmNames(), ", ") +
           ", but not '" + tune.algorithm + "'";
  for (std::string why :
       {check("--threads", double(tune.job.compile.threads), 1, 1024),
        check("--trials", double(tune.trials), 0, 1e9),
        check("--seconds", tune.seconds, 0, 1e7),
        check("--measure-seconds", options.measureSeconds, 0.01, 60),
        check("--in-flight", double(tune.inFlight), 1, 4096),
        check("--structures", tune.space.maxStructures, 1, 4096),
        check("--depth", tune.space.depth, 0, 8),
        check("--time-limit", tune.limits.seconds, 0.1, 1e6),
        check("--attribution-seconds", options.attributionSeconds, 0, 1e6),
        check("--memory-limit", options.memoryGiB, 0.25, 1e6)})
    if (!why.empty())
      return why;
  if (options.selfPairs != 0) {
    if (std::string why = check("--aa", double(options.selfPairs), 3, 1000);
        !why.empty())
      return why;
    for (auto [isGiven, name] : {std::pair(options.askTell, "--ask-tell"),
                                 {!tune.database.empty(), "--db"},
                                 {!options.output.empty(), "--output"},
                                 {!options.events.empty(), "--json"},
                                 {!options.report.empty(), "--report"}})
      if (isGiven)
        return std::string("--aa searches nothing: ") + name +
               " has no meaning with it";
  }
  if (tune.trials == 0 && tune.seconds == 0)
    return "--trials=0 needs --seconds: the search would have no end";
  return "";
}

/// Reads trials into the database, or writes them all.
int exchange(const Options &options) {
  if (options.tune.database.empty())
    return fail(Usage, "--import and --export need --db");
  using database::TrialDatabase;
  llvm::Expected<std::unique_ptr<TrialDatabase>> trials = TrialDatabase::open(
      options.tune.database, options.importFile.empty()
                                 ? TrialDatabase::Access::Read
                                 : TrialDatabase::Access::ReadWrite);
  if (!trials)
    return fail(Failed, llvm::toString(trials.takeError()));
  if (!options.importFile.empty()) {
    auto text = llvm::MemoryBuffer::getFile(options.importFile);
    if (!text)
      return fail(Usage, "cannot read '" + options.importFile +
                             "': " + text.getError().message());
    llvm::Expected<database::ImportCounts> counts =
        (*trials)->importJSONLines((*text)->getBuffer(), options.importFile);
    if (!counts)
      return fail(Failed, llvm::toString(counts.takeError()));
    llvm::outs() << "imported " << counts->added << " trials, "
                 << counts->duplicates << " were there already\n";
  }
  if (!options.exportFile.empty()) {
    std::error_code code;
    llvm::raw_fd_ostream stream(options.exportFile, code);
    if (code)
      return fail(Failed, "cannot write '" + options.exportFile +
                              "': " + code.message());
    if (llvm::Error error = (*trials)->exportJSONLines(stream))
      return fail(Failed, llvm::toString(std::move(error)));
    stream.close();
    if (stream.has_error()) {
      std::string why = stream.error().message();
      stream.clear_error();
      return fail(Failed, "cannot write '" + options.exportFile + "': " + why);
    }
  }
  return Done;
}

/// The payload with the best plan.
llvm::Error writeOutput(const Tuner &tuner, const Trial &best,
                        const std::string &path, llvm::raw_ostream &out) {
  llvm::Expected<std::string> tuned = tuner.writeTuned(best);
  if (!tuned)
    return tuned.takeError();
  if (llvm::Error error = writeTextFile(path, *tuned))
    return error;
  out << "wrote " << path << ": the payload with this plan, for tensorop-run\n";
  return llvm::Error::success();
}

/// How far the comparisons of this machine can be trusted.
int compareWithItself(Tuner &tuner, const Options &options) {
  llvm::Expected<SelfComparison> comparison =
      tuner.compareWithItself(size_t(options.selfPairs), stop);
  if (!comparison)
    return fail(Failed, llvm::toString(comparison.takeError()));
  Progress(tuner, {}, llvm::outs()).show(*comparison);
  constexpr double busyTolerance = 0.2;
  auto say = [](const char *format, double value, double limit) {
    std::string text;
    llvm::raw_string_ostream(text) << llvm::format(format, value, limit);
    return fail(Failed, "timing is void: " + text);
  };
  if (std::fabs(comparison->ratio - 1) > comparison->spread)
    return say("the plan against itself gives %.3f, which is further from 1 "
               "than its spread of %.3f",
               comparison->ratio, comparison->spread);
  if (comparison->spread > busyTolerance)
    return say("the machine is too busy: the plan against itself spreads by "
               "%.2f, the limit is %.2f",
               comparison->spread, busyTolerance);
  return Done;
}

int run(Options &options) {
  if (options.evaluate)
    return evaluateCandidates(versionText);
  if (!options.importFile.empty() || !options.exportFile.empty())
    return exchange(options);
  if (options.input.empty())
    return fail(Usage, "an MLIR file is needed (see --help)");
  if (std::string why = validate(options); !why.empty())
    return fail(Usage, why);
  TuneOptions &tune = options.tune;
  auto text = llvm::MemoryBuffer::getFile(options.input, /*IsText=*/true);
  if (!text)
    return fail(Usage, "cannot read '" + options.input +
                           "': " + text.getError().message());
  Job &job = tune.job;
  job.compile.payload = (*text)->getBuffer().str();
  job.compile.payloadName = options.input;
  job.compile.proposer = "analytic";
  job.check.emplace();
  job.bench.emplace();
  job.bench->seconds = options.measureSeconds;
  job.bench->threads = job.compile.threads;
  job.bench->seed = tune.search.seed;
  tune.quickSeconds = std::min(0.05, options.measureSeconds);
  tune.search.warmStart = !options.cold;
  tune.limits.memoryBytes = uint64_t(options.memoryGiB * (1 << 30));
  TemporaryFolder temporary;
  if (std::error_code made = temporary.make("tensorop-tune"))
    return fail(Failed, "cannot make a temporary folder: " + made.message());
  job.compile.directory = temporary.path;
  // What cannot be written is better known before the work.
  std::error_code code;
  std::optional<ReportPage> page;
  if (!options.report.empty()) {
    llvm::Expected<ReportPage> found = ReportPage::find();
    if (!found)
      return fail(Failed, llvm::toString(found.takeError()));
    page = std::move(*found);
    if (options.events.empty())
      options.events = temporary.path + "/events.jsonl";
  }
  std::unique_ptr<llvm::raw_fd_ostream> stream;
  if (!options.events.empty()) {
    stream = std::make_unique<llvm::raw_fd_ostream>(options.events, code);
    if (code)
      return fail(Failed,
                  "cannot write '" + options.events + "': " + code.message());
  }
  for (const std::string &path : {options.output, options.report}) {
    if (path.empty())
      continue;
    llvm::raw_fd_ostream output(path, code, llvm::sys::fs::OF_Append);
    if (code)
      return fail(Failed, "cannot write '" + path + "': " + code.message());
  }
  Job asked = job;
  if (llvm::Error error = chooseEvaluator(job)) {
    int exit = error.isA<MissingEmulator>() ? MissingDevice : Usage;
    return fail(exit, llvm::toString(std::move(error)));
  }

  std::signal(SIGINT, interrupt);
  std::signal(SIGTERM, interrupt);
  std::optional<AskTell> askTell;
  if (options.askTell) {
    askTell.emplace(tune.inFlight, stop);
    if (llvm::Error error = askTell->open())
      return fail(Failed, llvm::toString(std::move(error)));
  }
  llvm::raw_ostream &out = askTell ? askTell->out() : llvm::outs();
  Tuner tuner(tune, askTell ? askTell->makeEvaluator() : nullptr);
  if (llvm::Error error = tuner.prepare())
    return fail(Failed, llvm::toString(std::move(error)));
  if (options.selfPairs > 0)
    return compareWithItself(tuner, options);
  Progress progress(
      tuner, {options.quiet, options.askTell, tune.trials, tune.seconds}, out);
  Events events(tuner, tune,
                askTell                  ? "ask-tell"
                : job.simulate           ? "simulated"
                : !job.evaluator.empty() ? job.evaluator
                                         : "native",
                options.command, stream.get());
  constexpr uint64_t cap = 1000000;
  SpaceSize size = {tuner.space().countPoints(cap),
                    tuner.space().countLegal(cap)};
  progress.begin(size);
  events.begin(size);
  if (askTell) {
    askTell->progress(/*isBest=*/true);
    if (llvm::Error error = askTell->begin(tuner, asked, tune))
      return fail(Failed, llvm::toString(std::move(error)));
  }
  TuneResult result = tuner.run(
      [&](const Trial &trial, const TuneResult &now) {
        events.trial(trial, now);
        progress.show(trial, now);
        if (askTell)
          askTell->progress(now.trials[now.best].number == trial.number);
      },
      stop);
  if (result.trials.empty() && !result.error.empty())
    return fail(Failed, result.error);
  if (result.trials.empty())
    return fail(Failed, stop ? "the search was interrupted before its first "
                               "trial; the same command begins it again"
                             : "no trial was made before the search was ended: "
                               "--seconds may be too few");
  progress.end(result);
  events.comparison(result);
  ExitCode exit = Done;
  // Each of these is tried, whatever became of the others.
  auto keep = [&](llvm::Error error) {
    if (error)
      exit = ExitCode(fail(Failed, llvm::toString(std::move(error))));
  };
  const Trial &best = result.trials[result.best];
  if (best.evaluation.outcome != Outcome::Measured)
    keep(llvm::createStringError(
        "no candidate could be measured; the last one: " +
        result.trials.back().evaluation.diagnostic));
  else if (!options.output.empty())
    keep(writeOutput(tuner, best, options.output, out));
  double attributionSeconds = 0;
  if ((options.attribution || page) && options.attributionSeconds > 0 &&
      best.evaluation.outcome == Outcome::Measured && result.error.empty()) {
    progress.beginAttribution(options.attributionSeconds);
    llvm::Expected<double> seconds = tuner.attribute(
        result, options.attributionSeconds,
        [&](const Attribution &one) {
          events.attribution(one);
          progress.show(one);
        },
        stop);
    if (seconds)
      attributionSeconds = *seconds;
    else
      keep(seconds.takeError());
  }
  events.end(result, attributionSeconds);
  if (!result.error.empty())
    keep(llvm::createStringError(result.error));
  // The other end of the channel hears of it, and says so itself.
  if (!askTell && (result.isInterrupted || !result.error.empty()))
    progress.sayHowToResume(result, tune.database);
  if (stream) {
    stream->close();
    if (stream->has_error()) {
      std::string why = stream->error().message();
      stream->clear_error();
      keep(llvm::createStringError("cannot write '" + options.events +
                                   "': " + why));
    }
  }
  if (page) {
    if (llvm::Error error = page->write(options.events, options.report))
      keep(llvm::createStringError("no report: " +
                                   llvm::toString(std::move(error))));
    else
      out << "wrote " << options.report << ": the report\n";
  }
  if (askTell && exit == Done)
    keep(askTell->end(result));
  return exit;
}

} // namespace

int main(int argc, char **argv) {
  if (argc == 2 && argv[1] == workerFlag) {
    // ^C on a terminal reaches all processes; the tool ends its workers itself.
    std::signal(SIGINT, SIG_IGN);
    return serveCompileJobs();
  }
  // A file that may grow no further is an error like a full disk.
  std::signal(SIGXFSZ, SIG_IGN);
  Options options;
  TuneOptions &tune = options.tune;
  CLI::App app(
      "Searches a plan for a kernel of an MLIR file: compiles, checks and "
      "times candidates around the analytic plan, and compares the best of "
      "them with it. ^C ends the search and keeps what is known. Exit codes: 0 "
      "done; 1 refused or failed, with a message; 2 usage; 77 there is nothing "
      "to run the code of another machine on.");
  app.add_option("input", options.input,
                 "MLIR file: a function of linalg, tensor, arith, math and scf "
                 "ops on static shapes");
  app.add_option("--target", tune.job.compile.target,
                 "Machine to compile for: native, a name that --list-targets "
                 "shows, or a hardware file (native)");
  addTargetList(app);
  app.add_option("--evaluator", tune.job.evaluator,
                 "Command that checks and times each candidate, ours appended, "
                 "or simulated, as for tensorop-run (this process)");
  app.add_option("--function", tune.job.compile.function,
                 "Function to compile, when the file has several");
  app.add_option("--kernel", tune.kernel,
                 "Kernel to tune, when the function has several (the one with "
                 "most arithmetic)");
  app.add_option("--threads", tune.job.compile.threads,
                 "Most threads of a kernel (1)");
  app.add_option("--search", tune.algorithm,
                 "Who chooses candidates: mcts, evolutionary, random or "
                 "exhaustive (mcts)");
  app.add_option("--trials", tune.trials,
                 "Candidates to try; 0: as many as --seconds allow (64)");
  app.add_option("--seconds", tune.seconds,
                 "Seconds after which the search ends; 0: no limit (0)");
  app.add_option("--seed", tune.search.seed,
                 "Seed of the search's random numbers (1)");
  app.add_flag("--cold", options.cold,
               "Do not start with the analytic plan, from which the space is "
               "made");
  app.add_option("--depth", tune.space.depth,
                 "Most moves between the analytic plan's structure and "
                 "another one (2)");
  app.add_option("--structures", tune.space.maxStructures,
                 "Most structures in the space (64)");
  app.add_option("--measure-seconds", options.measureSeconds,
                 "Time for the careful measurement of a good candidate (0.3)");
  app.add_option("-o,--output", options.output,
                 "File for the payload with the best plan");
  app.add_option("--db", tune.database,
                 "Database of trials (SQLite): what was tried before is known, "
                 "and each trial is stored");
  app.add_option("--import", options.importFile,
                 "Read trials from this file, as --export writes them, into "
                 "the database, and end");
  app.add_option("--export", options.exportFile,
                 "Write all trials of the database to this file, one JSON "
                 "object a line, and end");
  app.add_option("--json", options.events,
                 "File for the search's events, one JSON object a line");
  app.add_option("--report", options.report,
                 "File for the report of the search, a page of HTML (needs "
                 "Python 3 with plotly)");
  app.add_flag("--attribution", options.attribution,
               "Leave out each part of the best plan alone and measure what it "
               "is worth, as --report does");
  app.add_option("--attribution-seconds", options.attributionSeconds,
                 "Most seconds for that; 0: leave it out (60)");
  app.add_option("--time-limit", tune.limits.seconds,
                 "Seconds after which a candidate is given up (60)");
  app.add_option("--memory-limit", options.memoryGiB,
                 "GiB of address space for the worker (16)");
  app.add_option(
      "--aa", options.selfPairs,
      "Search nothing: measure the payload's plan, else the "
      "analytic one, against itself in so many pairs (3 to 1000), as "
      "a search measures its best plans, and say the ratio with its "
      "spread");
  app.add_flag("--quiet", options.quiet, "Print the result only");
  app.add_flag("--ask-tell", options.askTell,
               "Evaluate nothing here: hand out candidates as lines of JSON on "
               "standard output and read what became of them on standard input "
               "(docs/distributed.md)");
  app.add_option("--in-flight", tune.inFlight,
                 "Candidates in hand at once: one is timed while others are "
                 "compiled and checked; with --ask-tell, handed out (2)");
  app.add_flag("--evaluate", options.evaluate,
               "The other end of --ask-tell: evaluate candidates from standard "
               "input on this machine, and nothing else");
  tune.limits.seconds = 60;
  tune.versions = versionText;
  options.command = "tensorop-tune";
  for (int i = 1; i < argc; ++i) {
    options.command += ' ';
    llvm::raw_string_ostream quoted(options.command);
    llvm::sys::printArg(quoted, argv[i], /*Quote=*/false);
  }
  if (std::optional<ExitCode> code = parseCommandLine(app, argc, argv))
    return *code;
  return run(options);
}
