import Communication
import Layers

/// Where the time of steps goes: rows that add up to the whole step, as means over steps and ranks.
///
/// Encoded, an array of the rows.
public struct StepProfile: Codable, Hashable, Sendable {
    /// A layer or another part of a step.
    public struct Row: Codable, Hashable, Sendable {
        /// A layer's name as in `Network.layerNames`, or one of `loader wait`, `loss`, `reduction`,
        /// `optimizer`, `fingerprints` and `other`.
        public let name: String
        /// Milliseconds of a step for what the layer computes from its parameters alone; nil if the
        /// row is no layer.
        public let prepare: Double?
        /// Milliseconds of a step for the layer's forward passes; nil if the row is no layer.
        public let forward: Double?
        /// Milliseconds of a step for the layer's backward passes; nil if the row is no layer.
        public let backward: Double?
        /// Milliseconds of a step for all of the row.
        public let milliseconds: Double
        /// The share of the step.
        public let percent: Double

        /// The names in JSON.
        public enum CodingKeys: String, CodingKey {
            case name
            case prepare = "prepare_ms"
            case forward = "forward_ms"
            case backward = "backward_ms"
            case milliseconds = "ms"
            case percent
        }
    }

    /// The layers in the order of computation, then the other parts.
    public let rows: [Row]

    /// Milliseconds of a step.
    public var milliseconds: Double { rows.reduce(0) { $0 + $1.milliseconds } }

    /// Adds up what the ranks measured; every rank has to call it.
    ///
    /// - Parameters:
    ///   - names: The names of the layers.
    ///   - timer: The time of this rank's layers.
    ///   - times: The time of the other parts of this rank's steps.
    ///   - stepCount: The number of steps.
    ///   - total: Nanoseconds of all steps of this rank.
    ///   - communicator: The ranks.
    /// - Throws: `Failure` if the message-passing system reports an error.
    init(
        layers names: [String], _ timer: LayerTimer, _ times: StepTimes, stepCount: Int,
        total: Int64, _ communicator: any Communicator
    ) throws {
        let phases = LayerTimer.Phase.allCases
        var parts = names.indices.flatMap { layer in
            phases.map { timer.duration(ofLayer: layer, $0).nanoseconds }
        }
        parts += [
            times.loading.nanoseconds, times.loss.nanoseconds,
            (times.accumulation + times.communication).nanoseconds, times.optimizer.nanoseconds,
            times.fingerprints.nanoseconds,
        ]
        // What is left of the step, so that the rows add up to it whatever was measured.
        parts.append(total - parts.reduce(0, +))
        try communicator.sum(&parts)

        let whole = Double(parts.reduce(0, +))
        let divisor = 1e6 * Double(stepCount * communicator.rankCount)
        let milliseconds = parts.map { Double($0) / divisor }
        let layerRows = names.enumerated().map { layer, name in
            let first = layer * phases.count
            let sum = parts[first..<first + phases.count].reduce(0, +)
            return Row(
                name: name, prepare: milliseconds[first], forward: milliseconds[first + 1],
                backward: milliseconds[first + 2], milliseconds: Double(sum) / divisor,
                percent: 100 * Double(sum) / whole)
        }
        let otherNames = [
            "loader wait", "loss", "reduction", "optimizer", "fingerprints", "other",
        ]
        let otherRows = otherNames.enumerated().map { index, name in
            let place = names.count * phases.count + index
            return Row(
                name: name, prepare: nil, forward: nil, backward: nil,
                milliseconds: milliseconds[place], percent: 100 * Double(parts[place]) / whole)
        }
        rows = layerRows + otherRows
    }

    /// Reads an array of rows.
    public init(from decoder: any Decoder) throws {
        rows = try decoder.singleValueContainer().decode([Row].self)
    }

    /// Writes an array of rows.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(rows)
    }
}
