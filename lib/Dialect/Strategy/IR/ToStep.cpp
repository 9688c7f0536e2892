//===- ToStep.cpp - Steps of a plan as plain data -------------------------===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The border between the dialect (strings in attributes) and the model
// (expressions and plain structs).
//
//===----------------------------------------------------------------------===//

#include "TensorOp/Dialect/Strategy/IR/StrategyOps.h"
#include "mlir/IR/Builders.h"

using namespace mlir;
using namespace tensorop;
using namespace tensorop::strategy;
using llvm::Error;
using llvm::Expected;

namespace {

/// Reads the strings of one step and keeps the first error.
class Reader {
public:
  model::Expr expr(StringRef text) {
    return take(model::Expr::parse(text), text);
  }
  std::optional<model::Expr> expr(std::optional<StringRef> text) {
    if (!text)
      return std::nullopt;
    return expr(*text);
  }
  model::Size size(StringRef text) {
    return take(model::Size::parse(text), text);
  }
  SmallVector<std::string> names(ArrayAttr list) {
    SmallVector<std::string> result;
    for (StringRef name : list.getAsValueRange<StringAttr>())
      result.push_back(name.str());
    return result;
  }
  SmallVector<model::DimSize> bindings(ArrayAttr dims, ArrayAttr sizes) {
    SmallVector<model::DimSize> result;
    for (auto [dim, text] : llvm::zip(dims.getAsValueRange<StringAttr>(),
                                      sizes.getAsValueRange<StringAttr>()))
      result.push_back({dim.str(), size(text)});
    return result;
  }

  /// The step `body` of op, or the first error.
  template <typename OpTy, typename Body>
  Expected<model::Step> finish(OpTy op, Body body) {
    if (error)
      return std::move(error);
    std::string condition;
    if constexpr (!std::is_same_v<OpTy, ParamOp>)
      condition = op.getCondition().value_or("").str();
    return model::Step(std::move(body), condition);
  }
  Error takeError() { return std::move(error); }
  ~Reader() { llvm::consumeError(std::move(error)); }

private:
  template <typename T> T take(Expected<T> value, StringRef text) {
    if (value)
      return *value;
    Error bad = llvm::createStringError(
        "in '" + text + "': " + llvm::toString(value.takeError()));
    if (error)
      llvm::consumeError(std::move(bad));
    else
      error = std::move(bad);
    return T();
  }
  Error error = Error::success();
};

/// `true` and `false` are the values 1 and 0 of a boolean parameter.
std::optional<int64_t> booleanValue(StringRef text) {
  if (text == "true")
    return 1;
  if (text == "false")
    return 0;
  return std::nullopt;
}

} // namespace

Expected<model::PlanHeader> PlanOp::toHeader() {
  Reader reader;
  model::PlanHeader header;
  header.name = getSymName().str();
  header.root = {getRoot().str(), reader.names(getRootDims())};
  if (getWithOps())
    for (auto [name, dims] : llvm::zip(*getWithOps(), *getWithDims()))
      header.with.push_back({cast<StringAttr>(name).getValue().str(),
                             reader.names(cast<ArrayAttr>(dims))});
  if (getFeatures())
    header.required = reader.names(*getFeatures());
  header.guard = reader.expr(getGuard());
  if (getNumerics())
    for (StringRef text : getNumerics()->getAsValueRange<StringAttr>()) {
      header.numerics.reassoc |= text == "reassoc";
      header.numerics.contract |= text == "contract";
      header.numerics.nnan |= text == "nnan";
      header.numerics.ninf |= text == "ninf";
      int64_t ulp;
      if (text.consume_front("approx(") && text.consume_back(")") &&
          !text.getAsInteger(10, ulp))
        header.numerics.approx = ulp;
    }
  if (Error error = reader.takeError())
    return std::move(error);
  return header;
}

Expected<model::Step> ParamOp::toStep() {
  Reader reader;
  model::ParamStep step;
  step.name = getName().str();
  if (getInit()) {
    if (auto value = booleanValue(*getInit()))
      step.preferred = model::Expr::literal(*value);
    else
      step.preferred = reader.expr(*getInit());
  }
  if (getValues()) {
    model::Domain domain;
    bool boolean = true;
    for (StringRef text : getValues()->getAsValueRange<StringAttr>()) {
      if (auto value = booleanValue(text)) {
        domain.list.push_back(model::Expr::literal(*value));
      } else {
        boolean = false;
        domain.list.push_back(reader.expr(text));
      }
    }
    if (boolean && domain.list.size() == 2)
      domain.kind = model::Domain::Kind::Boolean;
    step.domain = domain;
  } else if (getRange()) {
    auto texts = llvm::to_vector(getRange()->getAsValueRange<StringAttr>());
    step.domain = model::Domain::ofRange(
        reader.expr(texts[0]), reader.expr(texts[1]), reader.expr(texts[2]));
  }
  return reader.finish(*this, step);
}

Expected<model::Step> RequireOp::toStep() {
  Reader reader;
  return reader.finish(*this, model::RequireStep{reader.expr(getExpr())});
}

Expected<model::Step> AlgorithmOp::toStep() {
  Reader reader;
  model::AlgorithmStep step{getOp().str(), getAlgorithm().str(),
                            reader.expr(getSize())};
  return reader.finish(*this, step);
}

