import Foundation

#if canImport(Glibc)
    import Glibc
#endif

/// Ends a child process when its parent has ended, however that ended.
///
/// The child's standard input is a pipe whose other end only the parent has: the kernel closes it when the parent is gone,
/// also after a `SIGKILL`, of which no handler could tell the child.
enum Lifeline {
    /// Ends this process, on a thread of its own, as soon as standard input ends.
    static func watch() {
        Thread.detachNewThread {
            var byte: UInt8 = 0
            while true {
                let result = withUnsafeMutableBytes(of: &byte) { Descriptors.read(0, into: $0) }
                guard case .success(1...) = result else { _exit(128 + SIGTERM) }
            }
        }
    }
}
