import Communication
import Diagnostics

/// Watches over the parameters and statistics in the memory of each host.
///
/// In a step that is checked, every rank hashes its part of them once more just before it changes
/// them: what is not as the step before left it changed by itself, and the host is known. After the
/// change hosts compare what each has. Where they differ, those that agree with less than half of
/// the others are wrong; of two hosts it can only be told that they differ.
package final class WeightSentinel {
    private let fingerprints: TensorFingerprints
    private let team: HostTeam
    /// For each member one more than the first tensor that it found changed, or 0.
    private let alarms: UnsafeMutablePointer<UInt32>

    /// Floats of the team's shared memory that it needs.
    static func floatCount(rankCount: Int) -> Int { rankCount }

    /// Prepares the watch.
    ///
    /// - Parameters:
    ///   - fingerprints: Those that are taken after each step.
    ///   - team: The ranks of this rank's host.
    ///   - memory: `floatCount` floats, shared by the team.
    init(
        _ fingerprints: TensorFingerprints, team: HostTeam, memory: UnsafeMutablePointer<Float>
    ) {
        self.fingerprints = fingerprints
        self.team = team
        alarms = UnsafeMutableRawPointer(memory)
            .bindMemory(to: UInt32.self, capacity: team.memberCount)
    }

    /// Hashes this rank's part again, before anybody changes it.
    func look() {
        alarms[team.member] = fingerprints.firstChangedTensor().map { UInt32($0) + 1 } ?? 0
    }

    /// Compares the hosts; every rank has to call it, after a step for which all have looked.
    ///
    /// - Parameter step: The number of the step.
    /// - Returns: What is wrong, on every rank the same; nil if nothing is.
    /// - Throws: `Failure` if the message-passing system reports an error.
    func verdict(step: Int) throws -> Failure? {
        var report = Report()
        if team.member == 0 {
            let alarm = (0..<team.memberCount).lazy.map { self.alarms[$0] }.filter { $0 > 0 }.min()
            report = Report(
                name: Self.name(of: team), alarm: alarm ?? 0,
                fingerprints: Array(fingerprints.values))
        }
        let bytes = try JSONFiles.encode(report)
        let reports = try team.communicator.allGather([UInt8](bytes)).map {
            try JSONFiles.decode(Report.self, from: .init($0), path: "message of a rank")
        }.filter { !$0.fingerprints.isEmpty }
        return Self.verdict(reports, tensorNames: fingerprints.plan.tensorNames, step: step)
    }

    /// What a host has.
    package struct Report: Codable {
        /// The host.
        package var name = ""
        /// One more than the first tensor that changed by itself, or 0.
        package var alarm: UInt32 = 0
        /// The tensors' fingerprints.
        package var fingerprints: [UInt32] = []

        /// Creates a report.
        package init(name: String = "", alarm: UInt32 = 0, fingerprints: [UInt32] = []) {
            self.name = name
            self.alarm = alarm
            self.fingerprints = fingerprints
        }
    }

    /// What follows from the reports of all hosts.
    ///
    /// - Parameters:
    ///   - reports: By host.
    ///   - tensorNames: The tensors in the order of the fingerprints.
    ///   - step: The number of the step.
    /// - Returns: What is wrong, or nil.
    package static func verdict(
        _ reports: [Report], tensorNames: [String], step: Int
    ) -> Failure? {
        for report in reports where report.alarm > 0 {
            return failure(
                report.name,
                "\(tensorNames[Int(report.alarm) - 1]) changed in memory before step \(step)",
                expected: "what step \(step - 1) left there", fix: leaveOut)
        }
        guard let first = reports.first(where: { $0.fingerprints != reports[0].fingerprints })
        else { return nil }
        func agreeing(_ report: Report) -> Int {
            reports.count { $0.fingerprints == report.fingerprints }
        }
        let wrong = reports.filter { 2 * agreeing($0) < reports.count }
        let trusted = reports.first { 2 * agreeing($0) > reports.count }
        let other = trusted ?? reports[0]
        let suspect = trusted == nil ? first : wrong.first ?? first
        let tensor = zip(suspect.fingerprints, other.fingerprints).enumerated()
            .first { $0.element.0 != $0.element.1 }?.offset
        let names = (trusted == nil ? reports : wrong).map(\.name).joined(separator: ", ")
        return failure(
            names, "\(tensor.map { tensorNames[$0] } ?? "a tensor") differs after step \(step)",
            expected: trusted == nil ? "the same on all hosts" : "what most hosts have",
            fix: trusted == nil
                ? "one of them is not to be trusted; going on from the last checkpoint with "
                    + "--sentinel-every 1 tells which"
                : leaveOut)
    }

    private static let leaveOut =
        "go on without that host from the last checkpoint: its memory or processor is not to be "
        + "trusted"

    private static func failure(
        _ names: String, _ found: String, expected: String, fix: String
    ) -> Failure {
        Failure(
            .badNumbers, in: "weights on \(names)", expected: expected, found: found, fix: fix)
    }

    /// The host, and the rank where ranks of a host do not share memory.
    private static func name(of team: HostTeam) -> String {
        let host = team.communicator.placement.hostName
        return team.obstacle == nil && team.ranks.count == team.communicator.placement.hostCount
            ? host : "\(host) (rank \(team.communicator.rank))"
    }
}
