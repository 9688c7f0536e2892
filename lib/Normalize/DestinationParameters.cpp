//===- DestinationParameters.cpp - Results become arguments ---------------===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "TensorOp/Normalize/Passes.h"
#include "TensorOp/Support/Attributes.h"
#include "mlir/Dialect/Bufferization/IR/Bufferization.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/Interfaces/DestinationStyleOpInterface.h"

namespace tensorop {
#define GEN_PASS_DEF_TENSOROPDESTINATIONPARAMETERS
#include "TensorOp/Normalize/Passes.h.inc"
} // namespace tensorop

using namespace mlir;

/// Whether the kernel ABI has a place for elements of this type.
static bool isAbiType(Type type) {
  if (type.isIndex() || type.isF16() || type.isBF16() || type.isF32() ||
      type.isF64())
    return true;
  auto integer = dyn_cast<IntegerType>(type);
  return integer && integer.isSignless() &&
         llvm::is_contained({1u, 8u, 16u, 32u, 64u}, integer.getWidth());
}

static LogicalResult checkType(func::FuncOp func, Type type,
                               llvm::function_ref<InFlightDiagnostic()> error) {
  if (isa<BaseMemRefType>(type))
    return error() << "has the memref type " << type
                   << "; a payload computes on tensors";
  if (isa<UnrankedTensorType>(type))
    return error() << "has the unranked type " << type
                   << "; shapes must be static";
  Type element = type;
  if (auto tensor = dyn_cast<RankedTensorType>(type)) {
    for (auto [dim, size] : llvm::enumerate(tensor.getShape()))
      if (ShapedType::isDynamic(size))
        return error() << "has a dynamic size in dimension #" << dim << " of "
                       << type << "; shapes must be static";
    if (tensor.getEncoding())
      return error() << "has the encoding " << tensor.getEncoding()
                     << ", which is not supported";
    element = tensor.getElementType();
  }
  if (!isAbiType(element))
    return error() << "has the element type " << element
                   << ", which the kernel ABI does not have";
  return success();
}

/// Roles given by hand are in, out or inout.
static LogicalResult checkRoles(func::FuncOp func) {
  for (BlockArgument arg : func.getArguments()) {
    Attribute role =
        func.getArgAttr(arg.getArgNumber(), tensorop::roleAttrName);
    auto text = dyn_cast_if_present<StringAttr>(role);
    if (role &&
        !(text && llvm::is_contained({"in", "out", "inout"}, text.getValue())))
      return func.emitError() << "argument #" << arg.getArgNumber() << " of '"
                              << func.getName() << "' has the role " << role
                              << "; roles are \"in\", \"out\" and \"inout\"";
  }
  return success();
}

/// Whether `func` is one block without calls, as tensorop-prepare-payload and
/// the inliner leave it.
static LogicalResult checkBody(func::FuncOp func) {
  if (!func.getBody().hasOneBlock())
    return func.emitError()
           << "function '" << func.getName() << "' has more than one block";
  WalkResult walk = func.walk([](func::CallOp call) {
    call.emitError() << "calls '" << call.getCallee()
                     << "', which cannot be inlined here";
    return WalkResult::interrupt();
  });
  return failure(walk.wasInterrupted());
}

static LogicalResult checkFunction(func::FuncOp func) {
  for (BlockArgument arg : func.getArguments())
    if (failed(checkType(func, arg.getType(), [&] {
          return func.emitError() << "argument #" << arg.getArgNumber()
                                  << " of '" << func.getName() << "' ";
        })))
      return failure();
  for (unsigned number = 0; number < func.getNumResults(); ++number)
    if (failed(checkType(func, func.getResultTypes()[number], [&] {
          return func.emitError()
                 << "result #" << number << " of '" << func.getName() << "' ";
        })))
      return failure();
  // Inside, an op may have types that the ABI lacks, but no unknown size.
  WalkResult walk = func.walk([&](Operation *op) {
    for (Type type : op->getResultTypes()) {
      auto tensor = dyn_cast<TensorType>(type);
      if (!tensor || tensor.hasStaticShape())
        continue;
      InFlightDiagnostic diag = op->emitError()
                                << "in '" << func.getName() << "': ";
      if (!tensor.hasRank())
        diag << "has the unranked type " << type << "; shapes must be static";
      else
        for (auto [dim, size] : llvm::enumerate(tensor.getShape()))
          if (ShapedType::isDynamic(size)) {
            diag << "has a dynamic size in dimension #" << dim << " of " << type
                 << "; shapes must be static";
            break;
          }
      return WalkResult::interrupt();
    }
    return WalkResult::advance();
  });
  return failure(walk.wasInterrupted());
}

