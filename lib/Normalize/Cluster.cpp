//===- Cluster.cpp - What belongs to one kernel ---------------------------===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "TensorOp/Normalize/Cluster.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Bufferization/IR/Bufferization.h"
#include "mlir/Dialect/Linalg/Utils/Utils.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"
#include "llvm/ADT/SmallPtrSet.h"
#include "llvm/Support/raw_ostream.h"

using namespace mlir;

/// Skips casts between number types.
static Value skipCasts(Value value) {
  while (Operation *op = value.getDefiningOp()) {
    if (!isa<arith::ExtFOp, arith::TruncFOp, arith::ExtSIOp, arith::ExtUIOp,
             arith::TruncIOp, arith::SIToFPOp, arith::UIToFPOp>(op))
      break;
    value = op->getOperand(0);
  }
  return value;
}

bool tensorop::isContraction(linalg::LinalgOp op) {
  if (op.getNumDpsInits() != 1 || op.getNumDpsInputs() != 2 ||
      op.getNumReductionLoops() == 0 || op->getNumRegions() != 1)
    return false;
  Block &body = op->getRegion(0).front();
  Value accumulator = body.getArgument(2);
  Operation *add = body.getTerminator()->getOperand(0).getDefiningOp();
  if (!isa_and_nonnull<arith::AddFOp, arith::AddIOp>(add))
    return false;
  Value product;
  if (add->getOperand(0) == accumulator)
    product = add->getOperand(1);
  else if (add->getOperand(1) == accumulator)
    product = add->getOperand(0);
  else
    return false;
  Operation *mul = skipCasts(product).getDefiningOp();
  if (!isa_and_nonnull<arith::MulFOp, arith::MulIOp>(mul))
    return false;
  auto left = dyn_cast<BlockArgument>(skipCasts(mul->getOperand(0)));
  auto right = dyn_cast<BlockArgument>(skipCasts(mul->getOperand(1)));
  return left && right && left.getOwner() == &body &&
         right.getOwner() == &body &&
         left.getArgNumber() + right.getArgNumber() == 1;
}

StringRef tensorop::getClassName(linalg::LinalgOp op) {
  if (isa<linalg::FillOp>(op.getOperation()))
    return "init";
  if (isContraction(op)) {
    auto dims = linalg::inferContractionDims(op);
    bool projected = llvm::all_of(op.getIndexingMapsArray(), [](AffineMap map) {
      return map.isProjectedPermutation();
    });
    if (succeeded(dims) && projected && !dims->k.empty()) {
      size_t b = dims->batch.size(), m = dims->m.size(), n = dims->n.size();
      if (b + m + n + dims->k.size() == op.getNumLoops()) {
        if (b > 0)
          return m == 1 && n == 1 && b == 1 && dims->k.size() == 1 ? "bmm"
                                                                   : "contract";
        if (m <= 1 && n <= 1 && dims->k.size() == 1)
          return m ? (n ? "mm" : "mv") : (n ? "vm" : "dot");
      }
      return "contract";
    }
    return linalg::isaConvolutionOpInterface(op,
                                             /*allowEmptyConvolvedDims=*/true)
               ? "conv"
               : "contract";
  }
  if (op.getNumReductionLoops() == 0)
    return op.getNumDpsInits() == 1 ? "ew" : "op";
  bool window = llvm::any_of(op.getIndexingMapsArray(), [](AffineMap map) {
    return !map.isProjectedPermutation(/*allowZeroInResults=*/true);
  });
  return window ? "pool" : "red";
}

/// Whether `user` may run on each element as soon as `value` has it: all loops
/// parallel, and reads and writes at the same place. Empty when it may, else
/// the reason.
static std::string whyNotDirectly(linalg::LinalgOp user, Value value) {
  if (!user.hasPureTensorSemantics() || !isPure(user))
    return "it has effects beside its result";
  if (user.getNumReductionLoops() != 0)
    return "it reduces";
  if (user.getNumDpsInits() != 1)
    return "it has several results";
  AffineMap place = user.getMatchingIndexingMap(user.getDpsInitOperand(0));
  std::string why;
  llvm::raw_string_ostream stream(why);
  if (!place.isIdentity()) {
    stream << "it stores its result by " << place << ", which is no identity";
    return why;
  }
  for (OpOperand &operand : user->getOpOperands()) {
    AffineMap read = user.getMatchingIndexingMap(&operand);
    if (operand.get() != value || read == place)
      continue;
    stream << "it reads the sums by " << read << " and stores by " << place;
    return why;
  }
  return why;
}

