//===- Syntax.cpp - Custom directives of the plan syntax ------------------===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Syntax.h"
#include "mlir/IR/Builders.h"
#include "llvm/ADT/StringExtras.h"

using namespace mlir;

namespace tensorop::strategy {

using Delimiter = AsmParser::Delimiter;

//===----------------------------------------------------------------------===//
// Names
//===----------------------------------------------------------------------===//

ParseResult parseName(OpAsmParser &parser, StringAttr &a) {
  StringRef keyword;
  if (parser.parseKeyword(&keyword))
    return failure();
  a = parser.getBuilder().getStringAttr(keyword);
  return success();
}
void printName(OpAsmPrinter &printer, Operation *, StringAttr a) {
  printer << a.getValue();
}

/// Parses one element after the other with `parse` and collects them.
template <typename ParseFn>
static ParseResult parseList(OpAsmParser &parser, Delimiter delimiter,
                             ParseFn parse) {
  return parser.parseCommaSeparatedList(delimiter, parse);
}

static ParseResult parseNameList(OpAsmParser &parser, Delimiter delimiter,
                                 ArrayAttr &a) {
  SmallVector<Attribute> names;
  if (parseList(parser, delimiter, [&]() -> ParseResult {
        StringAttr name;
        if (parseName(parser, name))
          return failure();
        names.push_back(name);
        return success();
      }))
    return failure();
  a = parser.getBuilder().getArrayAttr(names);
  return success();
}
static void printNameList(OpAsmPrinter &printer, ArrayAttr a) {
  llvm::interleaveComma(a.getAsValueRange<StringAttr>(), printer,
                        [&](StringRef name) { printer << name; });
}

ParseResult parseNames(OpAsmParser &parser, ArrayAttr &a) {
  return parseNameList(parser, Delimiter::Square, a);
}
void printNames(OpAsmPrinter &printer, Operation *, ArrayAttr a) {
  printer << "[";
  printNameList(printer, a);
  printer << "]";
}

ParseResult parseBareNames(OpAsmParser &parser, ArrayAttr &a) {
  return parseNameList(parser, Delimiter::None, a);
}
void printBareNames(OpAsmPrinter &printer, Operation *, ArrayAttr a) {
  printNameList(printer, a);
}

//===----------------------------------------------------------------------===//
// Sizes
//===----------------------------------------------------------------------===//

static ParseResult parseSum(OpAsmParser &parser, std::string &text);

/// atom := integer | name | v(sum) | [sum] | (sum) | string
static ParseResult parseAtom(OpAsmParser &parser, std::string &text) {
  // parseOptionalInteger would read them as -1 and 0.
  for (StringRef literal : {"true", "false"})
    if (succeeded(parser.parseOptionalKeyword(literal))) {
      text += literal;
      return success();
    }
  int64_t value;
  OptionalParseResult integer = parser.parseOptionalInteger(value);
  if (integer.has_value()) {
    text += std::to_string(value);
    return *integer;
  }
  std::string quoted;
  if (succeeded(parser.parseOptionalString(&quoted))) {
    text += quoted;
    return success();
  }
  if (succeeded(parser.parseOptionalLSquare())) {
    text += "[";
    if (parseSum(parser, text) || parser.parseRSquare())
      return failure();
    text += "]";
    return success();
  }
  if (succeeded(parser.parseOptionalLParen())) {
    text += "(";
    if (parseSum(parser, text) || parser.parseRParen())
      return failure();
    text += ")";
    return success();
  }
  StringRef keyword;
  if (failed(parser.parseOptionalKeyword(&keyword)))
    return parser.emitError(parser.getCurrentLocation(),
                            "expected a size: an integer, a parameter, v(x), "
                            "[x], full or a quoted expression");
  text += keyword;
  if (keyword == "v") {
    text += "(";
    if (parser.parseLParen() || parseSum(parser, text) || parser.parseRParen())
      return failure();
    text += ")";
  }
  return success();
}

static ParseResult parseProduct(OpAsmParser &parser, std::string &text) {
  if (parseAtom(parser, text))
    return failure();
  while (true) {
    if (succeeded(parser.parseOptionalStar()))
      text += " * ";
    else if (succeeded(parser.parseOptionalSlash()))
      text += " / ";
    else
      return success();
    if (parseAtom(parser, text))
      return failure();
  }
}

static ParseResult parseSum(OpAsmParser &parser, std::string &text) {
  if (parseProduct(parser, text))
    return failure();
  while (true) {
    if (succeeded(parser.parseOptionalPlus()))
      text += " + ";
    else if (succeeded(parser.parseOptionalMinus()))
      text += " - ";
    else
      return success();
    if (parseProduct(parser, text))
      return failure();
  }
}

ParseResult parseSize(OpAsmParser &parser, StringAttr &a) {
  std::string text;
  if (parseSum(parser, text))
    return failure();
  while (succeeded(parser.parseOptionalVerticalBar())) {
    text += "|";
    if (parseSum(parser, text))
      return failure();
  }
  a = parser.getBuilder().getStringAttr(text);
  return success();
}

/// True when `text` reads back through parseSize without quotes: only names,
/// integers, the operators of sums and products, brackets, bars and `v(`.
static bool isPlainSize(StringRef text) {
  StringRef rest = text;
  bool call = false;
  while (!rest.empty()) {
    char c = rest.front();
    if (llvm::isAlpha(c) || c == '_') {
      StringRef name =
          rest.take_while([](char c) { return llvm::isAlnum(c) || c == '_'; });
      rest = rest.drop_front(name.size());
      call = rest.starts_with("(");
      if (call && name != "v")
        return false;
      continue;
    }
    if (!llvm::isDigit(c) && !StringRef(" +-*/|[]()").contains(c))
      return false;
    rest = rest.drop_front();
  }
  return !text.empty();
}

static void printSizeText(OpAsmPrinter &printer, StringRef text) {
  if (isPlainSize(text))
    printer << text;
  else
    printer.printString(text);
}
void printSize(OpAsmPrinter &printer, Operation *, StringAttr a) {
  printSizeText(printer, a.getValue());
}

ParseResult parseSizes(OpAsmParser &parser, ArrayAttr &a) {
  SmallVector<Attribute> sizes;
  if (parseList(parser, Delimiter::Square, [&]() -> ParseResult {
        StringAttr size;
        if (parseSize(parser, size))
          return failure();
        sizes.push_back(size);
        return success();
      }))
    return failure();
  a = parser.getBuilder().getArrayAttr(sizes);
  return success();
}
void printSizes(OpAsmPrinter &printer, Operation *, ArrayAttr a) {
  printer << "[";
  llvm::interleaveComma(a.getAsValueRange<StringAttr>(), printer,
                        [&](StringRef size) { printSizeText(printer, size); });
  printer << "]";
}

//===----------------------------------------------------------------------===//
// The header
//===----------------------------------------------------------------------===//

ParseResult parseOpDims(OpAsmParser &parser, StringAttr &a, ArrayAttr &b) {
  if (parseName(parser, a))
    return failure();
  return parseNameList(parser, Delimiter::Paren, b);
}
void printOpDims(OpAsmPrinter &printer, Operation *, StringAttr a,
                 ArrayAttr b) {
  printer << a.getValue() << "(";
  printNameList(printer, b);
  printer << ")";
}

ParseResult parseOpDimsList(OpAsmParser &parser, ArrayAttr &a, ArrayAttr &b) {
  SmallVector<Attribute> names, dims;
  if (parseList(parser, Delimiter::Square, [&]() -> ParseResult {
        StringAttr name;
        ArrayAttr list;
        if (parseOpDims(parser, name, list))
          return failure();
        names.push_back(name);
        dims.push_back(list);
        return success();
      }))
    return failure();
  a = parser.getBuilder().getArrayAttr(names);
  b = parser.getBuilder().getArrayAttr(dims);
  return success();
}
void printOpDimsList(OpAsmPrinter &printer, Operation *op, ArrayAttr a,
                     ArrayAttr b) {
  printer << "[";
  llvm::interleaveComma(llvm::zip(a, b), printer, [&](auto pair) {
    printOpDims(printer, op, cast<StringAttr>(std::get<0>(pair)),
                cast<ArrayAttr>(std::get<1>(pair)));
  });
  printer << "]";
}

/// name | name(integer), kept as one string.
static ParseResult parseNameWithArgument(OpAsmParser &parser,
                                         SmallVectorImpl<Attribute> &out) {
  StringAttr name;
  if (parseName(parser, name))
    return failure();
  std::string text = name.str();
  if (succeeded(parser.parseOptionalLParen())) {
    StringAttr argument;
    if (parseSize(parser, argument) || parser.parseRParen())
      return failure();
    text += "(" + argument.str() + ")";
  }
  out.push_back(parser.getBuilder().getStringAttr(text));
  return success();
}

ParseResult parsePermissions(OpAsmParser &parser, ArrayAttr &a) {
  SmallVector<Attribute> items;
  if (parseList(parser, Delimiter::None,
                [&] { return parseNameWithArgument(parser, items); }))
    return failure();
  a = parser.getBuilder().getArrayAttr(items);
  return success();
}
void printPermissions(OpAsmPrinter &printer, Operation *, ArrayAttr a) {
  printNameList(printer, a);
}

//===----------------------------------------------------------------------===//
// Steps
//===----------------------------------------------------------------------===//

ParseResult parseDomain(OpAsmParser &parser, ArrayAttr &a, ArrayAttr &b) {
  // A list and a scalable size both begin with a bracket; a domain has no
  // scalable bound, so a bracket is a list.
  if (succeeded(parser.parseOptionalLSquare())) {
    SmallVector<Attribute> values;
    do {
      StringAttr value;
      if (parseSize(parser, value))
        return failure();
      values.push_back(value);
    } while (succeeded(parser.parseOptionalComma()));
    a = parser.getBuilder().getArrayAttr(values);
    return parser.parseRSquare();
  }
  StringAttr lo, hi, step;
  if (parseSize(parser, lo) || parser.parseKeyword("to") ||
      parseSize(parser, hi))
    return failure();
  step = parser.getBuilder().getStringAttr("1");
  if (succeeded(parser.parseOptionalKeyword("step")) && parseSize(parser, step))
    return failure();
  b = parser.getBuilder().getArrayAttr({lo, hi, step});
  return success();
}
void printDomain(OpAsmPrinter &printer, Operation *op, ArrayAttr a,
                 ArrayAttr b) {
  if (a)
    return printSizes(printer, op, a);
  if (!b || b.size() != 3)
    return;
  auto text = [&](unsigned i) { return cast<StringAttr>(b[i]).getValue(); };
  printSizeText(printer, text(0));
  printer << " to ";
  printSizeText(printer, text(1));
  if (text(2) != "1") {
    printer << " step ";
    printSizeText(printer, text(2));
  }
}

ParseResult parseBindings(OpAsmParser &parser, ArrayAttr &a, ArrayAttr &b) {
  SmallVector<Attribute> names, sizes;
  if (parseList(parser, Delimiter::Square, [&]() -> ParseResult {
        StringAttr name, size;
        if (parseName(parser, name) || parser.parseEqual() ||
            parseSize(parser, size))
          return failure();
        names.push_back(name);
        sizes.push_back(size);
        return success();
      }))
    return failure();
  a = parser.getBuilder().getArrayAttr(names);
  b = parser.getBuilder().getArrayAttr(sizes);
  return success();
}
void printBindings(OpAsmPrinter &printer, Operation *, ArrayAttr a,
                   ArrayAttr b) {
  printer << "[";
  llvm::interleaveComma(llvm::zip(a.getAsValueRange<StringAttr>(),
                                  b.getAsValueRange<StringAttr>()),
                        printer, [&](auto pair) {
                          printer << std::get<0>(pair) << " = ";
                          printSizeText(printer, std::get<1>(pair));
                        });
  printer << "]";
}

ParseResult parseLoops(OpAsmParser &parser, ArrayAttr &loops, ArrayAttr &dims,
                       ArrayAttr &sizes) {
  SmallVector<Attribute> loopNames, dimNames, sizeTexts;
  if (parseList(parser, Delimiter::Square, [&]() -> ParseResult {
        StringAttr loop, dim, size;
        if (parseName(parser, loop) || parser.parseColon() ||
            parseName(parser, dim) || parser.parseEqual() ||
            parseSize(parser, size))
          return failure();
        loopNames.push_back(loop);
        dimNames.push_back(dim);
        sizeTexts.push_back(size);
        return success();
      }))
    return failure();
  Builder &b = parser.getBuilder();
  loops = b.getArrayAttr(loopNames);
  dims = b.getArrayAttr(dimNames);
  sizes = b.getArrayAttr(sizeTexts);
  return success();
}
void printLoops(OpAsmPrinter &printer, Operation *, ArrayAttr loops,
                ArrayAttr dims, ArrayAttr sizes) {
  printer << "[";
  llvm::interleaveComma(llvm::zip(loops.getAsValueRange<StringAttr>(),
                                  dims.getAsValueRange<StringAttr>(),
                                  sizes.getAsValueRange<StringAttr>()),
                        printer, [&](auto entry) {
                          auto [loop, dim, size] = entry;
                          printer << loop << ": " << dim << " = ";
                          printSizeText(printer, size);
                        });
  printer << "]";
}

ParseResult parseLoop(OpAsmParser &parser, StringAttr &loop, StringAttr &dim,
                      StringAttr &size) {
  return failure(parser.parseLSquare() || parseName(parser, loop) ||
                 parser.parseColon() || parseName(parser, dim) ||
                 parser.parseEqual() || parseSize(parser, size) ||
                 parser.parseRSquare());
}
void printLoop(OpAsmPrinter &printer, Operation *, StringAttr loop,
               StringAttr dim, StringAttr size) {
  printer << "[" << loop.getValue() << ": " << dim.getValue() << " = ";
  printSizeText(printer, size.getValue());
  printer << "]";
}

ParseResult parseEdges(OpAsmParser &parser, ArrayAttr &a, ArrayAttr &b) {
  SmallVector<Attribute> loops, policies;
  if (parseList(parser, Delimiter::None, [&]() -> ParseResult {
        StringAttr loop;
        if (parseName(parser, loop) || parser.parseEqual())
          return failure();
        loops.push_back(loop);
        return parseNameWithArgument(parser, policies);
      }))
    return failure();
  a = parser.getBuilder().getArrayAttr(loops);
  b = parser.getBuilder().getArrayAttr(policies);
  return success();
}
void printEdges(OpAsmPrinter &printer, Operation *, ArrayAttr a, ArrayAttr b) {
  llvm::interleaveComma(llvm::zip(a.getAsValueRange<StringAttr>(),
                                  b.getAsValueRange<StringAttr>()),
                        printer, [&](auto pair) {
                          printer << std::get<0>(pair) << " = "
                                  << std::get<1>(pair);
                        });
}

ParseResult parseVisit(OpAsmParser &parser, StringAttr &a, ArrayAttr &b) {
  llvm::SMLoc loc = parser.getCurrentLocation();
  if (parseName(parser, a))
    return failure();
  if (a.getValue() != "first" && a.getValue() != "last")
    return parser.emitError(loc, "expected first(loop) or last(loop)");
  return parseNameList(parser, Delimiter::Paren, b);
}
void printVisit(OpAsmPrinter &printer, Operation *, StringAttr a, ArrayAttr b) {
  printer << a.getValue() << "(";
  printNameList(printer, b);
  printer << ")";
}

ParseResult parseNameMaybeSize(OpAsmParser &parser, StringAttr &a,
                               StringAttr &b) {
  if (parseName(parser, a))
    return failure();
  if (failed(parser.parseOptionalEqual()))
    return success();
  return parseSize(parser, b);
}
void printNameMaybeSize(OpAsmPrinter &printer, Operation *, StringAttr a,
                        StringAttr b) {
  printer << a.getValue();
  if (b) {
    printer << " = ";
    printSizeText(printer, b.getValue());
  }
}

} // namespace tensorop::strategy
