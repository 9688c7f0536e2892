//===- ManifestFile.cpp - Reading and writing manifest.json ---------------===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Hash.h"
#include "TensorOp/Runtime/CpuFeatures.h"
#include "TensorOp/Runtime/Manifest.h"
#include <nlohmann/json.hpp>
#include <set>
#include <sys/stat.h>
#include <unistd.h>

using namespace tensorop;
using namespace tensorop::runtime;
using nlohmann::json;
using nlohmann::ordered_json;

namespace {

std::string joinPath(const std::string &directory, const std::string &name) {
  return directory + "/" + name;
}

/// A compact text that does not depend on the order of fields or on spaces.
std::string hashManifest(json document) {
  document.erase("hash");
  return hashText(document.dump());
}

//===----------------------------------------------------------------------===//
// Reading. Malformed never leaves this file.
//===----------------------------------------------------------------------===//

struct Malformed {
  std::string message;
};

/// A value for a message, cut when it is long.
std::string show(const json &value) {
  std::string text = value.dump(-1, ' ', false, json::error_handler_t::replace);
  constexpr size_t limit = 60;
  return text.size() <= limit ? text : text.substr(0, limit) + "...";
}

[[noreturn]] void reject(const std::string &field, const std::string &rule,
                         const json &value) {
  throw Malformed{"field '" + field + "' must be " + rule + ", but is " +
                  show(value)};
}

std::string asString(const json &value, const std::string &field) {
  if (!value.is_string())
    reject(field, "a string", value);
  return value.get<std::string>();
}

int64_t asInt(const json &value, const std::string &field) {
  if (!value.is_number_integer() ||
      (value.is_number_unsigned() &&
       value.get<uint64_t>() > uint64_t(INT64_MAX)))
    reject(field, "a 64-bit integer", value);
  return value.get<int64_t>();
}

double asNumber(const json &value, const std::string &field) {
  if (!value.is_number())
    reject(field, "a number", value);
  return value.get<double>();
}

bool asBool(const json &value, const std::string &field) {
  if (!value.is_boolean())
    reject(field, "true or false", value);
  return value.get<bool>();
}

ElementType asType(const json &value, const std::string &field) {
  std::optional<ElementType> type = parseElementType(asString(value, field));
  if (!type)
    reject(field, "one of f16, bf16, f32, f64, i1, i8, i16, i32, i64, index",
           value);
  return *type;
}

const json &asArray(json &&value, const std::string &field) = delete;
const json &asArray(const json &value, const std::string &field) {
  if (!value.is_array())
    reject(field, "an array", value);
  return value;
}

/// An object whose fields are taken by name; one that nobody takes is an error.
class Fields {
public:
  Fields(const json &object, const std::string &path)
      : object(object), path(path) {
    if (!object.is_object())
      throw Malformed{(path.empty() ? "the file" : "field '" + path + "'") +
                      " must be an object, but is " + show(object)};
  }

  std::string getPath(const std::string &name) const {
    return path.empty() ? name : path + "." + name;
  }

  bool has(const std::string &name) const { return object.contains(name); }

  const json &take(const std::string &name) {
    auto found = object.find(name);
    if (found == object.end())
      throw Malformed{"field '" + getPath(name) + "' is missing"};
    taken.insert(name);
    return *found;
  }

  std::string takeString(const std::string &name) {
    return asString(take(name), getPath(name));
  }
  int64_t takeInt(const std::string &name) {
    return asInt(take(name), getPath(name));
  }
  double takeNumber(const std::string &name) {
    return asNumber(take(name), getPath(name));
  }
  bool takeBool(const std::string &name) {
    return asBool(take(name), getPath(name));
  }
  ElementType takeType(const std::string &name) {
    return asType(take(name), getPath(name));
  }
  std::vector<Fields> takeObjects(const std::string &name) {
    std::vector<Fields> objects;
    for (const json &object : asArray(take(name), getPath(name)))
      objects.emplace_back(object, getPath(name) + "[" +
                                       std::to_string(objects.size()) + "]");
    return objects;
  }
  Fields takeObject(const std::string &name) {
    return Fields(take(name), getPath(name));
  }
  std::vector<std::string> takeStrings(const std::string &name) {
    std::vector<std::string> texts;
    for (const json &value : asArray(take(name), getPath(name)))
      texts.push_back(asString(value, getPath(name) + "[" +
                                          std::to_string(texts.size()) + "]"));
    return texts;
  }