/// Why none of the several `users` of `value` runs in the kernel that makes it.
static std::string describeUsers(llvm::SmallPtrSetImpl<Operation *> &users) {
  bool isReturned = llvm::any_of(users, [](Operation *user) {
    // A result becomes a write to its place.
    return isa<bufferization::MaterializeInDestinationOp>(user) ||
           user->hasTrait<OpTrait::ReturnLike>();
  });
  return isReturned ? "the sums that it reads are returned too"
                    : "the sums that it reads have " +
                          std::to_string(users.size()) + " readers";
}

/// Whether `op` writes each element of its result once, from values at places
/// that the element's own place gives: a fill, a copy, a broadcast bias.
static bool startsAccumulator(linalg::LinalgOp op) {
  if (!op.hasPureTensorSemantics() || op.getNumReductionLoops() != 0 ||
      op.getNumDpsInits() != 1 || !isPure(op) ||
      op.payloadUsesValueFromOperand(op.getDpsInitOperand(0)))
    return false;
  return op.getMatchingIndexingMap(op.getDpsInitOperand(0)).isIdentity() &&
         llvm::all_of(op.getIndexingMapsArray(), [](AffineMap map) {
           return map.isProjectedPermutation();
         });
}

bool tensorop::isElementwiseProducer(linalg::LinalgOp op) {
  if (!op.hasPureTensorSemantics() || op.getNumReductionLoops() != 0 ||
      op.getNumDpsInits() != 1 || op.getNumDpsInputs() == 0 || !isPure(op) ||
      isa<linalg::FillOp>(op.getOperation()) ||
      op.payloadUsesValueFromOperand(op.getDpsInitOperand(0)) ||
      !op.getMatchingIndexingMap(op.getDpsInitOperand(0)).isIdentity())
    return false;
  auto isPlace = [](AffineExpr expr) {
    auto quotient = dyn_cast<AffineBinaryOpExpr>(expr);
    if (quotient && quotient.getKind() == AffineExprKind::FloorDiv &&
        isa<AffineConstantExpr>(quotient.getRHS()))
      expr = quotient.getLHS();
    return isa<AffineDimExpr, AffineConstantExpr>(expr);
  };
  for (AffineMap map : op.getIndexingMapsArray())
    if (!llvm::all_of(map.getResults(), isPlace))
      return false;
  return llvm::all_of(op->getRegion(0).front().without_terminator(),
                      [](Operation &scalar) {
                        return isa<arith::ConstantOp>(scalar) ||
                               OpTrait::hasElementwiseMappableTraits(&scalar);
                      });
}

SmallVector<tensorop::Cluster> tensorop::findClusters(Block &block) {
  SmallVector<Cluster> clusters;
  llvm::SmallPtrSet<Operation *, 8> taken;
  for (auto contraction : block.getOps<linalg::LinalgOp>()) {
    if (!isContraction(contraction) || !contraction.hasPureTensorSemantics())
      continue;
    Cluster cluster;
    cluster.contraction = contraction;
    Value init = contraction.getDpsInitOperand(0)->get();
    if (auto start = init.getDefiningOp<linalg::LinalgOp>();
        start && start->getBlock() == &block && init.hasOneUse() &&
        !taken.contains(start) && startsAccumulator(start))
      cluster.ops.push_back(start);
    cluster.ops.push_back(contraction);
    for (Value input : contraction.getDpsInputs())
      if (auto producer = input.getDefiningOp<linalg::LinalgOp>();
          producer && producer->getBlock() == &block && input.hasOneUse() &&
          !taken.contains(producer) && isElementwiseProducer(producer))
        cluster.producers.push_back(producer);
    Value value = contraction->getResult(0);
    while (true) {
      llvm::SmallPtrSet<Operation *, 2> users(value.user_begin(),
                                              value.user_end());
      linalg::LinalgOp next;
      for (Operation *one : users) {
        auto user = dyn_cast<linalg::LinalgOp>(one);
        if (!user || taken.contains(user))
          continue;
        std::string why = users.size() > 1 ? describeUsers(users)
                          : user->getBlock() != &block
                              ? "it is not in the block of the contraction"
                              : whyNotDirectly(user, value);
        if (why.empty())
          next = user;
        else if (user.getNumReductionLoops() == 0)
          cluster.unfused.emplace_back(user, why);
      }
      if (!next)
        break;
      cluster.ops.push_back(next);
      value = next->getResult(0);
    }
    for (linalg::LinalgOp op : cluster.ops)
      taken.insert(op);
    for (linalg::LinalgOp op : cluster.producers)
      taken.insert(op);
    clusters.push_back(std::move(cluster));
  }
  return clusters;
}
