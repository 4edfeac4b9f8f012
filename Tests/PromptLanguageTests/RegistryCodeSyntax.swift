import CodeRegistry
import PromptLanguage

/// The spelling of the store's codes.
struct RegistryCodeSyntax: CodeSyntax {
    func read(_ text: String) -> CodeReading {
        do throws(CodeError) {
            return .canonical(try CodeReference(parsing: text).description)
        } catch {
            switch error {
            case .mistyped: return .mistyped
            case .malformed: return .notACode
            }
        }
    }
}
