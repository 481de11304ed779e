import Diagnostics
import Foundation

/// A value in an event of the run log.
enum LogValue {
    case text(String)
    case integer(Int)
    case unsigned(UInt64)
    case number(Double)
    case truth(Bool)

    /// The value as JSON, which has no NaN and no infinities.
    var json: String {
        switch self {
        case .text(let text):
            (try? JSONFiles.encode([text]))
                .map { String(decoding: $0.dropFirst().dropLast(), as: UTF8.self) } ?? "null"
        case .integer(let value): String(value)
        case .unsigned(let value): String(value)
        case .truth(let value): String(value)
        case .number(let value): value.isFinite ? "\(value)" : "null"
        }
    }
}

/// The file `metrics.jsonl`: one event a line, at once visible to readers.
///
/// Only rank 0 has one.
final class RunLog {
    private let path: String
    private var descriptor: Int32

    /// Opens the file of a run, to go on after what is there.
    ///
    /// - Parameter path: The file.
    /// - Throws: `Failure` with `inputOutput`.
    init(path: String) throws {
        self.path = path
        descriptor = try DurableFiles.openToAppend(path)
    }

    deinit { close(descriptor) }

    /// Appends an event, to a new file if the last one was deleted.
    ///
    /// - Parameters:
    ///   - event: Its name.
    ///   - values: Its values, in the order in which they shall stand.
    /// - Throws: `Failure` with `inputOutput`.
    func write(_ event: String, _ values: [(String, LogValue)]) throws {
        let fields = ([("event", .text(event))] + values).map { "\"\($0.0)\":\($0.1.json)" }
        let line = "{\(fields.joined(separator: ","))}\n"
        if DurableFiles.isDeleted(descriptor) {
            let new = try DurableFiles.openToAppend(path)
            close(descriptor)
            descriptor = new
        }
        try Data(line.utf8).withUnsafeBytes {
            try DurableFiles.appendWhole($0, to: descriptor, path: path)
        }
    }

    private struct Event: Decodable {
        let event: String
        let step: Int?
    }

    /// Removes the events that a resumed run will write again: those after the checkpoint, and a
    /// line that was cut off.
    ///
    /// - Parameters:
    ///   - path: The file; nothing happens if it is not there.
    ///   - progress: Where the run goes on.
    ///   - stepsPerEpoch: The optimizer steps of an epoch.
    /// - Throws: `Failure` with `inputOutput`.
    static func rewind(_ path: String, to progress: RunProgress, stepsPerEpoch: Int) throws {
        guard let contents = FileManager.default.contents(atPath: path) else { return }
        // The last epoch's validation is still to be made, so its event will come again.
        let repeatsEpoch = progress.stepInEpoch == stepsPerEpoch
        let decoder = JSONDecoder()
        var kept = Data()
        for line in contents.split(separator: UInt8(ascii: "\n")) {
            guard let event = try? decoder.decode(Event.self, from: line) else { continue }
            let step = event.step ?? 0
            let isOver = event.event != "final" && step <= progress.step
            if isOver && !(repeatsEpoch && event.event == "epoch" && step == progress.step) {
                kept += line + [UInt8(ascii: "\n")]
            }
        }
        if kept != contents { try DurableFiles.replace(path, with: kept) }
    }
}
