//===- Prepack.cpp - Copies made at load become arguments -----------------===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "TensorOp/Support/Attributes.h"
#include "TensorOp/Target/CPU/Passes.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/IRMapping.h"
#include "mlir/IR/SymbolTable.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"
#include "mlir/Interfaces/ViewLikeInterface.h"
#include "llvm/ADT/SetVector.h"
#include "llvm/Support/xxhash.h"

namespace tensorop {
#define GEN_PASS_DEF_TENSOROPPREPACK
#include "TensorOp/Target/CPU/Passes.h.inc"
} // namespace tensorop

using namespace mlir;

namespace {

/// One packed copy of a kernel, made at load.
class Prepack {
public:
  Prepack(memref::AllocOp alloc, SymbolTable &symbols)
      : alloc(alloc), kernel(alloc->getParentOfType<func::FuncOp>()),
        symbols(symbols) {}

  LogicalResult run() {
    findFilling();
    if (failed(findSource()) || failed(findCallers()))
      return failure();
    outline();
    replaceArguments();
    return success();
  }

private:
  InFlightDiagnostic error() {
    return alloc.emitError()
           << "'"
           << alloc->getAttrOfType<StringAttr>(tensorop::bufferAttrName)
                  .getValue()
           << "' is packed at load";
  }

  /// The ops of the entry block that fill the copy, in order.
  void findFilling() {
    llvm::SetVector<Operation *> found;
    SmallVector<Value> values{alloc};
    for (size_t i = 0; i < values.size(); ++i)
      for (Operation *user : values[i].getUsers()) {
        if (isa<ViewLikeOpInterface>(user)) {
          llvm::append_range(values, user->getResults());
          continue;
        }
        auto effects = dyn_cast<MemoryEffectOpInterface>(user);
        if (effects &&
            effects.getEffectOnValue<MemoryEffects::Write>(values[i]) &&
            !isa<memref::PrefetchOp>(user))
          found.insert(kernel.front().findAncestorOpInBlock(*user));
      }
    filling = found.takeVector();
    llvm::sort(filling, [](Operation *a, Operation *b) {
      return a->isBeforeInBlock(b);
    });
  }

  /// What the filling ops need from the entry block, in order, and the argument
  /// that they read.
  LogicalResult findSource() {
    llvm::SetVector<Operation *> slice;
    llvm::SetVector<Value> arguments;
    SmallVector<Operation *> work(filling);
    auto need = [&](Value used) {
      if (used == alloc.getResult())
        return;
      if (auto argument = dyn_cast<BlockArgument>(used)) {
        if (argument.getOwner() == &kernel.front())
          arguments.insert(argument);
        return;
      }
      Operation *def = used.getDefiningOp();
      if (def->getBlock() == &kernel.front() &&
          !llvm::is_contained(filling, def) && slice.insert(def))
        work.push_back(def);
    };
    while (!work.empty()) {
      Operation *op = work.pop_back_val();
      op->walk([&](Operation *nested) {
        llvm::for_each(nested->getOperands(), need);
      });
    }
    for (Operation *op : slice)
      if (auto global = dyn_cast<memref::GetGlobalOp>(op);
          global && isa<MemRefType>(global.getType())) {
        InFlightDiagnostic diag =
            error() << ", but it is filled from the constant '"
                    << global.getName() << "', which is no argument of '"
                    << kernel.getName() << "': nobody could pack it before";
        diag.attachNote(op->getLoc()) << "this op reads it";
        return failure();
      }
    for (Operation *op : slice)
      if (!isMemoryEffectFree(op) && !readsArgument(op)) {
        InFlightDiagnostic diag = error()
                                  << ", but what it holds is computed in '"
                                  << kernel.getName()
                                  << "': only an argument can be packed before";
        diag.attachNote(op->getLoc()) << "this op takes part in it";
        return failure();
      }
    needed = slice.takeVector();
    llvm::sort(needed, [](Operation *a, Operation *b) {
      return a->isBeforeInBlock(b);
    });
    if (arguments.size() != 1)
      return error() << ", but it is filled from " << int64_t(arguments.size())
                     << " arguments of '" << kernel.getName()
                     << "'; it must be one";
    number = cast<BlockArgument>(arguments.front()).getArgNumber();
    return checkReaders(kernel, number, [&](Operation *user) {
      Operation *top = kernel.front().findAncestorOpInBlock(*user);
      // Views outside that nothing reads do not count.
      return llvm::is_contained(filling, top) ||
             isa<memref::PrefetchOp>(user) ||
             (llvm::is_contained(needed, top) && readsArgument(top)) ||
             (isa<ViewLikeOpInterface>(user) && isUnused(user));
    });
  }

