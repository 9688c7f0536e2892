//===- DatabaseFaultsTest.cpp - Killed writers, damaged files -------------===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "TestTrials.h"
#include "llvm/Support/MemoryBuffer.h"
#include <csignal>
#include <sqlite3.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace llvm;
using namespace tensorop::database;

namespace {

/// Runs `body` in another process; its return value is the exit status.
template <typename Body> pid_t inChild(Body body) {
  pid_t child = fork();
  if (child == 0)
    _exit(body());
  return child;
}

int statusOf(pid_t child) {
  int status = 0;
  EXPECT_EQ(child, waitpid(child, &status, 0));
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

/// Adds trials of run `run` to `path`; 0 when all are stored.
int addTrials(const std::string &path, const char *run, int count) {
  Expected<std::unique_ptr<TrialDatabase>> database = TrialDatabase::open(path);
  if (!database) {
    errs() << toString(database.takeError()) << "\n";
    return 1;
  }
  for (int i = 0; i < count; ++i) {
    Trial trial = sampleTrial(1 + i);
    trial.run = run;
    if (Error error = (*database)->add(trial)) {
      errs() << toString(std::move(error)) << "\n";
      return 2;
    }
  }
  return 0;
}

void write(const std::string &path, StringRef text) {
  std::ofstream(path, std::ios::binary) << text.str();
}

std::string contentOf(const std::string &path) {
  auto buffer = MemoryBuffer::getFile(path);
  return buffer ? (*buffer)->getBuffer().str() : "";
}

/// Runs SQL on a file without our classes.
void runSql(const std::string &path, const char *sql) {
  sqlite3 *connection = nullptr;
  ASSERT_EQ(SQLITE_OK, sqlite3_open(path.c_str(), &connection));
  char *message = nullptr;
  EXPECT_EQ(SQLITE_OK,
            sqlite3_exec(connection, sql, nullptr, nullptr, &message))
      << message;
  sqlite3_close(connection);
}

std::string
openMessage(const std::string &path,
            TrialDatabase::Access access = TrialDatabase::Access::ReadWrite) {
  return messageOf(TrialDatabase::open(path, access));
}

TEST(DatabaseFaults, ProcessesWriteAtOnce) {
  Folder folder;
  std::string path = folder.file("t.sqlite");
  // They make the file at once, too.
  const char *runs[] = {"a", "b", "c"};
  std::vector<pid_t> children;
  for (const char *run : runs)
    children.push_back(inChild([&] { return addTrials(path, run, 100); }));
  for (pid_t child : children)
    EXPECT_EQ(0, statusOf(child));
  std::unique_ptr<TrialDatabase> database = openOrFail(path);
  for (const char *run : runs)
    EXPECT_EQ(100u, allOf(*database, {run, "", ""}).size());
}

TEST(DatabaseFaults, KilledWritersLoseTheTrialInFlightAtMost) {
  Folder folder;
  std::string path = folder.file("t.sqlite");
  int told = 0;
  for (int round = 0; round < 12; ++round) {
    int pipes[2];
    ASSERT_EQ(0, pipe(pipes));
    pid_t child = inChild([&] {
      Expected<std::unique_ptr<TrialDatabase>> database =
          TrialDatabase::open(path);
      while (database) {
        if (Error error = (*database)->add(sampleTrial()))
          break;
        // Stored, says add(); now it must not go.
        if (::write(pipes[1], "+", 1) != 1)
          break;
      }
      return 1;
    });
    close(pipes[1]);
    char mark;
    // Another moment each time, the first before the file is made.
    for (int i = 0; i < 3 * round; ++i)
      told += read(pipes[0], &mark, 1) == 1;
    usleep(useconds_t(137 * round));
    kill(child, SIGKILL);
    EXPECT_EQ(128 + SIGKILL, statusOf(child));
    while (read(pipes[0], &mark, 1) == 1)
      ++told;
    close(pipes[0]);
    std::unique_ptr<TrialDatabase> database = openOrFail(path);
    ASSERT_TRUE(database);
    int stored = int(allOf(*database).size());
    EXPECT_GE(stored, told);
    EXPECT_LE(stored, told + 1);
    told = stored;
  }
  EXPECT_GT(told, 0);
}

TEST(DatabaseFaults, RefusesWhatIsNoDatabase) {
  Folder folder;
  std::string path = folder.file("t.sqlite");
  write(path, std::string(5000, 'x'));
  std::string message = openMessage(path);
  EXPECT_TRUE(contains(message, "t.sqlite: it is no SQLite database; move it "
                                "away"))
      << message;
  EXPECT_TRUE(contains(message, "--import=FILE")) << message;
  EXPECT_EQ(std::string(5000, 'x'), contentOf(path));
  // An empty file is a new database, as SQLite has it, to write but not to
  // read.
  write(path, "");
  EXPECT_TRUE(contains(openMessage(path, TrialDatabase::Access::Read),
                       "it holds nothing"));
  EXPECT_EQ("", openMessage(path));
  EXPECT_EQ("a database needs a path", openMessage(""));
  EXPECT_TRUE(
      contains(openMessage(folder.file("none"), TrialDatabase::Access::Read),
               "there is no such file"));
  EXPECT_TRUE(contains(openMessage(folder.file("no/folder/t.sqlite")),
                       "cannot open database"));
}

TEST(DatabaseFaults, RefusesDamagedPages) {
  Folder folder;
  std::string path = folder.file("t.sqlite");
  ASSERT_EQ(0, addTrials(path, "r", 200));
  std::string content = contentOf(path);
  ASSERT_GT(content.size(), 5 * 4096u);
  std::string damaged = content;
  for (size_t i = 4 * 4096; i < 6 * 4096; ++i)
    damaged[i] = char(damaged[i] ^ 0x5a);
  write(path, damaged);
  std::string message = openMessage(path);
  EXPECT_TRUE(contains(message, "t.sqlite: it is damaged")) << message;
  EXPECT_TRUE(contains(message, "move it away")) << message;
  // A reader, who does not look at everything first, is told as well.
  std::unique_ptr<TrialDatabase> reader =
      openOrFail(path, TrialDatabase::Access::Read);
  message = messageOf(
      reader->forEach({}, [](const Trial &) { return Error::success(); }));
  EXPECT_TRUE(contains(message, "t.sqlite: it is damaged; move it away"))
      << message;
  // Cut off.
  write(path, StringRef(content).take_front(3 * 4096 + 100));
  EXPECT_TRUE(contains(openMessage(path), "it is damaged"));
}

TEST(DatabaseFaults, RefusesOtherSchemas) {
  Folder folder;
  std::string path = folder.file("t.sqlite");
  ASSERT_EQ(0, addTrials(path, "r", 1));
  runSql(path, "PRAGMA user_version = 99");
  for (auto access :
       {TrialDatabase::Access::ReadWrite, TrialDatabase::Access::Read}) {
    std::string message = openMessage(path, access);
    EXPECT_TRUE(contains(message, "it has schema 99, this program knows up to "
                                  "1; use a newer one, or move it away"))
        << message;
  }
  std::string foreign = folder.file("foreign.sqlite");
  runSql(foreign, "CREATE TABLE bookmarks (id)");
  EXPECT_TRUE(
      contains(openMessage(foreign),
               "it is another program's SQLite database; give another path"));
  // Ours before its first schema, as a program killed at the start leaves it.
  std::string older = folder.file("older.sqlite");
  runSql(older, "PRAGMA application_id = 1416524623");
  EXPECT_TRUE(contains(openMessage(older, TrialDatabase::Access::Read),
                       "it has the older schema 0; tensorop-tune --db=FILE "
                       "brings it up to date"));
  EXPECT_EQ(0, addTrials(older, "r", 1));
}

TEST(DatabaseFaults, RowsThatSomebodyChanged) {
  Folder folder;
  std::string path = folder.file("t.sqlite");
  for (const char *column : {"extents", "ops", "samples"}) {
    sys::fs::remove(path);
    ASSERT_EQ(0, addTrials(path, "r", 1));
    runSql(path,
           (std::string("UPDATE trials SET ") + column + " = '?'").c_str());
    std::unique_ptr<TrialDatabase> database = openOrFail(path);
    std::string message = messageOf(
        database->forEach({}, [](const Trial &) { return Error::success(); }));
    EXPECT_TRUE(contains(message, "is no trial: its ")) << message;
    EXPECT_TRUE(contains(message, column)) << message;
  }
}

TEST(DatabaseFaults, FoldersThatCannotBeWritten) {
  Folder folder;
  std::string path = folder.file("t.sqlite");
  ASSERT_EQ(0, addTrials(path, "r", 3));
  // Root writes everywhere: be somebody else.
  ASSERT_EQ(0, chmod(path.c_str(), 0444));
  ASSERT_EQ(0, chmod(folder.path.c_str(), 0555));
  std::string made = folder.file("new.sqlite");
  pid_t child = inChild([&] {
    if (getuid() == 0 && (setgid(65534) || setuid(65534)))
      return 1;
    if (access(path.c_str(), R_OK))
      return 77;
    // Reading needs no file beside it.
    std::unique_ptr<TrialDatabase> reader =
        openOrFail(path, TrialDatabase::Access::Read);
    if (!reader || allOf(*reader).size() != 3)
      return 2;
    std::string message = messageOf(reader->add(sampleTrial()));
    if (!contains(message, "cannot write database"))
      return 3;
    if (!contains(openMessage(made), "cannot open database"))
      return 4;
    Expected<std::unique_ptr<TrialDatabase>> writer = TrialDatabase::open(path);
    message = writer ? messageOf((*writer)->add(sampleTrial()))
                     : toString(writer.takeError());
    return contains(message, "readonly") ? 0 : 5;
  });
  int status = statusOf(child);
  chmod(folder.path.c_str(), 0755);
  if (status == 77)
    GTEST_SKIP() << "the temporary folder is closed to other users";
  EXPECT_EQ(0, status);
}

TEST(DatabaseFaults, FullDisk) {
  Folder folder;
  std::string path = folder.file("t.sqlite");
  ASSERT_EQ(0, addTrials(path, "r", 1));
  // A file size limit stands for the disk's.
  int pipes[2];
  ASSERT_EQ(0, pipe(pipes));
  EXPECT_EQ(0, statusOf(inChild([&] {
              signal(SIGXFSZ, SIG_IGN);
              rlimit limit{200000, 200000};
              if (setrlimit(RLIMIT_FSIZE, &limit))
                return 1;
              Expected<std::unique_ptr<TrialDatabase>> database =
                  TrialDatabase::open(path);
              if (!database)
                return 2;
              for (int i = 0; i < 10000; ++i) {
                std::string message =
                    messageOf((*database)->add(sampleTrial()));
                if (message.empty()) {
                  if (::write(pipes[1], "+", 1) != 1)
                    return 3;
                  continue;
                }
                return contains(message, "cannot write database") ? 0 : 4;
              }
              return 5;
            })));
  close(pipes[1]);
  size_t told = 1;
  for (char mark; read(pipes[0], &mark, 1) == 1;)
    ++told;
  close(pipes[0]);
  // What was there before is there, nothing half, and there is room again.
  std::unique_ptr<TrialDatabase> database = openOrFail(path);
  ASSERT_TRUE(database);
  EXPECT_EQ(told, allOf(*database).size());
  EXPECT_EQ("", messageOf(database->add(sampleTrial())));
}

TEST(DatabaseFaults, ReadersBesideAWriter) {
  Folder folder;
  std::string path = folder.file("with space & ?.sqlite");
  std::unique_ptr<TrialDatabase> writer = openOrFail(path);
  ASSERT_TRUE(writer);
  std::unique_ptr<TrialDatabase> reader =
      openOrFail(path, TrialDatabase::Access::Read);
  ASSERT_TRUE(reader);
  for (size_t i = 1; i < 4; ++i) {
    EXPECT_EQ("", messageOf(writer->add(sampleTrial())));
    EXPECT_EQ(i, allOf(*reader).size());
  }
}
} // namespace
