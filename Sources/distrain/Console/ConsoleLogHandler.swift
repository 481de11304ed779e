import Logging

/// Writes log messages as plain lines on standard error: `warning: …`.
struct ConsoleLogHandler: LogHandler {
    var logLevel: Logger.Level
    var metadata: Logger.Metadata = [:]

    /// Creates a handler.
    ///
    /// - Parameter logLevel: What is too unimportant to be written.
    init(logLevel: Logger.Level) { self.logLevel = logLevel }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        // Notes are for everybody and need no label; what asks for attention has one.
        let label = event.level <= .notice ? "" : "\(event.level): "
        Console.report(label + "\(event.message)")
    }
}
