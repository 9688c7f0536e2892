//===- ReportPage.h - The HTML report of a search ---------------*- C++ -*-===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The report is made by the Python module tensorop.report from the events of a
// search. It is looked for where the tool is: installed beside it, or in the
// checkout that the tool was built in.
//
//===----------------------------------------------------------------------===//

#ifndef TENSOROP_TOOLS_TUNE_REPORTPAGE_H
#define TENSOROP_TOOLS_TUNE_REPORTPAGE_H

#include "llvm/Support/Error.h"
#include <string>

namespace tensorop {

class ReportPage {
public:
  /// Finds module and interpreter: $TENSOROP_PYTHON, else python3 of the path,
  /// else that of the system, the first one that has what the module needs.
  /// An error says what is missing.
  static llvm::Expected<ReportPage> find();

  /// Writes the report of the events in `events` to `output`; both are paths.
  llvm::Error write(llvm::StringRef events, llvm::StringRef output) const;

private:
  ReportPage() = default;
  std::string python, modules;
};

} // namespace tensorop

#endif // TENSOROP_TOOLS_TUNE_REPORTPAGE_H
