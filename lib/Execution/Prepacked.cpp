//===- Prepacked.cpp - Arguments that a kernel takes packed ---------------===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Prepacked.h"
#include "TensorOp/Runtime/Manifest.h"
#include "TensorOp/Support/Attributes.h"
#include "TensorOp/Target/CPU/Passes.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/BuiltinOps.h"

using namespace mlir;
using namespace tensorop;

std::vector<PrepackEntry>
tensorop::collectPrepacked(ModuleOp module, StringRef kernel,
                           runtime::Manifest &manifest) {
  std::vector<PrepackEntry> entries;
  auto function = module.lookupSymbol<func::FuncOp>(kernel);
  auto list = function->getAttrOfType<ArrayAttr>(prepackedAttrName);
  if (!list)
    return entries;
  for (auto fields : list.getAsRange<DictionaryAttr>()) {
    PrepackEntry one;
    one.argument = fields.getAs<IntegerAttr>("argument").getInt();
    auto type = cast<MemRefType>(fields.getAs<TypeAttr>("type").getValue());
    int64_t elementBytes =
        llvm::divideCeil(type.getElementTypeBitWidth(), int64_t(8));
    int64_t bytes = prepackHeaderBytes + type.getNumElements() * elementBytes;

    const runtime::Argument &argument = manifest.arguments[one.argument];
    AbiEntry &entry = one.entry;
    entry.implementation = entry.typed =
        fields.getAs<StringAttr>("entry").str();
    entry.packed = entry.typed + "_packed";
    entry.takesWorkspace = false;
    entry.arguments.push_back(
        {runtime::getByteSize(argument.type),
         SmallVector<int64_t>(argument.shape.begin(), argument.shape.end())});
    AbiArgument packed{1, {bytes}, /*written=*/true, prepackAlignment};
    packed.tag = uint64_t(fields.getAs<IntegerAttr>("tag").getInt());
    entry.arguments.push_back(packed);

    manifest.prepacked.push_back(
        {one.argument, entry.typed, entry.packed, bytes, prepackAlignment});
    entries.push_back(std::move(one));
  }
  return entries;
}
