//===- TreePrint.cpp - The tree as a picture ------------------------------===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "TensorOp/Model/LoopTree.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/raw_ostream.h"
#include <algorithm>

using namespace llvm;

namespace tensorop::model {

namespace {
class TreePrinter {
public:
  TreePrinter(const LoopTree &tree, raw_ostream &os) : t(tree), os(os) {
    hasValues = tree.isClosed() && all_of(tree.dims(), [](const Dim &d) {
                  return d.extent.has_value();
                });
    if (hasValues && tree.kernel())
      buffers = tree.buffers();
  }
  void print();

private:
  const LoopTree &t;
  raw_ostream &os;
  bool hasValues;
  std::vector<Buffer> buffers;

  raw_ostream &line(unsigned depth) { return os.indent(2 * depth); }
  void nest(ArrayRef<unsigned> ops, unsigned depth);
  void loop(unsigned index, unsigned depth);
  void op(unsigned index, unsigned depth);
  void layoutsAt(Layout::Place place, unsigned loop, unsigned depth);
};
} // namespace

void TreePrinter::layoutsAt(Layout::Place place, unsigned loop,
                            unsigned depth) {
  for (auto [index, layout] : enumerate(t.layouts())) {
    if (layout.place != place ||
        (place == Layout::Place::Loop && layout.loop != loop))
      continue;
    line(depth) << (place == Layout::Place::Load ? "prepacked " : "copy ")
                << t.ops()[layout.op].name << "." << layout.operand;
    if (!layout.pack.empty()) {
      os << " pack [";
      interleaveComma(layout.pack, os, [&](const Layout::Pack &pack) {
        os << t.dims()[pack.dim].name << " = " << pack.size.str();
      });
      os << "]";
    }
    if (layout.space != Space::Memory)
      os << " in " << str(layout.space);
    for (const Buffer &buffer : buffers)
      if (buffer.layout == index) {
        os << "  // "
           << join(map_range(buffer.shape,
                             [](int64_t e) { return std::to_string(e); }),
                   "x")
           << " " << buffer.type << ", " << buffer.bytes << " bytes";
        if (buffer.stages > 1)
          os << " in " << buffer.stages << " stages";
      }
    os << "\n";
  }
}

void TreePrinter::loop(unsigned index, unsigned depth) {
  const Loop &l = t.loops()[index];
  line(depth) << (l.parallel ? "parallel " : "for ") << l.name << ": "
              << t.dims()[l.dim].name << " = " << l.size.str();
  if (hasValues && !(l.size.parts.size() == 1 && l.size.part(0).isLiteral()))
    os << " (" << t.value(l.size, l.owner, l.dim) << ")";
  if (l.isSplitReduction)
    os << " parts, combine(" << l.combine << ")";
  if (l.edge != EdgeKind::Auto)
    os << " edge " << str(l.edge);
  if (!l.narrow.empty()) {
    os << "(";
    interleaveComma(l.narrow, os, [&](const Expr &e) { os << e.str(); });
    os << ")";
  }
  if (l.skipMasked)
    os << " skip_masked";
  if (l.parallel)
    os << " on " << str(*l.parallel);
  if (l.unroll)
    os << " unroll by " << l.unroll->str();
  if (l.pipeline)
    os << " pipeline " << l.pipeline->stages.str() << " stages, "
       << l.pipeline->copies;
  if (hasValues)
    os << "  // " << t.tripCount(index) << " trips";
  os << "\n";
}

void TreePrinter::op(unsigned index, unsigned depth) {
  const OpNode &node = t.ops()[index];
  line(depth) << node.name << "(";
  interleaveComma(node.dims, os,
                  [&](unsigned dim) { os << t.dims()[dim].name; });
  os << ")";
  if (node.algorithm != "direct")
    os << " by " << node.algorithm;
  if (!node.whenLoops.empty()) {
    os << (node.when == FuseStep::When::First ? " when first(" : " when last(");
    interleaveComma(node.whenLoops, os,
                    [&](unsigned l) { os << t.loops()[l].name; });
    os << ")";
  }
  for (const auto &stream : t.online())
    if (stream.first.op == node.name)
      os << " online " << stream.first.dim;
  if (node.tile) {
    os << " registers [";
    interleaveComma(node.tile->entries, os, [&](const auto &entry) {
      os << t.dims()[entry.dim].name << " = " << entry.size.str();
    });
    os << "] with " << node.tile->instr;
    if (!node.tile->acc.empty())
      os << " acc " << node.tile->acc;
    if (t.lateInit(index))
      os << ", from zero";
  }
  os << "\n";
}

void TreePrinter::nest(ArrayRef<unsigned> ops, unsigned depth) {
  for (size_t i = 0; i < ops.size(); ++i) {
    const OpNode &node = t.ops()[ops[i]];
    if (node.chain.size() == depth) {
      op(ops[i], depth);
      continue;
    }
    // All ops that share the next loop, printed where the first of them is.
    unsigned next = node.chain[depth];
    auto isInside = [&](unsigned o) {
      return t.ops()[o].chain.size() > depth && t.ops()[o].chain[depth] == next;
    };
    if (any_of(ops.take_front(i), isInside))
      continue;
    SmallVector<unsigned> inside;
    copy_if(ops, std::back_inserter(inside), isInside);
    loop(next, depth);
    layoutsAt(Layout::Place::Loop, next, depth + 1);
    nest(inside, depth + 1);
  }
}

void TreePrinter::print() {
  os << "@" << t.header().name << " for " << t.hardware().name
     << (t.isClosed() ? "" : " (open)") << "\n";
  bool any = false;
  for (const ParamStep &param : t.params()) {
    auto it = t.chosen().find(param.name);
    os << (any ? ", " : "param ") << param.name;
    if (it != t.chosen().end())
      os << " = " << it->second;
    any = true;
  }
  if (any)
    os << "\n";
  layoutsAt(Layout::Place::Load, 0, 0);
  layoutsAt(Layout::Place::Call, 0, 0);
  nest(t.order(), 0);
}

std::string LoopTree::str() const {
  std::string text;
  raw_string_ostream os(text);
  TreePrinter(*this, os).print();
  return text;
}

} // namespace tensorop::model
