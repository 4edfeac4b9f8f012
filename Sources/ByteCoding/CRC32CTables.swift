/// CRC-32C without processor extensions: eight bytes a step with eight tables ("slicing by 8", Kounavis and Berry 2005),
/// about 1.5 bytes a cycle.
package enum CRC32CTables {
    /// Adds bytes to a state: all ones before the first, complemented after the last.
    package static func update(_ state: UInt32, _ bytes: UnsafeRawBufferPointer) -> UInt32 {
        unsafe tables.withUnsafeBufferPointer { tables in
            var state = state
            var offset = 0
            let whole = bytes.count & ~7
            while offset < whole {
                let word = unsafe UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
                state = unsafe step(state, word, tables)
                offset += 8
            }
            while offset < bytes.count {
                state = unsafe state >> 8 ^ tables[Int(UInt8(truncatingIfNeeded: state) ^ bytes[offset])]
                offset += 1
            }
            return state
        }
    }

    @inline(__always)
    private static func step(_ state: UInt32, _ word: UInt64, _ tables: UnsafeBufferPointer<UInt32>) -> UInt32 {
        let mixed = word ^ UInt64(state)
        func look(_ table: Int, _ shift: UInt64) -> UInt32 {
            unsafe tables[table << 8 | Int(UInt8(truncatingIfNeeded: mixed >> shift))]
        }
        return look(7, 0) ^ look(6, 8) ^ look(5, 16) ^ look(4, 24)
            ^ look(3, 32) ^ look(2, 40) ^ look(1, 48) ^ look(0, 56)
    }

    /// Eight tables of 256 entries, one after the other; table 0 is the byte-wise one.
    private static let tables: ContiguousArray<UInt32> = {
        var tables = ContiguousArray<UInt32>(repeating: 0, count: 8 * 256)
        for byte in 0..<256 {
            var value = UInt32(byte)
            for _ in 0..<8 { value = value & 1 == 1 ? value >> 1 ^ 0x82F6_3B78 : value >> 1 }
            tables[byte] = value
        }
        for index in 256..<(8 * 256) {
            let previous = tables[index - 256]
            tables[index] = previous >> 8 ^ tables[Int(previous & 0xFF)]
        }
        return tables
    }()
}
