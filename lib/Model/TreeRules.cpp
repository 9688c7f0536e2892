//===- TreeRules.cpp - The numeric rules of a tree ------------------------===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "TreeRules.h"
#include "TensorOp/Support/Check.h"
#include "llvm/ADT/STLExtras.h"
#include <algorithm>

using namespace llvm;

namespace tensorop::model {

using Kind = Expr::Kind;

Expr simplify(const Expr &expr) {
  Environment env;
  for (const std::string &name : expr.freeNames())
    env.declare(name);
  auto result = expr.substitute(env);
  if (!result) {
    // Division by zero or overflow: the evaluation of the rule reports it.
    consumeError(result.takeError());
    return expr;
  }
  return *result;
}

static Expr operator+(const Expr &a, const Expr &b) {
  return simplify(Expr::binary(Kind::Add, a, b));
}
static Expr operator*(const Expr &a, const Expr &b) {
  return simplify(Expr::binary(Kind::Mul, a, b));
}
static Expr operator-(const Expr &a, const Expr &b) {
  return simplify(Expr::binary(Kind::Sub, a, b));
}
static Expr ceilDiv(const Expr &a, const Expr &b) {
  return simplify(Expr::binary(Kind::CeilDiv, a, b));
}
static Expr less(const Expr &a, const Expr &b) {
  return simplify(Expr::binary(Kind::Lt, a, b));
}
static Expr literal(int64_t value) { return Expr::literal(value); }

//===----------------------------------------------------------------------===//
// Helpers
//===----------------------------------------------------------------------===//

void TreeRules::add(StringRef label, Expr value, Relation relation, Expr limit,
                    const Twine &factor, int step,
                    std::optional<Expr> condition) {
  // A conditional step's rules hold only while it is taken.
  if (step >= 0 && !t.applied[step].condition.empty() &&
      !t.values.count(t.applied[step].condition)) {
    Expr taken = Expr::name(t.applied[step].condition);
    condition = condition ? Expr::binary(Kind::And, taken, *condition) : taken;
  }
  if (condition && condition->isLiteral()) {
    if (condition->value() == 0)
      return;
    condition.reset();
  }
  SmallVector<Expr> exprs = {value, limit};
  if (condition)
    exprs.push_back(*condition);
  for (const Expr &expr : exprs)
    for (const std::string &name : expr.freeNames())
      if (!usable.count(name))
        return;
  Constraint rule;
  rule.label = label.str();
  rule.value = std::move(value);
  rule.relation = relation;
  rule.limit = std::move(limit);
  rule.factor = factor.str();
  rule.step = step;
  rule.condition = std::move(condition);
  if (Error error = set.addConstraint(std::move(rule)))
    diags.reportAt(step, label, toString(std::move(error)));
}

std::optional<Expr> TreeRules::resolve(const Expr &expr, unsigned op,
                                       std::optional<unsigned> dim,
                                       unsigned part, int step) {
  if (expr.usesFull()) {
    if (!dim) {
      diags.reportAt(step, "S-FULL", "'full' has no dimension here");
      return std::nullopt;
    }
    if (!t.allDims[*dim].extent)
      return std::nullopt;
  }
  Environment env = t.environment(op, /*withValues=*/false);
  if (dim && t.allDims[*dim].extent && expr.usesFull() &&
      t.allDims[*dim].splits.empty())
    env.full = *t.allDims[*dim].extent;
  else if (dim && t.allDims[*dim].extent && expr.usesFull() && t.isClosed())
    env.full = t.partExtent(*dim, part);
  else if (expr.usesFull())
    return std::nullopt;
  auto result = expr.substitute(env);
  if (!result) {
    diags.reportAt(step, "S-VALUE", toString(result.takeError()));
    return std::nullopt;
  }
  return *result;
}

std::optional<Expr> TreeRules::extent(unsigned dim, unsigned part) {
  const Dim &data = t.allDims[dim];
  if (!data.extent)
    return std::nullopt;
  Expr end = Expr::name(data.name), begin = literal(0);
  if (part < data.splits.size()) {
    auto at = resolve(data.splits[part], 0, std::nullopt, 0, data.splitStep);
    if (!at)
      return std::nullopt;
    end = *at;
  }
  if (part > 0) {
    auto at =
        resolve(data.splits[part - 1], 0, std::nullopt, 0, data.splitStep);
    if (!at)
      return std::nullopt;
    begin = *at;
  }
  return begin.isLiteral(0) ? end : end - begin;
}

std::optional<Expr> TreeRules::inside(unsigned op, unsigned dim, size_t depth,
                                      unsigned part) {
  std::optional<Expr> whole = extent(dim, part), last;
  for (unsigned l : ArrayRef(t.allOps[op].chain).take_front(depth)) {
    const Loop &data = t.allLoops[l];
    if (data.dim != dim)
      continue;
    auto step = size(data.size, data.owner, dim, data.step, part);
    if (!step)
      return std::nullopt;
    last = *step;
    if (data.isSplitReduction) {
      if (!whole)
        return std::nullopt;
      last = ceilDiv(*whole, *step);
    }
  }
  // Inner tiles are smaller (T-NEST): the innermost decides.
  if (!last)
    return whole;
  if (!whole)
    return last;
  return simplify(Expr::binary(Kind::Min, *last, *whole));
}

std::optional<Expr> TreeRules::vectors(const Size &s, unsigned op, unsigned dim,
                                       int step) {
  const Expr &expr = s.part(0);
  if (expr.kind() == Kind::Vectors)
    return resolve(expr.operands()[0], op, dim, 0, step);
  auto elements = size(s, op, dim, step);
  if (!elements)
    return std::nullopt;
  return ceilDiv(*elements, literal(t.lanes(op)));
}

//===----------------------------------------------------------------------===//
// Names, requirements, splits
//===----------------------------------------------------------------------===//

void TreeRules::names() {
  for (const auto &[name, value] : t.machine.factors()) {
    if (t.findDim(name))
      continue;
    set.addConstant(name, value);
    usable[name] = true;
  }
  if (!t.findDim("lanes")) {
    set.addConstant("lanes", t.lanes(0));
    usable["lanes"] = true;
  }
  int64_t largest = 1024;
  for (const Dim &dim : t.allDims)
    if (dim.extent) {
      set.addConstant(dim.name, *dim.extent);
      usable[dim.name] = true;
      largest = std::max(largest, *dim.extent);
    }
  Environment env = t.environment(0, /*withValues=*/false);
  for (auto [index, param] : enumerate(t.allParams)) {
    int step = t.paramSteps[index];
    Variable variable;
    variable.name = param.name;
    variable.step = step;
    variable.domain = param.domain.value_or(Domain::ofRange(
        literal(1), literal(std::min<int64_t>(largest, 1 << 16))));
    bool known = true;
    auto replace = [&](Expr &expr) {
      auto result = expr.substitute(env);
      if (!result) {
        diags.reportAt(step, "P-DOMAIN", toString(result.takeError()));
        known = false;
        return;
      }
      expr = *result;
      for (const std::string &name : expr.freeNames())
        known &= usable.count(name) != 0;
    };
    for (Expr &expr : variable.domain.list)
      replace(expr);
    if (variable.domain.kind == Domain::Kind::Range)
      for (Expr *expr :
           {&variable.domain.lo, &variable.domain.hi, &variable.domain.step})
        replace(*expr);
    if (param.preferred) {
      auto value = param.preferred->evaluate(t.environment(0, true));
      if (value)
        variable.preferred = *value;
      else
        consumeError(value.takeError());
    }
    // Without the payload an extent in the domain has no value.
    if (!known)
      continue;
    if (Error error = set.addVariable(std::move(variable))) {
      diags.reportAt(step, "P-DOMAIN", toString(std::move(error)));
      continue;
    }
    usable[param.name] = true;
    // A domain of extents and factors only: its size is known for all points.
    const Domain &domain = set.find(param.name)->domain;
    if (domain.kind == Domain::Kind::Range && !t.isClosed() &&
        none_of(ArrayRef<Expr>({domain.lo, domain.hi, domain.step}),
                [&](const Expr &expr) {
                  return any_of(expr.freeNames(), [&](const std::string &name) {
                    return set.find(name) != nullptr;
                  });
                }))
      if (auto values = set.domainValues(param.name, {}); !values)
        diags.reportAt(step, "P-DOMAIN", toString(values.takeError()));
    if (auto it = t.values.find(param.name);
        it != t.values.end() && !t.isClosed())
      add("P-CHOSEN", Expr::name(param.name), Relation::Equal,
          literal(it->second), "parameter '" + param.name + "'", step);
  }
}

void TreeRules::requirements() {
  for (const auto &[requirement, step] : t.requirements)
    if (auto expr = resolve(requirement.condition, 0, std::nullopt, 0, step))
      add("Q-REQUIRE", *expr, Relation::Holds, literal(0), "the requirement",
          step);
}

void TreeRules::splits() {
  for (const Dim &dim : t.allDims) {
    Expr previous = literal(0);
    for (const Expr &at : dim.splits) {
      auto index = resolve(at, 0, std::nullopt, 0, dim.splitStep);
      if (!index)
        break;
      add("SP-RANGE", *index, Relation::GreaterEqual, previous + literal(1),
          "index of the split of '" + dim.name + "'", dim.splitStep);
      add("SP-RANGE", *index, Relation::LessEqual,
          Expr::name(dim.name) - literal(1),
          "index of the split of '" + dim.name + "'", dim.splitStep);
      previous = *index;
    }
  }
}

//===----------------------------------------------------------------------===//
// Loops
//===----------------------------------------------------------------------===//

void TreeRules::loops() {
  for (auto [index, loop] : enumerate(t.allLoops)) {
    const std::string &dimName = t.allDims[loop.dim].name;
    for (unsigned part = 0; part < t.numParts(loop.dim); ++part) {
      auto step = size(loop.size, loop.owner, loop.dim, loop.step, part);
      if (!step)
        continue;
      std::string what = (loop.isSplitReduction ? "number of parts of loop '"
                                                : "size of loop '") +
                         loop.name + "'";
      add("T-POSITIVE", *step, Relation::GreaterEqual, literal(1), what,
          loop.step);
      auto whole = extent(loop.dim, part);
      if (loop.isSplitReduction) {
        if (whole)
          add("SR-PARTS", *step, Relation::LessEqual, *whole, what, loop.step);
        continue;
      }
      // The tile around, or the whole dimension.
      std::optional<Expr> outer;
      std::string outerName;
      for (unsigned l : t.allOps[loop.owner].chain) {
        if (l == index)
          break;
        const Loop &around = t.allLoops[l];
        if (around.dim != loop.dim || around.isSplitReduction)
          continue;
        outer = size(around.size, around.owner, around.dim, around.step, part);
        outerName = " inside loop '" + around.name + "'";
      }
      if (outer)
        add("T-NEST", *step, Relation::LessEqual, *outer,
            what + "," + outerName + ",", loop.step);
      else
        outer = whole;
      // Sizes that divide the tile around leave a rest in that tile's own rest
      // unless they divide the extent as well.
      if (loop.edge == EdgeKind::Exact && whole && !outerName.empty())
        add("T-EXACT", *whole, Relation::MultipleOf, *step,
            "the extent of '" + dimName + "', cut exactly by loop '" +
                loop.name + "',",
            loop.step);
      if (loop.edge == EdgeKind::Exact && outer)
        add("T-EXACT", *outer, Relation::MultipleOf, *step,
            "the extent of '" + dimName + "'" + outerName +
                ", cut exactly by loop '" + loop.name + "',",
            loop.step);
      for (const Expr &size : loop.narrow)
        if (auto narrow =
                resolve(size, loop.owner, loop.dim, part, loop.step)) {
          add("T-NARROW", *narrow, Relation::GreaterEqual, literal(1),
              "narrow size of loop '" + loop.name + "'", loop.step);
          add("T-NARROW", *narrow, Relation::LessEqual, *step - literal(1),
              "narrow size of loop '" + loop.name + "'", loop.step);
        }
    }
    if (loop.unroll)
      if (auto by = resolve(*loop.unroll, loop.owner, std::nullopt, 0,
                            loop.unrollStep)) {
        add("U-FACTOR", *by, Relation::GreaterEqual, literal(1),
            "unroll factor of loop '" + loop.name + "'", loop.unrollStep);
        add("U-FACTOR", *by, Relation::LessEqual, literal(64),
            "unroll factor of loop '" + loop.name + "'", loop.unrollStep);
      }
  }
}

//===----------------------------------------------------------------------===//
// Layouts
//===----------------------------------------------------------------------===//

/// The code that fills a panel is unrolled over its elements.
static constexpr int64_t maxPanel = 1024;

void TreeRules::layouts() {
  for (const Layout &layout : t.allLayouts) {
    const OpNode &node = t.allOps[layout.op];
    std::string name = "'" + node.name + "." + layout.operand + "'";
    std::optional<Expr> elements = literal(1);
    for (const Layout::Pack &pack : layout.pack) {
      auto panel = size(pack.size, layout.op, pack.dim, layout.step);
      if (!panel) {
        elements.reset();
        continue;
      }
      if (elements)
        elements = *elements * *panel;
      std::string what =
          "panel of " + name + " along '" + t.allDims[pack.dim].name + "'";
      add("L-POSITIVE", *panel, Relation::GreaterEqual, literal(1), what,
          layout.step);
      // Tiles inside the place must start at a panel.
      bool inside = layout.place != Layout::Place::Loop;
      for (unsigned l : node.chain) {
        const Loop &loop = t.allLoops[l];
        if (inside && loop.dim == pack.dim &&
            t.partialDim(layout.op) == pack.dim &&
            is_contained(t.innerReductionLoops(layout.op), l)) {
          // The register tile reads one panel from end to end.
          if (auto left =
                  this->inside(layout.op, pack.dim, *t.position(layout.op, l)))
            add("L-PANEL", *panel, Relation::GreaterEqual, *left,
                what + ", all of which loop '" + loop.name + "' walks,",
                layout.step);
          continue;
        }
        if (inside && loop.dim == pack.dim && !loop.isSplitReduction)
          for (unsigned part = 0; part < t.numParts(loop.dim); ++part) {
            auto step = size(loop.size, loop.owner, loop.dim, loop.step, part);
            if (!step)
              continue;
            std::optional<Expr> several;
            if (auto whole = extent(loop.dim, part))
              several = less(*step, *whole);
            add("L-PANEL", *step, Relation::MultipleOf, *panel,
                "size of loop '" + loop.name + "', which walks the panels of " +
                    name + ",",
                layout.step, several);
          }
        inside |= layout.place == Layout::Place::Loop && l == layout.loop;
      }
      if (!node.tile)
        continue;
      for (const RegisterTile::Entry &entry : node.tile->entries)
        if (entry.dim == pack.dim)
          if (auto tile =
                  size(entry.size, layout.op, entry.dim, node.tile->step))
            add("L-TILE", *panel, Relation::MultipleOf, *tile,
                what + ", read by the register tile,", layout.step);
    }
    if (elements && !layout.pack.empty() && !t.machine.isGPU())
      add("L-SIZE", *elements, Relation::LessEqual, literal(maxPanel),
          "elements of a panel of " + name, layout.step);
    if (layout.pad)
      if (auto pad =
              resolve(*layout.pad, layout.op, std::nullopt, 0, layout.step))
        add("L-POSITIVE", *pad, Relation::GreaterEqual, literal(0),
            "pad of " + name, layout.step);
  }
}

//===----------------------------------------------------------------------===//
// Parallel bands and pipelines
//===----------------------------------------------------------------------===//

void TreeRules::bands() {
  for (const auto &[band, step] : t.bands) {
    Expr cluster = literal(1);
    for (const auto &[name, sizeExpr] : band.cluster) {
      auto s = resolve(sizeExpr, 0, std::nullopt, 0, step);
      if (!s)
        continue;
      add("P-CLUSTER", *s, Relation::GreaterEqual, literal(1),
          "cluster size of loop '" + name + "'", step);
      cluster = cluster * *s;
      auto l = t.findLoop(name);
      if (!l || !t.allLoops[*l].isSplitReduction ||
          t.allLoops[*l].combine != "dsmem")
        continue;
      const Loop &loop = t.allLoops[*l];
      if (auto parts = size(loop.size, loop.owner, loop.dim, loop.step))
        add("P-CLUSTER", *s, Relation::Equal, *parts,
            "cluster size of loop '" + name +
                "', whose parts are combined in "
                "distributed shared memory,",
            step);
    }
    if (!band.cluster.empty())
      add("P-CLUSTER", cluster, Relation::LessEqual,
          literal(t.machine.maxClusterSize), "blocks in a cluster", step);
    if (band.orderSize)
      if (auto s = resolve(*band.orderSize, 0, std::nullopt, 0, step))
        add("P-ORDER", *s, Relation::GreaterEqual, literal(1),
            "size of order '" + band.order + "'", step);
  }
}

void TreeRules::pipelines() {
  for (const Loop &loop : t.allLoops) {
    if (!loop.pipeline)
      continue;
    if (auto stages = resolve(loop.pipeline->stages, loop.owner, std::nullopt,
                              0, loop.pipelineStep))
      add("PL-STAGES", *stages, Relation::GreaterEqual, literal(1),
          "stages of loop '" + loop.name + "'", loop.pipelineStep);
    if (loop.pipeline->roles)
      for (const Expr &role :
           {loop.pipeline->roles->first, loop.pipeline->roles->second})
        if (auto count =
                resolve(role, loop.owner, std::nullopt, 0, loop.pipelineStep))
          add("PL-ROLES", *count, Relation::GreaterEqual, literal(1),
              "groups of a role of loop '" + loop.name + "'",
              loop.pipelineStep);
  }
  // Shared memory of one block, all stages.
  Expr bytes = literal(0);
  int last = -1;
  for (const Layout &layout : t.allLayouts) {
    if (layout.space != Space::Shared)
      continue;
    const OpNode &node = t.allOps[layout.op];
    if (!node.info || layout.operandIndex < 0)
      return;
    const OperandInfo &operand = node.info->operands[layout.operandIndex];
    size_t depth = 0;
    if (layout.place == Layout::Place::Loop)
      depth = *t.position(layout.op, layout.loop) + 1;
    bool isBytes = operand.bits % 8 == 0;
    Expr elements = literal(isBytes ? operand.bits / 8 : operand.bits);
    for (const Access &access : operand.access) {
      Expr extents = literal(1);
      for (auto [dim, coefficient] : access.terms) {
        auto e = inside(layout.op, node.dims[dim], depth);
        if (!e || !access.affine)
          return;
        extents = access.plainDim() ? *e
                                    : extents + literal(std::abs(coefficient)) *
                                                    (*e - literal(1));
      }
      elements = elements * extents;
    }
    Expr size = isBytes ? elements : ceilDiv(elements, literal(8));
    if (layout.place == Layout::Place::Loop)
      if (const auto &pipeline = t.allLoops[layout.loop].pipeline)
        if (auto stages = resolve(pipeline->stages, layout.op, std::nullopt, 0,
                                  t.allLoops[layout.loop].pipelineStep)) {
          size = size * *stages;
          last = std::max(last, t.allLoops[layout.loop].pipelineStep);
        }
    bytes = bytes + size;
    last = std::max(last, layout.step);
  }
  if (last >= 0)
    add("PL-SMEM", bytes, Relation::LessEqual, Expr::name("smem"),
        "bytes of shared memory", last);
}

//===----------------------------------------------------------------------===//
// All rules
//===----------------------------------------------------------------------===//

Error TreeRules::run() {
  names();
  requirements();
  splits();
  loops();
  layouts();
  for (unsigned op = 0; op < t.allOps.size(); ++op)
    if (t.allOps[op].tile)
      registerTile(op);
  bands();
  pipelines();
  return diags.take();
}

Error LoopTree::constraints(ConstraintSet &set) const {
  return TreeRules(*this, set).run();
}

} // namespace tensorop::model
