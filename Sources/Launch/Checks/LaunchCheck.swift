/// One thing about a launch that is judged by facts.
///
/// A new check is one file with a type that conforms, and a row in `Diagnosis.checks`.
public protocol LaunchCheck {
    /// Its name in tables.
    static var name: String { get }

    /// Judges.
    ///
    /// - Parameter launch: The facts.
    /// - Returns: What there is to say, at least one finding.
    static func findings(of launch: LaunchFacts) -> [Finding]
}
