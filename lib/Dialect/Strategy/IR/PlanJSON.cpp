//===- PlanJSON.cpp - Plans as JSON ---------------------------------------===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "TensorOp/Dialect/Strategy/IR/PlanJSON.h"
#include "TensorOp/Dialect/Strategy/IR/StrategyOps.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/Verifier.h"

using namespace mlir;
using namespace tensorop;
using namespace tensorop::strategy;
namespace json = llvm::json;

namespace {
/// An attribute of an op: a field of its JSON object.
struct PlanField {
  enum Kind { Text, Symbol, Texts, TextLists, Flag };
  const char *name;
  Kind kind;
  bool isOptional;
};

/// An op: `step` names it, but for the plan itself.
struct PlanRecord {
  const char *word;
  ArrayRef<PlanField> fields;
};

#include "TensorOp/Dialect/Strategy/IR/StrategyPlanRecords.inc"
} // namespace

static const PlanRecord *findRecord(StringRef word) {
  for (const PlanRecord &record : planRecords)
    if (word == record.word)
      return &record;
  return nullptr;
}

/// The one attribute without a definition that plans and steps carry.
static constexpr StringLiteral whyName = "why";

//===----------------------------------------------------------------------===//
// Writing
//===----------------------------------------------------------------------===//

static json::Value toValue(Attribute attribute) {
  if (auto text = dyn_cast<StringAttr>(attribute))
    return json::fixUTF8(text.getValue());
  if (auto symbol = dyn_cast<FlatSymbolRefAttr>(attribute))
    return json::fixUTF8(symbol.getValue());
  if (auto list = dyn_cast<ArrayAttr>(attribute)) {
    json::Array array;
    for (Attribute element : list)
      array.push_back(toValue(element));
    return array;
  }
  return true;
}

static FailureOr<json::Object> writeOp(Operation *op) {
  const PlanRecord *record = isa_and_nonnull<StrategyDialect>(op->getDialect())
                                 ? findRecord(op->getName().stripDialect())
                                 : nullptr;
  if (!record)
    return op->emitError("has no form in JSON");
  json::Object object;
  for (const PlanField &field : record->fields)
    if (Attribute value = op->getAttr(field.name))
      object[field.name] = toValue(value);
  for (NamedAttribute attribute : op->getDiscardableAttrs()) {
    auto text = dyn_cast<StringAttr>(attribute.getValue());
    if (attribute.getName() != whyName || !text)
      return op->emitError("attribute '")
             << attribute.getName().getValue() << "' has no form in JSON";
    object[whyName] = toValue(text);
  }
  return object;
}

FailureOr<json::Value> strategy::writePlans(ModuleOp module) {
  json::Array plans;
  for (PlanOp plan : module.getOps<PlanOp>()) {
    FailureOr<json::Object> object = writeOp(plan);
    if (failed(object))
      return failure();
    json::Array steps;
    for (Operation &op : plan.getBody().front()) {
      FailureOr<json::Object> step = writeOp(&op);
      if (failed(step))
        return failure();
      (*step)["step"] = op.getName().stripDialect();
      steps.push_back(std::move(*step));
    }
    (*object)["steps"] = std::move(steps);
    plans.push_back(std::move(*object));
  }
  return json::Value(
      json::Object{{"schema", planSchema}, {"plans", std::move(plans)}});
}

//===----------------------------------------------------------------------===//
// Reading
//===----------------------------------------------------------------------===//

namespace {
/// Reads one text; each failure is reported once, with the path to the value.
class Reader {
public:
  Reader(StringRef text, StringRef fileName, MLIRContext &context)
      : text(text), fileName(fileName), context(context), builder(&context) {}

