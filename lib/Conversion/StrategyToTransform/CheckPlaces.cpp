//===- CheckPlaces.cpp - Where things are in a realised kernel ------------===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "CheckPlaces.h"
#include "PromiseReader.h"
#include "TensorOp/Realise/Realise.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"
#include "mlir/Interfaces/ViewLikeInterface.h"

using namespace mlir;
using namespace tensorop;
using namespace tensorop::strategy;

/// Whether `name` is one that packing gives its loops.
static bool isOfPacking(StringRef name) { return name.starts_with("pack."); }

/// The loops of the plan that `op` stands for, outermost first: several when
/// threads divide them together.
static SmallVector<StringRef> planLoops(Operation *op) {
  SmallVector<StringRef> names;
  if (auto name = op->getAttrOfType<StringAttr>(kLoopName))
    names.push_back(name.getValue());
  else if (auto list = op->getAttrOfType<ArrayAttr>(kLoopNames))
    llvm::append_range(names, list.getAsValueRange<StringAttr>());
  // The rest of a loop's partial sums stands beside it.
  llvm::erase_if(names, [](StringRef name) {
    return isOfPacking(name) || name.ends_with(kRestSuffix);
  });
  return names;
}

/// The nearest loop of the plan around `op`; empty outside all of them.
static StringRef loopAround(Operation *op) {
  while ((op = op->getParentOp()) && !isa<FunctionOpInterface>(op))
    if (SmallVector<StringRef> names = planLoops(op); !names.empty())
      return names.back();
  return "";
}

/// "in loop 'x'" or "outside all loops".
static std::string inWords(StringRef loop) {
  return loop.empty() ? "outside all loops" : ("in loop '" + loop + "'").str();
}

/// The ops that write to `buffer`, also through views of it.
static SmallVector<Operation *> writersOf(Value buffer) {
  SmallVector<Operation *> writers;
  SmallVector<Value> values{buffer};
  for (size_t i = 0; i < values.size(); ++i)
    for (Operation *user : values[i].getUsers()) {
      if (auto view = dyn_cast<ViewLikeOpInterface>(user)) {
        llvm::append_range(values, user->getResults());
        continue;
      }
      // Declares a write, to keep its place; it stores nothing.
      if (isa<memref::PrefetchOp>(user))
        continue;
      auto effects = dyn_cast<MemoryEffectOpInterface>(user);
      if (effects && effects.getEffectOnValue<MemoryEffects::Write>(values[i]))
        writers.push_back(user);
    }
  return writers;
}

namespace {

class Places : PromiseReader {
public:
  Places(FunctionOpInterface kernel, DictionaryAttr promise)
      : PromiseReader(kernel, promise) {}

  LogicalResult run() {
    for (DictionaryAttr loop : list("loops"))
      if (auto inside = loop.getAs<StringAttr>("inside"))
        expected[text(loop, "name")] = {inside.getValue(), location(loop)};
    kernel.walk([&](Operation *op) {
      StringRef around = loopAround(op);
      for (StringRef name : planLoops(op)) {
        checkLoop(op, name, around);
        around = name;
      }
      if (auto alloc = dyn_cast<memref::AllocOp>(op))
        if (auto name = alloc->getAttrOfType<StringAttr>(kBufferName))
          checkFilled(alloc, name.getValue());
    });
    for (DictionaryAttr fused : list("fused"))
      checkFused(fused);
    return failure(wrong);
  }

private:
  struct Inside {
    StringRef loop;
    LocationAttr at;
  };

  void checkLoop(Operation *loop, StringRef name, StringRef around) {
    if (llvm::none_of(list("loops"), [&](DictionaryAttr known) {
          return text(known, "name") == name;
        })) {
      error(loop->getLoc())
          << "loop '" << name << "' is not in the plan's loop tree";
      return;
    }
    auto it = expected.find(name);
    // The rest of an unrolled loop stands beside it, not in it.
    if (it == expected.end() || around == it->second.loop)
      return;
    auto diag = error(it->second.at)
                << "loop '" << name << "' lies " << inWords(it->second.loop)
                << " in the plan, " << inWords(around) << " in the IR";
    diag.attachNote(loop->getLoc()) << "this is the loop";
  }

  void checkFilled(memref::AllocOp alloc, StringRef name) {
    for (DictionaryAttr buffer : list("buffers")) {
      auto filled = buffer.getAs<StringAttr>("filled");
      if (!filled || text(buffer, "name") != name)
        continue;
      SmallVector<Operation *> writers = writersOf(alloc);
      if (writers.empty())
        error(location(buffer)) << "buffer '" << name << "' is never filled";
      if (auto producer = buffer.getAs<StringAttr>("computed_by"))
        checkComputed(buffer, producer, writers);
      for (Operation *writer : writers)
        if (StringRef around = loopAround(writer);
            around != filled.getValue()) {
          auto diag = error(location(buffer))
                      << "buffer '" << name << "' is filled "
                      << inWords(filled.getValue()) << " in the plan, "
                      << inWords(around) << " in the IR";
          diag.attachNote(writer->getLoc()) << "this writes to it";
          return;
        }
    }
  }

  /// What fills a copy is what the op fused into it computes, which is not
  /// computed elsewhere.
  void checkComputed(DictionaryAttr buffer, StringAttr producer,
                     ArrayRef<Operation *> writers) {
    auto at = buffer.getAs<LocationAttr>("fused_at");
    for (Operation *writer : writers)
      if (writer->getAttr(kFusedName) != producer) {
        auto diag = error(at) << "buffer '" << text(buffer, "name")
                              << "' holds what '" << producer.getValue()
                              << "' computes in the plan, not in the IR";
        diag.attachNote(writer->getLoc()) << "this writes to it";
        break;
      }
    kernel.walk([&](linalg::LinalgOp op) {
      if (op->getAttr(kOpName) != producer)
        return;
      auto diag = error(at) << "'" << producer.getValue()
                            << "' is computed while '" << text(buffer, "name")
                            << "' is packed in the plan, by itself in the IR";
      diag.attachNote(op->getLoc()) << "this is the op";
    });
  }

  /// The register tile takes a fused op into its code; where it is still an op
  /// of its own, it must be inside the loop.
  void checkFused(DictionaryAttr fused) {
    kernel.walk([&](Operation *op) {
      auto name = op->getAttrOfType<StringAttr>(kOpName);
      if (!name || name.getValue() != text(fused, "name") ||
          loopAround(op) == text(fused, "loop"))
        return;
      auto diag = error(location(fused))
                  << "'" << name.getValue() << "' is fused "
                  << inWords(text(fused, "loop")) << " in the plan, "
                  << inWords(loopAround(op)) << " in the IR";
      diag.attachNote(op->getLoc()) << "this is the op";
    });
  }

  llvm::StringMap<Inside> expected;
};

} // namespace

LogicalResult strategy::checkPlaces(FunctionOpInterface kernel,
                                    DictionaryAttr promise) {
  return Places(kernel, promise).run();
}
