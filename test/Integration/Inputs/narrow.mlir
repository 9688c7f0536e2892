func.func @bytes(%a: tensor<61x530xi8>, %b: tensor<530x75xi8>) -> tensor<61x75xi32> {
  %zero = arith.constant 0 : i32
  %empty = tensor.empty() : tensor<61x75xi32>
  %init = linalg.fill ins(%zero : i32) outs(%empty : tensor<61x75xi32>) -> tensor<61x75xi32>
  %c = linalg.matmul ins(%a, %b : tensor<61x530xi8>, tensor<530x75xi8>)
                     outs(%init : tensor<61x75xi32>) -> tensor<61x75xi32>
  return %c : tensor<61x75xi32>
}

func.func @brain(%a: tensor<61x530xbf16>, %b: tensor<530x75xbf16>) -> tensor<61x75xf32> {
  %zero = arith.constant 0.0 : f32
  %empty = tensor.empty() : tensor<61x75xf32>
  %init = linalg.fill ins(%zero : f32) outs(%empty : tensor<61x75xf32>) -> tensor<61x75xf32>
  %c = linalg.matmul ins(%a, %b : tensor<61x530xbf16>, tensor<530x75xbf16>)
                     outs(%init : tensor<61x75xf32>) -> tensor<61x75xf32>
  return %c : tensor<61x75xf32>
}
