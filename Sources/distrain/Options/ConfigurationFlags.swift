import ArgumentParser
import Training

/// Flags of which each stands for the key of the same name in a configuration file.
///
/// The name of a property is that of the key, and its value the text that the user wrote: reading
/// and checking it is the same for flags and files, and done in `RunConfigurationOverrides`.
package protocol ConfigurationFlags: ParsableArguments {}

extension ConfigurationFlags {
    /// The flags that were given.
    ///
    /// - Throws: `Failure` with `.usage` if a text is no value of its key.
    func overrides() throws -> RunConfigurationOverrides {
        var overrides = RunConfigurationOverrides()
        for child in Mirror(reflecting: self).children {
            guard let label = child.label, let flag = child.value as? any ConfigurationFlag else {
                preconditionFailure("\(Self.self) has a property that is no flag")
            }
            let key = ConfigurationKey(property: label)
            if let text = flag.text { try overrides.set(key, to: text, in: key.flag) }
        }
        return overrides
    }
}

extension ConfigurationKey {
    /// The key of a property that is wrapped, such as `batch_size` for `_batchSize`.
    fileprivate init(property: String) {
        var name = ""
        for character in property.drop(while: { $0 == "_" }) {
            name += character.isUppercase ? "_" + character.lowercased() : String(character)
        }
        guard let key = ConfigurationKey(rawValue: name) else {
            preconditionFailure("the flag of \(property) has no key \(name) in configuration files")
        }
        self = key
    }
}

/// A flag or option whose value is known as text.
private protocol ConfigurationFlag {
    /// What the user wrote; nil if the flag was not given.
    var text: String? { get }
}

extension Option: ConfigurationFlag where Value == String? {
    fileprivate var text: String? { wrappedValue }
}

extension Flag: ConfigurationFlag where Value == Bool? {
    fileprivate var text: String? { wrappedValue.map { "\($0)" } }
}
