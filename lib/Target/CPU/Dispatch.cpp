//===- Dispatch.cpp - Versions for several vector lengths -----------------===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "TensorOp/Target/CPU/Dispatch.h"
#include "TensorOp/Target/CPU/Codegen.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/IR/IRBuilder.h"
#include "llvm/IR/Module.h"
#include "llvm/Linker/Linker.h"

using namespace tensorop;
using llvm::BasicBlock;
using llvm::Function;
using llvm::Value;

namespace {
/// A version of an exported function.
struct Alternative {
  /// The vectors that it is for, in units of `vscale`.
  unsigned least;
  Function *function;
};
} // namespace

/// Functions that any module may bring are the same in each.
static bool isOwn(const Function &function) {
  return !function.isDeclaration() && !function.hasLinkOnceLinkage();
}

static bool isExported(const Function &function) {
  return isOwn(function) && !function.hasLocalLinkage();
}

static std::string nameVersion(llvm::StringRef name, unsigned bits) {
  return (name + ".v" + llvm::Twine(bits)).str();
}

/// C's rules for integers narrower than registers. All else that is known of a
/// version need not hold for another one.
static void copyExtensions(const Function &from, Function &to) {
  for (llvm::Attribute::AttrKind kind :
       {llvm::Attribute::SExt, llvm::Attribute::ZExt}) {
    if (from.hasRetAttribute(kind))
      to.addRetAttr(kind);
    for (unsigned i = 0; i < from.arg_size(); ++i)
      if (from.hasParamAttribute(i, kind))
        to.addParamAttr(i, kind);
  }
}

/// Calls the longest of `alternatives` (shortest first) that there is room for.
static void writeDispatcher(Function &function,
                            llvm::ArrayRef<Alternative> alternatives) {
  llvm::LLVMContext &context = function.getContext();
  llvm::IRBuilder<> builder(BasicBlock::Create(context, "entry", &function));
  llvm::Type *i64 = builder.getInt64Ty();
  Value *scale = builder.CreateIntrinsic(llvm::Intrinsic::vscale, {i64}, {});
  llvm::SmallVector<Value *> arguments;
  for (llvm::Argument &argument : function.args())
    arguments.push_back(&argument);
  auto call = [&](Function *version) {
    llvm::CallInst *result = builder.CreateCall(version, arguments);
    result->setAttributes(version->getAttributes().removeFnAttributes(context));
    result->setTailCall();
    builder.CreateRet(result);
  };
  for (const Alternative &one : llvm::reverse(alternatives.drop_front())) {
    auto *take = BasicBlock::Create(context, "take", &function);
    auto *next = BasicBlock::Create(context, "shorter", &function);
    builder.CreateCondBr(
        builder.CreateICmpUGE(scale, llvm::ConstantInt::get(i64, one.least)),
        take, next);
    builder.SetInsertPoint(take);
    call(one.function);
    builder.SetInsertPoint(next);
  }
  call(alternatives.front().function);
}

llvm::Expected<std::unique_ptr<llvm::Module>>
tensorop::linkVersions(std::vector<CodeVersion> versions, unsigned unitBits,
                       const Codegen &codegen) {
  std::vector<std::string> names;
  llvm::StringMap<llvm::FunctionType *> types;
  for (const Function &function : *versions.front().module)
    if (isExported(function)) {
      names.push_back(function.getName().str());
      types[names.back()] = function.getFunctionType();
    }
  std::unique_ptr<llvm::Module> all;
  for (CodeVersion &version : versions) {
    size_t count = 0;
    for (Function &function : *version.module) {
      if (isExported(function)) {
        ++count;
        if (types.lookup(function.getName()) != function.getFunctionType())
          return llvm::createStringError(
              "internal error: the version for " + llvm::Twine(version.bits) +
              " bits exports '" + function.getName() +
              "', which the first one does not, or with another type");
      }
      if (isOwn(function))
        function.setName(nameVersion(function.getName(), version.bits));
    }
    if (count != names.size())
      return llvm::createStringError(
          "internal error: the version for " + llvm::Twine(version.bits) +
          " bits exports " + llvm::Twine(count) +
          " functions, the first one has " + llvm::Twine(names.size()));
    if (!all)
      all = std::move(version.module);
    else if (llvm::Linker::linkModules(*all, std::move(version.module)))
      return llvm::createStringError(
          "internal error: the version for " + llvm::Twine(version.bits) +
          " bits cannot be linked with shorter ones");
  }
  for (const std::string &name : names) {
    std::vector<Alternative> alternatives;
    for (const CodeVersion &version : versions) {
      Function *function = all->getFunction(nameVersion(name, version.bits));
      function->setLinkage(llvm::GlobalValue::InternalLinkage);
      alternatives.push_back({version.bits / unitBits, function});
    }
    const Function &shortest = *alternatives.front().function;
    Function *dispatcher =
        Function::Create(shortest.getFunctionType(),
                         llvm::GlobalValue::ExternalLinkage, name, *all);
    copyExtensions(shortest, *dispatcher);
    codegen.setTarget(*dispatcher);
    writeDispatcher(*dispatcher, alternatives);
  }
  return std::move(all);
}
