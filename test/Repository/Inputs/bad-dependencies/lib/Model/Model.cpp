#include "TensorOp/Execution/Worker.h"
