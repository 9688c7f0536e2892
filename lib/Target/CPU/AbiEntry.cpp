//===- AbiEntry.cpp - Entries of the kernel ABI, in LLVM IR ---------------===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "TensorOp/Target/CPU/Codegen.h"
#include "TensorOp/Target/CPU/Passes.h"
#include "llvm/Analysis/TargetLibraryInfo.h"
#include "llvm/IR/IRBuilder.h"
#include "llvm/IR/Module.h"

using namespace tensorop;
using llvm::BasicBlock;
using llvm::ConstantInt;
using llvm::Function;
using llvm::FunctionType;
using llvm::Value;

namespace {
/// Writes the checks of one entry, block after block.
class EntryWriter {
public:
  EntryWriter(llvm::Module &module, const AbiEntry &entry)
      : context(module.getContext()), builder(context), module(module),
        entry(entry), pointer(llvm::PointerType::get(context, 0)),
        i32(llvm::Type::getInt32Ty(context)),
        i64(llvm::Type::getInt64Ty(context)) {}

  Function *writeTyped(Function *implementation);
  void writePacked(Function *typed);

private:
  /// C's rules for the `int32_t` that entries return: RISC-V extends it.
  void extendResult() {
    llvm::Attribute::AttrKind kind =
        llvm::TargetLibraryInfo::getExtAttrForI32Return(
            module.getTargetTriple(), /*Signed=*/true);
    if (kind != llvm::Attribute::None)
      function->addRetAttr(kind);
  }
  /// Returns `code` when `good` does not hold; goes on when it does.
  void require(Value *good, int32_t code) {
    auto *bad = BasicBlock::Create(context, "bad", function);
    auto *next = BasicBlock::Create(context, "ok", function);
    builder.CreateCondBr(good, next, bad);
    builder.SetInsertPoint(bad);
    builder.CreateRet(ConstantInt::getSigned(i32, code));
    builder.SetInsertPoint(next);
  }
  Value *loadWord(Value *descriptor, int64_t word, llvm::Type *type) {
    return builder.CreateLoad(
        type, builder.CreateConstInBoundsGEP1_64(i64, descriptor, word));
  }
  Value *isAligned(Value *address, int64_t alignment) {
    Value *low =
        builder.CreateAnd(builder.CreatePtrToInt(address, i64), alignment - 1);
    return builder.CreateICmpEQ(low, ConstantInt::get(i64, 0));
  }
  /// Whether two arrays, of `bytes` each, have no byte in common.
  Value *areApart(Value *first, int64_t firstBytes, Value *second,
                  int64_t secondBytes) {
    auto end = [&](Value *address, int64_t bytes) {
      return builder.CreateGEP(builder.getInt8Ty(), address,
                               ConstantInt::get(i64, bytes));
    };
    return builder.CreateOr(
        builder.CreateICmpULE(end(first, firstBytes), second),
        builder.CreateICmpULE(end(second, secondBytes), first));
  }
  void checkOverlap(llvm::ArrayRef<Value *> addresses, Value *workspace);
  Value *checkArgument(const AbiArgument &argument, Value *descriptor,
                       int32_t code);

  llvm::LLVMContext &context;
  llvm::IRBuilder<> builder;
  llvm::Module &module;
  const AbiEntry &entry;
  llvm::Type *pointer, *i32, *i64;
  Function *function = nullptr;
};
} // namespace

/// Checks a descriptor {allocated, aligned, offset, sizes, strides} and returns
/// the address of the first element.
Value *EntryWriter::checkArgument(const AbiArgument &argument,
                                  Value *descriptor, int32_t code) {
  require(builder.CreateIsNotNull(descriptor), code);
  int64_t rank = argument.shape.size();
  Value *good = builder.getTrue();
  bool empty = llvm::is_contained(argument.shape, 0);
  int64_t stride = 1;
  for (int64_t dim = rank; dim-- > 0;) {
    int64_t size = argument.shape[dim];
    good = builder.CreateAnd(
        good, builder.CreateICmpEQ(loadWord(descriptor, 3 + dim, i64),
                                   ConstantInt::get(i64, size)));
    // The stride of a dimension that is never stepped along means nothing.
    if (size != 1 && !empty)
      good = builder.CreateAnd(
          good, builder.CreateICmpEQ(loadWord(descriptor, 3 + rank + dim, i64),
                                     ConstantInt::get(i64, stride)));
    stride *= size;
  }
  Value *aligned = loadWord(descriptor, 1, pointer);
  Value *offset = loadWord(descriptor, 2, i64);
  Value *bytes =
      builder.CreateMul(offset, ConstantInt::get(i64, argument.elementBytes));
  Value *address =
      builder.CreateGEP(llvm::Type::getInt8Ty(context), aligned, bytes);
  if (!empty)
    good = builder.CreateAnd(good, builder.CreateIsNotNull(aligned));
  good = builder.CreateAnd(
      good,
      isAligned(address, std::max(argument.elementBytes, argument.alignment)));
  require(good, code);
  if (argument.tag && !argument.written)
    require(builder.CreateICmpEQ(builder.CreateLoad(i64, address),
                                 ConstantInt::get(i64, *argument.tag)),
            code);
  return address;
}

