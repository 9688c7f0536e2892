//===- Bytecode.cpp - The version of plans in bytecode --------------------===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "TensorOp/Dialect/Strategy/IR/Bytecode.h"
#include "mlir/IR/Diagnostics.h"
#include "mlir/IR/Dialect.h"

using namespace mlir;
using namespace tensorop::strategy;

namespace {
class StrategyBytecode : public BytecodeDialectInterface {
public:
  explicit StrategyBytecode(Dialect *dialect)
      : BytecodeDialectInterface(dialect) {}

  /// The current one, unless the writer's configuration names another.
  void writeVersion(DialectBytecodeWriter &writer) const override {
    uint64_t number = StrategyVersion::current;
    auto asked = writer.getDialectVersion(getDialect()->getNamespace());
    if (succeeded(asked))
      number = static_cast<const StrategyVersion *>(*asked)->number;
    writer.writeVarInt(number);
  }

  std::unique_ptr<DialectVersion>
  readVersion(DialectBytecodeReader &reader) const override {
    uint64_t number = 0;
    if (failed(reader.readVarInt(number)))
      return nullptr;
    if (number > StrategyVersion::current) {
      reader.emitError()
          << "the file has version " << number
          << " of the strategy dialect, this program reads up to "
          << StrategyVersion::current;
      return nullptr;
    }
    return std::make_unique<StrategyVersion>(number);
  }
};
} // namespace

void tensorop::strategy::addBytecodeInterface(Dialect &dialect) {
  dialect.addInterface(std::make_unique<StrategyBytecode>(&dialect));
}
