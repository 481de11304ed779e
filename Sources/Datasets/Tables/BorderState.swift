import Foundation

/// Where in a record a place lies, so that a part of a table can be read from there.
enum BorderState: UInt8, CaseIterable, Codable {
    /// A record begins.
    case record
    /// A cell begins, or has only spaces so far.
    case cell
    /// In a cell without quotes.
    case text
    /// In a quoted cell.
    case quoted
    /// Behind the last quote of a quoted cell.
    case afterQuote
}

/// How the text between two places changes the state, whatever it is at the first of them.
///
/// Ranks find these of their own parts at once and then know, from all of them, in which state each
/// part begins; so a line's end in a quoted cell is told from a record's, even at a border.
struct BorderTransition: Codable {
    private let states: [BorderState]

    /// Follows the text from every state.
    ///
    /// - Parameters:
    ///   - scanner: The whole text.
    ///   - range: The part of it.
    init(_ scanner: CellScanner, over range: Range<Int>) {
        states = BorderState.allCases.map { Self.follow(scanner, over: range, from: $0) }
    }

    /// The state at the end of the text.
    ///
    /// - Parameter state: The one at its beginning.
    /// - Returns: The state.
    func applied(to state: BorderState) -> BorderState { states[Int(state.rawValue)] }

    /// Goes from quote to quote, since only they open and close cells that hide line ends.
    private static func follow(
        _ scanner: CellScanner, over range: Range<Int>, from first: BorderState
    ) -> BorderState {
        var state = first
        var place = range.lowerBound
        while place < range.upperBound {
            guard
                let found = memchr(
                    scanner.bytes + place, Int32(UInt8.quote), range.upperBound - place)
            else {
                return Self.state(before: range.upperBound, from: place, state, scanner)
            }
            let quote = UnsafeRawPointer(found) - UnsafeRawPointer(scanner.bytes)
            switch Self.state(before: quote, from: place, state, scanner) {
            case .record, .cell, .afterQuote: state = .quoted
            case .text: state = .text
            case .quoted: state = .afterQuote
            }
            place = quote + 1
        }
        return state
    }

    /// The state at a place that only characters without quotes lead to.
    private static func state(
        before place: Int, from start: Int, _ state: BorderState, _ scanner: CellScanner
    ) -> BorderState {
        if state == .quoted { return .quoted }
        var last = place
        while last > start && scanner.isSpace(scanner.bytes[last - 1]) { last -= 1 }
        guard last > start else {
            // Spaces do not change a state, but that a cell has begun with them.
            return state == .record && last < place ? .cell : state
        }
        switch scanner.bytes[last - 1] {
        case .lineFeed, .carriageReturn: return last < place ? .cell : .record
        case scanner.delimiter: return .cell
        default: return .text
        }
    }
}
