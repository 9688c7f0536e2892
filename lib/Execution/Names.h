//===- Names.h - Names that C and the linker accept -------------*- C++ -*-===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef TENSOROP_LIB_EXECUTION_NAMES_H
#define TENSOROP_LIB_EXECUTION_NAMES_H

#include "llvm/ADT/StringRef.h"
#include <string>

namespace tensorop {

/// `name` as a C identifier that can be an exported symbol: no keyword of C or
/// C++, no name that C reserves, and no function of a library that compiled
/// code may call (an exported `fmodf` would be called instead of libm's). Other
/// characters become `_`, other names get the prefix `kernel_`.
std::string makeKernelName(llvm::StringRef name);

/// Why a parameter in the header cannot have this name, as the end of a
/// sentence ("is a keyword of C or C++"); null when it can.
const char *whyNotParameterName(llvm::StringRef name);

} // namespace tensorop

#endif // TENSOROP_LIB_EXECUTION_NAMES_H
