//===- Repeat.cpp - Calls a kernel a number of times ----------------------===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "TensorOp/Runtime/Repeat.h"
#include "TensorOp/Runtime/Generators.h"
#include <cstring>

namespace tensorop::runtime {

namespace {
/// What is in the arguments of one role.
std::vector<std::string> getContents(const Frame &frame,
                                     const Manifest &manifest, bool written) {
  std::vector<std::string> contents;
  for (size_t i = 0; i < manifest.arguments.size(); ++i) {
    const Buffer &buffer = frame.getBuffers()[i];
    Role role = manifest.arguments[i].role;
    bool wanted = role == Role::InOut || (written && role == Role::Out);
    contents.emplace_back(wanted ? static_cast<const char *>(buffer.data())
                                 : "",
                          wanted ? buffer.getByteSize() : 0);
  }
  return contents;
}
} // namespace

Status repeatCalls(const Bundle &bundle, int64_t calls, uint64_t seed) {
  const Manifest &manifest = bundle.getManifest();
  Result<Frame> frame = Frame::create(manifest, manifest.workspaceBytes, false);
  if (!frame.ok())
    return frame.status();
  for (size_t i = 0; i < manifest.arguments.size(); ++i) {
    const Argument &argument = manifest.arguments[i];
    if (argument.role == Role::Out)
      continue;
    Status status = generate(argument.generator, seed * 1000003 + i,
                             frame->getBuffers()[i]);
    if (!status.ok())
      return Status::failure("argument '" + argument.name +
                             "': " + status.message());
  }
  std::vector<std::string> initial = getContents(*frame, manifest, false);
  Status status = frame->prepack(bundle, 0);
  if (status.ok())
    status = frame->call(bundle.getKernel(), manifest.packedEntry, manifest);
  if (!status.ok())
    return status;
  std::vector<std::string> expected = getContents(*frame, manifest, true);
  for (int64_t call = 1; call < calls; ++call)
    frame->callRaw(bundle.getKernel());
  for (size_t i = 0; i < initial.size(); ++i)
    std::memcpy(frame->getBuffers()[i].data(), initial[i].data(),
                initial[i].size());
  status = frame->call(bundle.getKernel(), manifest.packedEntry, manifest);
  if (!status.ok())
    return status;
  std::vector<std::string> found = getContents(*frame, manifest, true);
  for (size_t i = 0; i < found.size(); ++i)
    if (found[i] != expected[i])
      return Status::failure("argument '" + manifest.arguments[i].name +
                             "' differs between two calls on the same inputs");
  return frame->checkGuards(manifest);
}

} // namespace tensorop::runtime
