import CodeRegistry
import PromptLanguage

/// The spelling of the store's codes and references.
struct RegistryCodeSyntax: CodeSyntax {
    func read(_ text: String) -> CodeReading {
        do throws(CodeError) {
            if ProfileReference.isBegun(by: text) {
                return .reference(try ProfileReference(parsing: text).description)
            }
            return .canonical(try CodeReference(parsing: text).description)
        } catch {
            switch error {
            case .mistyped: return .mistyped
            case .malformed: return .notACode
            }
        }
    }
}
