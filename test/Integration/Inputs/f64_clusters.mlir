// Contractions in f64 with something beside them, for a plan that may reorder sums.
#ij = affine_map<(i, j) -> (i, j)>
#j = affine_map<(i, j) -> (j)>
func.func @bias(%a: tensor<67x300xf64>, %b: tensor<300x45xf64>, %v: tensor<45xf64>) -> tensor<67x45xf64> {
  %z = arith.constant 0.0 : f64
  %e = tensor.empty() : tensor<67x45xf64>
  %i = linalg.fill ins(%z : f64) outs(%e : tensor<67x45xf64>) -> tensor<67x45xf64>
  %m = linalg.matmul ins(%a, %b : tensor<67x300xf64>, tensor<300x45xf64>) outs(%i : tensor<67x45xf64>) -> tensor<67x45xf64>
  %y = linalg.generic {indexing_maps = [#ij, #j, #ij], iterator_types = ["parallel", "parallel"]} ins(%m, %v : tensor<67x45xf64>, tensor<45xf64>) outs(%e : tensor<67x45xf64>) {
  ^bb0(%x: f64, %w: f64, %o: f64):
    %s = arith.addf %x, %w : f64
    linalg.yield %s : f64
  } -> tensor<67x45xf64>
  return %y : tensor<67x45xf64>
}
func.func @relu(%a: tensor<67x300xf64>, %b: tensor<300x45xf64>) -> tensor<67x45xf64> {
  %z = arith.constant 0.0 : f64
  %e = tensor.empty() : tensor<67x45xf64>
  %i = linalg.fill ins(%z : f64) outs(%e : tensor<67x45xf64>) -> tensor<67x45xf64>
  %m = linalg.matmul ins(%a, %b : tensor<67x300xf64>, tensor<300x45xf64>) outs(%i : tensor<67x45xf64>) -> tensor<67x45xf64>
  %y = linalg.generic {indexing_maps = [#ij, #ij], iterator_types = ["parallel", "parallel"]} ins(%m : tensor<67x45xf64>) outs(%e : tensor<67x45xf64>) {
  ^bb0(%x: f64, %o: f64):
    %s = arith.maximumf %x, %z : f64
    linalg.yield %s : f64
  } -> tensor<67x45xf64>
  return %y : tensor<67x45xf64>
}
func.func @scaled_softmax(%a: tensor<67x300xf64>, %b: tensor<300x45xf64>, %v: tensor<45xf64>) -> tensor<67x45xf64> {
  %z = arith.constant 0.0 : f64
  %e = tensor.empty() : tensor<67x45xf64>
  %i = linalg.fill ins(%z : f64) outs(%e : tensor<67x45xf64>) -> tensor<67x45xf64>
  %m = linalg.matmul ins(%a, %b : tensor<67x300xf64>, tensor<300x45xf64>) outs(%i : tensor<67x45xf64>) -> tensor<67x45xf64>
  %s = linalg.generic {indexing_maps = [#ij, #j, #ij], iterator_types = ["parallel", "parallel"]} ins(%m, %v : tensor<67x45xf64>, tensor<45xf64>) outs(%e : tensor<67x45xf64>) {
  ^bb0(%x: f64, %w: f64, %o: f64):
    %t = arith.mulf %x, %w : f64
    linalg.yield %t : f64
  } -> tensor<67x45xf64>
  %y = linalg.softmax dimension(1) ins(%s : tensor<67x45xf64>) outs(%e : tensor<67x45xf64>) -> tensor<67x45xf64>
  return %y : tensor<67x45xf64>
}
func.func @chain(%a: tensor<67x300xf64>, %b: tensor<300x45xf64>, %c: tensor<45x33xf64>) -> tensor<67x33xf64> {
  %z = arith.constant 0.0 : f64
  %e = tensor.empty() : tensor<67x45xf64>
  %i = linalg.fill ins(%z : f64) outs(%e : tensor<67x45xf64>) -> tensor<67x45xf64>
  %m = linalg.matmul ins(%a, %b : tensor<67x300xf64>, tensor<300x45xf64>) outs(%i : tensor<67x45xf64>) -> tensor<67x45xf64>
  %g = tensor.empty() : tensor<67x33xf64>
  %h = linalg.fill ins(%z : f64) outs(%g : tensor<67x33xf64>) -> tensor<67x33xf64>
  %y = linalg.matmul ins(%m, %c : tensor<67x45xf64>, tensor<45x33xf64>) outs(%h : tensor<67x33xf64>) -> tensor<67x33xf64>
  return %y : tensor<67x33xf64>
}
func.func @argmax(%a: tensor<67x300xf64>, %b: tensor<300x45xf64>) -> tensor<67xi64> {
  %z = arith.constant 0.0 : f64
  %low = arith.constant 0xFFF0000000000000 : f64
  %none = arith.constant 0 : i64
  %e = tensor.empty() : tensor<67x45xf64>
  %i = linalg.fill ins(%z : f64) outs(%e : tensor<67x45xf64>) -> tensor<67x45xf64>
  %m = linalg.matmul ins(%a, %b : tensor<67x300xf64>, tensor<300x45xf64>) outs(%i : tensor<67x45xf64>) -> tensor<67x45xf64>
  %f = tensor.empty() : tensor<67xf64>
  %fi = linalg.fill ins(%low : f64) outs(%f : tensor<67xf64>) -> tensor<67xf64>
  %g = tensor.empty() : tensor<67xi64>
  %gi = linalg.fill ins(%none : i64) outs(%g : tensor<67xi64>) -> tensor<67xi64>
  %r:2 = linalg.generic {indexing_maps = [#ij, affine_map<(i, j) -> (i)>, affine_map<(i, j) -> (i)>], iterator_types = ["parallel", "reduction"]} ins(%m : tensor<67x45xf64>) outs(%fi, %gi : tensor<67xf64>, tensor<67xi64>) {
  ^bb0(%x: f64, %best: f64, %at: i64):
    %n = linalg.index 1 : index
    %k = arith.index_cast %n : index to i64
    %more = arith.cmpf ogt, %x, %best : f64
    %value = arith.select %more, %x, %best : f64
    %place = arith.select %more, %k, %at : i64
    linalg.yield %value, %place : f64, i64
  } -> (tensor<67xf64>, tensor<67xi64>)
  return %r#1 : tensor<67xi64>
}
