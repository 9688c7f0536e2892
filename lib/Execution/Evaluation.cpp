//===- Evaluation.cpp - One bundle through a command ----------------------===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Evaluation.h"
#include "TensorOp/Execution/Evaluator.h"
#include "TensorOp/Execution/JsonLines.h"
#include "TensorOp/Execution/TemporaryFolder.h"
#include "TensorOp/Execution/TextFile.h"
#include "TensorOp/Simulate/Emulator.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/Program.h"
#include "llvm/Support/raw_ostream.h"
#include <chrono>
#include <csignal>
#include <thread>

using namespace tensorop;
using llvm::Error;
using llvm::Expected;
using llvm::StringRef;
using llvm::Twine;
namespace fs = llvm::sys::fs;
namespace json = llvm::json;

std::vector<std::string> tensorop::splitWords(StringRef text) {
  Expected<std::vector<std::string>> words = splitCommand(text);
  if (words)
    return *words;
  llvm::consumeError(words.takeError());
  return {};
}

namespace {

std::string readAll(const std::string &path) {
  auto file = llvm::MemoryBuffer::getFile(path);
  return file ? (*file)->getBuffer().str() : std::string();
}

/// Ends a process and all that it has started: a kernel that hangs behind a
/// shell would disturb every timing after it.
void killTree(llvm::sys::procid_t process) {
  // It starts no other one then.
  ::kill(process, SIGSTOP);
  std::error_code code;
  std::string tasks = "/proc/" + std::to_string(process) + "/task";
  for (fs::directory_iterator task(tasks, code), end; !code && task != end;
       task.increment(code)) {
    auto file = llvm::MemoryBuffer::getFileAsStream(task->path() + "/children");
    if (!file)
      continue;
    llvm::SmallVector<StringRef> children;
    (*file)->getBuffer().trim().split(children, ' ', -1, /*KeepEmpty=*/false);
    for (StringRef child : children) {
      llvm::sys::procid_t id = 0;
      if (!child.getAsInteger(10, id))
        killTree(id);
    }
  }
  ::kill(process, SIGKILL);
}

/// The last lines of what a command said, for a message.
std::string getTail(StringRef text) {
  text = text.trim();
  constexpr size_t most = 400;
  return (text.size() > most ? text.take_back(most) : text).str();
}

/// One bundle on its way to the machine and back.
class Evaluation {
public:
  Evaluation(const Job &job, JobResult &result, double seconds)
      : job(job), result(result), seconds(seconds),
        words(splitWords(job.evaluator)) {}

  Error run(llvm::function_ref<void(StringRef)> progress);

private:
  /// How a command ended, and what it wrote.
  struct Outcome {
    int code = 0;
    std::string output, errors;
    /// Of a code that is none of the command's own: what LLVM says of it.
    std::string message;
    bool timedOut = false;
  };
  std::string describeEnd(const Outcome &outcome) const;
  Expected<Outcome> execute(llvm::ArrayRef<std::string> command,
                            const std::string &input = "",
                            const std::string &output = "");
  Expected<Outcome> executeThere(llvm::ArrayRef<std::string> command,
                                 const std::string &input = "",
                                 const std::string &output = "");
  /// The error of a command that had to succeed.
  Error fail(const Twine &what, const Outcome &outcome);
  Error require(llvm::ArrayRef<std::string> command, const std::string &input,
                const std::string &output, std::string *text = nullptr);

  Error chooseRunner();
  Error findFiles();
  Error send();
  Error writeRequest();
  Error runRunner(llvm::function_ref<void(StringRef)> progress);
  Error fetchOutputs();
  Error readReport(const Outcome &outcome);

  const Job &job;
  JobResult &result;
  double seconds;
  std::vector<std::string> words;
  TemporaryFolder scratch;
  /// The runner on this machine.
  std::string runner;
  /// Folder of the files on the other machine; empty: it sees ours.
  std::string remote;
  /// The request as the other machine sees it.
  Job there;
  bool hasTimedOut = false;
};

} // namespace

