import Diagnostics
import Foundation
import Metrics

/// Writes the ROC and precision–recall curves of all classes as CSV, one threshold a line.
///
/// Both curves have the same thresholds: the ROC curve is made of the columns
/// `false_positive_rate` and `recall`, which is the true positive rate, and the other one of `recall`
/// and `precision`.
final class CurveFile {
    private let path: String
    private let classNames: [String]
    private let handle: FileHandle
    private var failure: Failure?

    /// Creates the file, in place of one that is there.
    ///
    /// - Parameters:
    ///   - path: The file.
    ///   - classNames: The names of the classes.
    /// - Throws: `Failure` with `.inputOutput` if it cannot be written.
    init(_ path: String, classNames: [String]) throws {
        self.path = path
        self.classNames = classNames
        guard FileManager.default.createFile(atPath: path, contents: nil),
            let handle = FileHandle(forWritingAtPath: path)
        else {
            throw Failure(
                .inputOutput, in: path, found: "cannot be written",
                fix: "give --curves a file in a folder that exists")
        }
        self.handle = handle
        write(csvLine(["class", "threshold", "false_positive_rate", "recall", "precision"]))
    }

    /// Adds a class; if that fails, `finish` says so.
    ///
    /// - Parameters:
    ///   - label: The class.
    ///   - curve: Its points.
    func write(_ label: Int, _ curve: RankingCurve) {
        var text = ""
        for point in curve.points {
            text += csvLine([
                classNames[label], "\(point.threshold)", "\(curve.falsePositiveRate(at: point))",
                "\(curve.recall(at: point))", "\(point.precision)",
            ])
            if text.utf8.count > 1 << 20 {
                write(text)
                text = ""
            }
        }
        write(text)
    }

    /// Closes the file.
    ///
    /// - Throws: `Failure` with `.inputOutput` if something could not be written.
    func finish() throws {
        do { try handle.close() } catch { note(error) }
        if let failure { throw failure }
    }

    private func write(_ text: String) {
        do { try handle.write(contentsOf: Data(text.utf8)) } catch { note(error) }
    }

    private func note(_ error: any Error) {
        failure =
            failure
            ?? Failure(
                .inputOutput, in: path, found: "cannot be written: \(error.localizedDescription)")
    }
}
