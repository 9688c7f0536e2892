//===- tensorop-tblgen.cpp - What JSON needs of the op definitions --------===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "../LLVMVersion.h"
#include "mlir/TableGen/GenInfo.h"
#include "mlir/TableGen/Operator.h"
#include "mlir/Tools/mlir-tblgen/MlirTblgenMain.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/JSON.h"
#include "llvm/TableGen/Error.h"
#include "llvm/TableGen/Record.h"

using namespace mlir::tblgen;
using llvm::StringRef;
namespace json = llvm::json;

/// The ops of the strategy dialect: the plan, which has a region, and steps.
static std::vector<Operator> getOps(const llvm::RecordKeeper &records) {
  std::vector<Operator> ops;
  for (const llvm::Record *record : records.getAllDerivedDefinitions("Op")) {
    Operator op(record);
    if (op.getDialectName() == "strategy")
      ops.push_back(op);
  }
  return ops;
}

/// The mnemonic: `tile` of `strategy.tile`.
static std::string getWord(const Operator &op) {
  return op.getOperationName().substr(op.getDialectName().size() + 1);
}

/// The kinds that PlanJSON.cpp knows, by the name of the attribute's
/// definition.
static StringRef getKind(const Operator &op, const NamedAttribute &attribute) {
  StringRef name = attribute.attr.getBaseAttr().getAttrDefName();
  for (auto [definition, kind] :
       {std::pair<StringRef, StringRef>("StrAttr", "Text"),
        {"SymbolNameAttr", "Text"},
        {"FlatSymbolRefAttr", "Symbol"},
        {"StrArrayAttr", "Texts"},
        {"ArrayAttr", "TextLists"},
        {"UnitAttr", "Flag"}})
    if (name == definition)
      return kind;
  llvm::PrintFatalError(op.getLoc(), "attribute '" + attribute.name +
                                         "' of the kind " + name +
                                         " has no form in JSON");
}

static bool genRecords(const llvm::RecordKeeper &records,
                       llvm::raw_ostream &os) {
  std::string table;
  for (const Operator &op : getOps(records)) {
    std::string array = getWord(op) + "Fields";
    os << "static const PlanField " << array << "[] = {\n";
    for (const NamedAttribute &attribute : op.getAttributes())
      os << "    {\"" << attribute.name
         << "\", PlanField::" << getKind(op, attribute) << ", "
         << (attribute.attr.isOptional() ? "true" : "false") << "},\n";
    os << "};\n";
    table += "    {\"" + getWord(op) + "\", " + array + "},\n";
  }
  os << "static const PlanRecord planRecords[] = {\n" << table << "};\n";
  return false;
}

static json::Value schemaOf(StringRef kind) {
  if (kind == "Flag")
    return json::Object{{"const", true}};
  json::Object text{{"$ref", "#/$defs/text"}};
  if (kind == "Text" || kind == "Symbol")
    return text;
  json::Object texts{{"type", "array"}, {"items", std::move(text)}};
  if (kind == "Texts")
    return texts;
  return json::Object{{"type", "array"}, {"items", std::move(texts)}};
}

static bool genSchema(const llvm::RecordKeeper &records,
                      llvm::raw_ostream &os) {
  json::Object definitions{
      {"text", json::Object{{"type", json::Array{"string", "integer"}},
                            {"description",
                             "a name or a size; 6 is the same as \"6\""}}}};
  json::Array steps;
  for (const Operator &op : getOps(records)) {
    bool isPlan = op.getNumRegions() > 0;
    json::Object properties{
        {"why", json::Object{{"type", "string"},
                             {"description", "the reason, for people"}}}};
    json::Array required;
    if (isPlan) {
      properties["steps"] = json::Object{
          {"type", "array"}, {"items", json::Object{{"$ref", "#/$defs/step"}}}};
      required.push_back("steps");
    } else {
      properties["step"] = json::Object{{"const", getWord(op)}};
      required.push_back("step");
      steps.push_back(json::Object{{"$ref", "#/$defs/" + getWord(op)}});
    }
    for (const NamedAttribute &attribute : op.getAttributes()) {
      properties[attribute.name] = schemaOf(getKind(op, attribute));
      if (!attribute.attr.isOptional())
        required.push_back(attribute.name);
    }
    definitions[getWord(op)] =
        json::Object{{"description", op.getSummary()},
                     {"type", "object"},
                     {"additionalProperties", false},
                     {"required", std::move(required)},
                     {"properties", std::move(properties)}};
  }
  definitions["step"] = json::Object{{"oneOf", std::move(steps)}};
  json::Object plans{{"type", "array"},
                     {"items", json::Object{{"$ref", "#/$defs/plan"}}}};
  os << llvm::formatv(
            "{0:2}",
            json::Value(json::Object{
                {"$schema", "https://json-schema.org/draft/2020-12/schema"},
                {"title", "Plans of the strategy dialect"},
                {"type", "object"},
                {"additionalProperties", false},
                {"required", json::Array{"schema", "plans"}},
                {"properties",
                 json::Object{{"schema", json::Object{{"const", 1}}},
                              {"plans", std::move(plans)}}},
                {"$defs", std::move(definitions)}}))
     << "\n";
  return false;
}

static mlir::GenRegistration
    registerRecords("gen-plan-records",
                    "The fields of each op, for the JSON reader and writer",
                    genRecords);
static mlir::GenRegistration
    registerSchema("gen-plan-schema", "The JSON schema of plans", genSchema);

int main(int argc, char **argv) {
  tensorop::setVersion();
  return mlir::MlirTblgenMain(argc, argv);
}
