//===- EntryTable.cpp - The table of kernels inside of a program ----------===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "TensorOp/Target/CPU/Codegen.h"
#include "llvm/IR/Constants.h"
#include "llvm/IR/IRBuilder.h"
#include "llvm/IR/Module.h"
#include "llvm/Target/TargetMachine.h"

using namespace tensorop;

// As Runtime/LinkedKernels.h declares it: three pointers an entry, and nulls at
// the end.
llvm::Expected<llvm::SmallVector<char, 0>>
Codegen::emitEntryTable(llvm::StringRef object,
                        llvm::ArrayRef<std::string> names) {
  llvm::LLVMContext context;
  llvm::Module module("entries", context);
  module.setDataLayout(machine->createDataLayout());
  module.setTargetTriple(machine->getTargetTriple());
  llvm::IRBuilder<> builder(context);
  llvm::PointerType *pointer = builder.getPtrTy();
  auto *entryType = llvm::StructType::get(pointer, pointer, pointer);
  auto *functionType =
      llvm::FunctionType::get(builder.getInt32Ty(), {pointer, pointer}, false);
  auto text = [&](llvm::StringRef value) -> llvm::Constant * {
    auto *data = llvm::ConstantDataArray::getString(context, value);
    return new llvm::GlobalVariable(module, data->getType(),
                                    /*isConstant=*/true,
                                    llvm::GlobalValue::PrivateLinkage, data);
  };
  llvm::Constant *objectText = text(object);
  llvm::SmallVector<llvm::Constant *> entries;
  for (const std::string &name : names)
    entries.push_back(llvm::ConstantStruct::get(
        entryType, objectText, text(name),
        llvm::cast<llvm::Constant>(
            module.getOrInsertFunction(name, functionType).getCallee())));
  entries.push_back(llvm::Constant::getNullValue(entryType));
  auto *type = llvm::ArrayType::get(entryType, entries.size());
  new llvm::GlobalVariable(
      module, type, /*isConstant=*/true, llvm::GlobalValue::ExternalLinkage,
      llvm::ConstantArray::get(type, entries), "tensorop_linked_entries");
  return emitObject(module);
}
