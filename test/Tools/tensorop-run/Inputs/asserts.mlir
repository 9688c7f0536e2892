// The second assertion fails on any usual input.
func.func @f(%x: tensor<4xf32>) -> tensor<4xf32> {
  %c0 = arith.constant 0 : index
  %large = arith.constant 1.0e9 : f32
  %first = tensor.extract %x[%c0] : tensor<4xf32>
  %same = arith.cmpf oeq, %first, %first : f32
  cf.assert %same, "never fails"
  %good = arith.cmpf oeq, %first, %large : f32
  cf.assert %good, "the first element must be 1e9"
  return %x : tensor<4xf32>
}
