//===- Npy.cpp - NumPy files ----------------------------------------------===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "TensorOp/Runtime/Npy.h"
#include "Hash.h"
#include <cstring>
#include <sstream>

using namespace tensorop;
using namespace tensorop::runtime;

static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__,
              "descriptors and .npy files are little-endian");

namespace {

constexpr char magic[] = "\x93NUMPY";
constexpr size_t magicLength = 6;

struct NpyType {
  const char *descr;
  ElementType type;
};

/// What is read. Unsigned types share the signless integers of their width.
constexpr NpyType readTypes[] = {
    {"f2", ElementType::F16},  {"f4", ElementType::F32},
    {"f8", ElementType::F64},  {"b1", ElementType::I1},
    {"i1", ElementType::I8},   {"u1", ElementType::I8},
    {"i2", ElementType::I16},  {"u2", ElementType::I16},
    {"i4", ElementType::I32},  {"u4", ElementType::I32},
    {"i8", ElementType::I64},  {"u8", ElementType::I64},
    {"V2", ElementType::BF16},
};

const char *getDescr(ElementType type) {
  switch (type) {
  case ElementType::F16:
    return "<f2";
  case ElementType::BF16:
  case ElementType::F32:
    return "<f4";
  case ElementType::F64:
    return "<f8";
  case ElementType::I1:
    return "|b1";
  case ElementType::I8:
    return "|i1";
  case ElementType::I16:
    return "<i2";
  case ElementType::I32:
    return "<i4";
  case ElementType::I64:
  case ElementType::Index:
    return "<i8";
  }
  TENSOROP_CHECK(false, "all types have a NumPy type");
}

/// What a header says.
struct Header {
  ElementType type = ElementType::F32;
  bool fortran = false;
  std::vector<int64_t> shape;
  /// Where the data starts.
  size_t offset = 0;
};

/// Reads the header, a Python dictionary of three known keys.
class HeaderParser {
public:
  HeaderParser(const std::string &path, const std::string &text)
      : path(path), text(text) {}

  Result<Header> parse() {
    Status status = findDictionary();
    if (status.ok())
      status = parseDictionary();
    if (!status.ok())
      return status;
    return header;
  }

private:
  Status fail(const std::string &message) const {
    return Status::failure(path + ": " + message);
  }

  Status findDictionary() {
    if (text.size() < magicLength + 2 ||
        std::memcmp(text.data(), magic, magicLength) != 0)
      return fail("not a NumPy file: it does not begin with \\x93NUMPY");
    auto major = static_cast<unsigned char>(text[magicLength]);
    if (major < 1 || major > 3)
      return fail("NumPy format version must be 1, 2 or 3, but is " +
                  std::to_string(major));
    size_t lengthBytes = major == 1 ? 2 : 4;
    size_t begin = magicLength + 2 + lengthBytes;
    uint32_t length = 0;
    if (text.size() >= begin)
      std::memcpy(&length, text.data() + magicLength + 2, lengthBytes);
    if (text.size() < begin || text.size() - begin < length)
      return fail("truncated: the file ends inside its header, at byte " +
                  std::to_string(text.size()));
    dictionary = text.substr(begin, length);
    header.offset = begin + length;
    return Status();
  }

  /// The text after "'key':", without spaces in front; empty when missing.
  std::string findValue(const std::string &key) const {
    for (char quote : {'\'', '"'}) {
      size_t at = dictionary.find(quote + key + quote);
      if (at == std::string::npos)
        continue;
      at = dictionary.find(':', at + key.size() + 2);
      if (at == std::string::npos)
        return "";
      at = dictionary.find_first_not_of(' ', at + 1);
      return at == std::string::npos ? "" : dictionary.substr(at);
    }
    return "";
  }

  Status parseDictionary() {
    std::string descr = findValue("descr");
    if (descr.size() < 2 || (descr[0] != '\'' && descr[0] != '"'))
      return fail("the header has no simple 'descr': " + dictionary);
    size_t end = descr.find(descr[0], 1);
    if (end == std::string::npos)
      return fail("the header has no simple 'descr': " + dictionary);
    Status status = parseType(descr.substr(1, end - 1));
    if (!status.ok())
      return status;

    std::string fortran = findValue("fortran_order");
    header.fortran = fortran.rfind("True", 0) == 0;
    if (!header.fortran && fortran.rfind("False", 0) != 0)
      return fail("the header's 'fortran_order' must be True or False: " +
                  dictionary);
    return parseShape(findValue("shape"));
  }

  Status parseType(const std::string &descr) {
    if (descr.size() > 1 && descr[0] == '>')
      return fail("type '" + descr + "' is big-endian, which is not supported");
    for (const NpyType &known : readTypes)
      if (descr.size() > 1 && descr.substr(1) == known.descr) {
        header.type = known.type;
        return Status();
      }
    return fail("type '" + descr +
                "' is not supported; known are f2, f4, f8, b1, i1 to i8, u1 to "
                "u8 and V2 (bf16)");
  }

  Status parseShape(const std::string &shape) {
    size_t end = shape.find(')');
    if (shape.empty() || shape[0] != '(' || end == std::string::npos)
      return fail("the header's 'shape' must be a tuple: " + dictionary);
    std::istringstream sizes(shape.substr(1, end - 1));
    std::string part;
    while (std::getline(sizes, part, ',')) {
      size_t begin = part.find_first_not_of(' ');
      if (begin == std::string::npos)
        continue;
      part = part.substr(begin, part.find_last_not_of(' ') - begin + 1);
      bool digits = part.find_first_not_of("0123456789") == std::string::npos;
      if (!digits || part.size() > 15)
        return fail("a size in the header's 'shape' must be a number below "
                    "10^15, but is '" +
                    part + "'");
      header.shape.push_back(std::stoll(part));
    }
    return Status();
  }

