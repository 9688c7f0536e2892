//===- WorkerTest.cpp - Crashes, hangs and noise of a worker --------------===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The test program itself is the worker: `WorkerTest --worker`.
//
//===----------------------------------------------------------------------===//

#include "TensorOp/Execution/Worker.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/Support/Compiler.h"
#include "llvm/Support/MemoryBuffer.h"
#include "gtest/gtest.h"
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

using namespace tensorop;
using llvm::json::Object;

static Object handle(const Object &job, Worker::ProgressFn progress) {
  llvm::StringRef what = job.getString("do").value_or("");
  if (what == "crash")
    ::raise(SIGSEGV);
  if (what == "illegal")
    ::raise(SIGILL);
  if (what == "exit")
    ::_exit(5);
  if (what == "hang")
    ::pause();
  if (what == "wait") {
    progress(waitingProgress);
    ::usleep(1500000);
    progress("go on");
  }
  if (what == "noise") {
    std::printf("a kernel prints\n");
    std::fflush(stdout);
    progress("half way");
  }
  if (what == "memory") {
    // More than the limit; the result decides, for a failed allocation is no
    // crash by itself.
    void *volatile block = std::malloc(size_t(8) << 30);
    bool got = block != nullptr;
    std::free(block);
    return Object{{"got", got}};
  }
  if (what == "exhaust") {
    // What the compiler does: no result is looked at.
    for (static char *volatile block;;)
      block = new char[size_t(64) << 20];
  }
  if (what == "exhaust-vector")
    // LLVM's own allocations.
    for (llvm::SmallVector<char> bytes;; bytes.resize(2 * bytes.size() + 64))
      progress("more");
  if (what == "exhaust-malloc")
    // MLIR's.
    for (static char *volatile block;; *block = 1)
      block = static_cast<char *>(std::malloc(size_t(1) << 16));
  if (what == "threads")
    // Stacks.
    for (std::vector<std::thread> threads;;)
      threads.emplace_back([] { ::pause(); });
  if (what == "oom-score") {
    auto text = llvm::MemoryBuffer::getFileAsStream("/proc/self/oom_score_adj");
    return Object{{"score", text ? (*text)->getBuffer().trim() : "none"}};
  }
  if (what == "garbage") {
    // Not through the protocol: file descriptor 3 is the channel.
    const char text[] = "no json\n";
    (void)!::write(3, text, sizeof text - 1);
  }
  return Object{{"pid", int64_t(::getpid())}, {"echo", what}};
}

