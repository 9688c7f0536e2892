// return emitError("a comment says nothing");
LogicalResult f(Operation *op, int64_t size) {
  if (size > 8)
    return op->emitError("the size is ")
           << size << ", more than the " << 8 << " that the loop "
           << "can hold";
  if (size < 0)
    return op->emitOpError("nobody has thought of a negative size");
  if (size == 6)
    // untested: sixes are rare.
    return op->emitError("no test has ever seen a six");
  if (size == 7)
    return createStringError("'%s' is an unlucky "
                             "number", "seven");
  return success();
}
