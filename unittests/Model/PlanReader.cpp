//===- PlanReader.cpp - Plan text for tests -------------------------------===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "PlanReader.h"
#include "TensorOp/Support/Check.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"

using namespace llvm;

namespace tensorop::model::test {

template <typename T> static T must(Expected<T> value, StringRef what) {
  if (!value) {
    std::string why = what.str() + ": " + toString(value.takeError());
    TENSOROP_CHECK(false, why.c_str());
  }
  return std::move(*value);
}
template <typename T> static T must(std::optional<T> value, StringRef what) {
  TENSOROP_CHECK(value, what.str().c_str());
  return *value;
}

Expr expr(StringRef text) { return must(Expr::parse(text), text); }
Size size(StringRef text) { return must(Size::parse(text.trim()), text); }

/// Splits at commas outside brackets.
static SmallVector<StringRef> splitList(StringRef text) {
  SmallVector<StringRef> parts;
  int depth = 0;
  size_t start = 0;
  for (size_t i = 0; i <= text.size(); ++i) {
    char c = i < text.size() ? text[i] : ',';
    depth += c == '(' || c == '[';
    depth -= c == ')' || c == ']';
    if ((c == ',' && depth == 0) || i == text.size()) {
      if (!text.slice(start, i).trim().empty())
        parts.push_back(text.slice(start, i).trim());
      start = i + 1;
    }
  }
  return parts;
}

/// Takes `open ... close` from the front of `text`, nesting respected.
static StringRef takeGroup(StringRef &text, char open, char close) {
  text = text.ltrim();
  TENSOROP_CHECK(text.starts_with(StringRef(&open, 1)), text.str().c_str());
  int depth = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    depth += text[i] == open;
    depth -= text[i] == close;
    if (depth == 0) {
      StringRef inner = text.slice(1, i);
      text = text.substr(i + 1).ltrim();
      return inner;
    }
  }
  TENSOROP_CHECK(false, "unclosed group");
}
static StringRef brackets(StringRef &text) { return takeGroup(text, '[', ']'); }
static StringRef parens(StringRef &text) { return takeGroup(text, '(', ')'); }
static bool word(StringRef &text, StringRef expected) {
  text = text.ltrim();
  if (!text.starts_with(expected) ||
      (text.size() > expected.size() &&
       (isAlnum(text[expected.size()]) || text[expected.size()] == '_')))
    return false;
  text = text.substr(expected.size()).ltrim();
  return true;
}
static StringRef identifier(StringRef &text) {
  text = text.ltrim();
  StringRef name =
      text.take_while([](char c) { return isAlnum(c) || c == '_'; });
  text = text.substr(name.size()).ltrim();
  return name;
}
static SmallVector<std::string> names(StringRef list) {
  SmallVector<std::string> result;
  for (StringRef name : splitList(list))
    result.push_back(name.str());
  return result;
}
static SmallVector<LoopSize> loopSizes(StringRef list) {
  SmallVector<LoopSize> result;
  for (StringRef entry : splitList(list)) {
    auto [loop, rest] = entry.split(':');
    auto [dim, value] = rest.split('=');
    result.push_back({loop.trim().str(), dim.trim().str(), size(value)});
  }
  return result;
}
static SmallVector<DimSize> dimSizes(StringRef list) {
  SmallVector<DimSize> result;
  for (StringRef entry : splitList(list)) {
    auto [dim, value] = entry.split('=');
    result.push_back({dim.trim().str(), size(value)});
  }
  return result;
}
static OpHeader opHeader(StringRef &text) {
  OpHeader header;
  header.op = identifier(text).str();
  header.dims = names(parens(text));
  return header;
}

static PlanHeader readHeader(StringRef text) {
  PlanHeader header;
  header.name = "p";
  TENSOROP_CHECK(word(text, "root"), "a plan starts with 'root'");
  header.root = opHeader(text);
  if (word(text, "with"))
    for (StringRef entry : splitList(brackets(text)))
      header.with.push_back(opHeader(entry));
  if (word(text, "when")) {
    auto [guard, rest] = text.drop_front().split('"');
    header.guard = expr(guard);
    text = rest;
  }
  if (word(text, "requires"))
    header.required = names(brackets(text));
  if (word(text, "numerics"))
    for (StringRef permission : splitList(parens(text))) {
      header.numerics.reassoc |= permission == "reassoc";
      header.numerics.contract |= permission == "contract";
    }
  TENSOROP_CHECK(text.empty(), text.str().c_str());
  return header;
}

