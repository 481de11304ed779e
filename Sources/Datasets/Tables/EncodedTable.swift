import Diagnostics
import Foundation

/// Rows of a table as features, and labels if they are known.
///
/// `@unchecked Sendable` because a pointer is not Sendable by itself; the features are written in
/// `init` alone, so that any number of threads may read them.
public final class EncodedTable: @unchecked Sendable {
    /// What messages call the table: the file's path.
    public let name: String
    /// The number of rows.
    public let rowCount: Int
    /// The number of features of each row.
    public let featureCount: Int
    /// The names of the features.
    public let featureNames: [String]
    /// The classes, by label; none for a regression.
    public let classNames: [String]
    /// Whether labels are known; a file given for prediction may lack them.
    public let hasLabels: Bool

    private let features: UnsafeMutablePointer<Float>
    private let labels: [Int32]
    private let targets: [Float]

    /// Encodes rows of a table.
    ///
    /// - Parameters:
    ///   - table: The table.
    ///   - rows: The rows; all of them if nil.
    ///   - encoder: What was fitted on training rows.
    /// - Throws: As `TableEncoder.encode`.
    init(_ table: Table, rows: [Int32]?, encoder: TableEncoder) throws {
        let rows = rows ?? Array(0..<Int32(table.rowCount))
        let names = encoder.featureNames
        name = table.name
        rowCount = rows.count
        featureCount = names.count
        featureNames = names
        classNames = encoder.classNames
        hasLabels = table.columns[encoder.labelIndex].values != .ignored
        let isClassified = encoder.task == .classification
        labels =
            hasLabels && isClassified
            ? try LabelEncoder.classes(
                of: table, column: encoder.labelIndex, rows: rows, classNames: classNames) : []
        targets =
            hasLabels && !isClassified
            ? try LabelEncoder.targets(of: table, column: encoder.labelIndex, rows: rows) : []
        let (count, overflows) = rowCount.multipliedReportingOverflow(by: featureCount)
        // Zeros, since one-hot features write only ones.
        guard !overflows, let memory = calloc(max(1, count), MemoryLayout<Float>.stride) else {
            throw Failure(
                .badData, in: table.name, expected: "features that fit into memory",
                found: "\(rowCount.grouped) rows × \(featureCount.grouped) features",
                fix: "leave out columns with many levels with --column-types NAME=ignored")
        }
        features = memory.bindMemory(to: Float.self, capacity: max(1, count))
        try FeatureWriter(
            encoder: encoder, features: features, featureCount: featureCount, rows: rows
        ).write(table)
    }

    deinit { free(features) }

    /// The features of a row, `featureCount` of them; those of the next row come behind them.
    ///
    /// - Parameter row: The row, in `0 ..< rowCount`.
    /// - Returns: Memory that stays valid and unchanged as long as the table lives.
    public func features(at row: Int) -> UnsafePointer<Float> {
        precondition((0..<rowCount).contains(row), "row \(row) of \(rowCount)")
        return UnsafePointer(features + row * featureCount)
    }

    /// The class of a row, of a table that has labels.
    ///
    /// - Parameter row: The row, in `0 ..< rowCount`.
    /// - Returns: An index into `classNames`; 0 for a regression.
    public func label(at row: Int) -> Int { labels.isEmpty ? 0 : Int(labels[row]) }

    /// The number to be predicted for a row, of a table that has labels.
    ///
    /// - Parameter row: The row, in `0 ..< rowCount`.
    /// - Returns: The number; that of the class for a classification.
    public func target(at row: Int) -> Float {
        targets.isEmpty ? Float(label(at: row)) : targets[row]
    }
}
