// A comment may speak of matmul and of structured.match.
bool known(Operation *op) { return isa<linalg::BatchMatmulOp>(op); }
const char *script = "transform.structured.match ops{[\"linalg.generic\"]}";
bool isSoftmax = true;
bool other(StringRef name) { return name == "linalg.dot"; }
