//===- Schema.h - Tables of the database, and their versions ----*- C++ -*-===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef TENSOROP_LIB_DATABASE_SCHEMA_H
#define TENSOROP_LIB_DATABASE_SCHEMA_H

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"

struct sqlite3;

namespace tensorop::database {

/// Refuses what is no database of ours, is damaged or newer than this program;
/// with `write`, makes the tables of a new one and brings older ones up to
/// date, else refuses those too.
llvm::Error prepareSchema(sqlite3 *connection, llvm::StringRef file,
                          bool write);

} // namespace tensorop::database

#endif // TENSOROP_LIB_DATABASE_SCHEMA_H
