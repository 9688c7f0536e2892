#include "TensorOp/Support/Base.h"
