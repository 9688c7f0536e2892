//===- NpyTest.cpp - NumPy files ------------------------------------------===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "TensorOp/Runtime/Npy.h"
#include "TestBundle.h"
#include <cstring>

using namespace tensorop;
using namespace tensorop::runtime;

namespace {

/// A file as NumPy writes it.
std::string makeNpy(const std::string &dictionary, const std::string &data,
                    char version = 1) {
  std::string header = dictionary + "\n";
  std::string text = "\x93NUMPY";
  text += {version, '\0'};
  size_t length = header.size();
  for (int i = 0; i < (version == 1 ? 2 : 4); ++i)
    text += static_cast<char>(length >> (8 * i) & 0xff);
  return text + header + data;
}

std::string makeFloats(const std::vector<float> &values) {
  return std::string(reinterpret_cast<const char *>(values.data()),
                     values.size() * sizeof(float));
}

class NpyTest : public ::testing::Test {
protected:
  Result<Buffer> read(const std::string &text) {
    directory.write("x.npy", text);
    return readNpy(directory.getFile("x.npy"));
  }
  TestDirectory directory;
};

TEST_F(NpyTest, AllTypesAndRanksRoundTrip) {
  for (ElementType type :
       {ElementType::F16, ElementType::F32, ElementType::F64, ElementType::I1,
        ElementType::I8, ElementType::I16, ElementType::I32, ElementType::I64})
    for (const std::vector<int64_t> &shape : std::vector<std::vector<int64_t>>{
             {}, {3}, {2, 3}, {0, 4}, {1, 2, 3, 4}}) {
      Result<Buffer> buffer = Buffer::allocate(type, shape);
      ASSERT_TRUE(buffer.ok());
      for (int64_t i = 0; i < buffer->getNumElements(); ++i)
        storeDouble(type, buffer->data(), i,
                    type == ElementType::I1 ? i % 2 : i);
      std::string path = directory.getFile("r.npy");
      ASSERT_TRUE(writeNpy(path, *buffer).ok());
      Result<Buffer> back = readNpy(path);
      ASSERT_TRUE(back.ok()) << back.message();
      EXPECT_EQ(back->getType(), type);
      EXPECT_EQ(back->getShape(), shape);
      EXPECT_EQ(
          std::memcmp(back->data(), buffer->data(), buffer->getByteSize()), 0);
      EXPECT_EQ(directory.read("r.npy").size() % 64,
                buffer->getByteSize() % 64);
    }
}

TEST_F(NpyTest, HeaderIsNumPys) {
  Result<Buffer> buffer = Buffer::allocate(ElementType::F32, {3});
  ASSERT_TRUE(writeNpy(directory.getFile("h.npy"), *buffer).ok());
  EXPECT_NE(directory.read("h.npy").find(
                "{'descr': '<f4', 'fortran_order': False, 'shape': (3,), }"),
            std::string::npos);
}

TEST_F(NpyTest, FortranOrderBecomesRowMajor) {
  Result<Buffer> buffer =
      read(makeNpy("{'descr': '<f4', 'fortran_order': True, 'shape': (2, 3), }",
                   makeFloats({0, 3, 1, 4, 2, 5})));
  ASSERT_TRUE(buffer.ok()) << buffer.message();
  for (int64_t i = 0; i < 6; ++i)
    EXPECT_EQ(loadAsDouble(ElementType::F32, buffer->data(), i), i);
}

TEST_F(NpyTest, LaterVersionsAndOtherTypes) {
  EXPECT_TRUE(
      read(makeNpy("{'descr': '<f4', 'fortran_order': False, 'shape': (1,), }",
                   makeFloats({1}), 2))
          .ok());
  EXPECT_TRUE(
      read(makeNpy("{'descr': '<f4', 'fortran_order': False, 'shape': (1,), }",
                   makeFloats({1}), 3))
          .ok());
  Result<Buffer> unsignedBytes = read(makeNpy(
      "{'descr': '|u1', 'fortran_order': False, 'shape': (2,), }", "ab"));
  ASSERT_TRUE(unsignedBytes.ok());
  EXPECT_EQ(unsignedBytes->getType(), ElementType::I8);
  Result<Buffer> raw = read(makeNpy(
      "{'descr': '<V2', 'fortran_order': False, 'shape': (1,), }", "ab"));
  ASSERT_TRUE(raw.ok());
  EXPECT_EQ(raw->getType(), ElementType::BF16);
}

TEST_F(NpyTest, AlienFilesAreRefused) {
  EXPECT_FAILURE(readNpy(directory.getFile("absent.npy")),
                 "absent.npy: No such file");
  EXPECT_FAILURE(read("PK\x03\x04 a zip file"), "x.npy: not a NumPy file");
  EXPECT_FAILURE(read(""), "not a NumPy file");
  EXPECT_FAILURE(read(makeNpy("{}", "", 9)),
                 "version must be 1, 2 or 3, but is 9");
  auto refused = [&](const std::string &dictionary, const std::string &data,
                     const char *message) {
    EXPECT_FAILURE(read(makeNpy(dictionary, data)), message);
  };
  refused("{'descr': '>f4', 'fortran_order': False, 'shape': (1,), }", "abcd",
          "type '>f4' is big-endian");
  refused("{'descr': '<c8', 'fortran_order': False, 'shape': (1,), }", "abcd",
          "type '<c8' is not supported");
  refused("{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (1,), }",
          "abcd", "the header has no simple 'descr'");
  refused("{'descr': '<f4', 'fortran_order': 0, 'shape': (1,), }", "abcd",
          "'fortran_order' must be True or False");
  refused("{'descr': '<f4', 'fortran_order': False, 'shape': 1, }", "abcd",
          "'shape' must be a tuple");
  refused("{'descr': '<f4', 'fortran_order': False, 'shape': (-1,), }", "abcd",
          "but is '-1'");
  refused("{'descr': '<f4', 'fortran_order': False, 'shape': (2,), }", "abcd",
          "truncated: 4 bytes of data, but shape 2 of f32 needs 8");
  refused("{'descr': '<f4', 'fortran_order': False, 'shape': (1,), }",
          "abcdefgh", "has 8 bytes of data, but shape 1 of f32 needs 4");
  refused("{'descr': '<f4', 'fortran_order': False, 'shape': "
          "(99999999999999, 99999999999999), }",
          "abcd", "more than any machine has");
  std::string whole =
      makeNpy("{'descr': '<f4', 'fortran_order': False, 'shape': (1,), }", "");
  EXPECT_FAILURE(read(whole.substr(0, 30)),
                 "truncated: the file ends inside its header, at byte 30");
  EXPECT_FAILURE(read(whole.substr(0, 9)), "truncated");
}

TEST_F(NpyTest, UnwritablePathIsReported) {
  Result<Buffer> buffer = Buffer::allocate(ElementType::F32, {1});
  EXPECT_FAILURE(writeNpy("/nowhere/x.npy", *buffer),
                 "cannot write /nowhere/x.npy: No such file");
}

TEST_F(NpyTest, TooManyDimensionsAreReported) {
  Result<Buffer> buffer =
      Buffer::allocate(ElementType::F32, std::vector<int64_t>(40000, 1));
  EXPECT_FAILURE(writeNpy(directory.getFile("x.npy"), *buffer),
                 "rank 40000 is too high for a NumPy header of version 1");
}

TEST_F(NpyTest, AssignChecksShapeAndType) {
  Result<Buffer> floats = Buffer::allocate(ElementType::F32, {2});
  Result<Buffer> doubles = Buffer::allocate(ElementType::F64, {2});
  Result<Buffer> halves = Buffer::allocate(ElementType::BF16, {2});
  Result<Buffer> matrix = Buffer::allocate(ElementType::F32, {2, 1});
  storeDouble(ElementType::F32, floats->data(), 1, 1.5);
  EXPECT_FAILURE(assign(*floats, "a.npy", *doubles, "argument 'x'"),
                 "a.npy: type f32 does not fit argument 'x' of type f64");
  EXPECT_FAILURE(assign(*floats, "a.npy", *matrix, "argument 'x'"),
                 "a.npy: shape 2 does not fit argument 'x' of shape 2x1");
  ASSERT_TRUE(assign(*floats, "a.npy", *halves, "x").ok());
  EXPECT_EQ(loadAsDouble(ElementType::BF16, halves->data(), 1), 1.5);
  ASSERT_TRUE(writeNpy(directory.getFile("b.npy"), *halves).ok());
  Result<Buffer> widened = readNpy(directory.getFile("b.npy"));
  EXPECT_EQ(widened->getType(), ElementType::F32);
  EXPECT_EQ(loadAsDouble(ElementType::F32, widened->data(), 1), 1.5);
}

} // namespace
