//===- HardwareSpec.cpp - Hardware models as DLTI entries -----------------===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "TensorOp/Dialect/Strategy/Transforms/HardwareSpec.h"
#include "mlir/Dialect/DLTI/DLTI.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/BuiltinOps.h"
#include "llvm/Support/JSON.h"

using namespace mlir;
using namespace tensorop;
namespace json = llvm::json;

/// The fields whose lists become maps by name, so that queries reach an entry.
static constexpr StringRef kNamedLists[] = {"caches", "instructions"};

static DataLayoutEntryInterface entry(Builder &b, StringRef name,
                                      Attribute value) {
  return DataLayoutEntryAttr::get(b.getStringAttr(name), value);
}

static Attribute toAttribute(Builder &b, const json::Value &value);

/// The fields in the order of their names: JSON objects have none.
static SmallVector<DataLayoutEntryInterface>
toEntries(Builder &b, const json::Object &object, StringRef without = "") {
  SmallVector<StringRef> names;
  for (const auto &field : object)
    if (StringRef(field.first) != without)
      names.push_back(field.first);
  llvm::sort(names);
  SmallVector<DataLayoutEntryInterface> entries;
  for (StringRef name : names) {
    const json::Value &value = *object.get(name);
    const json::Array *list = value.getAsArray();
    if (!llvm::is_contained(kNamedLists, name) || list->empty()) {
      entries.push_back(entry(b, name, toAttribute(b, value)));
      continue;
    }
    SmallVector<DataLayoutEntryInterface> named;
    for (const json::Value &element : *list) {
      const json::Object &fields = *element.getAsObject();
      named.push_back(
          entry(b, *fields.getString("name"),
                MapAttr::get(b.getContext(), toEntries(b, fields, "name"))));
    }
    entries.push_back(entry(b, name, MapAttr::get(b.getContext(), named)));
  }
  return entries;
}

static Attribute toAttribute(Builder &b, const json::Value &value) {
  if (auto flag = value.getAsBoolean())
    return b.getBoolAttr(*flag);
  if (auto number = value.getAsInteger())
    return b.getI64IntegerAttr(*number);
  if (auto number = value.getAsNumber())
    return b.getF64FloatAttr(*number);
  if (auto text = value.getAsString())
    return b.getStringAttr(*text);
  if (const json::Object *object = value.getAsObject())
    return MapAttr::get(b.getContext(), toEntries(b, *object));
  SmallVector<Attribute> elements;
  if (const json::Array *list = value.getAsArray())
    for (const json::Value &element : *list)
      elements.push_back(toAttribute(b, element));
  return b.getArrayAttr(elements);
}

static json::Value toJson(Attribute attribute);

static json::Object toObject(ArrayRef<DataLayoutEntryInterface> entries) {
  json::Object object;
  for (DataLayoutEntryInterface one : entries) {
    auto name = dyn_cast<StringAttr>(one.getKey());
    if (!name)
      continue;
    auto map = dyn_cast<MapAttr>(one.getValue());
    if (!map || !llvm::is_contained(kNamedLists, name.getValue())) {
      object[name.getValue()] = toJson(one.getValue());
      continue;
    }
    json::Array list;
    for (DataLayoutEntryInterface element : map.getEntries()) {
      auto fields = dyn_cast<MapAttr>(element.getValue());
      json::Object each =
          fields ? toObject(fields.getEntries()) : json::Object();
      if (auto key = dyn_cast<StringAttr>(element.getKey()))
        each["name"] = key.getValue();
      list.push_back(std::move(each));
    }
    object[name.getValue()] = std::move(list);
  }
  return object;
}

static json::Value toJson(Attribute attribute) {
  if (auto flag = dyn_cast<BoolAttr>(attribute))
    return flag.getValue();
  if (auto number = dyn_cast<IntegerAttr>(attribute);
      number && number.getValue().getSignificantBits() <= 64)
    return number.getInt();
  if (auto number = dyn_cast<FloatAttr>(attribute))
    return number.getValueAsDouble();
  if (auto text = dyn_cast<StringAttr>(attribute))
    return text.getValue();
  if (auto map = dyn_cast<MapAttr>(attribute))
    return toObject(map.getEntries());
  if (auto list = dyn_cast<ArrayAttr>(attribute)) {
    json::Array values;
    for (Attribute element : list)
      values.push_back(toJson(element));
    return values;
  }
  // Nothing that a hardware file has: its reader says what it expects.
  return nullptr;
}

void strategy::attachHardware(ModuleOp module, const HardwareModel &hardware) {
  module.getContext()->getOrLoadDialect<DLTIDialect>();
  Builder b(module.getContext());
  const json::Value fields = toJSON(hardware);
  auto device = TargetDeviceSpecAttr::get(b.getContext(),
                                          toEntries(b, *fields.getAsObject()));
  module->setAttr(DLTIDialect::kTargetSystemDescAttrName,
                  TargetSystemSpecAttr::get(
                      b.getContext(),
                      {entry(b, hardware.isGPU() ? "GPU" : "CPU", device)}));
}

llvm::Expected<std::optional<HardwareModel>>
strategy::readHardware(ModuleOp module) {
  auto spec = module->getAttrOfType<TargetSystemSpecAttr>(
      DLTIDialect::kTargetSystemDescAttrName);
  if (!spec)
    return std::nullopt;
  for (DataLayoutEntryInterface one : spec.getEntries()) {
    auto device = dyn_cast<TargetDeviceSpecAttr>(one.getValue());
    auto name = dyn_cast<StringAttr>(one.getKey());
    if (!device || !name || (name != "CPU" && name != "GPU"))
      continue;
    // Entries that others made, for other readers.
    if (!llvm::any_of(device.getEntries(), [](DataLayoutEntryInterface field) {
          auto key = dyn_cast<StringAttr>(field.getKey());
          return key && key == "arch";
        }))
      continue;
    std::string text;
    llvm::raw_string_ostream(text)
        << json::Value(toObject(device.getEntries()));
    llvm::Expected<HardwareModel> model = parseHardwareModel(text);
    if (!model)
      return model.takeError();
    return std::move(*model);
  }
  return std::nullopt;
}

FailureOr<HardwareModel> strategy::chooseHardware(ModuleOp module,
                                                  StringRef target) {
  if (target.empty()) {
    llvm::Expected<std::optional<HardwareModel>> carried = readHardware(module);
    if (!carried)
      return module.emitError() << "'" << DLTIDialect::kTargetSystemDescAttrName
                                << "' describes no machine: "
                                << llvm::toString(carried.takeError());
    if (*carried)
      return std::move(**carried);
    target = "native";
  }
  llvm::Expected<HardwareModel> hardware = resolveTarget(target);
  if (!hardware)
    return module.emitError() << llvm::toString(hardware.takeError());
  return std::move(*hardware);
}