  OwningOpRef<ModuleOp> read();

private:
  LogicalResult error(Location loc, const Twine &path, const Twine &what) {
    return emitError(loc) << path << ": " << what;
  }
  Location at(size_t line, size_t column) {
    return FileLineColLoc::get(&context, fileName, line, column);
  }
  /// Where the objects of the arrays `plans` and `steps` begin, in order.
  void findPlaces();
  Location nextPlace(std::vector<Location> &places) {
    if (places.empty())
      return at(1, 1);
    Location place = places.front();
    places.erase(places.begin());
    return place;
  }

  /// Null after a failure.
  Attribute readText(const json::Value &value, Location loc, const Twine &path);
  Attribute readField(const json::Value &value, PlanField::Kind kind,
                      Location loc, const Twine &path);
  FailureOr<Operation *> readOp(const json::Object &object,
                                const PlanRecord &record, StringRef extra,
                                Location loc, const Twine &path);
  LogicalResult readPlan(const json::Value &value, const std::string &path);

  StringRef text, fileName;
  MLIRContext &context;
  OpBuilder builder;
  std::vector<Location> planPlaces, stepPlaces;
};
} // namespace

void Reader::findPlaces() {
  // The text was parsed: brackets match and strings end.
  std::vector<std::pair<char, StringRef>> open;
  StringRef key;
  size_t line = 1, lineBegin = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    char c = text[i];
    if (c == '\n') {
      ++line;
      lineBegin = i + 1;
    } else if (c == '"') {
      size_t begin = ++i;
      while (i < text.size() && text[i] != '"')
        i += text[i] == '\\' ? 2 : 1;
      key = text.slice(begin, i);
    } else if (c == '{' || c == '[') {
      if (c == '{' && !open.empty() && open.back().first == '[') {
        Location place = at(line, i - lineBegin + 1);
        if (open.back().second == "plans")
          planPlaces.push_back(place);
        else if (open.back().second == "steps")
          stepPlaces.push_back(place);
      }
      open.push_back({c, key});
      key = "";
    } else if ((c == '}' || c == ']') && !open.empty()) {
      open.pop_back();
    }
  }
}

Attribute Reader::readText(const json::Value &value, Location loc,
                           const Twine &path) {
  if (auto string = value.getAsString())
    return builder.getStringAttr(*string);
  if (auto number = value.getAsInteger())
    return builder.getStringAttr(Twine(*number));
  return (void)error(loc, path, "expected a string or a whole number"), nullptr;
}

Attribute Reader::readField(const json::Value &value, PlanField::Kind kind,
                            Location loc, const Twine &path) {
  switch (kind) {
  case PlanField::Text:
    return readText(value, loc, path);
  case PlanField::Symbol:
    if (auto symbol = dyn_cast_or_null<StringAttr>(readText(value, loc, path)))
      return FlatSymbolRefAttr::get(symbol);
    return nullptr;
  case PlanField::Flag:
    if (value.getAsBoolean() == true)
      return builder.getUnitAttr();
    return (void)error(loc, path, "expected true, or leave the field out"),
           nullptr;
  case PlanField::Texts:
  case PlanField::TextLists:
    break;
  }
  const json::Array *array = value.getAsArray();
  if (!array)
    return (void)error(loc, path, "expected an array"), nullptr;
  SmallVector<Attribute> elements;
  for (auto [i, element] : llvm::enumerate(*array)) {
    Attribute attribute = readField(
        element, kind == PlanField::Texts ? PlanField::Text : PlanField::Texts,
        loc, path + "[" + Twine(i) + "]");
    if (!attribute)
      return nullptr;
    elements.push_back(attribute);
  }
  return builder.getArrayAttr(elements);
}

