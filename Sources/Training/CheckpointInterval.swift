/// How often a checkpoint is written, as in `1epoch` and `500steps`.
public enum CheckpointInterval: Hashable, Sendable, CodableAsText {
    /// At the end of every so many epochs.
    case epochs(Int)
    /// After every so many optimizer steps.
    case steps(Int)

    /// The number of epochs or steps.
    var count: Int {
        switch self {
        case .epochs(let count), .steps(let count): count
        }
    }

    /// As `ConfigurationValue` says.
    public static var expectation: String {
        "a number of epochs or steps, as in 1epoch or 500steps"
    }
    /// As `ConfigurationValue` says.
    public init?(configurationText text: String) {
        let digits = text.prefix(while: \.isNumber)
        guard let count = Int(digits), count > 0 else { return nil }
        switch text.dropFirst(digits.count) {
        case "epoch", "epochs": self = .epochs(count)
        case "step", "steps": self = .steps(count)
        default: return nil
        }
    }
    /// As `ConfigurationValue` says.
    public var configurationText: String {
        switch self {
        case .epochs(let count): "\(count)epoch\(count == 1 ? "" : "s")"
        case .steps(let count): "\(count)step\(count == 1 ? "" : "s")"
        }
    }
}
