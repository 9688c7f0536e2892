//===- Worker.h - A child process that does dangerous work ------*- C++ -*-===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Candidates are compiled and run in a long-lived child process, so that a
// crash, a hang, an illegal instruction or exhausted memory is an error with a
// diagnostic and not the end of the tool. Parent and child exchange JSON, one
// value a line: a job goes in, any number of progress texts and one reply come
// out.
//
//===----------------------------------------------------------------------===//

#ifndef TENSOROP_EXECUTION_WORKER_H
#define TENSOROP_EXECUTION_WORKER_H

#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"
#include "llvm/Support/JSON.h"
#include <string>
#include <vector>

namespace tensorop {

struct WorkerLimits {
  /// Wall time of one job, without what it waits for others.
  double seconds = 600;
  /// Address space of the child (RLIMIT_AS); 0: no limit. Taken when the child
  /// starts.
  uint64_t memoryBytes = 0;
};

/// The progress of a job that waits for others, until its next one.
inline constexpr llvm::StringLiteral waitingProgress = "wait for the turn";

/// Why a job has no reply.
class WorkerError : public llvm::ErrorInfo<WorkerError> {
public:
  static char ID;
  enum class Kind {
    /// The child cannot be started.
    Start,
    /// It died from a signal, or exited, before it replied.
    Crash,
    /// It did not reply in time and was killed.
    Timeout,
    /// It asked for more memory than its limit, or the system, has left.
    Memory,
    /// What it wrote is no JSON object.
    Protocol
  };
  Kind kind;
  /// The signal of a crash, or 0.
  int signal;
  std::string message;
  WorkerError(Kind kind, std::string message, int signal = 0)
      : kind(kind), signal(signal), message(std::move(message)) {}
  void log(llvm::raw_ostream &os) const override;
  std::error_code convertToErrorCode() const override {
    return llvm::inconvertibleErrorCode();
  }
};

/// The parent's side. The child is started with the first job, and again after
/// it died. When the system itself runs out of memory it ends children first.
class Worker {
public:
  /// `command` is the executable and its arguments; the child must call
  /// serveJobs.
  Worker(std::vector<std::string> command, WorkerLimits limits)
      : command(std::move(command)), limits(limits) {}
  Worker(const Worker &) = delete;
  Worker &operator=(const Worker &) = delete;
  /// Ends the child.
  ~Worker();

  using ProgressFn = llvm::function_ref<void(llvm::StringRef)>;
  /// Sends `job` and waits for its reply; progress texts of the child go to
  /// `progress`. After an error the next job gets a fresh child.
  llvm::Expected<llvm::json::Object> run(
      const llvm::json::Object &job,
      ProgressFn progress = [](llvm::StringRef) {});

  const std::vector<std::string> &getCommand() const { return command; }
  const WorkerLimits &getLimits() const { return limits; }

  /// Process id of the child, or -1 when none runs.
  int pid() const { return child; }

private:
  llvm::Error start();
  void stop();
  llvm::Error died(double seconds);
  llvm::Error exhausted(int64_t bytes, int64_t limit);
  llvm::Expected<std::string> readLine(double deadline);

  std::vector<std::string> command;
  WorkerLimits limits;
  int child = -1, toChild = -1, fromChild = -1;
  std::string pending;
};

/// The child's side: reads jobs from standard input until it ends and answers
/// each with what `handle` returns. Standard output is moved to standard error
/// for everything else, so that a print in a job does not spoil the protocol.
/// `handle` may report progress through the second argument. Memory that
/// operator new or LLVM cannot get ends the process, and the parent hears of
/// it. Returns the exit code.
int serveJobs(llvm::function_ref<llvm::json::Object(
                  const llvm::json::Object &job, Worker::ProgressFn progress)>
                  handle);

/// Path of the running executable, for a Worker that runs this tool itself.
std::string thisExecutable();

} // namespace tensorop

#endif // TENSOROP_EXECUTION_WORKER_H
