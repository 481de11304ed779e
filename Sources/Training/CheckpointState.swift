/// What a checkpoint's `state.json` holds.
public struct CheckpointState: Codable, Hashable, Sendable {
    /// The version of the form of checkpoints.
    public static let currentFormat = 1

    /// The version of the form in which the checkpoint was written.
    public let format: Int
    /// How far the run has come.
    public let progress: RunProgress
    /// The configuration of the run.
    public let configuration: RunConfiguration
    /// The SHA-256 over all parameters and running statistics.
    public let parametersSHA256: String
    /// The value of the ledger's chain; nil in checkpoints of versions without a ledger.
    public let ledgerChain: String?

    enum CodingKeys: String, CodingKey {
        case format, progress, configuration
        case ledgerChain = "ledger_chain"
        case parametersSHA256 = "parameters_sha256"
    }
}
