//===- Sqlite.cpp - SQLite statements with our errors ---------------------===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Sqlite.h"
#include <sqlite3.h>

using namespace llvm;
using namespace tensorop;

namespace tensorop::database {

std::string wayOut() {
  return "move it away (a new one is made in its place, into which "
         "tensorop-tune --import=FILE reads an export)";
}

std::string damageWayOut() {
  return wayOut() +
         "; tensorop-tune --export=FILE writes what can be read of this one";
}

Error sqliteError(sqlite3 *connection, StringRef file, StringRef doing) {
  std::string text = (doing + " database " + file + ": ").str();
  int code = connection ? sqlite3_errcode(connection) : SQLITE_NOMEM;
  switch (code & 0xff) {
  case SQLITE_NOTADB:
    text += "it is no SQLite database; " + wayOut();
    break;
  case SQLITE_CORRUPT:
    text += "it is damaged; " + damageWayOut();
    break;
  default:
    text += connection ? sqlite3_errmsg(connection) : "out of memory";
  }
  return createStringError(inconvertibleErrorCode(), text);
}

Error execute(sqlite3 *connection, StringRef file, const char *sql,
              StringRef doing) {
  if (sqlite3_exec(connection, sql, nullptr, nullptr, nullptr) != SQLITE_OK)
    return sqliteError(connection, file, doing);
  return Error::success();
}

Statement::Statement(sqlite3 *connection, StringRef file, StringRef sql)
    : connection(connection), file(file) {
  failed = sqlite3_prepare_v2(connection, sql.data(), int(sql.size()),
                              &statement, nullptr) != SQLITE_OK;
}

Statement::~Statement() { sqlite3_finalize(statement); }

// Once something failed SQLite is not asked again: its last error is reported.
Statement &Statement::text(StringRef value) {
  failed = failed || sqlite3_bind_text(statement, ++parameter,
                                       value.data() ? value.data() : "",
                                       int(value.size()), SQLITE_TRANSIENT);
  return *this;
}

Statement &Statement::integer(int64_t value) {
  failed = failed || sqlite3_bind_int64(statement, ++parameter, value);
  return *this;
}

Statement &Statement::real(double value) {
  failed = failed || sqlite3_bind_double(statement, ++parameter, value);
  return *this;
}

Statement &Statement::null() {
  failed = failed || sqlite3_bind_null(statement, ++parameter);
  return *this;
}

Expected<bool> Statement::step(StringRef doing) {
  int code = failed ? SQLITE_ERROR : sqlite3_step(statement);
  if (code == SQLITE_ROW)
    return true;
  if (code == SQLITE_DONE)
    return false;
  return sqliteError(connection, file, doing);
}

std::string Statement::textAt(int column) const {
  auto *text =
      reinterpret_cast<const char *>(sqlite3_column_text(statement, column));
  return text ? std::string(text, sqlite3_column_bytes(statement, column)) : "";
}

int64_t Statement::integerAt(int column) const {
  return sqlite3_column_int64(statement, column);
}

double Statement::realAt(int column) const {
  return sqlite3_column_double(statement, column);
}

Transaction::~Transaction() {
  if (active)
    sqlite3_exec(connection, "ROLLBACK", nullptr, nullptr, nullptr);
}

Error Transaction::begin() {
  if (Error error = execute(connection, file, "BEGIN IMMEDIATE", "cannot lock"))
    return error;
  active = true;
  return Error::success();
}

Error Transaction::commit() {
  if (Error error = execute(connection, file, "COMMIT", "cannot write"))
    return error;
  active = false;
  return Error::success();
}

} // namespace tensorop::database
