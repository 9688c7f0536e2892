//===- Schema.cpp - Tables of the database, and their versions ------------===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Schema.h"
#include "Sqlite.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/Twine.h"
#include <algorithm>

using namespace llvm;
using namespace tensorop;
using namespace tensorop::database;

/// "TnsO" in `PRAGMA application_id`: tells ours from another program's.
static constexpr int64_t applicationId = 0x546e734f;

/// Element i makes version i + 1 of version i. Never change one that was
/// released: add the next. docs/database.md describes the columns.
static const char *const migrations[] = {
    // 1
    R"sql(
CREATE TABLE trials (
  id INTEGER PRIMARY KEY,
  uid TEXT NOT NULL UNIQUE,
  fingerprint TEXT NOT NULL,
  extents TEXT NOT NULL,
  target TEXT NOT NULL,
  machine_hash TEXT NOT NULL,
  threads INTEGER NOT NULL,
  unit TEXT NOT NULL,
  evaluator TEXT NOT NULL,
  versions TEXT NOT NULL,
  ops TEXT NOT NULL,
  plan TEXT NOT NULL,
  plan_hash TEXT NOT NULL,
  outcome TEXT NOT NULL,
  diagnostic TEXT NOT NULL,
  samples TEXT NOT NULL,
  score REAL,
  run TEXT NOT NULL,
  provenance TEXT NOT NULL,
  created TEXT NOT NULL
);
CREATE INDEX trials_by_kernel ON trials
  (fingerprint, target, threads, unit, extents, machine_hash, plan_hash);
CREATE INDEX trials_by_run ON trials (run);
)sql"};
static constexpr int64_t currentVersion = std::size(migrations);

static Expected<int64_t> readPragma(sqlite3 *connection, StringRef file,
                                    StringRef sql) {
  Statement query(connection, file, sql);
  Expected<bool> row = query.step("cannot open");
  if (!row)
    return row.takeError();
  return query.integerAt(0);
}

namespace {
struct State {
  int64_t version = 0;
  bool isNew = false;
};
} // namespace

/// Reads version and owner; refuses what cannot be used whoever asks.
static Expected<State> readState(sqlite3 *connection, StringRef file) {
  State state;
  auto read = [&](StringRef sql, int64_t &value) -> Error {
    Expected<int64_t> got = readPragma(connection, file, sql);
    if (!got)
      return got.takeError();
    value = *got;
    return Error::success();
  };
  int64_t owner = 0, objects = 0;
  if (Error error = read("PRAGMA user_version", state.version))
    return error;
  if (Error error = read("PRAGMA application_id", owner))
    return error;
  if (Error error = read("SELECT count(*) FROM sqlite_master", objects))
    return error;
  state.isNew = owner == 0 && state.version == 0 && objects == 0;
  if (!state.isNew && owner != applicationId)
    return createStringError(
        inconvertibleErrorCode(),
        "cannot open database " + file +
            ": it is another program's SQLite database; give another path");
  if (state.version > currentVersion)
    return createStringError(
        inconvertibleErrorCode(),
        "cannot open database " + file + ": it has schema " +
            Twine(state.version) + ", this program knows up to " +
            Twine(currentVersion) + "; use a newer one, or " + wayOut());
  return state;
}

static Error checkPages(sqlite3 *connection, StringRef file) {
  Statement check(connection, file, "PRAGMA quick_check(1)");
  Expected<bool> row = check.step("cannot open");
  if (!row)
    return row.takeError();
  std::string found = check.textAt(0);
  if (found == "ok")
    return Error::success();
  std::replace(found.begin(), found.end(), '\n', ' ');
  return createStringError(inconvertibleErrorCode(),
                           "cannot open database " + file +
                               ": it is damaged (" + found + "); " +
                               damageWayOut());
}

Error database::prepareSchema(sqlite3 *connection, StringRef file, bool write) {
  Expected<State> state = readState(connection, file);
  if (!state)
    return state.takeError();
  if (!write) {
    if (state->isNew)
      return createStringError(inconvertibleErrorCode(),
                               "cannot open database " + file +
                                   ": it holds nothing");
    if (state->version < currentVersion)
      return createStringError(
          inconvertibleErrorCode(),
          "cannot open database " + file + ": it has the older schema " +
              Twine(state->version) +
              "; tensorop-tune --db=FILE brings it up to date");
    return Error::success();
  }
  if (Error error = checkPages(connection, file))
    return error;
  if (state->version == currentVersion)
    return Error::success();
  Transaction transaction(connection, file);
  if (Error error = transaction.begin())
    return error;
  // Another process may have been faster.
  state = readState(connection, file);
  if (!state)
    return state.takeError();
  if (state->version == currentVersion)
    return Error::success();
  for (int64_t version = state->version; version < currentVersion; ++version)
    if (Error error =
            execute(connection, file, migrations[version], "cannot make"))
      return error;
  std::string stamp = ("PRAGMA application_id = " + Twine(applicationId) +
                       "; PRAGMA user_version = " + Twine(currentVersion))
                          .str();
  if (Error error = execute(connection, file, stamp.c_str(), "cannot make"))
    return error;
  return transaction.commit();
}
