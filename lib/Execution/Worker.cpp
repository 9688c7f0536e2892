//===- Worker.cpp - A child process that does dangerous work --------------===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "TensorOp/Execution/Worker.h"
#include "TensorOp/Execution/JsonLines.h"
#include "llvm/Support/Compiler.h"
#include "llvm/Support/ErrorHandling.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/raw_ostream.h"
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstring>
#include <cxxabi.h>
#include <fcntl.h>
#include <limits>
#include <new>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <system_error>
#include <typeinfo>
#include <unistd.h>

using namespace tensorop;
using llvm::Error;
using llvm::Expected;
using llvm::StringRef;

char WorkerError::ID = 0;
void WorkerError::log(llvm::raw_ostream &os) const { os << message; }

namespace {

double now() {
  return std::chrono::duration<double>(
             std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

Error workerError(WorkerError::Kind kind, const llvm::Twine &message,
                  int signal = 0) {
  return llvm::make_error<WorkerError>(kind, message.str(), signal);
}

/// What a child that has no memory left says: the bytes that it uses, and may
/// use (0: no limit).
constexpr char exhaustedKey[] = "exhausted", limitKey[] = "limit";

} // namespace

//===----------------------------------------------------------------------===//
// Parent
//===----------------------------------------------------------------------===//

Worker::~Worker() { stop(); }

void Worker::stop() {
  if (toChild >= 0)
    ::close(toChild);
  if (fromChild >= 0)
    ::close(fromChild);
  toChild = fromChild = -1;
  pending.clear();
  if (child < 0)
    return;
  ::kill(child, SIGKILL);
  while (::waitpid(child, nullptr, 0) < 0 && errno == EINTR)
    ;
  child = -1;
}

Error Worker::start() {
  // A child that died while it was written to is seen by write's result.
  static const bool ignoring = [] {
    ::signal(SIGPIPE, SIG_IGN);
    return true;
  }();
  (void)ignoring;
  int in[2], out[2];
  if (::pipe2(in, O_CLOEXEC) != 0)
    return workerError(WorkerError::Kind::Start,
                       llvm::Twine("cannot make a pipe: ") +
                           std::strerror(errno));
  if (::pipe2(out, O_CLOEXEC) != 0) {
    int error = errno;
    ::close(in[0]);
    ::close(in[1]);
    return workerError(WorkerError::Kind::Start,
                       llvm::Twine("cannot make a pipe: ") +
                           std::strerror(error));
  }
  // Everything that allocates happens before fork.
  std::vector<char *> argv;
  for (std::string &argument : command)
    argv.push_back(argument.data());
  argv.push_back(nullptr);
  pid_t parent = ::getpid();
  pid_t pid = ::fork();
  if (pid == 0) {
    ::dup2(in[0], STDIN_FILENO);
    ::dup2(out[1], STDOUT_FILENO);
    // The child inherits its channel only (and more on Linux before 5.11).
    ::close_range(3, ~0U, CLOSE_RANGE_CLOEXEC);
    // The child must not outlive the tool.
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (::getppid() != parent)
      ::_exit(127);
    // The system, when it has no memory left, ends the tool last.
    int adjustment = ::open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);
    if (adjustment >= 0)
      (void)!::write(adjustment, "1000", 4);
    rlimit noCore{0, 0};
    ::setrlimit(RLIMIT_CORE, &noCore);
    if (limits.memoryBytes) {
      rlimit memory{limits.memoryBytes, limits.memoryBytes};
      ::setrlimit(RLIMIT_AS, &memory);
    }
    ::execv(argv[0], argv.data());
    ::_exit(127);
  }
  int error = errno;
  ::close(in[0]);
  ::close(out[1]);
  if (pid < 0) {
    ::close(in[1]);
    ::close(out[0]);
    return workerError(WorkerError::Kind::Start,
                       llvm::Twine("cannot start a worker: ") +
                           std::strerror(error));
  }
  child = pid;
  toChild = in[1];
  fromChild = out[0];
  return Error::success();
}

/// The error for a child that closed its end: how it ended.
Error Worker::died(double seconds) {
  int status = 0;
  while (::waitpid(child, &status, 0) < 0 && errno == EINTR)
    ;
  child = -1;
  stop();
  char spent[32];
  std::snprintf(spent, sizeof spent, " after %.1f s", seconds);
  if (WIFSIGNALED(status)) {
    int signal = WTERMSIG(status);
    std::string why;
    if (signal == SIGILL)
      why = "; the code needs instructions that this machine does not have";
    else if (signal == SIGKILL)
      why = "; the system may have run out of memory";
    return workerError(WorkerError::Kind::Crash,
                       llvm::Twine("the worker was killed by signal ") +
                           llvm::Twine(signal) + " (" + ::strsignal(signal) +
                           ")" + spent + why,
                       signal);
  }
  if (WEXITSTATUS(status) == 127)
    return workerError(WorkerError::Kind::Start,
                       llvm::Twine("cannot run '") + command.front() + "'");
  return workerError(WorkerError::Kind::Crash,
                     llvm::Twine("the worker exited with code ") +
                         llvm::Twine(WEXITSTATUS(status)) + spent);
}

/// The error for a child that said that it has no memory left.
Error Worker::exhausted(int64_t bytes, int64_t limit) {
  stop();
  auto toGiB = [](int64_t count) { return double(count) / double(1 << 30); };
  std::string of;
  if (limit > 0)
    of = llvm::formatv(" of the {0:F2} GiB that it may use", toGiB(limit));
  return workerError(WorkerError::Kind::Memory,
                     llvm::formatv("the worker ran out of memory: it used "
                                   "{0:F2} GiB{1} of address space, and asked "
                                   "for more than was left",
                                   toGiB(bytes), of)
                         .str());
}

Expected<std::string> Worker::readLine(double deadline) {
  double begin = now();
  while (true) {
    if (std::optional<std::string> line = takeLine(pending))
      return *line;
    double left = deadline - now();
    if (left <= 0) {
      stop();
      char text[64];
      std::snprintf(text, sizeof text, limits.seconds < 1 ? "%.2g s" : "%.1f s",
                    limits.seconds);
      return workerError(WorkerError::Kind::Timeout,
                         llvm::Twine("the worker did not reply within ") +
                             text + " and was killed");
    }
    pollfd fd{fromChild, POLLIN, 0};
    int ready = ::poll(&fd, 1, int(std::min(left, 60.0) * 1000) + 1);
    if (ready < 0 && errno != EINTR)
      return workerError(WorkerError::Kind::Protocol,
                         llvm::Twine("cannot wait for the worker: ") +
                             std::strerror(errno));
    if (ready <= 0)
      continue;
    char buffer[65536];
    ssize_t count = ::read(fromChild, buffer, sizeof buffer);
    if (count < 0 && errno == EINTR)
      continue;
    if (count <= 0)
      return died(now() - begin);
    pending.append(buffer, count);
  }
}

Expected<llvm::json::Object> Worker::run(const llvm::json::Object &job,
                                         ProgressFn progress) {
  // One that died while it had nothing to do says nothing about this job.
  if (child >= 0 && ::waitpid(child, nullptr, WNOHANG) == child) {
    child = -1;
    stop();
  }
  if (child < 0)
    if (Error error = start())
      return std::move(error);
  double begin = now(), left = limits.seconds;
  bool isWaiting = false;
  if (!writeAll(toChild, toLine(job)))
    return died(now() - begin);
  while (true) {
    Expected<std::string> line = readLine(
        isWaiting ? std::numeric_limits<double>::infinity() : begin + left);
    if (!line)
      return line.takeError();
    Expected<llvm::json::Value> value = llvm::json::parse(*line);
    llvm::json::Object *object = value ? value->getAsObject() : nullptr;
    if (!object) {
      if (!value)
        llvm::consumeError(value.takeError());
      stop();
      return workerError(WorkerError::Kind::Protocol,
                         "the worker's reply is no JSON object: '" +
                             StringRef(*line).take_front(80) + "'");
    }
    if (std::optional<StringRef> text = object->getString("progress")) {
      bool waits = *text == waitingProgress;
      if (!isWaiting)
        left -= now() - begin;
      begin = now();
      isWaiting = waits;
      progress(*text);
      continue;
    }
    if (std::optional<int64_t> bytes = object->getInteger(exhaustedKey))
      return exhausted(*bytes, object->getInteger(limitKey).value_or(0));
    return std::move(*object);
  }
}

//===----------------------------------------------------------------------===//
// Child
//===----------------------------------------------------------------------===//

/// Where a child says that it has no memory left.
static int exhaustedChannel = -1;

namespace {
/// Of the address space, in bytes.
struct Usage {
  long long used = 0;
  /// 0: none.
  long long limit = 0;
};
} // namespace

/// Allocates nothing.
static Usage getUsage() {
  Usage usage;
  char text[64] = "";
  int file = ::open("/proc/self/statm", O_RDONLY | O_CLOEXEC);
  (void)!::read(file, text, sizeof text - 1);
  ::close(file);
  usage.used = std::strtoll(text, nullptr, 10) * ::sysconf(_SC_PAGESIZE);
  rlimit limit;
  if (::getrlimit(RLIMIT_AS, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY)
    usage.limit = (long long)limit.rlim_cur;
  return usage;
}

/// Allocates nothing.
[[noreturn]] static void sayExhausted() {
  Usage usage = getUsage();
  char text[96];
  int length = std::snprintf(text, sizeof text, "{\"%s\":%lld,\"%s\":%lld}\n",
                             exhaustedKey, usage.used, limitKey, usage.limit);
  (void)!::write(exhaustedChannel, text, size_t(length));
  ::_exit(1);
}

/// What ends the process may be a lack of memory that nobody looked for.
static bool isAlmostExhausted() {
  constexpr long long nearly = 64 << 20;
  Usage usage = getUsage();
  return usage.limit && usage.limit - usage.used < nearly;
}

/// A thread whose stack has no room is an exception, which nothing here
/// catches.
[[noreturn]] static void endByException() {
  const std::type_info *type = abi::__cxa_current_exception_type();
  if (type && *type == typeid(std::system_error) && isAlmostExhausted())
    sayExhausted();
  std::abort();
}

/// MLIR uses what malloc returns, whatever that is; a stack cannot grow.
static void endByBadAccess(int signal) {
  if (isAlmostExhausted())
    sayExhausted();
  // Dies of it when this returns.
  std::signal(signal, SIG_DFL);
  ::raise(signal);
}

/// Every way in which memory may be missing ends in sayExhausted.
static void watchMemory() {
  std::set_new_handler(sayExhausted);
  std::set_terminate(endByException);
  llvm::install_bad_alloc_error_handler(
      [](void *, const char *, bool) { sayExhausted(); });
  // A sanitizer says more about it.
  if (LLVM_ADDRESS_SANITIZER_BUILD)
    return;
  alignas(16) static char stack[1 << 16];
  stack_t alternative = {};
  alternative.ss_sp = stack;
  alternative.ss_size = sizeof stack;
  struct sigaction action = {};
  action.sa_handler = endByBadAccess;
  action.sa_flags = SA_ONSTACK;
  if (::sigaltstack(&alternative, nullptr) == 0)
    ::sigaction(SIGSEGV, &action, nullptr);
}

int tensorop::serveJobs(llvm::function_ref<llvm::json::Object(
                            const llvm::json::Object &, Worker::ProgressFn)>
                            handle) {
  int replies = takeStandardOutput();
  if (replies < 0) {
    llvm::errs() << "cannot set up the worker's channel: "
                 << std::strerror(errno) << "\n";
    return 1;
  }
  exhaustedChannel = replies;
  watchMemory();
  auto send = [&](llvm::json::Object object) {
    return writeAll(replies, toLine(std::move(object)));
  };
  std::string pending;
  char buffer[65536];
  while (true) {
    std::optional<std::string> line = takeLine(pending);
    if (!line) {
      ssize_t count = ::read(STDIN_FILENO, buffer, sizeof buffer);
      if (count < 0 && errno == EINTR)
        continue;
      if (count <= 0)
        return 0;
      pending.append(buffer, count);
      continue;
    }
    Expected<llvm::json::Value> job = llvm::json::parse(*line);
    if (!job || !job->getAsObject()) {
      std::string why =
          job ? "a job is no object" : llvm::toString(job.takeError());
      if (!send(llvm::json::Object{{"error", "malformed job: " + why}}))
        return 1;
      continue;
    }
    llvm::json::Object reply = handle(*job->getAsObject(), [&](StringRef text) {
      send(llvm::json::Object{{"progress", llvm::json::fixUTF8(text)}});
    });
    if (!send(std::move(reply)))
      return 1;
  }
}

std::string tensorop::thisExecutable() {
  char path[4096];
  ssize_t count = ::readlink("/proc/self/exe", path, sizeof path);
  return count > 0 ? std::string(path, count) : std::string();
}
