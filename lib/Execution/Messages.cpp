//===- Messages.cpp - MLIR's diagnostics as data --------------------------===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Messages.h"
#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/Location.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;
using namespace tensorop;

std::string tensorop::toString(const Message &message) {
  std::string text;
  if (!message.location.empty())
    text += message.location + ": ";
  return text + message.severity + ": " + message.text;
}

std::string tensorop::getPlace(Location location) {
  return llvm::TypeSwitch<LocationAttr, std::string>(location)
      .Case([](FileLineColLoc place) {
        return (place.getFilename().getValue() + ":" + Twine(place.getLine()) +
                ":" + Twine(place.getColumn()))
            .str();
      })
      .Case([](NameLoc name) { return getPlace(name.getChildLoc()); })
      .Case([](CallSiteLoc call) { return getPlace(call.getCallee()); })
      .Case([](FusedLoc fused) {
        for (Location part : fused.getLocations())
          if (std::string place = getPlace(part); !place.empty())
            return place;
        return std::string();
      })
      .Default([](LocationAttr) { return std::string(); });
}

static const char *getSeverityName(DiagnosticSeverity severity) {
  switch (severity) {
  case DiagnosticSeverity::Error:
    return "error";
  case DiagnosticSeverity::Warning:
    return "warning";
  case DiagnosticSeverity::Remark:
    return "remark";
  case DiagnosticSeverity::Note:
    return "note";
  }
  return "error";
}

MessageCollector::MessageCollector(MLIRContext &context,
                                   std::vector<Message> &messages)
    : handler(&context, [&messages](Diagnostic &diagnostic) {
        auto add = [&](Diagnostic &part) {
          messages.push_back({getSeverityName(part.getSeverity()),
                              getPlace(part.getLocation()), part.str()});
        };
        add(diagnostic);
        for (Diagnostic &note : diagnostic.getNotes())
          add(note);
      }) {}
