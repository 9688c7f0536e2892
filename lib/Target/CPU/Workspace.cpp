//===- Workspace.cpp - Allocations become views of one argument -----------===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "TensorOp/Support/Limits.h"
#include "TensorOp/Support/Mutation.h"
#include "TensorOp/Target/CPU/Passes.h"
#include "mlir/Analysis/CallGraph.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Bufferization/Transforms/BufferViewFlowAnalysis.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/SymbolTable.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/Support/MathExtras.h"

namespace tensorop {
#define GEN_PASS_DEF_TENSOROPWORKSPACE
#include "TensorOp/Target/CPU/Passes.h.inc"
} // namespace tensorop

using namespace mlir;

static constexpr int64_t alignment = 64;

namespace {
/// One allocation: where it lies, and from which to which op of the entry block
/// (by number) it is in use.
struct Slot {
  memref::AllocOp alloc;
  int64_t bytes, first, last, offset = 0;
};
} // namespace

/// The op of the entry block that contains `op`.
static Operation *getTopLevel(func::FuncOp func, Operation *op) {
  return func.front().findAncestorOpInBlock(*op);
}

/// Bytes of a memref of static shape; none beyond the limit.
static std::optional<int64_t> getBytes(MemRefType type,
                                       const DataLayout &layout) {
  if (llvm::is_contained(type.getShape(), 0))
    return 0;
  int64_t bytes = layout.getTypeSize(type.getElementType());
  for (int64_t size : type.getShape()) {
    if (bytes > tensorop::maxArrayBytes / size)
      return std::nullopt;
    bytes *= size;
  }
  return bytes;
}

static FailureOr<SmallVector<Slot>> collectSlots(func::FuncOp func) {
  DataLayout layout = DataLayout::closest(func);
  BufferViewFlowAnalysis aliases(func);
  llvm::DenseMap<Operation *, int64_t> number;
  for (auto [i, op] : llvm::enumerate(func.front()))
    number[&op] = i;
  SmallVector<Slot> slots;
  WalkResult walk = func.walk([&](memref::AllocOp alloc) {
    MemRefType type = alloc.getType();
    if (!type.hasStaticShape() || !type.getLayout().isIdentity()) {
      alloc.emitError() << "allocates " << type
                        << ", whose size is not known: a kernel's workspace is "
                           "sized when it is compiled";
      return WalkResult::interrupt();
    }
    if (alloc.getAlignment().value_or(1) > uint64_t(alignment)) {
      alloc.emitError() << "asks for an alignment of "
                        << int64_t(*alloc.getAlignment())
                        << "; the workspace has " << alignment;
      return WalkResult::interrupt();
    }
    std::optional<int64_t> size = getBytes(type, layout);
    if (!size) {
      alloc.emitError() << "allocates " << type << ", more than "
                        << tensorop::maxArrayBytes
                        << " bytes, the limit of an array";
      return WalkResult::interrupt();
    }
    int64_t bytes = *size;
    Slot slot{alloc,
              int64_t(llvm::alignTo(std::max<int64_t>(bytes, 1), alignment)),
              INT64_MAX, -1};
    int64_t own = number[getTopLevel(func, alloc)];
    slot.first = slot.last = own;
    for (Value value : aliases.resolve(alloc.getResult()))
      for (Operation *user : value.getUsers()) {
        Operation *top = getTopLevel(func, user);
        slot.first = std::min(slot.first, number[top]);
        slot.last = std::max(slot.last, number[top]);
      }
    // An allocation inside a nest lives as long as the nest.
    slots.push_back(slot);
    return WalkResult::advance();
  });
  if (walk.wasInterrupted())
    return failure();
  return slots;
}

/// First fit, larger buffers first; returns the bytes needed in all.
static int64_t assignOffsets(MutableArrayRef<Slot> slots) {
  SmallVector<Slot *> order;
  for (Slot &slot : slots)
    order.push_back(&slot);
  // Equal sizes stay in program order, so that the result is the same each
  // time.
  llvm::sort(order, [](Slot *a, Slot *b) {
    return a->bytes != b->bytes ? a->bytes > b->bytes : a < b;
  });
  SmallVector<Slot *> placed;
  int64_t total = 0;
  for (Slot *slot : order) {
    int64_t offset = 0;
    bool moved = true;
    while (moved) {
      moved = false;
      for (Slot *other : placed) {
        bool together = slot->first <= other->last &&
                        other->first <= slot->last &&
                        !isMutated(tensorop::Mutation::WorkspaceOverlap);
        bool overlap = offset < other->offset + other->bytes &&
                       other->offset < offset + slot->bytes;
        if (together && overlap) {
          offset = other->offset + other->bytes;
          moved = true;
        }
      }
    }
    slot->offset = offset;
    placed.push_back(slot);
    if (slot != order.back() || !isMutated(tensorop::Mutation::WorkspaceSize))
      total = std::max(total, offset + slot->bytes);
  }
  return total;
}

