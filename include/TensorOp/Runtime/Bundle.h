//===- Bundle.h - A loaded kernel -------------------------------*- C++ -*-===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef TENSOROP_RUNTIME_BUNDLE_H
#define TENSOROP_RUNTIME_BUNDLE_H

#include "TensorOp/Runtime/Buffers.h"
#include "TensorOp/Runtime/Manifest.h"
#include "TensorOp/Runtime/Status.h"
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace tensorop::runtime {

/// The packed ABI: descriptors in the manifest's order. Returns 0, or i + 1
/// when descriptor i is refused, or -1 for a bad workspace.
using PackedFunction = int32_t (*)(void *const *descriptors, void *workspace);

/// A bundle whose shared object is loaded. Copies share it; it is unloaded with
/// the last one.
class Bundle {
public:
  /// Reads the manifest, checks hashes and machine, loads the object and finds
  /// its entries. Nothing of the bundle's code runs before it was accepted.
  static Result<Bundle> load(const std::string &directory);

  const std::string &getDirectory() const { return directory; }
  const Manifest &getManifest() const { return manifest; }

  /// Calls from this thread run on at most `threads`. Refused below 1 and above
  /// what the kernel was compiled for.
  Status setThreads(int64_t threads) const;

  PackedFunction getKernel() const { return kernel; }
  /// Null when the manifest has no such entry.
  PackedFunction getReference() const { return reference; }
  PackedFunction getOwn() const { return own; }
  PackedFunction getMagnitude() const { return magnitude; }
  PackedFunction getPerturbed() const { return perturbed; }
  /// The entry that makes the manifest's packed argument number `i`.
  PackedFunction getPrepack(size_t i) const { return prepack[i]; }

private:
  std::string directory;
  Manifest manifest;
  std::shared_ptr<void> library;
  PackedFunction kernel = nullptr, reference = nullptr, own = nullptr,
                 magnitude = nullptr, perturbed = nullptr;
  std::vector<PackedFunction> prepack;
};

/// One set of arguments for one entry, with the workspace.
class Frame {
public:
  /// Arrays of the manifest's shapes and types; with `widen`, floats are f64
  /// (as the reference takes them). Contents are zero. `scale` becomes one more
  /// buffer at the end, for the perturbed entry.
  static Result<Frame> create(const Manifest &manifest, int64_t workspaceBytes,
                              bool widen,
                              std::optional<double> scale = std::nullopt);

  std::vector<Buffer> &getBuffers() { return buffers; }
  const std::vector<Buffer> &getBuffers() const { return buffers; }

  /// Packs the arguments that the kernel takes packed, as they are now; calls
  /// of the kernel take these copies from then on. Each byte of a copy is
  /// `rubbish` before.
  Status prepack(const Bundle &bundle, unsigned char rubbish);

  /// Calls `function`; `name` is for the message. A non-zero return is
  /// explained, and guards are not checked here.
  Status call(PackedFunction function, const std::string &name,
              const Manifest &manifest);

  /// Calls without any check; for timing.
  int32_t callRaw(PackedFunction function) {
    return function(pointers.data(), workspace.data());
  }

  /// Sets every byte of the workspace, so that a read of what was not written
  /// shows.
  void fillWorkspace(unsigned char value);

  /// Names the argument, or the workspace, around which bytes were written.
  Status checkGuards(const Manifest &manifest) const;

private:
  std::vector<Buffer> buffers;
  std::vector<Descriptor> descriptors;
  std::vector<void *> pointers;
  /// The packed copies, in the manifest's order.
  std::vector<Buffer> packed;
  std::vector<Descriptor> packedDescriptors;
  Memory workspace;
};

} // namespace tensorop::runtime

#endif // TENSOROP_RUNTIME_BUNDLE_H
