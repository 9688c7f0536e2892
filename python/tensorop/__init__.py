"""Python side of TensorOp: what works on the records of its tools, not in them."""
