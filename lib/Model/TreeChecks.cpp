//===- TreeChecks.cpp - Checks and remarks of a whole tree ----------------===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "TensorOp/Model/LoopTree.h"
#include "TensorOp/Support/Check.h"
#include "TreeBuilder.h"
#include "WholeTreeChecks.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FormatVariadic.h"
#include <algorithm>

using namespace llvm;

namespace tensorop::model {

/// The checks that need all steps.
class TreeChecks {
public:
  explicit TreeChecks(const LoopTree &tree) : t(tree), diags(-1) {}

  void contiguity(unsigned op);
  void signs(unsigned op);
  void groupedOperand(unsigned op);
  void partialSums(unsigned op);
  void reductionOrder(unsigned op);
  void bands();
  void copies();
  void prefetches(unsigned loop);
  void places(unsigned op);
  void order() { checkOrder(t, diags); }
  void effects() { checkEffects(t, diags); }
  void numbers();
  std::string whyNone(const ConstraintSet &set) const;
  void bytes();
  Error take() { return diags.take(); }
  explicit operator bool() const { return bool(diags); }

private:
  const LoopTree &t;
  Diagnostics diags;

  /// The layout from which `op` reads the operand: the innermost one.
  const Layout *innermostLayout(unsigned op, unsigned operand) const;
  /// All indices of an operand's dimension are 0.
  bool isUnit(const OpNode &node, const Access &access) const;
};

const Layout *TreeChecks::innermostLayout(unsigned op, unsigned operand) const {
  const Layout *found = nullptr;
  int deepest = -2;
  for (const Layout &layout : t.allLayouts) {
    if (layout.op != op || layout.operandIndex != int(operand))
      continue;
    int depth = layout.place == Layout::Place::Loop
                    ? int(*t.position(op, layout.loop))
                    : -1;
    if (depth >= deepest) {
      deepest = depth;
      found = &layout;
    }
  }
  return found;
}

bool TreeChecks::isUnit(const OpNode &node, const Access &access) const {
  return access.affine && all_of(access.terms, [&](const auto &term) {
           return t.allDims[node.dims[term.first]].extent == 1;
         });
}

/// Lanes need neighbouring elements: in memory, or in the packed copy.
void TreeChecks::contiguity(unsigned op) {
  const OpNode &node = t.allOps[op];
  const RegisterTile &tile = *node.tile;
  const InstructionClass *instruction = t.machine.instruction(tile.instr);
  if (!node.info || t.machine.isGPU() ||
      (instruction && instruction->isMatrix()))
    return;
  unsigned dim = tile.entries[tile.vectorEntry].dim;
  unsigned own = llvm::find(node.dims, dim) - node.dims.begin();
  const std::string &dimName = t.allDims[dim].name;
  for (auto [index, operand] : enumerate(node.info->operands)) {
    std::string name = "'" + node.name + "." + operand.name + "'";
    bool uses = false, isAffine = true;
    size_t last = 0, place = 0;
    for (auto [at, access] : enumerate(operand.access)) {
      bool here = any_of(access.terms,
                         [&](const auto &term) { return term.first == own; });
      if (!access.affine && (here || access.terms.empty())) {
        diags.reportAt(
            tile.step, "V-AFFINE",
            name + " is indexed by " +
                (access.reason.empty() ? "a computed value" : access.reason) +
                ", which is not affine in '" + dimName +
                "': lanes cannot run along it");
        isAffine = false;
      }
      if (here) {
        uses = true;
        place = at;
      }
      if (!isUnit(node, access))
        last = at;
    }
    if (!uses || !isAffine)
      continue;
    if (const Layout *layout = innermostLayout(op, index);
        layout && !layout->pack.empty()) {
      // Grouped instructions take `group` reduced elements beside each other.
      size_t inner =
          instruction && instruction->group > 1 && layout->pack.size() > 1
              ? layout->pack.size() - 2
              : layout->pack.size() - 1;
      if (layout->pack[inner].dim != dim)
        diags.reportAt(tile.step, "V-CONTIG",
                       name + " is packed with '" +
                           t.allDims[layout->pack[inner].dim].name +
                           "' innermost (step " + std::to_string(layout->step) +
                           "), lanes run along '" + dimName + "'");
      continue;
    }
    int64_t stride = 0;
    for (auto [d, coefficient] : operand.access[place].terms)
      if (d == own)
        stride = coefficient;
    if (place < last)
      diags.reportAt(
          tile.step, "V-CONTIG",
          name + " is not contiguous along '" + dimName + "' (dimension " +
              std::to_string(place) + " of " +
              std::to_string(operand.access.size()) +
              "): choose another dimension for the lanes or pack it");
    else if (stride != 1)
      diags.reportAt(tile.step, "V-CONTIG",
                     name + " has stride " + std::to_string(stride) +
                         " along '" + dimName +
                         "': lanes need neighbouring elements, pack it");
  }
}

/// Integers have the signs that the instruction multiplies.
void TreeChecks::signs(unsigned op) {
  const OpNode &node = t.allOps[op];
  const RegisterTile &tile = *node.tile;
  const InstructionClass *instruction = t.machine.instruction(tile.instr);
  if (!node.info || !instruction || instruction->signs == Signs::Any)
    return;
  unsigned withSign = 0, without = 0;
  for (const OperandInfo &operand : node.info->operands)
    if (!operand.isOutput)
      ++(operand.isUnsigned ? without : withSign);
  const char *wanted = nullptr;
  if (instruction->signs == Signs::Signed && without)
    wanted = "signed numbers";
  else if (instruction->signs == Signs::Unsigned && withSign)
    wanted = "unsigned numbers";
  else if (instruction->signs == Signs::Mixed &&
           (withSign != 1 || without != 1))
    wanted = "unsigned by signed numbers";
  if (wanted)
    diags.reportAt(tile.step, "V-SIGN",
                   "'" + tile.instr + "' multiplies " + wanted + ", and " +
                       std::to_string(without) + " of the inputs of '" +
                       node.name + "' " + (without == 1 ? "is" : "are") +
                       " unsigned");
}

/// vnni, sdot and the like read `group` reduced elements of each lane together.
void TreeChecks::groupedOperand(unsigned op) {
  const OpNode &node = t.allOps[op];
  const RegisterTile &tile = *node.tile;
  const InstructionClass *instruction = t.machine.instruction(tile.instr);
  if (!node.info || !instruction || instruction->isMatrix() ||
      instruction->group <= 1)
    return;
  unsigned lane = tile.entries[tile.vectorEntry].dim;
  unsigned reduced = tile.entries.back().dim;
  for (auto [index, operand] : enumerate(node.info->operands)) {
    if (operand.isOutput)
      continue;
    // The panel's dimension: the lanes, or the rows of the other operand.
    const RegisterTile::Entry *panel = nullptr;
    bool isVector = false;
    for (const RegisterTile::Entry &entry : tile.entries) {
      unsigned own = llvm::find(node.dims, entry.dim) - node.dims.begin();
      if (entry.dim == reduced || none_of(operand.access, [&](const Access &a) {
            return a.plainDim() == own;
          }))
        continue;
      isVector |= entry.dim == lane;
      if (!panel || entry.dim == lane)
        panel = &entry;
    }
    if (!panel)
      continue;
    const Layout *layout = innermostLayout(op, index);
    size_t count = layout ? layout->pack.size() : 0;
    if (count != 2 || layout->pack[1].dim != reduced ||
        layout->pack[0].dim != panel->dim)
      diags.reportAt(tile.step, "V-LAYOUT",
                     "'" + tile.instr + "' reads '" + node.name + "." +
                         operand.name + "' packed: it needs 'layout " +
                         node.name + "." + operand.name + " pack [" +
                         t.allDims[panel->dim].name + " = " +
                         panel->size.str() + ", " + t.allDims[reduced].name +
                         " = " + std::to_string(instruction->group) + "]'");
    if (isVector && operand.isUnsigned && tile.instr == "vnni")
      diags.reportAt(tile.step, "V-SIGN",
                     "'vnni' multiplies unsigned by signed numbers, lanes run "
                     "along '" +
                         node.name + "." + operand.name +
                         "', which is unsigned: use pmaddwd");
  }
}

/// Several accumulators of one sum: one reduction, which the innermost loop
/// walks.
void TreeChecks::partialSums(unsigned op) {
  const OpNode &node = t.allOps[op];
  const RegisterTile &tile = *node.tile;
  std::optional<unsigned> partial = t.partialDim(op);
  if (!partial || t.machine.isGPU())
    return;
  std::optional<LoopTree::Group> group = t.group(op);
  const InstructionClass *instruction = t.machine.instruction(tile.instr);
  if (instruction && instruction->isMatrix())
    return;
  auto name = [&](unsigned dim) { return "'" + t.allDims[dim].name + "'"; };
  for (const RegisterTile::Entry &entry : tile.entries)
    if (t.isReduction(op, entry.dim) && entry.dim != *partial)
      diags.reportAt(tile.step, "V-PARTIAL",
                     "register tile of '" + node.name +
                         "' has two reductions, " + name(*partial) + " and " +
                         name(entry.dim) +
                         (group ? ": '" + tile.instr + "' adds up its own only"
                                : ": partial sums are kept of one"));
  SmallVector<unsigned> inner = t.innerReductionLoops(op);
  if (inner.empty() || t.allLoops[inner.back()].dim != *partial)
    diags.reportAt(tile.step, "V-PARTIAL",
                   "partial sums along " + name(*partial) + " of '" +
                       node.name +
                       "' need an innermost loop along it, of the tile's size");
  if (tile.entries[tile.vectorEntry].dim == *partial)
    for (unsigned l : node.chain)
      if (t.allLoops[l].edge == EdgeKind::Pad)
        diags.reportAt(t.allLoops[l].step, "V-PARTIAL",
                       "edge 'pad' of loop '" + t.allLoops[l].name +
                           "': lanes along " + name(*partial) +
                           ", a reduction, give single sums, which need no "
                           "padded tile; use mask or narrow");
  if (!t.lateInit(op) && node.info && node.info->isFloat)
    diags.reportAt(tile.step, "V-REASSOC",
                   "partial sums along " + name(*partial) +
                       ", a reduction of '" + node.name +
                       "', add in another order: they need numerics(reassoc)");
}

/// Without permission, sums keep the payload's order of terms.
void TreeChecks::reductionOrder(unsigned op) {
  const OpNode &node = t.allOps[op];
  if (!node.info || !node.info->isFloat || t.plan.numerics.reassoc ||
      (node.info->body != BodyClass::Contraction &&
       node.info->body != BodyClass::Reduction))
    return;
  // Positions in the op of the reduced dimensions in the order in which they
  // are walked: loops, then what is left inside them.
  SmallVector<std::pair<unsigned, int>> walk;
  SmallVector<bool> finished(node.dims.size(), false);
  for (unsigned l : node.chain) {
    const Loop &loop = t.allLoops[l];
    auto it = llvm::find(node.dims, loop.dim);
    if (it == node.dims.end() || !t.isReduction(op, loop.dim) ||
        t.allDims[loop.dim].extent == 1)
      continue;
    unsigned own = it - node.dims.begin();
    const Expr &size = loop.size.part(0);
    if (size.isLiteral() && t.allDims[loop.dim].extent &&
        size.value() >= *t.allDims[loop.dim].extent)
      continue;
    walk.push_back({own, int(l)});
    finished[own] = size.isLiteral(1);
  }
  for (auto [own, dim] : enumerate(node.dims))
    if (t.isReduction(op, dim) && !finished[own] && t.allDims[dim].extent != 1)
      walk.push_back({own, -1});
  for (size_t i = 1; i < walk.size(); ++i) {
    if (walk[i].first >= walk[i - 1].first)
      continue;
    unsigned outer = node.dims[walk[i - 1].first],
             inner = node.dims[walk[i].first];
    int l = walk[i - 1].second >= 0 ? walk[i - 1].second : walk[i].second;
    diags.reportAt(l >= 0 ? t.allLoops[l].step : -1, "N-ORDER",
                   "'" + node.name + "' would add along '" +
                       t.allDims[inner].name + "' inside '" +
                       t.allDims[outer].name +
                       "', the payload does the opposite: this needs "
                       "numerics(reassoc)");
    return;
  }
}

/// Reordering or tiling may have separated the loops of a band.
void TreeChecks::bands() {
  for (const auto &[band, step] : t.bands)
    for (const OpNode &node : t.allOps) {
      int previous = -1;
      for (auto [place, l] : enumerate(node.chain)) {
        if (t.allLoops[l].parallelStep != step)
          continue;
        if (previous >= 0 && int(place) != previous + 1) {
          diags.reportAt(step, "P-ADJACENT",
                         "loops '" + t.allLoops[node.chain[previous]].name +
                             "' and '" + t.allLoops[l].name +
                             "' are not adjacent any more: loop '" +
                             t.allLoops[node.chain[previous + 1]].name +
                             "' lies between them");
          break;
        }
        previous = place;
      }
    }
}

/// For a register tile, what can be asked for early are vectors that lie where
/// the payload put them.
void TreeChecks::prefetches(unsigned loop) {
  for (unsigned op = 0; op < t.allOps.size(); ++op) {
    const OpNode &node = t.allOps[op];
    if (!node.info || !node.tile || !is_contained(node.chain, loop))
      continue;
    unsigned lane = node.tile->entries[node.tile->vectorEntry].dim;
    auto reads = [&](const OperandInfo &operand, unsigned dim) {
      return any_of(operand.access, [&](const Access &access) {
        return any_of(access.terms, [&](const auto &term) {
          return node.dims[term.first] == dim;
        });
      });
    };
    bool found = false;
    for (int number = 0; number < int(node.info->operands.size()); ++number) {
      const OperandInfo &operand = node.info->operands[number];
      found |= !operand.isOutput && reads(operand, lane) &&
               reads(operand, t.allLoops[loop].dim) &&
               none_of(t.allLayouts, [&](const Layout &layout) {
                 return layout.op == op && layout.operandIndex == number;
               });
    }
    if (!found)
      diags.reportAt(t.allLoops[loop].pipelineStep, "PL-BUFFERS",
                     "every operand of '" + node.name + "' that loop '" +
                         t.allLoops[loop].name +
                         "' reads in vectors is packed: there is nothing to "
                         "prefetch");
  }
}

/// A pipeline without copies, a multicast outside a cluster: steps without
/// effect.
void TreeChecks::copies() {
  for (auto [index, loop] : enumerate(t.allLoops)) {
    if (!loop.pipeline)
      continue;
    if (loop.pipeline->copies == "prefetch") {
      prefetches(index);
      continue;
    }
    bool isFilled = any_of(t.allLayouts, [&, l = index](const Layout &layout) {
      return layout.place == Layout::Place::Loop && layout.loop == l &&
             layout.space == Space::Shared;
    });
    if (!isFilled)
      diags.reportAt(loop.pipelineStep, "PL-BUFFERS",
                     "no layout in shared memory is filled at loop '" +
                         loop.name + "': there is nothing to pipeline");
  }
  for (const Layout &layout : t.allLayouts) {
    if (layout.multicast < 0)
      continue;
    const Loop &loop = t.allLoops[layout.multicast];
    bool isCluster = any_of(t.bands, [&](const auto &band) {
      return any_of(band.first.cluster,
                    [&](const auto &c) { return c.first == loop.name; });
    });
    if (!isCluster)
      diags.reportAt(layout.step, "L-MULTICAST",
                     "multicast names loop '" + loop.name +
                         "', which no 'parallelize' puts in a cluster");
  }
}

/// The numeric rules: all of them for a closed tree; else those without
/// parameters, and that a legal point exists.
void TreeChecks::numbers() {
  ConstraintSet set;
  if (Error error = t.constraints(set)) {
    handleAllErrors(std::move(error), [&](const PlanError &e) {
      diags.reportAt(e.step, e.label, e.message);
    });
    return;
  }
  auto report = [&](const std::vector<Violation> &violations) {
    for (const Violation &violation : violations) {
      StringRef message = violation.message;
      message.consume_front(violation.label);
      message.consume_front(": ");
      diags.reportAt(violation.step, violation.label, message);
    }
  };
  if (t.isClosed()) {
    Assignment known;
    for (const auto &entry : t.values)
      // A parameter whose domain needs the payload is not in the set.
      if (set.find(entry.first) ||
          none_of(t.allParams, [&](const ParamStep &param) {
            return param.name == entry.first;
          }))
        known.insert(entry);
    report(set.check(known));
    return;
  }
  std::vector<Violation> constants = set.checkConstants();
  report(constants);
  for (const auto &entry : t.values)
    if (none_of(t.allParams, [&](const ParamStep &param) {
          return param.name == entry.first;
        }))
      diags.report("P-DOMAIN", "parameter '" + entry.first +
                                   "' does not exist; the parameters are " +
                                   listNames(t.allParams));
  if (!constants.empty())
    return;
  LimitedSearch search = t.solver->first(set);
  if (search.point) {
    if (auto violations = set.check(*search.point); !violations.empty())
      diags.reportAt(-1, "C-SOLVER", wrongPoint(*t.solver, violations));
    return;
  }
  if (search.gaveUp) {
    diags.reportAt(-1, "C-SEARCH", t.solver->limitMessage());
    return;
  }
  diags.reportAt(-1, "C-NONE",
                 "no values of the parameters are legal" + whyNone(set));
}

/// Why `set` has no legal point: a domain without values, or the rules of a
/// small core with what they say at the preferred values, where these violate
/// one of them.
std::string TreeChecks::whyNone(const ConstraintSet &set) const {
  Assignment point;
  for (const Variable &variable : set.variables()) {
    auto domain = set.domainValues(variable.name, point);
    if (!domain)
      return ": parameter '" + variable.name +
             "' has no domain: " + toString(domain.takeError());
    if (domain->empty())
      return ": the domain of parameter '" + variable.name + "' is empty (" +
             variable.domain.str() + ")";
    point[variable.name] =
        variable.preferred && is_contained(*domain, *variable.preferred)
            ? *variable.preferred
            : domain->front();
  }
  std::vector<size_t> core = t.solver->unsatCore(set);
  if (core.empty())
    return ": some domain is empty for each value of the earlier parameters";
  std::string broken;
  for (const Violation &violation : set.check(point))
    if (violation.rule >= 0 && is_contained(core, size_t(violation.rule)))
      broken += (broken.empty() ? "; at the preferred values: " : "; ") +
                violation.message;
  SmallVector<std::string> names;
  for (size_t rule : core) {
    const Constraint &constraint = set.constraints()[rule];
    std::string name = constraint.label;
    // Without an example what is limited is all there is to say.
    if (broken.empty())
      name += " (" + constraint.factor + ")";
    if (!is_contained(names, name))
      names.push_back(name);
  }
  return "; the rules that exclude all points are " + join(names, ", ") +
         broken;
}

/// Inside the register tile there is no place for a copy.
void TreeChecks::places(unsigned op) {
  if (t.machine.isGPU())
    return;
  SmallVector<unsigned> inner = t.innerReductionLoops(op);
  for (const Layout &layout : t.allLayouts)
    if (layout.op == op && layout.place == Layout::Place::Loop &&
        is_contained(inner, layout.loop))
      diags.reportAt(layout.step, "L-PLACE",
                     "loop '" + t.allLoops[layout.loop].name +
                         "' runs inside the register tile of '" +
                         t.allOps[op].name + "': '" + t.allOps[op].name + "." +
                         layout.operand + "' cannot be copied there");
}

/// Buffers that 63 bits cannot count; needs legal numbers.
void TreeChecks::bytes() {
  if (!t.isClosed() || !t.payload ||
      any_of(t.allDims, [](const Dim &dim) { return !dim.extent; }))
    return;
  for (const Layout &layout : t.allLayouts)
    if (const OpNode &node = t.allOps[layout.op];
        node.info && layout.operandIndex >= 0 &&
        any_of(node.info->operands[layout.operandIndex].access,
               [](const Access &access) { return !access.affine; }))
      return;
  for (const Buffer &buffer : t.buffers())
    if (buffer.bytes == INT64_MAX)
      diags.reportAt(t.allLayouts[buffer.layout].step, "L-BYTES",
                     "bytes of '" + buffer.name + "' do not fit in 63 bits");
}

Error LoopTree::finish(bool numbers) {
  TreeBuilder builder(*this, -1);
  builder.resolve();
  if (Error error = builder.take())
    return error;
  TreeChecks checks(*this);
  for (unsigned op = 0; op < allOps.size(); ++op) {
    if (allOps[op].tile) {
      checks.contiguity(op);
      checks.signs(op);
      checks.groupedOperand(op);
      checks.partialSums(op);
      checks.places(op);
    }
    checks.reductionOrder(op);
  }
  checks.order();
  checks.bands();
  checks.copies();
  if (numbers)
    checks.numbers();
  if (numbers && !checks)
    checks.bytes();
  // What does nothing may do so because of another mistake.
  if (!checks)
    checks.effects();
  return checks.take();
}

//===----------------------------------------------------------------------===//
// Remarks
//===----------------------------------------------------------------------===//

std::vector<Remark> LoopTree::remarks() const {
  std::vector<Remark> result;
  bool known = isClosed() && payload &&
               all_of(allDims, [](const Dim &d) { return d.extent; });
  if (!known)
    return result;
  for (unsigned op = 0; op < allOps.size(); ++op) {
    const OpNode &node = allOps[op];
    double times = recomputation(op);
    if (!node.info || times <= 1)
      continue;
    double flops = node.info->flopsPerPoint;
    for (unsigned dim : node.dims)
      flops *= *allDims[dim].extent;
    result.push_back(
        {"F-RECOMPUTE", node.fuseStep,
         formatv("'{0}' is computed {1} times in loops that it has "
                 "no dimension of: {2} operations more",
                 node.name, int64_t(times), int64_t(flops * (times - 1)))
             .str()});
  }
  for (Remark &remark : capacityRemarks())
    result.push_back(std::move(remark));
  return result;
}

} // namespace tensorop::model