  void finish() const {
    for (const auto &[name, value] : object.items())
      if (!taken.count(name))
        throw Malformed{"field '" + getPath(name) +
                        "' is not known in schema " +
                        std::to_string(manifestSchema)};
  }

private:
  const json &object;
  std::string path;
  std::set<std::string> taken;
};

/// A file of the bundle as the manifest describes it.
struct FileRecord {
  std::string name;
  int64_t bytes;
  std::string hash;
};

FileRecord readFileRecord(Fields fields) {
  FileRecord record;
  record.name = fields.takeString("name");
  record.bytes = fields.takeInt("bytes");
  record.hash = fields.takeString("hash");
  fields.finish();
  return record;
}

Argument readArgument(Fields fields) {
  Argument argument;
  argument.name = fields.takeString("name");
  std::string role = fields.takeString("role");
  if (role == "in")
    argument.role = Role::In;
  else if (role == "out")
    argument.role = Role::Out;
  else if (role == "inout")
    argument.role = Role::InOut;
  else
    reject(fields.getPath("role"), "one of in, out, inout", role);
  argument.type = fields.takeType("type");
  const json &shape = asArray(fields.take("shape"), fields.getPath("shape"));
  for (size_t d = 0; d < shape.size(); ++d)
    argument.shape.push_back(
        asInt(shape[d], fields.getPath("shape[" + std::to_string(d) + "]")));
  argument.alignment = fields.takeInt("alignment");
  argument.generator = fields.takeString("generator");
  fields.finish();
  return argument;
}

std::optional<CheckEntry> readEntry(Fields &check, const std::string &name) {
  if (!check.has(name))
    return std::nullopt;
  Fields fields = check.takeObject(name);
  CheckEntry entry;
  entry.entry = fields.takeString("entry");
  entry.workspaceBytes = fields.takeInt("workspace_bytes");
  fields.finish();
  return entry;
}

Prepacked readPrepacked(Fields fields) {
  Prepacked one;
  one.argument = fields.takeInt("argument");
  one.entry = fields.takeString("entry");
  one.packedEntry = fields.takeString("packed_entry");
  one.bytes = fields.takeInt("bytes");
  one.alignment = fields.takeInt("alignment");
  fields.finish();
  return one;
}

Bound readBound(Fields fields) {
  Bound bound;
  std::string kind = fields.takeString("kind");
  if (kind == "contraction") {
    bound.kind = Bound::Kind::Contraction;
    bound.k = fields.takeInt("k");
    bound.unit = fields.takeType("unit");
  } else if (kind == "measured") {
    bound.kind = Bound::Kind::Measured;
    bound.factor = fields.takeNumber("factor");
  } else {
    reject(fields.getPath("kind"), "one of contraction, measured", kind);
  }
  bound.floorUlp = fields.takeNumber("floor_ulp");
  fields.finish();
  return bound;
}

GemmEquivalent readGemm(Fields fields) {
  GemmEquivalent gemm;
  std::string op = fields.takeString("op");
  if (op != "gemm")
    reject(fields.getPath("op"), "gemm", op);
  gemm.m = fields.takeInt("m");
  gemm.n = fields.takeInt("n");
  gemm.k = fields.takeInt("k");
  gemm.transA = fields.takeBool("trans_a");
  gemm.transB = fields.takeBool("trans_b");
  gemm.type = fields.takeType("type");
  gemm.result = fields.takeType("result");
  gemm.accumulate = fields.takeBool("accumulate");
  gemm.a = fields.takeInt("a");
  gemm.b = fields.takeInt("b");
  gemm.c = fields.takeInt("c");
  fields.finish();
  return gemm;
}

Contraction readContraction(Fields fields) {
  Contraction contraction;
  for (Fields &loop : fields.takeObjects("loops")) {
    contraction.loops.push_back({loop.takeInt("extent"), loop.takeInt("a"),
                                 loop.takeInt("b"), loop.takeInt("c")});
    loop.finish();
  }
  contraction.accumulate = fields.takeBool("accumulate");
  contraction.a = fields.takeInt("a");
  contraction.b = fields.takeInt("b");
  contraction.c = fields.takeInt("c");
  if (fields.has("start"))
    contraction.start = fields.takeInt("start");
  fields.finish();
  return contraction;
}

void readPlan(Fields plan, std::string &name, std::string &text) {
  name = plan.takeString("name");
  text = plan.takeString("text");
  plan.finish();
}

Manifest readFields(const json &document, std::vector<FileRecord> &files) {
  Fields fields(document, "");
  int64_t schema = fields.takeInt("schema");
  if (schema != manifestSchema)
    throw Malformed{"field 'schema' must be " + std::to_string(manifestSchema) +
                    ", the version that this program reads, but is " +
                    std::to_string(schema)};
  Manifest manifest;
  manifest.kernel = fields.takeString("kernel");
  manifest.packedEntry = fields.takeString("packed_entry");
  manifest.triple = fields.takeString("triple");
  manifest.target = fields.takeString("target");
  manifest.cpu = fields.takeString("cpu");
  manifest.features = fields.takeStrings("features");
  if (fields.has("vector_bits")) {
    Fields bits = fields.takeObject("vector_bits");
    manifest.vectorBits = VectorBits{bits.takeInt("min"), bits.takeInt("max")};
    bits.finish();
  }

  Fields fileFields = fields.takeObject("files");
  files.push_back(readFileRecord(fileFields.takeObject("object")));
  manifest.object = files.back().name;
  manifest.objectHash = files.back().hash;
  manifest.relocatable.clear();
  manifest.header.clear();
  for (auto [name, member] : {std::pair("relocatable", &manifest.relocatable),
                              {"header", &manifest.header}}) {
    if (!fileFields.has(name))
      continue;
    files.push_back(readFileRecord(fileFields.takeObject(name)));
    *member = files.back().name;
  }
  fileFields.finish();

  for (Fields &argument : fields.takeObjects("arguments"))
    manifest.arguments.push_back(readArgument(argument));

  Fields workspace = fields.takeObject("workspace");
  manifest.workspaceBytes = workspace.takeInt("bytes");
  manifest.workspaceAlignment = workspace.takeInt("alignment");
  workspace.finish();
  if (fields.has("threads"))
    manifest.threads = fields.takeInt("threads");

  if (fields.has("prepacked"))
    for (Fields &prepacked : fields.takeObjects("prepacked"))
      manifest.prepacked.push_back(readPrepacked(prepacked));

  Fields check = fields.takeObject("check");
  manifest.reference = readEntry(check, "reference");
  manifest.own = readEntry(check, "own");
  manifest.magnitude = readEntry(check, "magnitude");
  manifest.perturbed = readEntry(check, "perturbed");
  manifest.bound = readBound(check.takeObject("bound"));
  check.finish();

  manifest.flops = fields.takeInt("flops");
  manifest.bytes = fields.takeInt("bytes");
  if (fields.has("factors")) {
    const json &factors = asArray(fields.take("factors"), "factors");
    for (size_t i = 0; i < factors.size(); ++i)
      manifest.factors.push_back(
          asType(factors[i], "factors[" + std::to_string(i) + "]"));
  }
  if (fields.has("equivalent"))
    manifest.gemm = readGemm(fields.takeObject("equivalent"));
  if (fields.has("contraction"))
    manifest.contraction = readContraction(fields.takeObject("contraction"));
  if (fields.has("assertions"))
    manifest.assertions = fields.takeStrings("assertions");
  readPlan(fields.takeObject("plan"), manifest.planName, manifest.planText);
  if (fields.has("versions"))
    for (Fields &version : fields.takeObjects("versions")) {
      VersionOfLength &one = manifest.versions.emplace_back();
      one.bits = version.takeInt("vector_bits");
      readPlan(version.takeObject("plan"), one.planName, one.planText);
      version.finish();
    }
  manifest.diagnostics = fields.takeStrings("diagnostics");
  std::string hash = fields.takeString("hash");
  fields.finish();

  Status valid = validate(manifest);
  if (!valid.ok())
    throw Malformed{valid.message()};
  std::string actual = hashManifest(document);
  if (hash != actual)
    throw Malformed{"the file was altered: field 'hash' is '" + hash +
                    "', its contents give '" + actual + "'"};
  return manifest;
}

Status checkFile(const std::string &directory, const FileRecord &record) {
  std::string path = joinPath(directory, record.name);
  Result<std::string> content = readFile(path);
  if (!content.ok())
    return content.status();
  auto bytes = static_cast<int64_t>(content->size());
  if (bytes != record.bytes)
    return Status::failure(path + ": the file was " +
                           (bytes < record.bytes ? "truncated" : "altered") +
                           ": it has " + std::to_string(bytes) +
                           " bytes, the manifest says " +
                           std::to_string(record.bytes));
  std::string hash = hashText(*content);
  if (hash != record.hash)
    return Status::failure(path + ": the file was altered: its hash is '" +
                           hash + "', the manifest says '" + record.hash + "'");
  return Status();
}

//===----------------------------------------------------------------------===//
// Writing
//===----------------------------------------------------------------------===//

ordered_json writeEntry(const CheckEntry &entry) {
  return {{"entry", entry.entry}, {"workspace_bytes", entry.workspaceBytes}};
}

ordered_json writeCheck(const Manifest &manifest) {
  ordered_json check = ordered_json::object();
  if (manifest.reference)
    check["reference"] = writeEntry(*manifest.reference);
  if (manifest.own)
    check["own"] = writeEntry(*manifest.own);
  if (manifest.magnitude)
    check["magnitude"] = writeEntry(*manifest.magnitude);
  if (manifest.perturbed)
    check["perturbed"] = writeEntry(*manifest.perturbed);
  const Bound &bound = manifest.bound;
  ordered_json fields;
  if (bound.kind == Bound::Kind::Contraction)
    fields = {
        {"kind", "contraction"}, {"k", bound.k}, {"unit", getName(bound.unit)}};
  else
    fields = {{"kind", "measured"}, {"factor", bound.factor}};
  fields["floor_ulp"] = bound.floorUlp;
  check["bound"] = fields;
  return check;
}

ordered_json writeArguments(const Manifest &manifest) {
  ordered_json arguments = ordered_json::array();
  for (const Argument &argument : manifest.arguments)
    arguments.push_back({{"name", argument.name},
                         {"role", getName(argument.role)},
                         {"type", getName(argument.type)},
                         {"shape", argument.shape},
                         {"alignment", argument.alignment},
                         {"generator", argument.generator}});
  return arguments;
}

ordered_json writePrepacked(const Manifest &manifest) {
  ordered_json prepacked = ordered_json::array();
  for (const Prepacked &one : manifest.prepacked)
    prepacked.push_back({{"argument", one.argument},
                         {"entry", one.entry},
                         {"packed_entry", one.packedEntry},
                         {"bytes", one.bytes},
                         {"alignment", one.alignment}});
  return prepacked;
}

ordered_json writeGemm(const GemmEquivalent &gemm) {
  return {{"op", "gemm"},
          {"m", gemm.m},
          {"n", gemm.n},
          {"k", gemm.k},
          {"trans_a", gemm.transA},
          {"trans_b", gemm.transB},
          {"type", getName(gemm.type)},
          {"result", getName(gemm.result)},
          {"accumulate", gemm.accumulate},
          {"a", gemm.a},
          {"b", gemm.b},
          {"c", gemm.c}};
}

ordered_json writeContraction(const Contraction &contraction) {
  ordered_json loops = ordered_json::array();
  for (const ContractionLoop &loop : contraction.loops)
    loops.push_back(
        {{"extent", loop.extent}, {"a", loop.a}, {"b", loop.b}, {"c", loop.c}});
  ordered_json object = {{"loops", loops},
                         {"accumulate", contraction.accumulate},
                         {"a", contraction.a},
                         {"b", contraction.b},
                         {"c", contraction.c}};
  if (contraction.start)
    object["start"] = *contraction.start;
  return object;
}

ordered_json writeFields(const Manifest &manifest, ordered_json files) {
  ordered_json document = {{"schema", manifestSchema},
                           {"kernel", manifest.kernel},
                           {"packed_entry", manifest.packedEntry},
                           {"triple", manifest.triple},
                           {"target", manifest.target},
                           {"cpu", manifest.cpu},
                           {"features", manifest.features}};
  if (manifest.vectorBits)
    document["vector_bits"] = {{"min", manifest.vectorBits->min},
                               {"max", manifest.vectorBits->max}};
  document["files"] = std::move(files);
  document["arguments"] = writeArguments(manifest);
  document["workspace"] = {{"bytes", manifest.workspaceBytes},
                           {"alignment", manifest.workspaceAlignment}};
  document["threads"] = manifest.threads;
  if (!manifest.prepacked.empty())
    document["prepacked"] = writePrepacked(manifest);
  document["check"] = writeCheck(manifest);
  document["flops"] = manifest.flops;
  document["bytes"] = manifest.bytes;
  if (!manifest.factors.empty()) {
    ordered_json factors = ordered_json::array();
    for (ElementType type : manifest.factors)
      factors.push_back(getName(type));
    document["factors"] = factors;
  }
  if (manifest.gemm)
    document["equivalent"] = writeGemm(*manifest.gemm);
  if (manifest.contraction)
    document["contraction"] = writeContraction(*manifest.contraction);
  if (!manifest.assertions.empty())
    document["assertions"] = manifest.assertions;
  document["plan"] = {{"name", manifest.planName}, {"text", manifest.planText}};
  for (const VersionOfLength &version : manifest.versions)
    document["versions"].push_back(
        {{"vector_bits", version.bits},
         {"plan", {{"name", version.planName}, {"text", version.planText}}}});
  document["diagnostics"] = manifest.diagnostics;
  return document;
}

} // namespace