/// The body was compiled for arrays that do not overlap what it writes.
void EntryWriter::checkOverlap(llvm::ArrayRef<Value *> addresses,
                               Value *workspace) {
  llvm::SmallVector<int64_t> sizes;
  for (const AbiArgument &argument : entry.arguments) {
    int64_t bytes = argument.elementBytes;
    for (int64_t size : argument.shape)
      bytes *= size;
    sizes.push_back(bytes);
  }
  for (size_t i = 0; i < addresses.size(); ++i) {
    Value *good = builder.getTrue();
    for (size_t j = 0; j < i; ++j)
      if ((entry.arguments[i].written || entry.arguments[j].written) &&
          sizes[i] > 0 && sizes[j] > 0)
        good = builder.CreateAnd(
            good, areApart(addresses[j], sizes[j], addresses[i], sizes[i]));
    require(good, int32_t(i) + 1);
  }
  Value *good = builder.getTrue();
  for (size_t i = 0; i < addresses.size(); ++i)
    if (entry.workspaceBytes > 0 && sizes[i] > 0)
      good = builder.CreateAnd(good, areApart(addresses[i], sizes[i], workspace,
                                              entry.workspaceBytes));
  require(good, -1);
}

Function *EntryWriter::writeTyped(Function *implementation) {
  llvm::SmallVector<llvm::Type *> types(
      entry.arguments.size() + entry.takesWorkspace, pointer);
  bool exported = !entry.typed.empty();
  function = Function::Create(
      FunctionType::get(i32, types, /*isVarArg=*/false),
      exported ? Function::ExternalLinkage : Function::InternalLinkage,
      exported ? entry.typed : entry.packed + "_checked", module);
  extendResult();
  builder.SetInsertPoint(BasicBlock::Create(context, "entry", function));
  llvm::SmallVector<Value *> addresses;
  for (auto [i, argument] : llvm::enumerate(entry.arguments))
    addresses.push_back(
        checkArgument(argument, function->getArg(i), int32_t(i) + 1));
  Value *workspace =
      entry.takesWorkspace ? function->getArg(entry.arguments.size()) : nullptr;
  if (entry.workspaceBytes > 0) {
    require(builder.CreateAnd(builder.CreateIsNotNull(workspace),
                              isAligned(workspace, 64)),
            -1);
  }
  checkOverlap(addresses, workspace);
  llvm::SmallVector<Value *> passed;
  for (auto [argument, address] : llvm::zip(entry.arguments, addresses))
    passed.push_back(argument.tag
                         ? builder.CreateConstInBoundsGEP1_64(
                               builder.getInt8Ty(), address, prepackHeaderBytes)
                         : address);
  if (entry.workspaceBytes > 0)
    passed.push_back(workspace);
  Value *status = builder.CreateCall(implementation, passed);
  for (auto [argument, address] : llvm::zip(entry.arguments, addresses))
    if (argument.tag && argument.written)
      builder.CreateStore(ConstantInt::get(i64, *argument.tag), address);
  Value *result = ConstantInt::get(i32, 0);
  if (implementation->getReturnType()->isIntegerTy(32))
    result = builder.CreateSelect(
        builder.CreateICmpEQ(status, ConstantInt::get(i32, 0)), result,
        builder.CreateSub(ConstantInt::getSigned(i32, -1), status));
  builder.CreateRet(result);
  return function;
}

void EntryWriter::writePacked(Function *typed) {
  function = Function::Create(
      FunctionType::get(i32, {pointer, pointer}, /*isVarArg=*/false),
      Function::ExternalLinkage, entry.packed, module);
  extendResult();
  builder.SetInsertPoint(BasicBlock::Create(context, "entry", function));
  llvm::SmallVector<Value *> arguments;
  for (size_t i = 0; i < entry.arguments.size(); ++i)
    arguments.push_back(builder.CreateLoad(
        pointer, builder.CreateConstInBoundsGEP1_64(
                     pointer, function->getArg(0), int64_t(i))));
  if (entry.takesWorkspace)
    arguments.push_back(function->getArg(1));
  builder.CreateRet(builder.CreateCall(typed, arguments));
}

llvm::Error tensorop::addAbiEntry(llvm::Module &module, const AbiEntry &entry) {
  Function *implementation = module.getFunction(entry.implementation);
  if (!implementation || implementation->isDeclaration())
    return llvm::createStringError("the module has no function '" +
                                   entry.implementation + "'");
  size_t expected = entry.arguments.size() + (entry.workspaceBytes > 0 ? 1 : 0);
  if (implementation->arg_size() != expected)
    return llvm::createStringError("'" + entry.implementation + "' has " +
                                   llvm::Twine(implementation->arg_size()) +
                                   " arguments, but its ABI has " +
                                   llvm::Twine(expected));
  implementation->setName(entry.packed + "_body");
  EntryWriter writer(module, entry);
  writer.writePacked(writer.writeTyped(implementation));
  return llvm::Error::success();
}
