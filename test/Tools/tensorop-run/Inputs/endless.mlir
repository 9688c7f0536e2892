func.func @endless(%x: tensor<f32>) -> tensor<f32> {
  %zero = arith.constant 0.0 : f32
  %s = tensor.extract %x[] : tensor<f32>
  %r = scf.while (%v = %s) : (f32) -> f32 {
    %a = math.absf %v : f32
    %c = arith.cmpf oge, %a, %zero : f32
    scf.condition(%c) %v : f32
  } do {
  ^bb0(%v: f32):
    %n = arith.negf %v : f32
    scf.yield %n : f32
  }
  %t = tensor.from_elements %r : tensor<f32>
  return %t : tensor<f32>
}
