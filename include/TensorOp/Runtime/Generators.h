//===- Generators.h - Inputs made from a seed -------------------*- C++ -*-===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef TENSOROP_RUNTIME_GENERATORS_H
#define TENSOROP_RUNTIME_GENERATORS_H

#include "TensorOp/Runtime/Buffers.h"
#include "TensorOp/Runtime/Status.h"
#include <string>
#include <vector>

namespace tensorop::runtime {

/// A generator is written as a name, or a name with arguments:
///   normal, normal(mean, deviation)   about normal (sum of four uniforms)
///   uniform(low, high)
///   integers, integers(low, high)     whole numbers, also in float types;
///                                     -8 to 8 without arguments, 0 and 1 in I1
///   large, small                      magnitudes over many powers of two, far
///                                     from overflow or underflow of a product
///   special                           normal, with signed zeros, subnormal
///                                     numbers (not in bf16) and smallest
///                                     normal ones, and a few NaN, infinities
///                                     and largest numbers; in integers all
///                                     values, the least and the greatest among
///                                     them
///   constant(value)
///   iota                              0, 1, 2, ...
/// An empty text is "normal" for floats and "integers" for integers.
///
/// Checks the text for a type, without filling anything.
Status checkGenerator(const std::string &generator, ElementType type);

/// Splits a list of generators at the commas outside of parentheses:
/// "normal,uniform(0,1)" has two.
std::vector<std::string> splitGenerators(const std::string &list);

/// Fills `buffer`. The same text, seed, type and shape give the same contents
/// on every machine.
Status generate(const std::string &generator, uint64_t seed, Buffer &buffer);

/// The names without arguments that suit every check, for help texts.
std::vector<std::string> getGeneratorNames();

} // namespace tensorop::runtime

#endif // TENSOROP_RUNTIME_GENERATORS_H
