import Foundation

#if canImport(Glibc)
    import Glibc
#endif

/// Single keys from standard input: as they are pressed on a terminal, the first character of each line otherwise.
///
/// The terminal's own settings come back with ``restore()``. Until then Ctrl-C is a key like others, one to quit, so that
/// no signal ends the process before.
final class AnswerKeys {
    /// What a key means.
    enum Answer {
        case first, second, skip, undo, quit, unknown
    }

    /// The terminal's settings before; nil when standard input is none.
    private var before: termios?

    init() {
        var settings = termios()
        guard isatty(0) == 1, tcgetattr(0, &settings) == 0 else { return }
        before = settings
        settings.c_lflag &= ~tcflag_t(ICANON | ECHO | ISIG)
        tcsetattr(0, TCSANOW, &settings)
    }

    /// Gives the terminal its own settings back.
    func restore() {
        guard var before else { return }
        tcsetattr(0, TCSANOW, &before)
        self.before = nil
    }

    /// The next answer; the end of the input is one to quit.
    func next() -> Answer {
        guard let key = before == nil ? readLine().map({ $0.first ?? "?" }) : pressed() else { return .quit }
        switch key {
        case "1": return .first
        case "2": return .second
        case "s", "S": return .skip
        case "u", "U": return .undo
        case "q", "Q", "\u{3}", "\u{4}": return .quit
        default: return .unknown
        }
    }

    private func pressed() -> Character? {
        var byte: UInt8 = 0
        while true {
            let count = read(0, &byte, 1)
            if count == 1 { return Character(Unicode.Scalar(byte)) }
            if count == 0 || errno != EINTR { return nil }
        }
    }
}
