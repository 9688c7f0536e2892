//===- Npy.h - NumPy files --------------------------------------*- C++ -*-===//
//
// Part of TensorOp, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef TENSOROP_RUNTIME_NPY_H
#define TENSOROP_RUNTIME_NPY_H

#include "TensorOp/Runtime/Buffers.h"
#include "TensorOp/Runtime/Status.h"
#include <string>

namespace tensorop::runtime {

/// Reads a .npy file of version 1, 2 or 3. Types: f2, f4, f8, b1 (I1), i1 to i8
/// and u1 to u8 (signless here), little-endian; V2 is taken as BF16. Fortran
/// order is converted to row-major. Anything else, and a file with too few or
/// too many bytes, is refused with the file's name and the value found.
Result<Buffer> readNpy(const std::string &path);

/// Writes version 1, row-major, as np.save does. BF16, which NumPy lacks, is
/// written as f4 (exact); Index as i8.
Status writeNpy(const std::string &path, const Buffer &buffer);

/// Copies `from` into `to`, which has the same shape. The types must be equal
/// but for I64 and Index, and for f4 files into BF16, which are rounded. `from`
/// and `to` name the two in the message.
Status assign(const Buffer &source, const std::string &from, Buffer &target,
              const std::string &to);

/// "3x4" of a shape, "scalar" for rank 0.
std::string formatShape(const std::vector<int64_t> &shape);

} // namespace tensorop::runtime

#endif // TENSOROP_RUNTIME_NPY_H
