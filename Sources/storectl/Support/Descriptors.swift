import Foundation

#if canImport(Glibc)
    import Glibc
#endif

/// Reading from and writing to file descriptors, to the end whatever kind they are of.
enum Descriptors {
    /// Makes the process fit to write anywhere: a reader that is gone, or a file that may not grow, is an error of the
    /// write and no signal; and no file that is opened later gets the number of a standard stream that is closed.
    ///
    /// A closed stream becomes one of the wrong direction, so that using it still fails.
    static func prepareStandardStreams() {
        signal(SIGPIPE, SIG_IGN)
        signal(SIGXFSZ, SIG_IGN)
        for descriptor in Int32(0)...2 where fcntl(descriptor, F_GETFD) == -1 && errno == EBADF {
            guard open("/dev/null", descriptor == 0 ? O_WRONLY : O_RDONLY) == descriptor else {
                _exit(Failure.Status.failed.rawValue)
            }
        }
    }

    /// Writes all bytes; waits while a non-blocking descriptor takes none. Returns 0, or what `errno` says.
    static func write(_ bytes: UnsafeRawBufferPointer, to descriptor: Int32) -> Int32 {
        var written = 0
        while written < bytes.count {
            let count = Glibc.write(descriptor, bytes.baseAddress! + written, bytes.count - written)
            if count > 0 {
                written += count
            } else {
                let error = count == 0 ? EIO : errno
                guard mayRepeat(error, descriptor, POLLOUT) else { return error }
            }
        }
        return 0
    }

    /// Reads what is there, up to the buffer's size; waits while a non-blocking descriptor has nothing. Returns the number
    /// of bytes, 0 at the end, or what `errno` says.
    static func read(_ descriptor: Int32, into bytes: UnsafeMutableRawBufferPointer) -> Result<Int, Errno> {
        while true {
            let count = Glibc.read(descriptor, bytes.baseAddress, bytes.count)
            if count >= 0 { return .success(count) }
            let error = errno
            guard mayRepeat(error, descriptor, POLLIN) else { return .failure(Errno(number: error)) }
        }
    }

    /// What `errno` said.
    struct Errno: Error, CustomStringConvertible {
        let number: Int32
        var description: String { String(cString: strerror(number)) }
    }

    /// Whether the call was only interrupted or would have blocked; waits until it would not.
    private static func mayRepeat(_ error: Int32, _ descriptor: Int32, _ event: Int32) -> Bool {
        if error == EINTR { return true }
        guard error == EAGAIN || error == EWOULDBLOCK else { return false }
        var wait = pollfd(fd: descriptor, events: Int16(event), revents: 0)
        return poll(&wait, 1, -1) >= 0 || errno == EINTR
    }
}
