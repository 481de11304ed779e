import Diagnostics

/// The table of all batch optimizers; a new one is a file of its own and a row here.
public enum BatchOptimizerCatalog {
    /// The rules of all batch optimizers.
    public static let all: [any SearchDirection.Type] = [
        ConjugateGradient.self,
        BFGS.self,
        LBFGS.self,
    ]

    /// The names of all batch optimizers.
    public static var names: [String] { all.map { $0.name } }

    /// The rule of a batch optimizer.
    ///
    /// - Parameter name: The name on the command line.
    /// - Returns: The rule, or nil where there is none of that name.
    public static func rule(named name: String) -> (any SearchDirection.Type)? {
        all.first { $0.name == name }
    }

    /// Checks that no setting is given that belongs to other optimizers.
    ///
    /// - Parameters:
    ///   - name: The name of a batch optimizer.
    ///   - settings: The settings given by the user.
    /// - Throws: `Failure` (usage) that names the setting.
    public static func check(_ name: String, _ settings: OptimizerSettings) throws {
        for (setting, value) in settings.given {
            throw Failure(
                .usage, in: setting.rawValue, expected: "none, as \(name) has no such setting",
                found: value, fix: "leave it out")
        }
    }
}