/// Refuses ops that compute with elements of a `tensor.empty`: they have no
/// value, and a check would compare rubbish with rubbish.
static LogicalResult checkReads(func::FuncOp func) {
  WalkResult walk = func.walk([](linalg::LinalgOp op) {
    for (OpOperand &operand : op->getOpOperands()) {
      auto empty = operand.get().getDefiningOp<tensor::EmptyOp>();
      if (!empty || !op.payloadUsesValueFromOperand(&operand))
        continue;
      InFlightDiagnostic diag =
          op->emitError() << "operand #" << operand.getOperandNumber()
                          << " is read, but it is a 'tensor.empty', whose "
                             "elements have no value";
      diag.attachNote(empty.getLoc())
          << (op.isDpsInit(&operand)
                  ? "a 'linalg.fill' of it would give the sums a start"
                  : "this is the tensor");
      return WalkResult::interrupt();
    }
    return WalkResult::advance();
  });
  return failure(walk.wasInterrupted());
}

namespace {
/// Where destination-style ops and loops compute a value.
struct Place {
  /// What the first of them starts from.
  Value start;
  /// Its operand with `start`; null when nothing computes the value so.
  OpOperand *use = nullptr;
  /// A loop carries the value.
  bool carried = false;

  explicit Place(Value value) : start(value) {
    while (auto result = dyn_cast<OpResult>(start)) {
      Operation *op = result.getOwner();
      if (auto inPlace = dyn_cast<DestinationStyleOpInterface>(op)) {
        use = inPlace.getTiedOpOperand(result);
      } else if (auto loop = dyn_cast<scf::ForOp>(op)) {
        use = loop.getTiedLoopInit(result);
        carried = true;
      } else {
        return;
      }
      start = use->get();
    }
  }

  /// The function's argument that is the place, if any.
  BlockArgument getArgument() const {
    auto arg = dyn_cast<BlockArgument>(start);
    return arg && isa<func::FuncOp>(arg.getOwner()->getParentOp()) ? arg
                                                                   : nullptr;
  }
};
} // namespace

/// Scalar arguments arrive, and scalar results leave, in tensors of rank 0.
static void boxScalars(func::FuncOp func) {
  OpBuilder builder = OpBuilder::atBlockBegin(&func.front());
  for (BlockArgument arg : func.getArguments()) {
    Type type = arg.getType();
    if (isa<RankedTensorType>(type))
      continue;
    arg.setType(RankedTensorType::get({}, type));
    auto value =
        tensor::ExtractOp::create(builder, arg.getLoc(), arg, ValueRange());
    arg.replaceAllUsesExcept(value, value);
  }
  auto ret = cast<func::ReturnOp>(func.front().getTerminator());
  builder.setInsertionPoint(ret);
  for (OpOperand &operand : ret->getOpOperands())
    if (!isa<RankedTensorType>(operand.get().getType()))
      operand.set(tensor::FromElementsOp::create(
          builder, ret.getLoc(),
          RankedTensorType::get({}, operand.get().getType()), operand.get()));
  func.setFunctionType(
      FunctionType::get(func.getContext(), func.front().getArgumentTypes(),
                        llvm::to_vector(ret.getOperandTypes())));
}

