//===- ElementType.cpp - Element types of kernel arguments ----------------===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "TensorOp/Runtime/ElementType.h"
#include "TensorOp/Support/Check.h"
#include <cmath>
#include <cstring>
#include <limits>

using namespace tensorop;
using namespace tensorop::runtime;

namespace {

/// A binary floating-point format: significand bits with the hidden one, and
/// the exponents of the smallest and largest normal power of two.
struct Format {
  int precision;
  int minExponent;
  int maxExponent;
};

struct TypeInfo {
  ElementType type;
  const char *name;
  int64_t bytes;
  /// Precision 0 marks integers.
  Format format;
};

constexpr TypeInfo typeInfos[] = {
    {ElementType::F16, "f16", 2, {11, -14, 15}},
    {ElementType::BF16, "bf16", 2, {8, -126, 127}},
    {ElementType::F32, "f32", 4, {24, -126, 127}},
    {ElementType::F64, "f64", 8, {53, -1022, 1023}},
    {ElementType::I1, "i1", 1, {0, 0, 0}},
    {ElementType::I8, "i8", 1, {0, 0, 0}},
    {ElementType::I16, "i16", 2, {0, 0, 0}},
    {ElementType::I32, "i32", 4, {0, 0, 0}},
    {ElementType::I64, "i64", 8, {0, 0, 0}},
    {ElementType::Index, "index", 8, {0, 0, 0}},
};

const TypeInfo &getInfo(ElementType type) {
  const TypeInfo &info = typeInfos[static_cast<int>(type)];
  TENSOROP_CHECK(info.type == type, "the table has the enum's order");
  return info;
}

/// Bits of `value` in a 16-bit format, rounded to nearest even.
uint16_t encode16(Format format, double value) {
  int fractionBits = format.precision - 1;
  uint16_t sign = std::signbit(value) ? 0x8000 : 0;
  uint16_t infinity = static_cast<uint16_t>(
      (format.maxExponent - format.minExponent + 2) << fractionBits);
  if (std::isnan(value))
    return sign | infinity | static_cast<uint16_t>(1u << (fractionBits - 1));
  double magnitude = std::fabs(value);
  if (std::isinf(value))
    return sign | infinity;
  int exponent = format.minExponent;
  if (magnitude > 0)
    exponent = std::max(std::ilogb(magnitude), format.minExponent);
  // In units of the last place; exact, since f64 is much wider.
  double units = std::nearbyint(std::ldexp(magnitude, fractionBits - exponent));
  auto bits = static_cast<int64_t>(units);
  // A normal number carries its hidden bit into the exponent field.
  if (bits >= (int64_t(1) << fractionBits))
    bits += int64_t(exponent - format.minExponent) << fractionBits;
  return sign | static_cast<uint16_t>(std::min<int64_t>(bits, infinity));
}

double decode16(Format format, uint16_t bits) {
  int fractionBits = format.precision - 1;
  int field = (bits & 0x7fff) >> fractionBits;
  int fraction = bits & ((1 << fractionBits) - 1);
  double value;
  if (field == format.maxExponent - format.minExponent + 2)
    value = fraction ? std::numeric_limits<double>::quiet_NaN()
                     : std::numeric_limits<double>::infinity();
  else if (field == 0)
    value = std::ldexp(fraction, format.minExponent - fractionBits);
  else
    value = std::ldexp((1 << fractionBits) + fraction,
                       field - 1 + format.minExponent - fractionBits);
  return bits & 0x8000 ? -value : value;
}

template <typename T> T loadAs(const void *data, int64_t i) {
  T value;
  std::memcpy(&value, static_cast<const char *>(data) + i * sizeof(T),
              sizeof(T));
  return value;
}

template <typename T> void storeAs(void *data, int64_t i, T value) {
  std::memcpy(static_cast<char *>(data) + i * sizeof(T), &value, sizeof(T));
}

} // namespace

std::string_view runtime::getName(ElementType type) {
  return getInfo(type).name;
}

std::optional<ElementType> runtime::parseElementType(std::string_view name) {
  for (const TypeInfo &info : typeInfos)
    if (name == info.name)
      return info.type;
  return std::nullopt;
}

int64_t runtime::getByteSize(ElementType type) { return getInfo(type).bytes; }

bool runtime::isFloat(ElementType type) {
  return getInfo(type).format.precision != 0;
}

double runtime::getUnitRoundoff(ElementType type) {
  return isFloat(type) ? std::ldexp(1, -getInfo(type).format.precision) : 0;
}

double runtime::getUlp(ElementType type, double value) {
  if (!isFloat(type))
    return 0;
  Format format = getInfo(type).format;
  if (std::isnan(value) || std::isinf(value))
    return std::numeric_limits<double>::quiet_NaN();
  int exponent = format.minExponent;
  if (value != 0)
    exponent = std::max(std::ilogb(value), format.minExponent);
  return std::ldexp(1, exponent - (format.precision - 1));
}

double runtime::getLargest(ElementType type) {
  if (!isFloat(type))
    return 0;
  Format format = getInfo(type).format;
  return std::ldexp(2 - std::ldexp(1, 1 - format.precision),
                    format.maxExponent);
}

double runtime::loadAsDouble(ElementType type, const void *data, int64_t i) {
  switch (type) {
  case ElementType::F16:
  case ElementType::BF16:
    return decode16(getInfo(type).format, loadAs<uint16_t>(data, i));
  case ElementType::F32:
    return loadAs<float>(data, i);
  case ElementType::F64:
    return loadAs<double>(data, i);
  default:
    return static_cast<double>(loadAsInt(type, data, i));
  }
}

int64_t runtime::loadAsInt(ElementType type, const void *data, int64_t i) {
  switch (type) {
  case ElementType::I1:
    return loadAs<uint8_t>(data, i);
  case ElementType::I8:
    return loadAs<int8_t>(data, i);
  case ElementType::I16:
    return loadAs<int16_t>(data, i);
  case ElementType::I32:
    return loadAs<int32_t>(data, i);
  case ElementType::I64:
  case ElementType::Index:
    return loadAs<int64_t>(data, i);
  default:
    TENSOROP_CHECK(false, "loadAsInt is for integers");
  }
}

void runtime::storeDouble(ElementType type, void *data, int64_t i,
                          double value) {
  switch (type) {
  case ElementType::F16:
  case ElementType::BF16:
    return storeAs(data, i, encode16(getInfo(type).format, value));
  case ElementType::F32:
    return storeAs(data, i, static_cast<float>(value));
  case ElementType::F64:
    return storeAs(data, i, value);
  default:
    return storeInt(type, data, i, static_cast<int64_t>(value));
  }
}

void runtime::storeInt(ElementType type, void *data, int64_t i, int64_t value) {
  switch (type) {
  case ElementType::I1:
    return storeAs(data, i, static_cast<uint8_t>(value & 1));
  case ElementType::I8:
    return storeAs(data, i, static_cast<int8_t>(value));
  case ElementType::I16:
    return storeAs(data, i, static_cast<int16_t>(value));
  case ElementType::I32:
    return storeAs(data, i, static_cast<int32_t>(value));
  case ElementType::I64:
  case ElementType::Index:
    return storeAs(data, i, value);
  default:
    TENSOROP_CHECK(false, "storeInt is for integers");
  }
}

int64_t runtime::getNumElements(const std::vector<int64_t> &shape) {
  int64_t count = 1;
  for (int64_t size : shape)
    count *= size;
  return count;
}
