import Crypto
import Foundation

extension ConfigurationKey {
    /// Whether the numbers that a run computes may hang on the key.
    ///
    /// When a run ends is left out: it changes no step that is made.
    public var determinesBits: Bool {
        switch self {
        case .earlyStoppingPatience, .monitor: false
        default: !mayChangeOnResume
        }
    }
}

extension RunConfiguration {
    /// The SHA-256, in hexadecimal digits, over the settings that determine the bits: those which
    /// mean something and may not change when a run goes on, but for the conditions of its end.
    var bitsDigest: String {
        var hash = SHA256()
        for key in ConfigurationKey.allCases
        where key.determinesBits && !mayChangeOnResume(key) && meaninglessness(of: key) == nil {
            // Keys without a value are left out, so that later versions may have more of them.
            guard let text = ConfigurationField.of(key).text(self) else { continue }
            hash.update(data: Data("\(key.rawValue): \(text)\n".utf8))
        }
        return hash.finalize().hexadecimal
    }
}
