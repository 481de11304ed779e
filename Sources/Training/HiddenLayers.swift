/// The lengths of hidden layers, as they are asked for: `64,32`, or `none`.
public struct HiddenLayers: Hashable, Sendable, CodableAsText {
    /// The lengths, from the input on.
    public let lengths: [Int]

    /// Names lengths.
    ///
    /// - Parameter lengths: From the input on.
    init(_ lengths: [Int]) { self.lengths = lengths }

    /// What messages say a text has to be.
    public static var expectation: String { "whole numbers with commas between them, or none" }

    /// Reads lengths.
    ///
    /// - Parameter text: What the user wrote.
    public init?(configurationText text: String) {
        guard text != "none" else {
            lengths = []
            return
        }
        guard let words = [String](configurationText: text) else { return nil }
        lengths = words.compactMap(Int.init(configurationText:))
        if lengths.count != words.count { return nil }
    }

    /// The lengths as a user would write them.
    public var configurationText: String {
        lengths.isEmpty ? "none" : lengths.map(\.description).joined(separator: ",")
    }
}