  /// Whether the op only reads, and only an argument of the kernel.
  static bool readsArgument(Operation *op) {
    auto effects = dyn_cast<MemoryEffectOpInterface>(op);
    SmallVector<MemoryEffects::EffectInstance> all;
    if (!effects || op->getNumRegions() > 0)
      return false;
    effects.getEffects(all);
    return llvm::all_of(all, [](MemoryEffects::EffectInstance &effect) {
      Value read = effect.getValue();
      while (read && read.getDefiningOp<ViewLikeOpInterface>())
        read = read.getDefiningOp<ViewLikeOpInterface>().getViewSource();
      return isa<MemoryEffects::Read>(effect.getEffect()) &&
             isa_and_nonnull<BlockArgument>(read);
    });
  }

  static bool isUnused(Operation *view) {
    return llvm::all_of(view->getUsers(), [](Operation *user) {
      return isa<ViewLikeOpInterface>(user) && isUnused(user);
    });
  }

  /// Whether `mayRead` holds for all ops that read the argument; ops that only
  /// view it are looked through.
  LogicalResult checkReaders(func::FuncOp function, unsigned position,
                             function_ref<bool(Operation *)> mayRead) {
    SmallVector<Value> values{function.getArgument(position)};
    for (size_t i = 0; i < values.size(); ++i)
      for (Operation *user : values[i].getUsers()) {
        if (mayRead(user))
          continue;
        if (isa<ViewLikeOpInterface>(user)) {
          llvm::append_range(values, user->getResults());
          continue;
        }
        InFlightDiagnostic diag =
            error() << ", but argument #" << int64_t(position) << " of '"
                    << function.getName()
                    << "' is read elsewhere too: the kernel would not have it";
        diag.attachNote(user->getLoc()) << "this op reads it";
        return failure();
      }
    return success();
  }

  /// Whether nothing in the module uses the function that the user calls, for
  /// it will take something else.
  LogicalResult checkUnused(func::FuncOp function) {
    auto uses = function.getSymbolUses(function->getParentOp());
    if (uses->empty())
      return success();
    InFlightDiagnostic diag =
        error() << ", but '" << function.getName()
                << "' is used in this module too, where nobody packs before";
    diag.attachNote(uses->begin()->getUser()->getLoc()) << "this op uses it";
    return failure();
  }

  /// The function that the user calls: the kernel, or the one that passes it
  /// an argument of its own.
  LogicalResult findCallers() {
    entry = kernel;
    entryNumber = number;
    if (kernel.isPublic())
      return checkUnused(kernel);
    SmallVector<func::CallOp> calls;
    auto uses = kernel.getSymbolUses(kernel->getParentOp());
    for (const SymbolTable::SymbolUse &use : *uses) {
      if (auto call = dyn_cast<func::CallOp>(use.getUser())) {
        calls.push_back(call);
        continue;
      }
      InFlightDiagnostic diag = error() << ", but '" << kernel.getName()
                                        << "' is not only called: whoever has "
                                           "its address passes what is not "
                                           "packed";
      diag.attachNote(use.getUser()->getLoc()) << "this op uses it";
      return failure();
    }
    if (calls.size() != 1)
      return error() << ", but '" << kernel.getName() << "' is called "
                     << int64_t(calls.size()) << " times; it must be once";
    call = calls.front();
    entry = call->getParentOfType<func::FuncOp>();
    auto argument = dyn_cast<BlockArgument>(call.getOperand(number));
    if (!argument || argument.getOwner() != &entry.front() ||
        !entry.isPublic()) {
      InFlightDiagnostic diag =
          error() << ", but what it packs is no argument of a public function: "
                     "nobody could pack it before";
      diag.attachNote(call.getLoc()) << "it is passed here";
      return failure();
    }
    entryNumber = argument.getArgNumber();
    if (failed(checkUnused(entry)))
      return failure();
    return checkReaders(entry, entryNumber, [&](Operation *user) {
      return user == call && llvm::count(call.getOperands(), argument) == 1;
    });
  }

