/// Something that a check has to say.
public struct Finding: Codable, Hashable, Sendable {
    /// How bad it is.
    public enum Status: String, Codable, Sendable, CaseIterable, Comparable {
        /// As it should be.
        case ok
        /// Worth knowing, though nothing has to be done.
        case note
        /// Runs will fail, crawl or give other bits.
        case wrong

        /// Whether the first is the better of two.
        public static func < (first: Status, second: Status) -> Bool {
            rank(first) < rank(second)
        }

        private static func rank(_ status: Status) -> Int { allCases.firstIndex(of: status) ?? 0 }
    }

    /// How bad it is.
    public let status: Status
    /// What was found.
    public let text: String
    /// What to do about it; nil where nothing is to be done.
    public let fix: String?

    /// All is well.
    static func ok(_ text: String) -> Finding { Finding(status: .ok, text: text, fix: nil) }

    /// Worth knowing.
    static func note(_ text: String, fix: String? = nil) -> Finding {
        Finding(status: .note, text: text, fix: fix)
    }

    /// To be put right.
    static func wrong(_ text: String, fix: String) -> Finding {
        Finding(status: .wrong, text: text, fix: fix)
    }
}
