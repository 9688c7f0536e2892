// expected-error @+1 {{the size is 9, more than the 8 that the loop can hold}}
op {size = 9}
// CHECK: error: 'seven' is an unlucky number
