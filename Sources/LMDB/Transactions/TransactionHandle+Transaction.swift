extension TransactionHandle: Transaction {
    /// A handle stands for its transaction where a generic parameter cannot: in a stored closure. It does not keep the
    /// transaction open, so it must not be stored, nor outlive the call that it was passed to.
    @inlinable
    package var handle: TransactionHandle { self }
}