Status runtime::writeManifest(const Manifest &manifest,
                              const std::string &directory) {
  std::string path = joinPath(directory, manifestFileName);
  Status valid = validate(manifest);
  if (!valid.ok())
    return Status::failure(path + ": " + valid.message());
  std::string architecture =
      manifest.triple.substr(0, manifest.triple.find('-'));
  for (size_t i = 0; i < manifest.features.size(); ++i)
    if (!isKnownCpuFeature(architecture, manifest.features[i]))
      return Status::failure(path + ": field 'features[" + std::to_string(i) +
                             "]' must be a known cpu feature, but is '" +
                             manifest.features[i] + "'");

  ordered_json files = ordered_json::object();
  for (auto [key, name] : {std::pair("object", &manifest.object),
                           {"relocatable", &manifest.relocatable},
                           {"header", &manifest.header}}) {
    std::string file = joinPath(directory, *name);
    bool optional = name != &manifest.object;
    if (optional && (name->empty() || ::access(file.c_str(), F_OK) != 0))
      continue;
    Result<std::string> content = readFile(file);
    if (!content.ok())
      return content.status();
    files[key] = {{"name", *name},
                  {"bytes", content->size()},
                  {"hash", hashText(*content)}};
  }
  try {
    ordered_json document = writeFields(manifest, std::move(files));
    // A text that is not UTF-8 (a file name in a remark) must not lose the
    // bundle; what is hashed is what will be read.
    constexpr auto replace = json::error_handler_t::replace;
    document = ordered_json::parse(document.dump(-1, ' ', false, replace));
    document["hash"] = hashManifest(json::parse(document.dump()));
    return writeFile(path, document.dump(2) + "\n");
  } catch (const std::exception &error) {
    return Status::failure("cannot write " + path + ": " + error.what());
  }
}

Result<Manifest> runtime::readManifest(const std::string &directory) {
  std::string path = joinPath(directory, manifestFileName);
  struct stat entry;
  if (::stat(directory.c_str(), &entry) == 0 && !S_ISDIR(entry.st_mode))
    return Status::failure("'" + directory +
                           "' is not a folder; a bundle is the folder that "
                           "holds " +
                           manifestFileName + " and the kernel");
  Result<std::string> text = readFile(path);
  if (!text.ok())
    return text.status();
  Manifest manifest;
  std::vector<FileRecord> files;
  try {
    manifest = readFields(json::parse(*text), files);
  } catch (const Malformed &malformed) {
    return Status::failure(path + ": " + malformed.message);
  } catch (const json::parse_error &error) {
    return Status::failure(
        path + ": not JSON from byte " + std::to_string(error.byte) + " of " +
        std::to_string(text->size()) + ": truncated or altered");
  } catch (const std::exception &error) {
    return Status::failure(path + ": " + error.what());
  }
  for (const FileRecord &record : files) {
    Status status = checkFile(directory, record);
    if (!status.ok())
      return status;
  }
  return manifest;
}
