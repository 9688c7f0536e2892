//===- Sqlite.h - SQLite statements with our errors -------------*- C++ -*-===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef TENSOROP_LIB_DATABASE_SQLITE_H
#define TENSOROP_LIB_DATABASE_SQLITE_H

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"
#include <string>

struct sqlite3;
struct sqlite3_stmt;

namespace tensorop::database {

/// The last error of `connection` while `doing` ("cannot write"): names the
/// file, what SQLite says, and the way out where the file is damaged.
llvm::Error sqliteError(sqlite3 *connection, llvm::StringRef file,
                        llvm::StringRef doing);

/// "move it away ...": what to do with a file that cannot be used.
std::string wayOut();
/// The same for one of whose trials some may be readable.
std::string damageWayOut();

/// Runs `sql`, which may be several statements without rows.
llvm::Error execute(sqlite3 *connection, llvm::StringRef file, const char *sql,
                    llvm::StringRef doing);

/// A prepared statement. An error of prepare or bind is kept until step().
class Statement {
public:
  Statement(sqlite3 *connection, llvm::StringRef file, llvm::StringRef sql);
  ~Statement();
  Statement(const Statement &) = delete;
  Statement &operator=(const Statement &) = delete;

  /// Values of the parameters in their order.
  Statement &text(llvm::StringRef value);
  Statement &integer(int64_t value);
  Statement &real(double value);
  Statement &null();

  /// True: there is a row. `doing` as in sqliteError.
  llvm::Expected<bool> step(llvm::StringRef doing = "cannot read");

  /// \name Columns of the row
  /// @{
  std::string textAt(int column) const;
  int64_t integerAt(int column) const;
  double realAt(int column) const;
  /// @}

private:
  sqlite3 *connection;
  std::string file;
  sqlite3_stmt *statement = nullptr;
  int parameter = 0;
  bool failed = false;
};

/// A transaction that is undone unless it is committed.
class Transaction {
public:
  Transaction(sqlite3 *connection, llvm::StringRef file)
      : connection(connection), file(file) {}
  ~Transaction();
  /// Waits for other writers.
  llvm::Error begin();
  llvm::Error commit();

private:
  sqlite3 *connection;
  std::string file;
  bool active = false;
};

} // namespace tensorop::database

#endif // TENSOROP_LIB_DATABASE_SQLITE_H
