import Diagnostics
import Training

/// What flags, a configuration file and the environment ask for of a run, the first that asks wins.
package struct RunRequest {
    /// What belongs to the run's configuration.
    package let overrides: RunConfigurationOverrides
    /// What belongs to the process.
    package let settings: ProcessSettings

    /// Collects what is asked for.
    ///
    /// - Parameters:
    ///   - flags: The flags that stand for keys.
    ///   - process: The flags of the process.
    ///   - requeueCode: The exit code that a scheduler takes for "run this again".
    ///   - file: The configuration file, if one is given.
    ///   - environment: Knows where data sets are.
    /// - Throws: `Failure` with `.usage` for a text that is no value, with `.missingInput` if the
    ///   file cannot be read.
    init(
        _ flags: [any ConfigurationFlags], process: ProcessFlags, requeueCode: String? = nil,
        file: String?, environment: LaunchEnvironment
    ) throws {
        var overrides = RunConfigurationOverrides()
        for group in flags { overrides = try group.overrides().merged(over: overrides) }
        var settings = try process.settings()
        if let requeueCode {
            let key = ProcessSettings.Key.requeueCode
            try settings.set(key, to: requeueCode, in: key.flag)
        }
        if let file {
            let file = try ConfigurationFile(path: file)
            overrides = overrides.merged(over: file.overrides)
            settings = settings.merged(over: file.settings)
        }
        if overrides.text(of: .data) == nil, let folder = environment.givenDataFolder {
            try overrides.set(.data, to: folder, in: "DISTRAIN_DATA")
        }
        self.overrides = overrides
        self.settings = settings
    }
}