static Step readBody(StringRef verb, StringRef text) {
  if (verb == "param") {
    ParamStep s;
    s.name = identifier(text).str();
    auto [value, domain] = text.split(" in ");
    if (text.starts_with("in ")) {
      value = "";
      domain = text.substr(3);
    }
    if (value.consume_front("="))
      s.preferred = expr(value);
    if (!domain.empty())
      s.domain = must(Domain::parse(domain), domain);
    return s;
  }
  if (verb == "require")
    return RequireStep{expr(text.trim().trim('"'))};
  if (verb == "algorithm") {
    AlgorithmStep s;
    s.op = identifier(text).str();
    s.name = identifier(text).str();
    if (text.starts_with("("))
      s.argument = expr(parens(text));
    return s;
  }
  if (verb == "split") {
    SplitStep s;
    s.dim = identifier(text).str();
    word(text, "at");
    for (StringRef at : splitList(brackets(text)))
      s.at.push_back(expr(at));
    return s;
  }
  if (verb == "tile") {
    TileStep s;
    if (word(text, "on"))
      s.on = identifier(text).str();
    s.loops = loopSizes(brackets(text));
    if (word(text, "edge"))
      for (StringRef entry : splitList(parens(text))) {
        auto [loop, policy] = entry.split('=');
        policy = policy.trim();
        EdgeClause edge;
        edge.loop = loop.trim().str();
        edge.kind = must(parseEdgeKind(identifier(policy)), entry);
        if (policy.starts_with("("))
          for (StringRef narrow : splitList(parens(policy)))
            edge.sizes.push_back(expr(narrow));
        s.edges.push_back(edge);
      }
    s.skipMasked = word(text, "skip_masked");
    return s;
  }
  if (verb == "reorder")
    return ReorderStep{names(brackets(text))};
  if (verb == "fuse") {
    FuseStep s;
    auto [ops, place] = text.split(" into ");
    s.ops = names(ops);
    s.into = identifier(place).str();
    if (word(place, "when")) {
      s.when =
          word(place, "first") ? FuseStep::When::First : FuseStep::When::Last;
      word(place, "last");
      s.whenLoops = names(parens(place));
    }
    return s;
  }
  if (verb == "online") {
    OnlineStep s;
    s.dim = identifier(text).str();
    word(text, "over");
    s.op = identifier(text).str();
    return s;
  }
  if (verb == "layout") {
    LayoutStep s;
    s.op = identifier(text).str();
    text.consume_front(".");
    s.operand = identifier(text).str();
    if (word(text, "pack"))
      s.pack = dimSizes(brackets(text));
    if (word(text, "in"))
      s.space = must(parseSpace(identifier(text)), text);
    if (word(text, "at"))
      s.place = identifier(text).str();
    if (word(text, "swizzle"))
      s.swizzle = expr(parens(text)).value();
    if (word(text, "multicast"))
      s.multicast = parens(text).str();
    if (word(text, "pad"))
      s.pad = expr(parens(text));
    return s;
  }
  if (verb == "vectorize") {
    VectorizeStep s;
    s.op = identifier(text).str();
    s.tile = dimSizes(brackets(text));
    if (word(text, "with"))
      s.instr = identifier(text).str();
    if (word(text, "acc"))
      s.acc = identifier(text).str();
    return s;
  }
  if (verb == "parallelize") {
    ParallelizeStep s;
    s.loops = names(brackets(text));
    word(text, "to");
    s.to = must(parseUnit(identifier(text)), text);
    if (word(text, "schedule"))
      s.schedule = parens(text).str();
    s.persistent = word(text, "persistent");
    if (word(text, "order")) {
      auto [order, amount] = parens(text).split('=');
      s.order = order.trim().str();
      if (!amount.empty())
        s.orderSize = expr(amount);
    }
    if (word(text, "cluster"))
      for (StringRef entry : splitList(parens(text))) {
        auto [loop, amount] = entry.split('=');
        s.cluster.push_back({loop.trim().str(), expr(amount)});
      }
    return s;
  }
  if (verb == "split_reduction") {
    SplitReductionStep s;
    s.loops = loopSizes(brackets(text));
    word(text, "combine");
    s.combine = parens(text).str();
    return s;
  }
  if (verb == "unroll") {
    UnrollStep s;
    s.loop = identifier(text).str();
    word(text, "by");
    s.by = expr(text);
    return s;
  }
  if (verb == "pipeline") {
    PipelineStep s;
    s.loop = identifier(text).str();
    if (word(text, "stages"))
      s.stages = expr(parens(text));
    if (word(text, "copies"))
      s.copies = parens(text).str();
    if (word(text, "roles")) {
      auto parts = splitList(parens(text));
      s.roles = {expr(parts[0]), expr(parts[1])};
    }
    if (word(text, "schedule"))
      s.schedule = parens(text).str();
    return s;
  }
  TENSOROP_CHECK(verb == "apply", verb.str().c_str());
  ApplyStep s;
  text = text.ltrim();
  text.consume_front("@");
  s.sequence = identifier(text).str();
  word(text, "on");
  s.on = identifier(text).str();
  return s;
}