FailureOr<Operation *> Reader::readOp(const json::Object &object,
                                      const PlanRecord &record, StringRef extra,
                                      Location loc, const Twine &path) {
  OperationState state(
      loc, (StrategyDialect::getDialectNamespace() + "." + record.word).str());
  std::string known = extra.str();
  for (const PlanField &field : record.fields) {
    known += std::string(", ") + field.name;
    const json::Value *value = object.get(field.name);
    if (!value && field.isOptional)
      continue;
    if (!value)
      return error(loc, path, Twine("field '") + field.name + "' is missing");
    Attribute attribute =
        readField(*value, field.kind, loc, path + "." + field.name);
    if (!attribute)
      return failure();
    state.addAttribute(field.name, attribute);
  }
  for (const auto &[key, value] : object) {
    StringRef name = key;
    if (name == whyName) {
      Attribute why = readText(value, loc, path + "." + name);
      if (!why)
        return failure();
      state.addAttribute(whyName, why);
    } else if (name != extra &&
               llvm::none_of(record.fields, [&](const PlanField &field) {
                 return name == field.name;
               })) {
      return error(loc, path,
                   "unknown field '" + name + "'; the fields are " + known +
                       ", " + whyName);
    }
  }
  if (extra == "steps")
    state.addRegion()->push_back(new Block);
  return builder.create(state);
}

LogicalResult Reader::readPlan(const json::Value &value,
                               const std::string &path) {
  Location loc = nextPlace(planPlaces);
  const json::Object *object = value.getAsObject();
  if (!object)
    return error(loc, path, "expected an object");
  const json::Array *steps = object->getArray("steps");
  if (!steps)
    return error(loc, path, "expected an array 'steps'");
  FailureOr<Operation *> plan =
      readOp(*object, *findRecord("plan"), "steps", loc, path);
  if (failed(plan))
    return failure();
  OpBuilder::InsertionGuard guard(builder);
  builder.setInsertionPointToEnd(&(*plan)->getRegion(0).front());
  for (auto [i, element] : llvm::enumerate(*steps)) {
    std::string stepPath = path + ".steps[" + std::to_string(i) + "]";
    const json::Object *step = element.getAsObject();
    Location stepLoc = step ? nextPlace(stepPlaces) : loc;
    if (!step)
      return error(stepLoc, stepPath, "expected an object");
    std::string words;
    for (const PlanRecord &record : planRecords)
      if (StringRef(record.word) != "plan")
        words += (words.empty() ? "" : ", ") + std::string(record.word);
    std::optional<StringRef> word = step->getString("step");
    const PlanRecord *record = word ? findRecord(*word) : nullptr;
    if (!record || *word == "plan")
      return error(stepLoc, stepPath,
                   word ? "unknown step '" + *word + "'; the steps are " + words
                        : "expected a field 'step', one of " + words);
    if (failed(readOp(*step, *record, "step", stepLoc, stepPath)))
      return failure();
  }
  return success();
}

OwningOpRef<ModuleOp> Reader::read() {
  context.loadDialect<StrategyDialect>();
  Location top = at(1, 1);
  llvm::Expected<json::Value> value = json::parse(text);
  if (!value) {
    emitError(top) << "not JSON: " << llvm::toString(value.takeError());
    return nullptr;
  }
  findPlaces();
  const json::Object *object = value->getAsObject();
  if (!object || object->getInteger("schema") != planSchema) {
    emitError(top) << "expected an object with \"schema\": " << planSchema
                   << ", the version that this program reads";
    return nullptr;
  }
  const json::Array *plans = object->getArray("plans");
  if (!plans || object->size() != 2) {
    emitError(top) << "expected the fields 'schema' and 'plans', an array, and "
                      "no others";
    return nullptr;
  }
  OwningOpRef<ModuleOp> module = ModuleOp::create(builder, top);
  builder.setInsertionPointToEnd(module->getBody());
  for (auto [i, plan] : llvm::enumerate(*plans))
    if (failed(readPlan(plan, "plans[" + std::to_string(i) + "]")))
      return nullptr;
  if (failed(verify(*module)))
    return nullptr;
  return module;
}

OwningOpRef<ModuleOp> strategy::readPlans(StringRef text, StringRef fileName,
                                          MLIRContext &context) {
  return Reader(text, fileName, context).read();
}
