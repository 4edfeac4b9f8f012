/// Takes a result so that the work for it cannot be optimised away.
@inline(never)
func keep<Value>(_ value: borrowing Value) {}
