//===- Header.cpp - The C header of a bundle ------------------------------===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "KernelFacts.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/Support/raw_ostream.h"

using namespace tensorop;

static llvm::StringRef getCType(runtime::ElementType type) {
  switch (type) {
  case runtime::ElementType::F16:
  case runtime::ElementType::BF16:
    return "uint16_t";
  case runtime::ElementType::F32:
    return "float";
  case runtime::ElementType::F64:
    return "double";
  case runtime::ElementType::I1:
    return "uint8_t";
  case runtime::ElementType::I8:
    return "int8_t";
  case runtime::ElementType::I16:
    return "int16_t";
  case runtime::ElementType::I32:
    return "int32_t";
  case runtime::ElementType::I64:
  case runtime::ElementType::Index:
    return "int64_t";
  }
  return "";
}

static std::string getStruct(const runtime::Argument &argument) {
  return "tensorop_memref_" + std::string(runtime::getName(argument.type)) +
         "_" + std::to_string(argument.shape.size()) + "d";
}

/// The packed array that stands for argument `i`, or null.
static const runtime::Prepacked *
findPrepacked(const runtime::Manifest &manifest, size_t i) {
  for (const runtime::Prepacked &one : manifest.prepacked)
    if (one.argument == int64_t(i))
      return &one;
  return nullptr;
}

/// What the kernel takes instead: bytes.
static runtime::Argument packedArgument() {
  runtime::Argument bytes;
  bytes.type = runtime::ElementType::I8;
  bytes.shape = {0};
  return bytes;
}

static void writePrepacked(llvm::raw_ostream &os,
                           const runtime::Manifest &manifest) {
  for (const runtime::Prepacked &one : manifest.prepacked) {
    const runtime::Argument &argument =
        manifest.arguments[size_t(one.argument)];
    std::string upper = llvm::StringRef(one.entry).upper();
    os << "/* Packs " << argument.name << " once, for any number of calls. The "
       << "caller provides the packed\n   array of so many bytes, aligned to "
       << one.alignment
       << "; it does not depend on where it lies,\n   and "
          "belongs to this kernel. Returns 0; 1 when "
       << argument.name
       << " and 2 when the packed array has\n   other sizes "
          "or strides or is not aligned; 2 when they overlap. */\n#define "
       << upper << "_BYTES " << one.bytes << "\nint32_t " << one.entry
       << "(const struct " << getStruct(argument) << " *" << argument.name
       << ",\n    const struct tensorop_memref_i8_1d *packed);\n\n";
  }
}

std::string tensorop::writeHeader(const runtime::Manifest &manifest) {
  std::string text;
  llvm::raw_string_ostream os(text);
  const std::string &name = manifest.kernel;
  std::string upper = llvm::StringRef(name).upper();
  os << "/* " << name << ": made by TensorOp for " << manifest.target << " ("
     << manifest.triple << "). */\n";
  os << "#ifndef TENSOROP_KERNEL_" << upper << "_H\n#define TENSOROP_KERNEL_"
     << upper << "_H\n\n#include <stdint.h>\n\n#ifdef __cplusplus\n"
     << "extern \"C\" {\n#endif\n\n";
  llvm::StringSet<> seen;
  std::vector<runtime::Argument> described = manifest.arguments;
  if (!manifest.prepacked.empty())
    described.push_back(packedArgument());
  for (const runtime::Argument &argument : described) {
    std::string type = getStruct(argument);
    if (!seen.insert(type).second)
      continue;
    // Headers of several kernels may meet in one file.
    std::string guard = llvm::StringRef(type).upper();
    size_t rank = argument.shape.size();
    os << "#ifndef " << guard << "\n#define " << guard << "\n";
    if (argument.type == runtime::ElementType::F16 ||
        argument.type == runtime::ElementType::BF16)
      os << "/* Elements are the bits of " << runtime::getName(argument.type)
         << ". */\n";
    os << "struct " << type << " {\n  " << getCType(argument.type)
       << " *allocated; /* not used by kernels */\n  "
       << getCType(argument.type)
       << " *aligned;   /* the array */\n  int64_t offset; /* of the first "
          "element, in elements */\n";
    if (rank)
      os << "  int64_t sizes[" << rank << "];\n  int64_t strides[" << rank
         << "]; /* in elements */\n";
    os << "};\n#endif\n\n";
  }
  os << "/* Bytes of workspace that the caller provides, aligned to "
     << manifest.workspaceAlignment << "; contents\n   are undefined before "
     << "and after. With 0 bytes it may be null. */\n#define " << upper
     << "_WORKSPACE_BYTES " << manifest.workspaceBytes << "\n\n";
  if (manifest.threads > 1)
    os << "/* Most threads of one call, for which the workspace has room. It "
          "runs on as many\n   as OpenMP allows the caller "
          "(omp_set_num_threads, OMP_NUM_THREADS). */\n#define "
       << upper << "_THREADS " << manifest.threads << "\n\n";
  writePrepacked(os, manifest);
  os << "/* Arrays are dense and row-major:\n";
  for (auto [i, argument] : llvm::enumerate(manifest.arguments)) {
    os << "     " << argument.name << ": " << runtime::getName(argument.role)
       << ", ";
    for (int64_t size : argument.shape)
      os << size << "x";
    os << runtime::getName(argument.type);
    if (const runtime::Prepacked *packed = findPrepacked(manifest, i))
      os << ", as " << packed->entry << " has packed it; any other array is "
         << "refused";
    os << "\n";
  }
  os << "   What the kernel writes (out, inout, workspace) overlaps no other "
        "array.\n   Returns 0; i + 1 when argument i (from 0) has other sizes "
        "or "
        "strides, is not\n   aligned to its elements or overlaps an earlier "
        "one "
        "and one of them is written;\n   -1 for a null, misaligned or "
        "overlapping workspace; -2 - i when\n   assertion i of the payload "
        "failed";
  if (!manifest.assertions.empty()) {
    os << ":\n";
    for (auto [i, text] : llvm::enumerate(manifest.assertions)) {
      // A comment ends where the text says so.
      std::string shown = text;
      for (size_t at; (at = shown.find("*/")) != std::string::npos;)
        shown.replace(at, 2, "* /");
      os << "     " << -2 - int64_t(i) << ": " << shown << "\n";
    }
    os << "  ";
  } else {
    os << " (it has none).";
  }
  os << " Allocates nothing; may run in several threads,\n   each "
        "with a workspace of its own. */\n";
  os << "int32_t " << name << "(";
  for (auto [i, argument] : llvm::enumerate(manifest.arguments))
    if (findPrepacked(manifest, i))
      os << "const struct " << getStruct(packedArgument()) << " *"
         << argument.name << "_packed,\n    ";
    else
      os << "const struct " << getStruct(argument) << " *" << argument.name
         << ",\n    ";
  os << "void *workspace);\n\n/* The same with an array of pointers to the "
        "descriptors, in the same order. */\nint32_t "
     << manifest.packedEntry
     << "(void *const *descriptors, void *workspace);\n\n"
     << "#ifdef __cplusplus\n}\n#endif\n\n#endif\n";
  return text;
}
