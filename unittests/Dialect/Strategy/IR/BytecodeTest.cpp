//===- BytecodeTest.cpp - The version of plans in bytecode ----------------===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "TensorOp/Dialect/Strategy/IR/Bytecode.h"
#include "TensorOp/Dialect/Strategy/IR/StrategyOps.h"
#include "mlir/Bytecode/BytecodeWriter.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/Diagnostics.h"
#include "mlir/Parser/Parser.h"
#include <gtest/gtest.h>

using namespace mlir;
using namespace tensorop::strategy;

namespace {
class Bytecode : public testing::Test {
protected:
  Bytecode() { context.loadDialect<StrategyDialect>(); }

  /// A plan's bytecode that claims to be of a version.
  std::string write(uint64_t version) {
    OwningOpRef<ModuleOp> module =
        parseSourceString<ModuleOp>("strategy.plan @p root mm(m, n, k) {\n"
                                    "  strategy.tile [ir: m = 6]\n"
                                    "}\n",
                                    &context);
    EXPECT_TRUE(bool(module));
    BytecodeWriterConfig config;
    config.setDialectVersion<StrategyDialect>(
        std::make_unique<StrategyVersion>(version));
    std::string bytes;
    llvm::raw_string_ostream stream(bytes);
    EXPECT_TRUE(succeeded(writeBytecodeToFile(*module, stream, config)));
    return bytes;
  }

  /// What is read back as text, or the first error.
  std::string read(const std::string &bytes) {
    std::string text;
    ScopedDiagnosticHandler handler(&context, [&](Diagnostic &diagnostic) {
      if (text.empty())
        text = diagnostic.str();
    });
    OwningOpRef<ModuleOp> module = parseSourceString<ModuleOp>(bytes, &context);
    if (module)
      llvm::raw_string_ostream(text) << *module;
    return text;
  }

  MLIRContext context;
};
} // namespace

TEST_F(Bytecode, ThisVersionAndOlderOnesAreRead) {
  for (uint64_t version = 1; version <= StrategyVersion::current; ++version)
    EXPECT_NE(read(write(version)).find("strategy.tile [ir: m = 6]"),
              std::string::npos)
        << version;
}

TEST_F(Bytecode, ALaterVersionIsRefused) {
  uint64_t later = StrategyVersion::current + 1;
  EXPECT_EQ(read(write(later)),
            "the file has version " + std::to_string(later) +
                " of the strategy dialect, this program reads up to " +
                std::to_string(StrategyVersion::current));
}