Plan readPlan(StringRef text) {
  Plan plan;
  SmallVector<StringRef> lines;
  text.split(lines, '\n');
  bool hasHeader = false;
  for (StringRef line : lines) {
    line = line.split("//").first.trim();
    if (line.empty())
      continue;
    if (!hasHeader) {
      plan.header = readHeader(line);
      hasHeader = true;
      continue;
    }
    auto [verb, rest] = line.split(' ');
    auto [body, condition] = rest.split(" if ");
    Step step = readBody(verb, body.trim());
    step.condition = condition.trim().str();
    plan.steps.push_back(std::move(step));
  }
  return plan;
}

//===----------------------------------------------------------------------===//
// Payloads
//===----------------------------------------------------------------------===//

static int64_t bitsOf(StringRef type) {
  int64_t bits = 32;
  type.drop_until(isDigit).take_while(isDigit).getAsInteger(10, bits);
  return bits;
}

OpInfo makeOp(StringRef name, ArrayRef<int64_t> extents, StringRef iterators,
              BodyClass body) {
  OpInfo op;
  op.name = name.str();
  for (int64_t extent : extents)
    op.extents.push_back(extent);
  for (char c : iterators)
    op.iterators.push_back(c == 'r' ? IteratorKind::Reduction
                                    : IteratorKind::Parallel);
  op.body = body;
  op.flopsPerPoint = body == BodyClass::Contraction ? 2 : 1;
  return op;
}

OperandInfo makeOperand(StringRef name, ArrayRef<unsigned> dims, StringRef type,
                        StringRef producer) {
  OperandInfo operand;
  operand.name = name.str();
  for (unsigned dim : dims)
    operand.access.push_back(Access::dim(dim));
  operand.type = type.str();
  operand.bits = bitsOf(type);
  operand.producer = producer.str();
  operand.isOutput = name == "out";
  return operand;
}

OpInfo matmul(int64_t m, int64_t n, int64_t k, StringRef input, StringRef acc,
              StringRef name) {
  OpInfo op = makeOp(name, {m, n, k}, "ppr", BodyClass::Contraction);
  op.operands = {makeOperand("lhs", {0, 2}, input),
                 makeOperand("rhs", {2, 1}, input),
                 makeOperand("out", {0, 1}, acc)};
  op.accType = acc.str();
  op.accBits = bitsOf(acc);
  op.isFloat = !acc.starts_with("i");
  return op;
}

OpInfo elementwise(StringRef name, ArrayRef<int64_t> extents,
                   StringRef producer, StringRef type) {
  OpInfo op = makeOp(name, extents, std::string(extents.size(), 'p'),
                     BodyClass::Elementwise);
  SmallVector<unsigned> dims;
  for (unsigned i = 0; i < extents.size(); ++i)
    dims.push_back(i);
  op.operands = {makeOperand("in0", dims, type, producer),
                 makeOperand("out", dims, type)};
  op.accType = type.str();
  op.accBits = bitsOf(type);
  return op;
}

OpInfo conv2d(int64_t n, int64_t oh, int64_t ow, int64_t f, int64_t kh,
              int64_t kw, int64_t c, int64_t stride, bool filterLast) {
  OpInfo op = makeOp("conv", {n, oh, ow, f, kh, kw, c}, "pppprrr",
                     BodyClass::Contraction);
  OperandInfo input = makeOperand("in0", {0, 1, 2, 6});
  for (unsigned i : {1u, 2u}) {
    input.access[i].terms[0].second = stride;
    input.access[i].terms.push_back({i + 3, 1});
  }
  OperandInfo filter = filterLast ? makeOperand("filter", {4, 5, 6, 3})
                                  : makeOperand("filter", {3, 4, 5, 6});
  op.operands = {input, filter, makeOperand("out", {0, 1, 2, 3})};
  return op;
}

HardwareModel target(StringRef name) { return must(resolveTarget(name), name); }

//===----------------------------------------------------------------------===//
// Diagnostics
//===----------------------------------------------------------------------===//

std::vector<std::string> messages(Error error) {
  std::vector<std::string> result;
  handleAllErrors(
      std::move(error),
      [&](const PlanError &e) {
        result.push_back(e.label + "@" + std::to_string(e.step) + ": " +
                         e.message);
      },
      [&](const ErrorInfoBase &e) { result.push_back("?: " + e.message()); });
  return result;
}

std::string text(Error error) { return join(messages(std::move(error)), "\n"); }

std::string diagnose(StringRef plan, const HardwareModel &hardware,
                     const KernelInfo *kernel, const Assignment &chosen) {
  Plan p = readPlan(plan);
  auto tree = LoopTree::build(p.header, p.steps, hardware, kernel, chosen);
  return tree ? std::string() : text(tree.takeError());
}

LoopTree build(StringRef plan, const HardwareModel &hardware,
               const KernelInfo *kernel, const Assignment &chosen) {
  Plan p = readPlan(plan);
  return must(LoopTree::build(p.header, p.steps, hardware, kernel, chosen),
              plan);
}

} // namespace tensorop::model::test