static void setArgAttrs(func::FuncOp func, unsigned arg, StringRef role,
                        std::optional<int64_t> result) {
  Builder builder(func.getContext());
  func.setArgAttr(arg, tensorop::roleAttrName, builder.getStringAttr(role));
  func.setArgAttr(arg, bufferization::BufferizationDialect::kWritableAttrName,
                  builder.getBoolAttr(role != "in"));
  func.setArgAttr(arg, LLVM::LLVMDialect::getNoAliasAttrName(),
                  builder.getUnitAttr());
  if (result)
    func.setArgAttr(arg, tensorop::resultAttrName,
                    builder.getI64IntegerAttr(*result));
}

static LogicalResult addDestinations(func::FuncOp func) {
  boxScalars(func);
  unsigned payloadArgs = func.getNumArguments();
  llvm::SmallDenseMap<unsigned, int64_t> inPlace;
  auto ret = cast<func::ReturnOp>(func.front().getTerminator());
  OpBuilder builder(ret);
  llvm::SmallDenseMap<Value, Value> placed;
  for (OpOperand &operand : ret->getOpOperands()) {
    // A value cannot be computed in two places: the second is a copy.
    Value value = operand.get();
    if (Value first = placed.lookup(value)) {
      auto type = cast<RankedTensorType>(value.getType());
      Value empty = tensor::EmptyOp::create(
          builder, ret.getLoc(), type.getShape(), type.getElementType());
      operand.set(linalg::CopyOp::create(builder, ret.getLoc(), first, empty)
                      .getResult(0));
    }
    Place start(operand.get());
    BlockArgument place = start.getArgument();
    if (place && place.getArgNumber() < payloadArgs &&
        place.getType() == operand.get().getType() && operand.get() != place) {
      auto writable = func.getArgAttrOfType<BoolAttr>(
          place.getArgNumber(),
          bufferization::BufferizationDialect::kWritableAttrName);
      if (writable && writable.getValue() &&
          inPlace.try_emplace(place.getArgNumber(), operand.getOperandNumber())
              .second)
        continue;
    }
    unsigned number = func.getNumArguments();
    if (failed(func.insertArgument(number, operand.get().getType(),
                                   DictionaryAttr(), ret.getLoc())))
      return func.emitError()
             << "internal error: cannot add an argument for result #"
             << operand.getOperandNumber();
    setArgAttrs(func, number, "out", operand.getOperandNumber());
    // A loop that fills an empty tensor fills the destination itself:
    // bufferization cannot tell that the whole loop keeps to one place.
    if (start.carried && start.start.getDefiningOp<tensor::EmptyOp>() &&
        start.start.getType() == operand.get().getType()) {
      start.use->set(func.getArgument(number));
      placed.try_emplace(value, operand.get());
      continue;
    }
    operand.set(bufferization::MaterializeInDestinationOp::create(
                    builder, ret.getLoc(), operand.get().getType(),
                    operand.get(), func.getArgument(number))
                    .getResult());
    placed.try_emplace(value, operand.get());
  }
  for (unsigned arg = 0; arg < payloadArgs; ++arg) {
    auto found = inPlace.find(arg);
    if (found == inPlace.end())
      setArgAttrs(func, arg, "in", std::nullopt);
    else
      setArgAttrs(func, arg, "inout", found->second);
  }
  return success();
}

namespace {
struct DestinationParameters
    : tensorop::impl::TensorOpDestinationParametersBase<DestinationParameters> {
  void runOnOperation() override {
    for (auto func : getOperation().getOps<func::FuncOp>()) {
      if (!func.isPublic() || func.isDeclaration())
        continue;
      if (failed(checkRoles(func)))
        return signalPassFailure();
      // Done before, or written by hand in destination style.
      if (func.getNumArguments() > 0 &&
          llvm::all_of(func.getArguments(), [&](BlockArgument arg) {
            return func.getArgAttr(arg.getArgNumber(), tensorop::roleAttrName);
          }))
        continue;
      if (failed(checkBody(func)) || failed(checkFunction(func)) ||
          failed(checkReads(func)) || failed(addDestinations(func)))
        return signalPassFailure();
    }
  }
};
} // namespace