  /// Moves the filling ops to a function of their own.
  void outline() {
    OpBuilder b(kernel->getContext());
    b.setInsertionPointAfter(entry);
    Value source = kernel.getArgument(number);
    std::string name =
        (entry.getName() + "_prepack_" + argumentName(entry, entryNumber))
            .str();
    auto made = func::FuncOp::create(
        b, alloc.getLoc(), name,
        b.getFunctionType({source.getType(), alloc.getType()}, {}));
    symbols.insert(made);
    Block *body = made.addEntryBlock();
    for (unsigned i = 0; i < 2; ++i)
      made.setArgAttr(i, LLVM::LLVMDialect::getNoAliasAttrName(),
                      b.getUnitAttr());
    made.setArgAttr(1, LLVM::LLVMDialect::getAlignAttrName(),
                    b.getI64IntegerAttr(tensorop::prepackAlignment));
    if (Attribute planned = kernel->getAttr(tensorop::plannedAttrName))
      made->setAttr(tensorop::plannedAttrName, planned);
    b.setInsertionPointToStart(body);
    IRMapping map;
    map.map(source, body->getArgument(0));
    map.map(alloc.getResult(), body->getArgument(1));
    for (Operation *op : needed)
      b.clone(*op, map);
    for (Operation *op : filling)
      b.clone(*op, map);
    func::ReturnOp::create(b, alloc.getLoc());
    for (Operation *op : llvm::reverse(filling))
      op->erase();
    // Reads of the argument, which the kernel has no longer.
    for (Operation *op : llvm::reverse(needed))
      if (isOpTriviallyDead(op))
        op->erase();
    needed.clear();

    SmallVector<Attribute> all;
    if (auto known =
            entry->getAttrOfType<ArrayAttr>(tensorop::prepackedAttrName))
      llvm::append_range(all, known);
    all.push_back(b.getDictionaryAttr(
        {b.getNamedAttr("argument", b.getI64IntegerAttr(entryNumber)),
         b.getNamedAttr("entry", b.getStringAttr(made.getName())),
         b.getNamedAttr("type", TypeAttr::get(alloc.getType())),
         b.getNamedAttr("tag", b.getI64IntegerAttr(tagOf(made)))}));
    entry->setAttr(tensorop::prepackedAttrName, b.getArrayAttr(all));
  }

  /// Says what is in the copy: arrays that other code has filled differ in it.
  static int64_t tagOf(func::FuncOp made) {
    std::string text;
    llvm::raw_string_ostream stream(text);
    made->print(stream, OpPrintingFlags().useLocalScope());
    return int64_t(llvm::xxh3_64bits(text));
  }

  static std::string argumentName(func::FuncOp function, unsigned position) {
    if (auto name = function.getArgAttrOfType<StringAttr>(
            position, tensorop::nameAttrName))
      return name.str();
    return "arg" + std::to_string(position);
  }

  /// The kernel takes the copy where it took what was packed.
  void replaceArguments() {
    eraseViews(kernel.getArgument(number));
    kernel.getArgument(number).setType(alloc.getType());
    alloc.replaceAllUsesWith(Value(kernel.getArgument(number)));
    setType(kernel, number);
    if (entry != kernel) {
      entry.getArgument(entryNumber).setType(alloc.getType());
      setType(entry, entryNumber);
    }
    alloc.erase();
  }
  void setType(func::FuncOp function, unsigned position) {
    SmallVector<Type> types(function.getArgumentTypes());
    types[position] = alloc.getType();
    function.setType(FunctionType::get(function.getContext(), types,
                                       function.getResultTypes()));
  }
  /// Also hints to fetch what the kernel has no longer.
  static void eraseViews(Value value) {
    for (Operation *user : llvm::make_early_inc_range(value.getUsers()))
      if (isa<memref::PrefetchOp>(user)) {
        user->erase();
      } else if (isa<ViewLikeOpInterface>(user)) {
        eraseViews(user->getResult(0));
        if (user->use_empty())
          user->erase();
      }
  }

  memref::AllocOp alloc;
  func::FuncOp kernel, entry;
  SymbolTable &symbols;
  func::CallOp call;
  unsigned number = 0, entryNumber = 0;
  SmallVector<Operation *> filling, needed;
};

struct PrepackPass : tensorop::impl::TensorOpPrepackBase<PrepackPass> {
  void runOnOperation() override {
    SymbolTable symbols(getOperation());
    SmallVector<memref::AllocOp> copies;
    getOperation().walk([&](memref::AllocOp alloc) {
      if (alloc->hasAttr(tensorop::atLoadAttrName))
        copies.push_back(alloc);
    });
    for (memref::AllocOp alloc : copies)
      if (failed(Prepack(alloc, symbols).run()))
        return signalPassFailure();
  }
};
} // namespace