namespace {
class Workspaces {
public:
  explicit Workspaces(ModuleOp module) : symbols(module) {}

  /// Bytes that `func` needs from its caller, after rewriting it.
  FailureOr<int64_t> rewrite(func::FuncOp func) {
    if (auto known = done.find(func); known != done.end())
      return known->second;
    done[func] = 0; // no recursion: tensorop-prepare-payload refuses it
    if (func.isDeclaration())
      return int64_t(0);
    FailureOr<SmallVector<Slot>> slots = collectSlots(func);
    if (failed(slots))
      return failure();
    int64_t own = assignOffsets(*slots);
    // Calls run one after the other and share what lies behind.
    SmallVector<std::pair<func::CallOp, int64_t>> calls;
    int64_t behind = 0;
    WalkResult walk = func.walk([&](func::CallOp call) {
      auto callee = symbols.lookup<func::FuncOp>(call.getCallee());
      if (!callee)
        return WalkResult::advance();
      FailureOr<int64_t> bytes = rewrite(callee);
      if (failed(bytes))
        return WalkResult::interrupt();
      if (*bytes > 0)
        calls.push_back({call, *bytes});
      behind = std::max(behind, *bytes);
      return WalkResult::advance();
    });
    if (walk.wasInterrupted())
      return failure();
    int64_t total = own + behind;
    if (total > tensorop::maxArrayBytes)
      return func.emitError()
             << "'" << func.getName() << "' needs a workspace of " << total
             << " bytes; the limit is " << tensorop::maxArrayBytes;
    OpBuilder builder(func.getContext());
    func->setAttr(tensorop::workspaceAttrName,
                  builder.getI64IntegerAttr(total));
    done[func] = total;
    if (total == 0)
      return total;

    auto type = MemRefType::get({total}, builder.getI8Type());
    unsigned number = func.getNumArguments();
    if (failed(func.insertArgument(
            number, type,
            builder.getDictionaryAttr(
                {builder.getNamedAttr(LLVM::LLVMDialect::getNoAliasAttrName(),
                                      builder.getUnitAttr()),
                 builder.getNamedAttr(LLVM::LLVMDialect::getAlignAttrName(),
                                      builder.getI64IntegerAttr(alignment))}),
            func.getLoc())))
      return func.emitError(
          "internal error: cannot add the workspace argument");
    Value workspace = func.getArgument(number);
    auto view = [&](int64_t offset, MemRefType viewType, Location loc) {
      builder.setInsertionPointToStart(&func.front());
      Value shift = arith::ConstantIndexOp::create(builder, loc, offset);
      return memref::ViewOp::create(builder, loc, viewType, workspace, shift,
                                    ValueRange());
    };
    for (Slot &slot : *slots) {
      slot.alloc.replaceAllUsesWith(
          view(slot.offset, slot.alloc.getType(), slot.alloc.getLoc())
              .getResult());
      slot.alloc.erase();
    }
    for (auto [call, bytes] : calls) {
      Value part = view(own, MemRefType::get({bytes}, builder.getI8Type()),
                        call.getLoc());
      call.getOperandsMutable().append(part);
    }
    return total;
  }

private:
  SymbolTable symbols;
  llvm::DenseMap<Operation *, int64_t> done;
};

struct Workspace : tensorop::impl::TensorOpWorkspaceBase<Workspace> {
  void runOnOperation() override {
    Workspaces workspaces(getOperation());
    for (auto func : llvm::to_vector(getOperation().getOps<func::FuncOp>())) {
      // The caller owns all memory; nothing is given back inside.
      func.walk([](memref::DeallocOp dealloc) { dealloc.erase(); });
      if (failed(workspaces.rewrite(func)))
        return signalPassFailure();
    }
  }
};
} // namespace