  const std::string &path;
  const std::string &text;
  std::string dictionary;
  Header header;
};

/// Copies column-major elements to row-major ones.
void fromFortran(const char *source, Buffer &target) {
  const std::vector<int64_t> &shape = target.getShape();
  int64_t bytes = getByteSize(target.getType());
  std::vector<int64_t> index(shape.size(), 0);
  for (int64_t i = 0; i < target.getNumElements(); ++i) {
    int64_t from = 0;
    for (size_t d = shape.size(); d-- > 0;)
      from = from * shape[d] + index[d];
    std::memcpy(static_cast<char *>(target.data()) + i * bytes,
                source + from * bytes, bytes);
    for (size_t d = shape.size(); d-- > 0;) {
      if (++index[d] < shape[d])
        break;
      index[d] = 0;
    }
  }
}

} // namespace

std::string runtime::formatShape(const std::vector<int64_t> &shape) {
  if (shape.empty())
    return "scalar";
  std::string text;
  for (int64_t size : shape)
    text += (text.empty() ? "" : "x") + std::to_string(size);
  return text;
}

Result<Buffer> runtime::readNpy(const std::string &path) {
  Result<std::string> text = readFile(path);
  if (!text.ok())
    return text.status();
  Result<Header> header = HeaderParser(path, *text).parse();
  if (!header.ok())
    return header.status();
  size_t present = text->size() - header->offset;
  // Divide instead of multiplying: a damaged shape may overflow.
  size_t expected = getByteSize(header->type);
  bool fits = true;
  for (int64_t size : header->shape) {
    if (size != 0 && expected > (size_t(1) << 62) / size)
      fits = false;
    else
      expected *= size;
  }
  if (!fits || present != expected)
    return Status::failure(
        path + ": " + (fits && present > expected ? "has" : "truncated:") +
        " " + std::to_string(present) + " bytes of data, but shape " +
        formatShape(header->shape) + " of " +
        std::string(getName(header->type)) + " needs " +
        (fits ? std::to_string(expected) : "more than any machine has"));
  Result<Buffer> buffer = Buffer::allocate(header->type, header->shape);
  if (!buffer.ok())
    return Status::failure(path + ": " + buffer.message());
  const char *data = text->data() + header->offset;
  if (header->fortran && header->shape.size() > 1)
    fromFortran(data, *buffer);
  else
    std::memcpy(buffer->data(), data, expected);
  return buffer;
}

Status runtime::writeNpy(const std::string &path, const Buffer &buffer) {
  std::string shape;
  for (int64_t size : buffer.getShape())
    shape += std::to_string(size) + ", ";
  // Python writes (3,) and (3, 4).
  if (buffer.getShape().size() > 1)
    shape.resize(shape.size() - 2);
  else if (buffer.getShape().size() == 1)
    shape.resize(shape.size() - 1);
  std::string dictionary =
      std::string("{'descr': '") + getDescr(buffer.getType()) +
      "', 'fortran_order': False, 'shape': (" + shape + "), }";
  // The data begins at a multiple of 64, behind spaces and a line end.
  constexpr size_t prefix = magicLength + 4;
  size_t length = (prefix + dictionary.size() + 1 + 63) / 64 * 64 - prefix;
  if (length > 0xffff)
    return Status::failure("cannot write " + path + ": rank " +
                           std::to_string(buffer.getShape().size()) +
                           " is too high for a NumPy header of version 1");
  dictionary.resize(length - 1, ' ');
  dictionary += '\n';
  std::string text(magic, magicLength);
  text += {'\x01', '\x00', static_cast<char>(length & 0xff),
           static_cast<char>(length >> 8)};
  text += dictionary;
  if (buffer.getType() == ElementType::BF16) {
    for (int64_t i = 0; i < buffer.getNumElements(); ++i) {
      auto value =
          static_cast<float>(loadAsDouble(ElementType::BF16, buffer.data(), i));
      text.append(reinterpret_cast<const char *>(&value), sizeof value);
    }
  } else {
    text.append(static_cast<const char *>(buffer.data()), buffer.getByteSize());
  }
  return writeFile(path, text);
}

Status runtime::assign(const Buffer &source, const std::string &from,
                       Buffer &target, const std::string &to) {
  if (source.getShape() != target.getShape())
    return Status::failure(from + ": shape " + formatShape(source.getShape()) +
                           " does not fit " + to + " of shape " +
                           formatShape(target.getShape()));
  auto plain = [](ElementType type) {
    return type == ElementType::Index ? ElementType::I64 : type;
  };
  if (plain(source.getType()) == plain(target.getType())) {
    std::memcpy(target.data(), source.data(), target.getByteSize());
    return Status();
  }
  if (source.getType() != ElementType::F32 ||
      target.getType() != ElementType::BF16)
    return Status::failure(from + ": type " +
                           std::string(getName(source.getType())) +
                           " does not fit " + to + " of type " +
                           std::string(getName(target.getType())));
  for (int64_t i = 0; i < target.getNumElements(); ++i)
    storeDouble(target.getType(), target.data(), i,
                loadAsDouble(source.getType(), source.data(), i));
  return Status();
}
