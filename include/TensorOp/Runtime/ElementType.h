//===- ElementType.h - Element types of kernel arguments --------*- C++ -*-===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef TENSOROP_RUNTIME_ELEMENTTYPE_H
#define TENSOROP_RUNTIME_ELEMENTTYPE_H

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace tensorop::runtime {

/// Types an argument's elements may have. I1 takes one byte (0 or 1), Index
/// eight. Integers are signless; as numbers they are read as signed, but for
/// I1, which is 0 or 1.
enum class ElementType { F16, BF16, F32, F64, I1, I8, I16, I32, I64, Index };

/// MLIR's spelling: "f32", "i1", "index", ...
std::string_view getName(ElementType type);

/// The type of that spelling; none for any other text.
std::optional<ElementType> parseElementType(std::string_view name);

/// Size of one element in memory, in bytes.
int64_t getByteSize(ElementType type);

bool isFloat(ElementType type);

/// Half the distance between 1 and the next number (2^-24 for F32): the largest
/// relative error of one rounding. 0 for integers.
double getUnitRoundoff(ElementType type);

/// The distance from |value| to the next larger number of a float type `type`,
/// subnormals included; 0 for integers.
double getUlp(ElementType type, double value);

/// The largest finite number of a float type; 0 for integers.
double getLargest(ElementType type);

/// Element `i` of an array as a double (I64 and Index are rounded to it).
double loadAsDouble(ElementType type, const void *data, int64_t i);

/// Element `i` of an array of integers.
int64_t loadAsInt(ElementType type, const void *data, int64_t i);

/// Stores `value` as element `i`, rounded to nearest even for floats; for
/// integers it must be representable.
void storeDouble(ElementType type, void *data, int64_t i, double value);

/// Stores `value` as element `i` of an array of integers, cut to its width.
void storeInt(ElementType type, void *data, int64_t i, int64_t value);

/// Product of `shape`; 1 for rank 0.
int64_t getNumElements(const std::vector<int64_t> &shape);

} // namespace tensorop::runtime

#endif // TENSOROP_RUNTIME_ELEMENTTYPE_H
