import FoundationEssentials
import Kernels
import Launch

/// Something that is not as it should be on a rank, though the run can go on.
struct LaunchWarning: Hashable, Codable, Sendable {
    /// The text; ranks whose texts are equal have the same problem.
    let text: String

    /// The warnings of this rank.
    ///
    /// - Parameter environment: What the user forces.
    /// - Returns: Those that are due.
    static func all(_ environment: LaunchEnvironment) -> [LaunchWarning] {
        let advice = CoreTypeAdvice(
            coreType: BLASLibrary.coreType, forced: environment.forcedBLASCoreType,
            instructionSet: .widest)
        return [advice].compactMap { $0 }.map { LaunchWarning(text: "\($0.text); \($0.fix)") }
    }

    /// The warnings of a rank as bytes for another.
    static func encoded(_ warnings: [LaunchWarning]) throws -> [UInt8] {
        Array(try JSONEncoder().encode(warnings))
    }

    /// One line a kind, with the number of ranks if it is not all of them.
    ///
    /// - Parameter gathered: The encoded warnings by rank.
    /// - Returns: The lines.
    /// - Throws: If they are not what `encoded` made.
    static func summary(of gathered: [[UInt8]]) throws -> [String] {
        var order: [LaunchWarning] = []
        var counts: [LaunchWarning: Int] = [:]
        for bytes in gathered {
            for warning in try JSONDecoder().decode([LaunchWarning].self, from: Data(bytes)) {
                if counts[warning] == nil { order.append(warning) }
                counts[warning, default: 0] += 1
            }
        }
        return order.map { warning in
            let count = counts[warning, default: 0]
            return count == gathered.count
                ? warning.text : "\(warning.text) (on \(count) of \(gathered.count) ranks)"
        }
    }
}
