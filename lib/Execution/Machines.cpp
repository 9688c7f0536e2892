//===- Machines.cpp - Targets and their code generators -------------------===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Machines.h"
#include "Lowering.h"
#include "TensorOp/Hardware/Catalogue.h"
#include "llvm/Support/raw_ostream.h"

using namespace tensorop;

char UnknownTarget::ID;

void UnknownTarget::log(llvm::raw_ostream &stream) const { stream << text; }

llvm::Expected<const Machine *> Machines::add(const std::string &key,
                                              HardwareModel hardware,
                                              int64_t longestBits) {
  CodegenTarget target = makeCodegenTarget(hardware);
  if (target.vscale)
    target.vscale->max = unsigned(longestBits / hardware.scalableUnitBits());
  llvm::Expected<std::unique_ptr<Codegen>> codegen = Codegen::create(target);
  if (!codegen)
    return codegen.takeError();
  Machine machine{std::move(hardware), std::move(*codegen)};
  return &machines.emplace(key, std::move(machine)).first->second;
}

llvm::Expected<const Machine *> Machines::get(const std::string &target) {
  if (auto known = machines.find(target); known != machines.end())
    return &known->second;
  llvm::Expected<HardwareModel> hardware = resolveTarget(target);
  if (!hardware)
    return llvm::make_error<UnknownTarget>(
        llvm::toString(hardware.takeError()));
  if (!makesCodeFor(hardware->arch))
    return llvm::createStringError("target '" + target + "' is " +
                                   hardware->triple +
                                   "; code is made for processors only so far");
  int64_t longest = hardware->vectorBitsMax;
  return add(target, std::move(*hardware), longest);
}

llvm::Expected<const Machine *>
Machines::getForLength(const std::string &target, int64_t bits) {
  llvm::Expected<const Machine *> any = get(target);
  if (!any)
    return any.takeError();
  std::string key = target + " at least " + std::to_string(bits);
  if (auto known = machines.find(key); known != machines.end())
    return &known->second;
  llvm::Expected<HardwareModel> hardware =
      resolveTarget(targetOfLength(target, bits));
  if (!hardware)
    return hardware.takeError();
  return add(key, std::move(*hardware), (*any)->hardware.vectorBitsMax);
}