Expected<Evaluation::Outcome>
Evaluation::execute(llvm::ArrayRef<std::string> command,
                    const std::string &input, const std::string &output) {
  llvm::ErrorOr<std::string> program =
      llvm::sys::findProgramByName(command.front());
  if (!program)
    return llvm::make_error<MissingEmulator>("evaluator '" + job.evaluator +
                                             "': no program '" +
                                             command.front() + "' in PATH");
  std::string out = output.empty() ? scratch.path + "/stdout" : output;
  std::string errors = scratch.path + "/stderr";
  llvm::SmallVector<StringRef> arguments(command.begin(), command.end());
  bool failed = false;
  Outcome outcome;
  llvm::sys::ProcessInfo process = llvm::sys::ExecuteNoWait(
      *program, arguments, std::nullopt,
      {StringRef(input), StringRef(out), StringRef(errors)},
      /*MemoryLimit=*/0, &outcome.message, &failed);
  // LLVM waits for some time by an alarm, of which a process has one; several
  // threads evaluate.
  auto begin = std::chrono::steady_clock::now();
  llvm::sys::ProcessInfo ended;
  while (!failed && ended.Pid != process.Pid) {
    std::chrono::duration<double> elapsed =
        std::chrono::steady_clock::now() - begin;
    outcome.timedOut = elapsed.count() > seconds;
    if (outcome.timedOut)
      killTree(process.Pid);
    // 0 looks, nothing waits.
    std::optional<unsigned> patience;
    if (!outcome.timedOut)
      patience = 0;
    ended = llvm::sys::Wait(process, patience, &outcome.message);
    if (ended.Pid != process.Pid)
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  outcome.code = ended.ReturnCode;
  if (failed)
    return llvm::createStringError("evaluator '" + job.evaluator +
                                   "': cannot run '" + *program +
                                   "': " + outcome.message);
  if (output.empty())
    outcome.output = readAll(out);
  outcome.errors = readAll(errors);
  return outcome;
}

/// In the words of the system: LLVM has negative codes for what is none.
std::string Evaluation::describeEnd(const Outcome &outcome) const {
  if (outcome.timedOut)
    return llvm::formatv("was not done after {0:F1} seconds", seconds).str();
  if (outcome.code == -2)
    return "was ended by a signal (" + outcome.message + ")";
  // A shell's, or ssh's, for a command that it does not find, or may not run.
  if (outcome.code == -1)
    return (StringRef(outcome.message).contains("executed")
                ? "ended with code 126"
                : "ended with code 127") +
           (" (" + outcome.message + ")");
  return "ended with code " + std::to_string(outcome.code);
}

Expected<Evaluation::Outcome>
Evaluation::executeThere(llvm::ArrayRef<std::string> command,
                         const std::string &input, const std::string &output) {
  std::vector<std::string> all = words;
  all.insert(all.end(), command.begin(), command.end());
  return execute(all, input, output);
}

Error Evaluation::fail(const Twine &what, const Outcome &outcome) {
  hasTimedOut |= outcome.timedOut;
  result.isUnreachable = true;
  std::string said = getTail(outcome.errors);
  return llvm::createStringError("evaluator '" + job.evaluator + "': " + what +
                                 " " + describeEnd(outcome) +
                                 (said.empty() ? "" : ": ") + said);
}

/// Runs a command there that has to succeed.
Error Evaluation::require(llvm::ArrayRef<std::string> command,
                          const std::string &input, const std::string &output,
                          std::string *text) {
  Expected<Outcome> outcome = executeThere(command, input, output);
  if (!outcome)
    return outcome.takeError();
  if (outcome->code != 0)
    return fail("'" + command.front() + "'", *outcome);
  if (text)
    *text = StringRef(outcome->output).trim().str();
  return Error::success();
}

/// The static runner of the bundle, or this machine's own.
Error Evaluation::chooseRunner() {
  runner = job.compile.directory + "/runner";
  if (fs::exists(runner))
    return Error::success();
  llvm::SmallString<128> path(llvm::sys::path::parent_path(thisExecutable()));
  llvm::sys::path::append(path, "tensorop-runner");
  runner = path.str().str();
  if (fs::exists(runner))
    return Error::success();
  return llvm::createStringError("evaluator '" + job.evaluator +
                                 "': no file '" + runner + "' to run");
}

/// Whether the other side sees our files: it is asked, unless it runs only
/// programs of another architecture.
Error Evaluation::findFiles() {
  if (isEmulator(job.evaluator))
    return Error::success();
  Expected<Outcome> outcome =
      executeThere({"test", "-r", job.compile.directory + "/manifest.json"});
  if (!outcome)
    return outcome.takeError();
  if (outcome->code == 0)
    return Error::success();
  if (outcome->code != 1)
    return fail("'test'", *outcome);
  // The template is a word that no shell changes, as are all words after it:
  // ssh gives them to one.
  if (Error error =
          require({"mktemp", "-d", "-t", "tensorop.XXXXXX"}, "", "", &remote))
    return error;
  if (StringRef(remote).starts_with("/") &&
      llvm::sys::path::filename(remote).starts_with("tensorop.") &&
      llvm::all_of(remote, [](char c) {
        return llvm::isAlnum(c) || StringRef("/._-").contains(c);
      }))
    return Error::success();
  std::string said = std::move(remote);
  remote.clear();
  result.isUnreachable = true;
  return llvm::createStringError("evaluator '" + job.evaluator +
                                 "': 'mktemp' made no folder, but wrote '" +
                                 getTail(said) + "'");
}

/// The options of check and measurement go by a file: no shell changes it.
Error Evaluation::writeRequest() {
  there = job;
  if (!remote.empty() && there.check) {
    for (auto [i, path] : llvm::enumerate(there.check->inputs))
      path = remote + "/input" + std::to_string(i) + ".npy";
    for (auto [i, path] : llvm::enumerate(there.check->expect))
      path = remote + "/expect" + std::to_string(i) + ".npy";
    for (auto [i, path] : llvm::enumerate(there.check->outputs))
      path = remote + "/output" + std::to_string(i) + ".npy";
  }
  if (there.simulate)
    there.bench.reset();
  json::Object all = toJson(there), request{{"schema", 1}};
  for (const char *part : {"check", "bench"})
    if (const json::Value *value = all.get(part))
      request[part] = *value;
  return writeTextFile(scratch.path + "/request.json",
                       toLine(std::move(request)));
}

/// Copies runner, bundle, request and the files of inputs by one archive.
Error Evaluation::send() {
  std::vector<std::string> names;
  std::error_code code;
  auto add = [&](const std::string &path, const std::string &name) {
    llvm::SmallString<128> absolute(path);
    if (!code)
      code = fs::make_absolute(absolute);
    if (!code)
      code = fs::create_link(absolute, scratch.path + "/" + name);
    names.push_back(name);
  };
  names.push_back("request.json");
  add(runner, "runner");
  for (const char *name :
       {"manifest.json", "kernel.so", "kernel.o", "kernel.h"})
    add(job.compile.directory + "/" + name, name);
  if (job.check) {
    for (auto [i, path] : llvm::enumerate(job.check->inputs))
      add(path, "input" + std::to_string(i) + ".npy");
    for (auto [i, path] : llvm::enumerate(job.check->expect))
      add(path, "expect" + std::to_string(i) + ".npy");
  }
  if (code)
    // untested: needs a full disk at the right moment.
    return llvm::createStringError("cannot make links in '" + scratch.path +
                                   "': " + code.message());
  std::string archive = scratch.path + "/bundle.tar";
  std::vector<std::string> command = {"tar", "-chf", archive, "-C",
                                      scratch.path};
  command.insert(command.end(), names.begin(), names.end());
  Expected<Outcome> packed = execute(command);
  if (!packed)
    return packed.takeError();
  if (packed->code != 0)
    return fail("'tar' of this machine", *packed);
  return require({"tar", "-xf", "-", "-C", remote}, archive, "");
}

/// What the runner wrote, in the words of a job.
Error Evaluation::readReport(const Outcome &outcome) {
  std::string said = getTail(outcome.errors);
  auto malformed = [&](const Twine &why) {
    // What ssh says of itself.
    result.isUnreachable = outcome.code == 255;
    return llvm::createStringError("evaluator '" + job.evaluator +
                                   "': the runner " + describeEnd(outcome) +
                                   " and left no report (" + why + ")" +
                                   (said.empty() ? "" : ": ") + said);
  };
  hasTimedOut |= outcome.timedOut;
  if (StringRef(outcome.output).trim().empty())
    return malformed("it wrote nothing");
  Expected<json::Value> parsed = json::parse(outcome.output);
  if (!parsed)
    return malformed(llvm::toString(parsed.takeError()));
  json::Object *document = parsed->getAsObject();
  const json::Array *bundles =
      document ? document->getArray("bundles") : nullptr;
  const json::Object *bundle =
      bundles && bundles->size() == 1 ? (*bundles)[0].getAsObject() : nullptr;
  if (!bundle)
    return malformed("no bundle in it");
  if (const json::Value *machine = document->get("machine"))
    result.machine = *machine;
  if (const json::Value *check = bundle->get("check"))
    result.check = *check;
  if (const json::Value *bench = bundle->get("bench"))
    result.bench = *bench;
  if (const json::Object *version = bundle->getObject("version"))
    if (std::optional<int64_t> bits = version->getInteger("vector_bits"))
      result.lengthsRun.push_back(*bits);
  result.checkText = bundle->getString("check_text").value_or("").str();
  result.benchText = bundle->getString("bench_text").value_or("").str();
  if (const json::Array *diagnostics = bundle->getArray("diagnostics"))
    for (const json::Value &text : *diagnostics)
      // The compiler's own are in the manifest, too.
      if (std::optional<StringRef> line = text.getAsString();
          line && line->consume_front("error: "))
        result.compile.messages.push_back({"error", "", line->str()});
  if (outcome.code != 0 && outcome.code != 3 &&
      llvm::none_of(result.compile.messages, [](const Message &message) {
        return message.severity == "error";
      }))
    return llvm::createStringError("evaluator '" + job.evaluator +
                                   "': the runner's report is complete, but "
                                   "the command " +
                                   describeEnd(outcome) +
                                   (said.empty() ? "" : ": ") + said);
  result.status = outcome.code == 0   ? JobStatus::Done
                  : outcome.code == 3 ? JobStatus::Wrong
                                      : JobStatus::Failed;
  return Error::success();
}

Error Evaluation::runRunner(llvm::function_ref<void(StringRef)> progress) {
  progress(job.bench && !job.simulate ? "check and bench" : "check");
  bool isHere = remote.empty();
  Expected<Outcome> outcome = executeThere(
      {isHere ? runner : remote + "/runner",
       isHere ? job.compile.directory : remote,
       "--request=" + (isHere ? scratch.path : remote) + "/request.json",
       "--json"});
  return outcome ? readReport(*outcome) : outcome.takeError();
}

Error Evaluation::fetchOutputs() {
  if (remote.empty() || !job.check || result.status != JobStatus::Done)
    return Error::success();
  for (auto [from, to] :
       llvm::zip_equal(there.check->outputs, job.check->outputs))
    if (Error error = require({"cat", from}, "", to))
      return error;
  return Error::success();
}

Error Evaluation::run(llvm::function_ref<void(StringRef)> progress) {
  if (words.empty())
    return llvm::createStringError("evaluator '" + job.evaluator +
                                   "' has no word");
  if (std::error_code code = scratch.make("tensorop-evaluator"))
    return llvm::createStringError("cannot make a temporary folder: " +
                                   code.message());
  if (Error error = chooseRunner())
    return error;
  if (Error error = findFiles())
    return error;
  Error error = writeRequest();
  if (!error && !remote.empty()) {
    progress("copy");
    error = send();
  }
  if (!error)
    error = runRunner(progress);
  if (!error)
    error = fetchOutputs();
  if (!remote.empty()) {
    // What is left there is no reason against what was found before.
    bool before = result.isUnreachable;
    if (Error left = require({"rm", "-r", remote}, "", ""))
      result.compile.messages.push_back({"warning", "",
                                         "'" + remote + "' is left there: " +
                                             llvm::toString(std::move(left))});
    result.isUnreachable = before;
  }
  if (error && hasTimedOut)
    result.status = JobStatus::TimedOut;
  return error;
}

Error tensorop::evaluateThere(const Job &job, JobResult &result, double seconds,
                              llvm::function_ref<void(StringRef)> progress) {
  return Evaluation(job, result, seconds).run(progress);
}