namespace {

Worker makeWorker(double seconds = 20, uint64_t memory = 0) {
  return Worker({thisExecutable(), "--worker"}, {seconds, memory});
}

/// The error of a job that must fail.
WorkerError failure(Worker &worker, llvm::StringRef what) {
  llvm::Expected<Object> reply = worker.run(Object{{"do", what}});
  WorkerError result(WorkerError::Kind::Start, "no error");
  if (reply) {
    ADD_FAILURE() << "a reply to " << what.str();
    return result;
  }
  llvm::handleAllErrors(reply.takeError(),
                        [&](const WorkerError &error) { result = error; });
  return result;
}

TEST(Worker, AnswersManyJobsInOneProcess) {
  Worker worker = makeWorker();
  int64_t pid = 0;
  for (int i = 0; i < 3; ++i) {
    llvm::Expected<Object> reply = worker.run(Object{{"do", "echo"}});
    ASSERT_TRUE(bool(reply));
    EXPECT_EQ(reply->getString("echo"), "echo");
    if (i > 0)
      EXPECT_EQ(reply->getInteger("pid"), pid);
    pid = *reply->getInteger("pid");
  }
}

TEST(Worker, PrintsDoNotSpoilTheProtocol) {
  Worker worker = makeWorker();
  std::string progress;
  llvm::Expected<Object> reply =
      worker.run(Object{{"do", "noise"}},
                 [&](llvm::StringRef text) { progress += text.str(); });
  ASSERT_TRUE(bool(reply));
  EXPECT_EQ(progress, "half way");
}

TEST(Worker, CrashIsAnErrorAndTheNextJobRuns) {
  Worker worker = makeWorker();
  WorkerError crash = failure(worker, "crash");
  EXPECT_EQ(crash.kind, WorkerError::Kind::Crash);
  EXPECT_EQ(crash.signal, SIGSEGV);
  EXPECT_NE(crash.message.find("Segmentation fault"), std::string::npos);
  llvm::Expected<Object> reply = worker.run(Object{{"do", "echo"}});
  EXPECT_TRUE(bool(reply));
  llvm::consumeError(reply.takeError());
}

TEST(Worker, IllegalInstructionSaysWhatItMeans) {
  Worker worker = makeWorker();
  WorkerError error = failure(worker, "illegal");
  EXPECT_EQ(error.signal, SIGILL);
  EXPECT_NE(error.message.find("instructions that this machine does not have"),
            std::string::npos);
}

TEST(Worker, ExitIsAnError) {
  Worker worker = makeWorker();
  WorkerError error = failure(worker, "exit");
  EXPECT_EQ(error.kind, WorkerError::Kind::Crash);
  EXPECT_NE(error.message.find("exited with code 5"), std::string::npos);
}

TEST(Worker, HangIsKilled) {
  Worker worker = makeWorker(/*seconds=*/0.3);
  WorkerError error = failure(worker, "hang");
  EXPECT_EQ(error.kind, WorkerError::Kind::Timeout);
  EXPECT_NE(error.message.find("within 0.3 s"), std::string::npos);
  EXPECT_EQ(worker.pid(), -1);
}

TEST(Worker, WaitingForOthersCostsNoTime) {
  Worker worker = makeWorker(1);
  auto reply = worker.run(Object{{"do", "wait"}});
  ASSERT_TRUE(bool(reply)) << llvm::toString(reply.takeError());
  EXPECT_EQ(reply->getString("echo"), "wait");
}

TEST(Worker, GarbageIsAnError) {
  Worker worker = makeWorker();
  WorkerError error = failure(worker, "garbage");
  EXPECT_EQ(error.kind, WorkerError::Kind::Protocol);
  EXPECT_NE(error.message.find("no json"), std::string::npos);
}

TEST(Worker, MemoryIsLimited) {
  Worker free = makeWorker();
  llvm::Expected<Object> reply = free.run(Object{{"do", "memory"}});
  ASSERT_TRUE(bool(reply));
  EXPECT_EQ(reply->getBoolean("got"), true);
  Worker limited = makeWorker(20, uint64_t(4) << 30);
  reply = limited.run(Object{{"do", "memory"}});
  ASSERT_TRUE(bool(reply));
  EXPECT_EQ(reply->getBoolean("got"), false);
}

TEST(Worker, ExhaustedMemoryIsAnErrorWithTheLimit) {
  if (LLVM_ADDRESS_SANITIZER_BUILD)
    GTEST_SKIP() << "a sanitizer needs more address space";
  for (const char *what :
       {"exhaust", "exhaust-vector", "exhaust-malloc", "threads"}) {
    Worker worker = makeWorker(20, uint64_t(2) << 30);
    WorkerError error = failure(worker, what);
    EXPECT_EQ(error.kind, WorkerError::Kind::Memory) << what << error.message;
    EXPECT_NE(error.message.find(" of the 2.00 GiB that it may use"),
              std::string::npos)
        << error.message;
    llvm::Expected<Object> reply = worker.run(Object{{"do", "echo"}});
    EXPECT_TRUE(bool(reply));
    llvm::consumeError(reply.takeError());
  }
}

TEST(Worker, TheSystemEndsItFirst) {
  Worker worker = makeWorker();
  llvm::Expected<Object> reply = worker.run(Object{{"do", "oom-score"}});
  ASSERT_TRUE(bool(reply));
  if (reply->getString("score") == "none")
    GTEST_SKIP() << "there is no /proc/self/oom_score_adj";
  EXPECT_EQ(reply->getString("score"), "1000");
}

TEST(Worker, DeathBetweenJobsIsNoFaultOfTheNextOne) {
  Worker worker = makeWorker();
  for (int i = 0; i < 3; ++i) {
    llvm::Expected<Object> reply = worker.run(Object{{"do", "echo"}});
    ASSERT_TRUE(bool(reply)) << llvm::toString(reply.takeError());
    ASSERT_EQ(0, ::kill(worker.pid(), SIGKILL));
    // Gone, and still to be waited for.
    siginfo_t info;
    ASSERT_EQ(0, ::waitid(P_PID, id_t(worker.pid()), &info, WEXITED | WNOWAIT));
  }
}

TEST(Worker, MissingExecutable) {
  Worker worker({"/nonexistent/tool", "--worker"}, {5, 0});
  WorkerError error = failure(worker, "echo");
  EXPECT_EQ(error.kind, WorkerError::Kind::Start);
  EXPECT_NE(error.message.find("/nonexistent/tool"), std::string::npos);
}

} // namespace

int main(int argc, char **argv) {
  if (argc > 1 && llvm::StringRef(argv[1]) == "--worker")
    return serveJobs(handle);
  ::testing::InitGoogleTest(&argc, argv);
  return RUN_ALL_TESTS();
}