Expected<model::Step> SplitOp::toStep() {
  Reader reader;
  model::SplitStep step;
  step.dim = getDim().str();
  for (StringRef text : getPoints().getAsValueRange<StringAttr>())
    step.at.push_back(reader.expr(text));
  return reader.finish(*this, step);
}

Expected<model::Step> TileOp::toStep() {
  Reader reader;
  model::TileStep step;
  step.on = getOn().value_or("").str();
  step.skipMasked = getSkipMasked();
  for (auto [loop, dim, size] :
       llvm::zip(getLoops().getAsValueRange<StringAttr>(),
                 getDims().getAsValueRange<StringAttr>(),
                 getSizes().getAsValueRange<StringAttr>()))
    step.loops.push_back({loop.str(), dim.str(), reader.size(size)});
  if (getEdgeLoops())
    for (auto [loop, policy] :
         llvm::zip(getEdgeLoops()->getAsValueRange<StringAttr>(),
                   getEdgePolicies()->getAsValueRange<StringAttr>())) {
      auto [name, argument] = policy.split('(');
      argument.consume_back(")");
      model::EdgeClause edge;
      edge.loop = loop.str();
      // The op verifier has checked the name.
      edge.kind = *model::parseEdgeKind(name);
      if (!argument.empty())
        edge.sizes.push_back(reader.expr(argument));
      step.edges.push_back(edge);
    }
  return reader.finish(*this, step);
}

Expected<model::Step> ReorderOp::toStep() {
  Reader reader;
  return reader.finish(*this, model::ReorderStep{reader.names(getLoops())});
}

Expected<model::Step> FuseOp::toStep() {
  Reader reader;
  model::FuseStep step;
  step.ops = reader.names(getOps());
  step.into = getInto().str();
  if (getVisit()) {
    step.when = *getVisit() == "first" ? model::FuseStep::When::First
                                       : model::FuseStep::When::Last;
    step.whenLoops = reader.names(*getVisitLoops());
  }
  return reader.finish(*this, step);
}

Expected<model::Step> OnlineOp::toStep() {
  Reader reader;
  return reader.finish(*this, model::OnlineStep{getDim().str(), getOp().str()});
}

Expected<model::Step> LayoutOp::toStep() {
  Reader reader;
  model::LayoutStep step;
  auto [op, operand] = getOperand().split('.');
  step.op = op.str();
  step.operand = operand.str();
  if (getDims())
    step.pack = reader.bindings(*getDims(), *getSizes());
  if (getSpace())
    step.space = *model::parseSpace(*getSpace());
  step.place = getPlace().str();
  if (getSwizzle() && getSwizzle()->getAsInteger(10, step.swizzle))
    return llvm::createStringError("swizzle is '" + *getSwizzle() +
                                   "', expected a number of bytes");
  step.multicast = getMulticast().value_or("").str();
  step.pad = reader.expr(getPad());
  return reader.finish(*this, step);
}

Expected<model::Step> VectorizeOp::toStep() {
  Reader reader;
  model::VectorizeStep step;
  step.op = getOp().str();
  step.tile = reader.bindings(getDims(), getSizes());
  step.instr = getInstr().value_or("").str();
  step.acc = getAcc().value_or("").str();
  return reader.finish(*this, step);
}

Expected<model::Step> ParallelizeOp::toStep() {
  Reader reader;
  model::ParallelizeStep step;
  step.loops = reader.names(getLoops());
  step.to = *model::parseUnit(getUnit());
  step.schedule = getSchedule().value_or("").str();
  step.persistent = getPersistent();
  step.order = getOrder().value_or("").str();
  step.orderSize = reader.expr(getOrderSize());
  if (getClusterLoop())
    step.cluster.push_back(
        {getClusterLoop()->str(), reader.expr(*getClusterSize())});
  return reader.finish(*this, step);
}

Expected<model::Step> SplitReductionOp::toStep() {
  Reader reader;
  model::SplitReductionStep step;
  step.loops.push_back(
      {getLoop().str(), getDim().str(), reader.size(getParts())});
  step.combine = getCombine().str();
  return reader.finish(*this, step);
}

Expected<model::Step> UnrollOp::toStep() {
  Reader reader;
  return reader.finish(
      *this, model::UnrollStep{getLoop().str(), reader.expr(getFactor())});
}

Expected<model::Step> PipelineOp::toStep() {
  Reader reader;
  model::PipelineStep step;
  step.loop = getLoop().str();
  step.stages = reader.expr(getStages());
  step.copies = getCopies().str();
  if (getProducers())
    step.roles = {reader.expr(*getProducers()), reader.expr(*getConsumers())};
  step.schedule = getSchedule().value_or("").str();
  return reader.finish(*this, step);
}

Expected<model::Step> ApplyOp::toStep() {
  Reader reader;
  return reader.finish(*this,
                       model::ApplyStep{getSequence().str(), getOn().str()});
}

Error strategy::detail::applyStep(Operation *op, model::LoopTree &tree) {
  Expected<model::Step> step = cast<StrategyStepOpInterface>(op).toStep();
  if (!step)
    return step.takeError();
  return tree.apply(*step);
}
