//===- Suite.cpp - What tensorop-bench is asked to measure ----------------===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Suite.h"
#include "TensorOp/Request/Request.h"
#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <sstream>

using namespace tensorop;
using namespace tensorop::bench;
using nlohmann::json;
using runtime::ElementType;
using runtime::Result;
using runtime::Status;

namespace {

constexpr int64_t largestSize = 65536;
/// Of the two factors; sums of f16 and bf16 are in f32, of i8 in i32.
constexpr ElementType gemmTypes[] = {ElementType::F32, ElementType::F64,
                                     ElementType::F16, ElementType::BF16,
                                     ElementType::I8};

std::vector<std::string> split(const std::string &text, char separator) {
  std::vector<std::string> parts(1);
  for (char c : text) {
    if (c == separator)
      parts.emplace_back();
    else
      parts.back() += c;
  }
  return parts;
}

} // namespace

Result<GemmShape> bench::parseShape(const std::string &text) {
  GemmShape shape;
  std::vector<std::string> sizes = split(text, 'x');
  if (sizes.size() != 3)
    return Status::failure("a shape of gemm must be MxNxK, but is '" + text +
                           "'");
  int64_t *const targets[] = {&shape.m, &shape.n, &shape.k};
  for (size_t i = 0; i < 3; ++i) {
    const std::string &size = sizes[i];
    bool digits =
        !size.empty() && size.find_first_not_of("0123456789") == size.npos;
    int64_t value = digits && size.size() < 10
                        ? std::strtoll(size.c_str(), nullptr, 10)
                        : -1;
    if (value < 1 || value > largestSize)
      return Status::failure(
          "a size in shape '" + text + "' must be from 1 to " +
          std::to_string(largestSize) + ", but is '" + size + "'");
    *targets[i] = value;
  }
  return shape;
}

Result<std::vector<GemmShape>> bench::parseShapes(const std::string &text) {
  std::vector<GemmShape> shapes;
  for (const std::string &part : split(text, ',')) {
    Result<GemmShape> shape = parseShape(part);
    if (!shape.ok())
      return shape.status();
    shapes.push_back(*shape);
  }
  return shapes;
}

Result<std::vector<ElementType>> bench::parseTypes(const std::string &text) {
  std::vector<ElementType> types;
  for (const std::string &part : split(text, ',')) {
    std::optional<ElementType> type = runtime::parseElementType(part);
    if (!type || std::find(std::begin(gemmTypes), std::end(gemmTypes), *type) ==
                     std::end(gemmTypes))
      return Status::failure(
          "a type of gemm must be one of f32, f64, f16, bf16, i8, but is '" +
          part + "'");
    types.push_back(*type);
  }
  return types;
}

Status bench::checkOp(const std::string &op) {
  if (op == "gemm")
    return Status();
  return Status::failure("there is no benchmark for operator '" + op +
                         "'; known are gemm");
}

namespace {

/// Thrown and caught in this file only.
struct Malformed {
  std::string message;
};

std::string getString(const json &object, const std::string &name,
                      const std::string &path) {
  auto found = object.find(name);
  if (found == object.end())
    throw Malformed{"field '" + path + name + "' is missing"};
  if (!found->is_string())
    throw Malformed{"field '" + path + name + "' must be a string, but is " +
                    found->dump()};
  return found->get<std::string>();
}

void addCases(const json &entry, const std::string &path,
              const std::string &folder, std::vector<Case> &cases) {
  if (!entry.is_object())
    throw Malformed{"field '" + path + "' must be an object, but is " +
                    entry.dump()};
  std::string prefix = path + ".";
  for (const auto &[name, value] : entry.items())
    if (name != "op" && name != "types" && name != "shapes" && name != "plan")
      throw Malformed{"field '" + prefix + name + "' is not known"};
  Case pattern;
  pattern.op = getString(entry, "op", prefix);
  Status status = checkOp(pattern.op);
  if (!status.ok())
    throw Malformed{"field '" + prefix + "op': " + status.message()};
  if (entry.contains("plan"))
    pattern.plan = folder + getString(entry, "plan", prefix);
  Result<std::vector<ElementType>> types =
      parseTypes(getString(entry, "types", prefix));
  if (!types.ok())
    throw Malformed{"field '" + prefix + "types': " + types.message()};
  auto shapes = entry.find("shapes");
  if (shapes == entry.end() || !shapes->is_array() || shapes->empty())
    throw Malformed{"field '" + prefix +
                    "shapes' must be an array of texts MxNxK"};
  for (ElementType type : *types)
    for (const json &text : *shapes) {
      if (!text.is_string())
        throw Malformed{"field '" + prefix +
                        "shapes' must be an array of texts MxNxK, but holds " +
                        text.dump()};
      Result<GemmShape> shape = parseShape(text.get<std::string>());
      if (!shape.ok())
        throw Malformed{"field '" + prefix + "shapes': " + shape.message()};
      Case benchCase = pattern;
      benchCase.type = type;
      benchCase.shape = *shape;
      cases.push_back(benchCase);
    }
}

} // namespace

Result<std::vector<Case>> bench::readSuite(const std::string &path) {
  std::ifstream file(path);
  if (!file)
    return Status::failure("cannot read the suite " + path + ": " +
                           std::strerror(errno));
  std::string folder;
  if (size_t slash = path.rfind('/'); slash != std::string::npos)
    folder = path.substr(0, slash + 1);
  std::vector<Case> cases;
  try {
    json document = json::parse(file);
    if (!document.is_object() || document.value("schema", json()) != 1)
      throw Malformed{"field 'schema' must be 1"};
    auto list = document.find("cases");
    if (list == document.end() || !list->is_array() || list->empty())
      throw Malformed{"field 'cases' must be an array with at least one entry"};
    for (size_t i = 0; i < list->size(); ++i)
      addCases((*list)[i], "cases[" + std::to_string(i) + "]", folder, cases);
  } catch (const Malformed &malformed) {
    return Status::failure(path + ": " + malformed.message);
  } catch (const json::parse_error &error) {
    return Status::failure(path + ": not JSON from byte " +
                           std::to_string(error.byte) + " on");
  } catch (const std::exception &error) {
    return Status::failure(path + ": " + error.what());
  }
  return cases;
}

std::string bench::format(const GemmShape &shape) {
  return std::to_string(shape.m) + "x" + std::to_string(shape.n) + "x" +
         std::to_string(shape.k);
}

std::string bench::makePayload(const Case &benchCase) {
  Request request;
  request.type = benchCase.type;
  request.m = benchCase.shape.m;
  request.n = benchCase.shape.n;
  request.k = benchCase.shape.k;
  return tensorop::makePayload(request);
}
