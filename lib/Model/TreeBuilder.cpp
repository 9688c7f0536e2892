//===- TreeBuilder.cpp - Names, the header and parameters -----------------===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "TreeBuilder.h"
#include "TensorOp/Support/Check.h"
#include "llvm/ADT/STLExtras.h"
#include <algorithm>

using namespace llvm;

namespace tensorop::model {

//===----------------------------------------------------------------------===//
// Names
//===----------------------------------------------------------------------===//

std::optional<unsigned> TreeBuilder::op(StringRef name) {
  auto found = t.findOp(name);
  if (found)
    return found;
  std::string hint;
  if (t.payload)
    for (const OpInfo &info : t.payload->ops)
      if (info.name == name)
        hint = "; the kernel has '" + info.name +
               "': name it and its dimensions (" +
               std::to_string(info.extents.size()) +
               ") in the plan's header by 'with [" + info.name + "(...)]'";
  diags.report("S-NAME", "unknown op '" + name + "'; the ops are " +
                             listNames(t.allOps) + hint);
  return found;
}

std::optional<unsigned> TreeBuilder::loop(StringRef name) {
  auto found = t.findLoop(name);
  if (!found)
    diags.report("S-NAME", "unknown loop '" + name + "'; the loops are " +
                               listNames(t.allLoops));
  return found;
}

std::optional<unsigned> TreeBuilder::dimOf(unsigned op, StringRef name) {
  const OpNode &node = t.allOps[op];
  auto found = t.findDim(name);
  if (found && is_contained(node.dims, *found))
    return found;
  std::string own;
  for (unsigned dim : node.dims)
    own += (own.empty() ? "" : ", ") + t.allDims[dim].name;
  diags.report("S-NAME", (found ? "op '" + node.name + "' has no dimension '"
                                : std::string("unknown dimension '")) +
                             name + "'; the dimensions of '" + node.name +
                             "' are " + own);
  return std::nullopt;
}

bool TreeBuilder::isParam(StringRef name) const {
  return any_of(t.allParams,
                [&](const ParamStep &param) { return param.name == name; });
}

bool TreeBuilder::isFresh(StringRef what, StringRef name) {
  std::string taken;
  if (t.findDim(name))
    taken = "a dimension";
  else if (auto existing = t.findLoop(name))
    taken = "a loop (step " + std::to_string(t.allLoops[*existing].step) + ")";
  else if (isParam(name))
    taken = "a parameter";
  else if (is_contained({"call", "load", "full", "true", "false", "v"}, name))
    taken = "a word of the language";
  else if (name == "lanes" ||
           any_of(t.machine.factors(),
                  [&](const auto &factor) { return factor.first == name; }))
    taken = "a hardware factor";
  if (taken.empty())
    return true;
  diags.report("S-FRESH", what + " '" + name + "' has the name of " + taken);
  return false;
}

bool TreeBuilder::checkExpr(const Expr &expr, StringRef what,
                            std::optional<int> at) {
  bool good = true;
  Environment env = t.environment(0, /*withValues=*/false);
  for (const std::string &name : expr.freeNames())
    if (!env.values.count(name)) {
      diags.reportAt(at.value_or(step), "S-NAME",
                     what + ": " +
                         toString(Expr::name(name).evaluate(env).takeError()));
      good = false;
    }
  if (!t.machine.scalable && expr.usesVectors()) {
    // v(x) is fine everywhere; [x] needs vectors of unknown length.
    Environment fixed = t.environment(0, /*withValues=*/false);
    auto replaced = expr.substitute(fixed);
    if (!replaced) {
      std::string why = toString(replaced.takeError());
      if (good)
        diags.reportAt(at.value_or(step), "S-SCALABLE",
                       what + " on '" + t.machine.name + "': " + why);
      good = false;
    }
  }
  return good;
}

bool TreeBuilder::checkSize(const Size &size, unsigned dim, StringRef what) {
  if (size.parts.empty()) {
    diags.report("S-PARTS", what + " is missing");
    return false;
  }
  bool good = true;
  for (const Expr &part : size.parts)
    good &= checkExpr(part, what);
  if (size.parts.size() != 1 && size.parts.size() != t.numParts(dim)) {
    diags.report("S-PARTS", what + " '" + size.str() + "' has " +
                                std::to_string(size.parts.size()) +
                                " parts, dimension '" + t.allDims[dim].name +
                                "' has " + std::to_string(t.numParts(dim)));
    good = false;
  }
  return good;
}

//===----------------------------------------------------------------------===//
// Steps
//===----------------------------------------------------------------------===//

/// Its values can only be 0 and 1.
static bool isBoolean(const ParamStep &param) {
  if (!param.domain)
    return false;
  if (param.domain->kind == Domain::Kind::Boolean)
    return true;
  return param.domain->kind == Domain::Kind::List &&
         all_of(param.domain->list,
                [](const Expr &e) { return e.isLiteral(0) || e.isLiteral(1); });
}

void TreeBuilder::checkCondition(StringRef name) {
  for (const ParamStep &param : t.allParams)
    if (param.name == name) {
      if (!isBoolean(param))
        diags.report("S-CONDITION",
                     "'if " + name +
                         "' needs a boolean, the "
                         "domain of '" +
                         name + "' is " +
                         (param.domain ? param.domain->str() : "not given"));
      return;
    }
  diags.report("S-NAME", "unknown parameter '" + name +
                             "' in 'if'; the "
                             "parameters are " +
                             listNames(t.allParams));
}

Error TreeBuilder::apply(const Step &s) {
  if (!std::holds_alternative<ParamStep>(s.body) &&
      !std::holds_alternative<RequireStep>(s.body) &&
      !std::holds_alternative<AlgorithmStep>(s.body))
    resolve();
  if (!s.condition.empty()) {
    checkCondition(s.condition);
    if (std::holds_alternative<ParamStep>(s.body) ||
        std::holds_alternative<AlgorithmStep>(s.body))
      diags.report("S-CONDITION", s.verb() + " cannot be conditional");
    auto chosen = t.values.find(s.condition);
    if (chosen != t.values.end() && chosen->second == 0)
      return take();
  }
  std::visit(*this, s.body);
  return take();
}

Error LoopTree::apply(const Step &s) {
  applied.push_back(s);
  return TreeBuilder(*this, applied.size() - 1).apply(s);
}

void TreeBuilder::operator()(const ParamStep &s) {
  if (!isFresh("parameter", s.name))
    return;
  if (s.domain) {
    bool good = true;
    SmallVector<Expr> exprs(s.domain->list);
    if (s.domain->kind == Domain::Kind::Range)
      exprs = {s.domain->lo, s.domain->hi, s.domain->step};
    for (const Expr &expr : exprs)
      good &= checkExpr(expr, "domain of '" + s.name + "'");
    if (s.domain->kind == Domain::Kind::List && s.domain->list.empty()) {
      diags.report("P-DOMAIN", "the domain of '" + s.name + "' is empty");
      good = false;
    }
    // A domain without names is known now.
    if (good && all_of(exprs, [](const Expr &e) {
          return e.freeNames().empty() && !e.usesVectors();
        })) {
      ConstraintSet set;
      if (Error error = set.addVariable({s.name, *s.domain, {}, step})) {
        diags.report("P-DOMAIN", toString(std::move(error)));
      } else if (auto values = set.domainValues(s.name, {}); !values) {
        diags.report("P-DOMAIN", toString(values.takeError()));
      } else if (values->empty()) {
        diags.report("P-DOMAIN", "the domain of '" + s.name +
                                     "' is empty: " + s.domain->str());
      } else if (s.preferred && s.preferred->isLiteral() &&
                 !is_contained(*values, s.preferred->value())) {
        diags.report("P-DEFAULT", "the default of '" + s.name + "' is " +
                                      s.preferred->str() +
                                      ", which is not in the domain " +
                                      s.domain->str());
      }
    }
  }
  if (s.preferred)
    checkExpr(*s.preferred, "default of '" + s.name + "'");
  t.allParams.push_back(s);
  t.paramSteps.push_back(step);
}

void TreeBuilder::operator()(const RequireStep &s) {
  if (checkExpr(s.condition, "condition"))
    t.requirements.push_back({s, step});
}

//===----------------------------------------------------------------------===//
// The header against the payload
//===----------------------------------------------------------------------===//

void TreeBuilder::resolve() {
  if (t.resolved)
    return;
  t.resolved = true;
  for (OpNode &node : t.allOps) {
    if (!node.info)
      continue;
    if (node.dims.size() != node.info->extents.size()) {
      diags.reportAt(-1, "H-DIMS",
                     "op '" + node.name + "' has " +
                         std::to_string(node.info->extents.size()) +
                         " dimensions, the plan names " +
                         std::to_string(node.dims.size()));
      node.info = nullptr;
      continue;
    }
    for (auto [dim, extent] : zip(node.dims, node.info->extents)) {
      if (!extent)
        continue;
      Dim &shared = t.allDims[dim];
      if (!shared.extent) {
        shared.extent = extent;
      } else if (*shared.extent != *extent) {
        std::string other;
        for (const OpNode &earlier : t.allOps) {
          if (&earlier == &node)
            break;
          if (is_contained(earlier.dims, dim))
            other = earlier.name;
        }
        diags.reportAt(-1, "H-EXTENT",
                       "dimension '" + shared.name + "' is " +
                           std::to_string(*shared.extent) + " in '" + other +
                           "' and " + std::to_string(*extent) + " in '" +
                           node.name +
                           "'; names shared by ops mean one extent");
      }
    }
  }
  for (unsigned op = 0; op < t.allOps.size(); ++op)
    unifyAccesses(op);
  if (t.plan.guard) {
    if (checkExpr(*t.plan.guard, "guard", /*at=*/-1)) {
      auto holds = t.plan.guard->evaluate(t.environment(0, true));
      // Without payload the extents have no values and nothing is decided.
      if (!holds)
        consumeError(holds.takeError());
      else if (*holds == 0)
        diags.reportAt(-1, "H-GUARD",
                       "the guard '" + t.plan.guard->str() +
                           "' does not hold for this kernel");
    }
  }
}

/// A dimension that indexes a result in its producer and in its reader must
/// have one name where either name is shared.
void TreeBuilder::unifyAccesses(unsigned consumer) {
  const OpNode &node = t.allOps[consumer];
  if (!node.info)
    return;
  for (const OperandInfo &operand : node.info->operands) {
    auto producer = t.findOp(operand.producer);
    if (!producer || *producer == consumer || !t.allOps[*producer].info)
      continue;
    const OpNode &source = t.allOps[*producer];
    auto output = source.info->outputIndex();
    if (!output)
      continue;
    ArrayRef<Access> written = source.info->operands[*output].access;
    for (auto [index, pair] : enumerate(zip(written, operand.access))) {
      auto from = std::get<0>(pair).plainDim(),
           to = std::get<1>(pair).plainDim();
      if (!from || !to)
        continue;
      unsigned a = source.dims[*from], b = node.dims[*to];
      if (a == b ||
          (!is_contained(node.dims, a) && !is_contained(source.dims, b)))
        continue;
      diags.reportAt(-1, "H-ACCESS",
                     "dimension " + std::to_string(index) +
                         " of the result of '" + source.name + "' is '" +
                         t.allDims[a].name + "' where it is made and '" +
                         t.allDims[b].name + "' where '" + node.name +
                         "' reads it");
    }
  }
}

//===----------------------------------------------------------------------===//
// Algorithm and split
//===----------------------------------------------------------------------===//

void TreeBuilder::operator()(const AlgorithmStep &s) {
  auto index = op(s.op);
  static const StringRef known[] = {"direct",   "im2col",   "winograd",
                                    "subpixel", "two_pass", "three_pass"};
  if (!is_contained(known, StringRef(s.name))) {
    diags.report("A-NAME", "unknown algorithm '" + s.name +
                               "'; the algorithms are " +
                               join(ArrayRef(known), ", "));
    return;
  }
  if (t.resolved)
    diags.report("A-FIRST", "'algorithm' must come before the steps that use "
                            "its dimensions");
  if (s.argument)
    checkExpr(*s.argument, "argument of '" + s.name + "'");
  if ((s.name == "winograd") != s.argument.has_value())
    diags.report("A-ARGUMENT", s.name == "winograd"
                                   ? "winograd needs its output tile: "
                                     "winograd(m)"
                                   : "'" + s.name + "' takes no argument");
  if (!index || t.resolved)
    return;
  OpNode &node = t.allOps[*index];
  if (node.algorithmStep >= 0) {
    diags.report("A-TWICE", "op '" + s.op +
                                "' has an algorithm already (step " +
                                std::to_string(node.algorithmStep) + ")");
    return;
  }
  node.algorithmStep = step;
  node.algorithm = s.name;
  node.algorithmArgument = s.argument;
  if (!node.info)
    return;
  if (s.name == "im2col") {
    auto matrix = im2col(*node.info, node.name);
    if (matrix)
      t.derived.push_back(matrix);
    node.info = matrix.get();
  } else if (s.name == "winograd" || s.name == "subpixel") {
    if (node.info->body != BodyClass::Contraction)
      diags.report("A-OP", "'" + s.name + "' needs a convolution, '" + s.op +
                               "' is none");
    // The new dimensions are the algorithm's own: extents are not modelled.
    node.info = nullptr;
  } else if (s.name != "direct" &&
             node.info->body != BodyClass::Normalization) {
    diags.report("A-OP", "'" + s.name + "' needs a normalisation, '" + s.op +
                             "' is none");
  }
}

/// A convolution as a matrix product: m = the output's dimensions without the
/// filter's, n = those shared with the filter, k = the reduced ones.
std::shared_ptr<OpInfo> TreeBuilder::im2col(const OpInfo &info,
                                            StringRef name) {
  auto filter = info.findOperand("filter");
  auto output = info.outputIndex();
  auto refuse = [&](const Twine &why) {
    diags.report("A-OP", "im2col needs a convolution with an operand 'filter'"
                         ", '" +
                             name + "' " + why);
    return nullptr;
  };
  if (info.body != BodyClass::Contraction || !filter || !output ||
      info.operands.size() != 3)
    return refuse("is none");
  auto dimsOf = [&](unsigned operand) {
    SmallVector<unsigned> dims;
    for (const Access &access : info.operands[operand].access)
      for (auto [dim, coefficient] : access.terms)
        dims.push_back(dim);
    return dims;
  };
  SmallVector<unsigned> filterDims = dimsOf(*filter),
                        outputDims = dimsOf(*output);
  std::optional<int64_t> extents[3] = {1, 1, 1};
  for (auto [dim, extent] : enumerate(info.extents)) {
    bool inFilter = is_contained(filterDims, dim),
         inOutput = is_contained(outputDims, dim);
    if (!inOutput && !inFilter)
      return refuse("reduces a dimension that the filter lacks");
    auto &target = extents[!inOutput ? 2 : inFilter ? 1 : 0];
    if (!extent || !target)
      target = std::nullopt;
    else
      target = *target * *extent;
  }
  auto matrix = std::make_shared<OpInfo>(info);
  matrix->extents = {extents[0], extents[1], extents[2]};
  matrix->iterators = {IteratorKind::Parallel, IteratorKind::Parallel,
                       IteratorKind::Reduction};
  unsigned input = 3 - *filter - *output;
  OperandInfo lhs = info.operands[input], rhs = info.operands[*filter],
              out = info.operands[*output];
  lhs.name = "lhs";
  lhs.access = {Access::dim(0), Access::dim(2)};
  rhs.name = "rhs";
  rhs.access = {Access::dim(2), Access::dim(1)};
  out.access = {Access::dim(0), Access::dim(1)};
  // The matrix of windows is made here, nobody else's result.
  lhs.producer.clear();
  matrix->operands = {lhs, rhs, out};
  return matrix;
}

void TreeBuilder::operator()(const SplitStep &s) {
  auto dim = t.findDim(s.dim);
  if (!dim) {
    diags.report("S-NAME", "unknown dimension '" + s.dim +
                               "'; the dimensions are " + listNames(t.allDims));
    return;
  }
  Dim &data = t.allDims[*dim];
  bool good = !s.at.empty();
  if (s.at.empty())
    diags.report("SP-AT", "'split' needs at least one index");
  for (const Expr &at : s.at)
    good &= checkExpr(at, "index of 'split'");
  if (!data.splits.empty()) {
    diags.report("SP-TWICE", "dimension '" + s.dim +
                                 "' is split already (step " +
                                 std::to_string(data.splitStep) + ")");
    return;
  }
  for (const Loop &loop : t.allLoops)
    if (loop.dim == *dim) {
      diags.report("SP-ORDER", "dimension '" + s.dim + "' is tiled by loop '" +
                                   loop.name + "' already; split it before");
      return;
    }
  if (!good)
    return;
  data.splits = s.at;
  data.splitStep = step;
}

} // namespace tensorop::model
