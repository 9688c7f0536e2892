//===- LLVMVersion.h - --version of tools on LLVM options -------*- C++ -*-===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef TENSOROP_TOOLS_LLVMVERSION_H
#define TENSOROP_TOOLS_LLVMVERSION_H

#include "llvm/Support/CommandLine.h"
#include "llvm/Support/raw_ostream.h"

namespace tensorop {

/// Makes --version print ours, as the other tools do.
inline void setVersion() {
  llvm::cl::SetVersionPrinter([](llvm::raw_ostream &os) {
    os << "TensorOp " TENSOROP_VERSION " (LLVM " TENSOROP_LLVM_VERSION ")\n";
  });
}

} // namespace tensorop

#endif // TENSOROP_TOOLS_LLVMVERSION_H
