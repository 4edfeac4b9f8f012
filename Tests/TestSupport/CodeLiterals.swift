package import CodeRegistry
package import PromptLanguage

// Codes as literals, for tests alone: a literal that is no code traps, which no program that embeds the store should.

extension Code: ExpressibleByStringLiteral {
    /// The code that a text is.
    ///
    /// - Precondition: It is one.
    package init(stringLiteral text: String) {
        do throws(CodeError) { try self.init(text) } catch { preconditionFailure("'\(text)' is no code: \(error)") }
    }
}

extension WeightedCode: ExpressibleByStringLiteral {
    /// The code, or code with a weight, that a text is.
    ///
    /// - Precondition: It is one.
    package init(stringLiteral text: String) {
        do throws(CodeError) { try self.init(text) } catch { preconditionFailure("'\(text)' is no code: \(error)") }
    }
}

extension ProfileReference: ExpressibleByStringLiteral {
    /// The reference that a text is.
    ///
    /// - Precondition: It is one.
    package init(stringLiteral text: String) {
        do throws(CodeError) { try self.init(parsing: text) } catch {
            preconditionFailure("'\(text)' is no reference: \(error)")
        }
    }
}

extension ForeignCode: ExpressibleByStringLiteral {
    /// The code of another service that a text is.
    ///
    /// - Precondition: It is one.
    package init(stringLiteral text: String) {
        guard let code = ForeignCode(text) else { preconditionFailure("'\(text)' is no code of another service") }
        self = code
    }
}
