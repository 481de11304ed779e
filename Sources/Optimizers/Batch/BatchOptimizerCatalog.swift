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
}
