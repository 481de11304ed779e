/// When a run goes on with what another one left.
public enum ResumeChoice: Hashable, Sendable, CodableAsText {
    /// With the newest good checkpoint of the run directory, if there is one.
    case auto
    /// Never: the run directory must be new.
    case never
    /// With a given run directory or checkpoint.
    case folder(String)

    /// As `ConfigurationValue` says.
    public static var expectation: String { "auto, never or a folder" }
    /// As `ConfigurationValue` says.
    public init?(configurationText text: String) {
        switch text {
        case "": return nil
        case "auto": self = .auto
        case "never": self = .never
        default: self = .folder(text)
        }
    }
    /// As `ConfigurationValue` says.
    public var configurationText: String {
        switch self {
        case .auto: "auto"
        case .never: "never"
        case .folder(let path): path
        }
    }
}
