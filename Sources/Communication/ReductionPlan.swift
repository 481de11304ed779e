/// A tree's schedule with the places of one team's partial sums in memory.
///
/// Unchecked because it is immutable, and the memory that it points to is guarded by the flags and
/// meetings of the team.
final class ReductionPlan: @unchecked Sendable {
    /// An addition across teams, of what lies in slabs of this team or was received.
    struct CrossAddition {
        var left: Operand
        var right: Operand
    }

    /// A partial sum of one of the teams.
    enum Operand {
        /// A whole slab of this team.
        case slab(UnsafeMutablePointer<Float>)
        /// The n-th of what the team t sends.
        case received(team: Int, number: Int)
    }

    /// This rank's own part.
    let stack: TreeSchedule.Stack
    /// For each team the number of partial sums that it is left with.
    let partialCounts: [Int]
    /// The slabs with this team's partial sums.
    let partials: [UnsafeMutablePointer<Float>]
    /// What is added across teams, in order; the sum is then at `result`.
    let across: [CrossAddition]
    /// Where the whole sum is.
    let result: Operand

    private let within: [(left: UnsafeMutablePointer<Float>, right: UnsafeMutablePointer<Float>)]

    init(_ schedule: TreeSchedule, team: HostTeam, slabs: [[UnsafeMutablePointer<Float>]]) {
        stack = schedule.stacks[team.position]
        let first = team.position - team.member
        var places: [Int: UnsafeMutablePointer<Float>] = [:]
        for member in 0..<team.memberCount {
            for (slab, node) in schedule.stacks[first + member].nodes.enumerated() {
                places[node] = slabs[member][slab]
            }
        }
        func place(_ node: Int) -> UnsafeMutablePointer<Float> {
            guard let place = places[node] else {
                preconditionFailure("no partial sum of this team begins at leaf \(node)")
            }
            return place
        }
        let owners = Dictionary(
            uniqueKeysWithValues: schedule.nodes.enumerated().flatMap { team, nodes in
                nodes.enumerated().map { ($1, (team: team, number: $0)) }
            })
        func operand(_ node: Int) -> Operand {
            if places[node] != nil { return .slab(place(node)) }
            guard let owner = owners[node] else {
                preconditionFailure("no team has a partial sum that begins at leaf \(node)")
            }
            return .received(team: owner.team, number: owner.number)
        }
        within = schedule.within[team.index].map { (place($0.left), place($0.right)) }
        partials = schedule.nodes[team.index].map(place)
        partialCounts = schedule.nodes.map(\.count)
        across = schedule.across.map {
            CrossAddition(left: operand($0.left), right: operand($0.right))
        }
        result = operand(0)
    }

    /// Adds up what members of this team hold of some elements.
    func addWithinTeam(_ range: Range<Int>) {
        for addition in within {
            add(
                addition.right + range.lowerBound, into: addition.left + range.lowerBound,
                count: range.count)
        }
    }
}
