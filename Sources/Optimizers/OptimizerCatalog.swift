import Diagnostics

/// The table of all optimizers; a new one is a file of its own and a row here.
public enum OptimizerCatalog {
    /// All optimizers.
    public static let all: [any Optimizer.Type] = [
        SGD.self,
        Adam.self,
        AdamW.self,
        RMSprop.self,
        Adagrad.self,
        LARS.self,
        LAMB.self,
        Muon.self,
    ]

    /// The names of all optimizers.
    public static var names: [String] { all.map { $0.name } }

    /// The type of an optimizer, for its defaults.
    ///
    /// - Parameter name: The name on the command line.
    /// - Returns: The type.
    /// - Throws: `Failure` (usage) with the nearest name where there is none of that name.
    public static func type(named name: String) throws -> any Optimizer.Type {
        if let type = all.first(where: { $0.name == name }) { return type }
        throw unknownName(name, in: "optimizer", of: names + BatchOptimizerCatalog.names)
    }

    /// Creates an optimizer.
    ///
    /// - Parameters:
    ///   - name: The name on the command line.
    ///   - settings: The settings given by the user.
    /// - Returns: The optimizer.
    /// - Throws: `Failure` (usage) for an unknown name, a setting that the optimizer does not
    ///   have, and a value out of its range.
    public static func make(
        _ name: String, _ settings: OptimizerSettings = OptimizerSettings()
    ) throws -> any Optimizer {
        let type = try type(named: name)
        for (setting, value) in settings.given where !type.settingNames.contains(setting) {
            let users = all.filter { $0.settingNames.contains(setting) }.map { $0.name }
            throw Failure(
                .usage, in: setting.rawValue, expected: "none, as \(name) has no such setting",
                found: value, fix: "leave it out or use \(users.joined(separator: " or "))")
        }
        return try type.init(settings)
    }
}

/// The failure for a name that is not in a table.
func unknownName(_ name: String, in subject: String, of names: [String]) -> Failure {
    Failure(
        .usage, in: subject, expected: "one of " + names.joined(separator: ", "),
        found: "\"\(name)\"", fix: names.nearest(to: name).map { "did you mean \($0)?" })
}
