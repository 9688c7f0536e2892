//===- Bundle.cpp - A loaded kernel ---------------------------------------===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "TensorOp/Runtime/Bundle.h"
#include "LinkedKernels.h"
#include "Threads.h"
#include <cstring>
#include <dlfcn.h>

using namespace tensorop;
using namespace tensorop::runtime;

namespace {

/// `library`: null when the object is in this program.
Status findEntry(void *library, const std::string &directory,
                 const Manifest &manifest, const std::string &name,
                 PackedFunction &function) {
  void *address = library ? dlsym(library, name.c_str())
                          : findLinkedEntry(manifest.objectHash, name);
  if (!address)
    return Status::failure(directory + "/" + manifest.object +
                           ": has no entry '" + name +
                           "', which the manifest names");
  function = reinterpret_cast<PackedFunction>(address);
  return Status();
}

} // namespace

Result<Bundle> Bundle::load(const std::string &directory) {
  Bundle bundle;
  bundle.directory = directory;
  Result<Manifest> manifest = readManifest(directory);
  if (!manifest.ok())
    return manifest.status();
  Status machine = checkMachine(*manifest);
  if (!machine.ok())
    return Status::failure(directory + ": " + machine.message());
  bundle.manifest = std::move(*manifest);

  if (bundle.manifest.threads > 1)
    if (Status threads = loadOpenMP(); !threads.ok())
      return Status::failure(directory + ": " + threads.message());

  void *library = nullptr;
  if (!isLinked(bundle.manifest.objectHash)) {
    // A path with a slash is never looked up elsewhere.
    std::string object = directory + "/" + bundle.manifest.object;
    if (!loadsLibraries)
      return Status::failure(
          "cannot load the object " + object +
          ": this runner is static and has other kernels, or none, inside "
          "(tensorop-run --emit=runner links one with the kernel)");
    library = dlopen(object.c_str(), RTLD_NOW | RTLD_LOCAL);
    if (!library) {
      const char *reason = dlerror();
      return Status::failure("cannot load the object " + object + ": " +
                             (reason ? reason : "unknown reason"));
    }
    bundle.library.reset(library, [](void *handle) { dlclose(handle); });
  }

  const Manifest &m = bundle.manifest;
  Status status =
      findEntry(library, directory, m, m.packedEntry, bundle.kernel);
  for (auto [entry, function] : {std::pair(&m.reference, &bundle.reference),
                                 {&m.own, &bundle.own},
                                 {&m.magnitude, &bundle.magnitude},
                                 {&m.perturbed, &bundle.perturbed}})
    if (status.ok() && *entry)
      status = findEntry(library, directory, m, (*entry)->entry, *function);
  bundle.prepack.resize(m.prepacked.size());
  for (size_t i = 0; i < m.prepacked.size() && status.ok(); ++i)
    status = findEntry(library, directory, m, m.prepacked[i].packedEntry,
                       bundle.prepack[i]);
  if (!status.ok())
    return status;
  return bundle;
}

Status Bundle::setThreads(int64_t threads) const {
  if (threads < 1 || threads > manifest.threads)
    return Status::failure(directory + ": threads must be from 1 to " +
                           std::to_string(manifest.threads) +
                           ", for which the kernel was compiled, but is " +
                           std::to_string(threads));
  setOpenMPThreads(threads);
  return Status();
}

Result<Frame> Frame::create(const Manifest &manifest, int64_t workspaceBytes,
                            bool widen, std::optional<double> scale) {
  Frame frame;
  for (const Argument &argument : manifest.arguments) {
    bool wide = widen && isFloat(argument.type);
    Result<Buffer> buffer = Buffer::allocate(
        wide ? ElementType::F64 : argument.type, argument.shape);
    if (!buffer.ok())
      return buffer.status().about("argument '" + argument.name + "'");
    frame.buffers.push_back(std::move(*buffer));
  }
  if (scale) {
    Result<Buffer> buffer = Buffer::allocate(ElementType::F64, {});
    if (!buffer.ok())
      return buffer.status().about("scale");
    storeDouble(ElementType::F64, buffer->data(), 0, *scale);
    frame.buffers.push_back(std::move(*buffer));
  }
  for (const Buffer &buffer : frame.buffers)
    frame.descriptors.emplace_back(buffer);
  for (Descriptor &descriptor : frame.descriptors)
    frame.pointers.push_back(descriptor.get());
  Result<Memory> workspace = Memory::allocate(workspaceBytes);
  if (!workspace.ok())
    return workspace.status().about("workspace");
  frame.workspace = std::move(*workspace);
  return frame;
}

Status Frame::prepack(const Bundle &bundle, unsigned char rubbish) {
  const Manifest &manifest = bundle.getManifest();
  for (size_t i = packed.size(); i < manifest.prepacked.size(); ++i) {
    const Prepacked &one = manifest.prepacked[i];
    Result<Buffer> copy = Buffer::allocate(ElementType::I8, {one.bytes});
    if (!copy.ok())
      return copy.status().about("packed argument '" +
                                 manifest.arguments[size_t(one.argument)].name +
                                 "'");
    packed.push_back(std::move(*copy));
    packedDescriptors.emplace_back(packed.back());
  }
  for (size_t i = 0; i < packed.size(); ++i) {
    const Prepacked &one = manifest.prepacked[i];
    std::memset(packed[i].data(), rubbish, size_t(packed[i].getByteSize()));
    void *both[] = {descriptors[size_t(one.argument)].get(),
                    packedDescriptors[i].get()};
    if (int32_t code = bundle.getPrepack(i)(both, nullptr))
      return Status::failure("entry '" + one.packedEntry + "' returned " +
                             std::to_string(code));
    pointers[size_t(one.argument)] = packedDescriptors[i].get();
  }
  return Status();
}

Status Frame::call(PackedFunction function, const std::string &name,
                   const Manifest &manifest) {
  int32_t code = callRaw(function);
  if (code == 0)
    return Status();
  std::string reason = "returned " + std::to_string(code);
  if (code == -1)
    reason += ": it refuses the workspace of " +
              std::to_string(workspace.size()) + " bytes";
  else if (code <= -2) {
    reason += ": an assertion of the payload failed";
    if (size_t(-2 - code) < manifest.assertions.size())
      reason += ": '" + manifest.assertions[-2 - code] + "'";
  } else if (code > 0 && size_t(code) <= manifest.arguments.size())
    reason +=
        ": it refuses argument '" + manifest.arguments[code - 1].name + "'";
  return Status::failure("entry '" + name + "' " + reason);
}

void Frame::fillWorkspace(unsigned char value) {
  std::memset(workspace.data(), value, workspace.size());
}

Status Frame::checkGuards(const Manifest &manifest) const {
  for (size_t i = 0; i < buffers.size(); ++i) {
    Status status = buffers[i].checkGuards();
    if (!status.ok())
      return Status::failure(
          (i < manifest.arguments.size()
               ? "argument '" + manifest.arguments[i].name + "'"
               : std::string("scale")) +
          ": " + status.message());
  }
  for (size_t i = 0; i < packed.size(); ++i) {
    Status status = packed[i].checkGuards();
    if (!status.ok())
      return Status::failure(
          "packed argument '" +
          manifest.arguments[size_t(manifest.prepacked[i].argument)].name +
          "': " + status.message());
  }
  Status status = workspace.checkGuards();
  if (!status.ok())
    return Status::failure("around the workspace of " +
                           std::to_string(workspace.size()) +
                           " bytes: " + status.message());
  return Status();
}
