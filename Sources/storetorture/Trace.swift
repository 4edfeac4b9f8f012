internal import Foundation

/// What happened to a data file, in order, as the fault shim recorded it.
struct Trace {
    enum Operation {
        case write(Write)
        case sync(file: Int, failed: Bool)
        /// All events up to this position had been acknowledged by now.
        case acknowledged(UInt64)
    }

    struct Write {
        /// The index of the file among the trace's.
        let file: Int
        let offset: Int
        let bytes: ArraySlice<UInt8>
        /// Through a descriptor with `O_DSYNC`: durable on return.
        let isSynced: Bool
        /// Reported to the writer as failed, though it reached the page cache.
        let failed: Bool
    }

    private(set) var operations: [Operation] = []
    /// The names of the files that were written to, in the order in which they were met.
    private(set) var files: [String] = []

    /// Reads a trace file, and refuses one of which the simulation could not say what was durable when.
    init(path: String) throws {
        guard let data = FileManager.default.contents(atPath: path) else {
            throw ToolError(text: "cannot read the trace \(path)")
        }
        let bytes = Array(data)
        var offset = 0, marks = "", inodes: [UInt64: Int] = [:]
        while offset < bytes.count {
            let record = try Record(bytes, at: offset)
            offset = record.payload.endIndex
            if record.kind == .mark {
                marks += String(decoding: record.payload, as: UTF8.self)
                appendMarks(&marks)
                continue
            }
            if record.kind == .name {
                let name = String(decoding: record.payload, as: UTF8.self)
                // Two processes name the same file; a file that was replaced has another inode.
                guard inodes[record.inode] == nil || files[inodes[record.inode]!] == name else {
                    throw ToolError(text: "the trace gives one file the names \(name) and another")
                }
                if inodes[record.inode] == nil {
                    guard !files.contains(name) else {
                        throw ToolError(text: "the trace has several files of the name \(name)")
                    }
                    inodes[record.inode] = files.count
                    files.append(name)
                }
                continue
            }
            guard let file = inodes[record.inode] ?? (record.kind == .msync ? 0 : nil) else {
                throw ToolError(text: "the trace does not name a file before it is written to")
            }
            operations.append(try record.operation(on: file))
        }
    }

    private mutating func appendMarks(_ text: inout String) {
        while let end = text.firstIndex(of: "\n") {
            if case .acknowledged(let position) = WriterTranscript.Line(text[..<end]) {
                operations.append(.acknowledged(position))
            }
            text.removeSubrange(...end)
        }
    }
}

/// A record of the trace file: `struct record` of faultshim.c, then the bytes written.
private struct Record {
    enum Kind: UInt16 {
        case write = 1, sync, truncate, msync, mark, name
    }

    let kind: Kind
    let isSynced: Bool
    let error: Int32
    let inode: UInt64
    let offset: UInt64
    let payload: ArraySlice<UInt8>

    private static let headByteCount = 40
    private static let magic = Array("FST1".utf8)

    init(_ bytes: [UInt8], at start: Int) throws {
        guard bytes.count - start >= Self.headByteCount, bytes[start..<start + 4].elementsEqual(Self.magic) else {
            throw ToolError(text: "the trace is damaged at byte \(start)")
        }
        func load<Value: FixedWidthInteger>(_ offset: Int, _: Value.Type) -> Value {
            bytes[start + offset..<start + offset + MemoryLayout<Value>.size].reversed()
                .reduce(0) { $0 << 8 | Value(truncatingIfNeeded: $1) }
        }
        let length = Int(load(32, UInt64.self)), payloadStart = start + Self.headByteCount
        guard let kind = Kind(rawValue: load(4, UInt16.self)), length <= bytes.count - payloadStart else {
            throw ToolError(text: "the trace is damaged at byte \(start)")
        }
        self.kind = kind
        isSynced = load(6, UInt16.self) != 0
        error = load(8, Int32.self)
        inode = load(16, UInt64.self)
        offset = load(24, UInt64.self)
        payload = bytes[payloadStart..<payloadStart + length]
    }

    func operation(on file: Int) throws -> Trace.Operation {
        switch kind {
        case .write:
            .write(Trace.Write(file: file, offset: Int(offset), bytes: payload, isSynced: isSynced, failed: error != 0))
        case .sync: .sync(file: file, failed: error != 0)
        case .truncate, .msync, .mark, .name:
            throw ToolError(text: "the trace has an ftruncate or msync, which the simulation does not know")
        }
    }
}
