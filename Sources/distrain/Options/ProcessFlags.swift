import ArgumentParser
import Diagnostics
import Kernels
import Logging
import Training

/// Settings of the process that are no part of a run's configuration: they change no number.
package struct ProcessFlags: ParsableArguments {
    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Threads of each rank in matrix products; 1 if not given, as ranks are the parallelism.",
            valueName: "n"))
    var blasThreads: String?

    @Option(
        help: ArgumentHelp(
            "How important messages must be: "
                + "\(Logger.Level.allCases.map(\.rawValue).joined(separator: ", ")).",
            valueName: "name"))
    var logLevel: String?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "How long a rank may be silent or in one place before the job ends; 2m if not given.",
            valueName: "time"))
    var hangTimeout: String?

    /// Asks for nothing.
    package init() {}

    /// The settings that were given.
    ///
    /// - Throws: `Failure` with `.usage` for a text that is no value.
    func settings() throws -> ProcessSettings {
        var settings = ProcessSettings()
        let texts: [(ProcessSettings.Key, String?)] = [
            (.blasThreads, blasThreads), (.logLevel, logLevel), (.hangTimeout, hangTimeout),
        ]
        for (key, text) in texts {
            if let text { try settings.set(key, to: text, in: key.flag) }
        }
        return settings
    }
}

/// What is asked for of the process, by flags or a configuration file.
package struct ProcessSettings: Sendable {
    /// The keys in a configuration file.
    enum Key: String, CaseIterable {
        case blasThreads = "blas_threads"
        case logLevel = "log_level"
        case hangTimeout = "hang_timeout"
        case requeueCode = "requeue_code"

        /// The flag on the command line, such as `--log-level`.
        var flag: String { "--" + rawValue.replacing("_", with: "-") }
    }

    private var threadCount: Int?
    private var level: Logger.Level?
    private var givenHangTimeout: TimeSpan?
    private var givenRequeueCode: ExitCode?

    /// How long a rank may be silent or in one place.
    var hangTimeout: Duration { givenHangTimeout?.duration ?? .seconds(120) }

    /// What a run exits with that wrote a checkpoint and is to be submitted again.
    var requeueCode: ExitCode { givenRequeueCode ?? .requeue }

    /// Asks for a value.
    ///
    /// - Parameters:
    ///   - key: The key.
    ///   - text: What the user wrote.
    ///   - subject: What messages call the place.
    /// - Throws: `Failure` with `.usage` if the text is no value of the key.
    mutating func set(_ key: Key, to text: String, in subject: String) throws {
        switch key {
        case .blasThreads:
            guard let count = Int(text), (1...1024).contains(count) else {
                throw Failure(
                    .usage, in: subject, expected: "a whole number from 1 to 1,024",
                    found: "\"\(text)\"")
            }
            threadCount = count
        case .logLevel:
            guard let level = Logger.Level(rawValue: text) else {
                let names = Logger.Level.allCases.map(\.rawValue)
                throw Failure(
                    .usage, in: subject, expected: "one of \(names.joined(separator: ", "))",
                    found: "\"\(text)\"",
                    fix: names.nearest(to: text).map { "did you mean \($0)?" })
            }
            self.level = level
        case .hangTimeout:
            guard let time = TimeSpan(configurationText: text) else {
                throw Failure(
                    .usage, in: subject, expected: TimeSpan.expectation, found: "\"\(text)\"")
            }
            givenHangTimeout = time
        case .requeueCode:
            guard let code = Int32(text), (1...255).contains(code) else {
                throw Failure(
                    .usage, in: subject, expected: "a whole number from 1 to 255",
                    found: "\"\(text)\"")
            }
            givenRequeueCode = ExitCode(rawValue: code)
        }
    }

    /// These settings, and the others where these ask for nothing.
    func merged(over other: ProcessSettings) -> ProcessSettings {
        var result = self
        result.threadCount = threadCount ?? other.threadCount
        result.level = level ?? other.level
        result.givenHangTimeout = givenHangTimeout ?? other.givenHangTimeout
        result.givenRequeueCode = givenRequeueCode ?? other.givenRequeueCode
        return result
    }

    /// Makes the process as asked for.
    ///
    /// - Parameter run: Whose messages are filtered.
    func apply(to run: inout ProgramRun) {
        BLASLibrary.setThreadCount(threadCount ?? 1)
        if let level { run.setLogLevel(level) }
    }
}
