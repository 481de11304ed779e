/// A metric of a data set that is made of the metrics of its parts, exactly: no order and no
/// division into parts changes a bit of it.
///
/// All it knows are integers, of which a communicator adds up the flat form over all ranks:
///
/// ```swift
/// var counts = metric.flattened
/// try communicator.sum(&counts)
/// metric.replace(withFlattened: counts)
/// ```
public protocol MergeableMetric: Sendable, Equatable {
    /// Takes in what was counted over other data.
    ///
    /// - Parameter other: Of the same configuration.
    mutating func merge(_ other: Self)

    /// Everything that was counted, as integers whose sum over parts is that of the whole; as many
    /// for every value of the same configuration.
    var flattened: [Int64] { get }

    /// Replaces everything that was counted.
    ///
    /// - Parameter flattened: As many integers as `flattened` has.
    mutating func replace(withFlattened flattened: [Int64])
}
