import Foundation

extension UInt8 {
    static let lineFeed = UInt8(ascii: "\n")
    static let carriageReturn = UInt8(ascii: "\r")
    static let quote = UInt8(ascii: "\"")
    static let space = UInt8(ascii: " ")
    static let tab = UInt8(ascii: "\t")
}

/// A walk over the cells of a table's text.
///
/// A cell is quoted if a quote is its first character after spaces. Its text then ends at the next
/// quote that is not doubled, after which only spaces may come; any other quote is a character
/// like others. Source: RFC 4180, and the reader of pandas where the text departs from it.
struct CellScanner {
    /// Where a cell's text lies, without the spaces and quotes around it.
    struct Cell {
        /// The first byte.
        let start: Int
        /// The byte after the last one.
        let end: Int
        /// Whether pairs of quotes in the text stand for one each.
        let hasDoubledQuotes: Bool
        /// Whether it is the last one of its record.
        let endsRecord: Bool
    }

    /// The text.
    let bytes: UnsafePointer<UInt8>
    /// The text's end.
    let end: Int
    /// What stands between cells.
    let delimiter: UInt8
    /// Where the next cell begins.
    var position: Int

    /// Goes on to the next line that holds more than spaces.
    ///
    /// - Returns: Whether there is one.
    mutating func skipBlankLines() -> Bool {
        while true {
            let place = skippingSpaces(from: position)
            guard place < end else {
                position = end
                return false
            }
            guard isLineEnd(bytes[place]) else { return true }
            position = afterLineEnd(at: place)
        }
    }

    /// Reads a cell; `position` is where one begins.
    ///
    /// - Returns: Where it lies.
    /// - Throws: `TableDefect` for a quote that is not closed or is followed by text.
    mutating func next() throws(TableDefect) -> Cell {
        let start = skippingSpaces(from: position)
        if start < end && bytes[start] == .quote { return try quotedCell(from: start) }
        var place = start
        while !endsCell(at: place) { place += 1 }
        var textEnd = place
        while textEnd > start && isSpace(bytes[textEnd - 1]) { textEnd -= 1 }
        return Cell(
            start: start, end: textEnd, hasDoubledQuotes: false, endsRecord: finish(at: place))
    }

    /// Passes over the cells of a record.
    ///
    /// - Returns: How many there are.
    /// - Throws: As `next()`.
    mutating func skipRecord() throws(TableDefect) -> Int {
        var count = 1
        while try !next().endsRecord { count += 1 }
        return count
    }

    private mutating func quotedCell(from quote: Int) throws(TableDefect) -> Cell {
        var place = quote + 1
        var hasDoubledQuotes = false
        while true {
            guard place < end, let found = memchr(bytes + place, Int32(UInt8.quote), end - place)
            else { throw TableDefect(offset: quote, kind: .unclosedQuote) }
            let closing = UnsafeRawPointer(found) - UnsafeRawPointer(bytes)
            place = closing + 1
            if place < end && bytes[place] == .quote {
                hasDoubledQuotes = true
                place += 1
                continue
            }
            let after = skippingSpaces(from: place)
            guard endsCell(at: after) else {
                throw TableDefect(offset: quote, kind: .textAfterQuote)
            }
            return Cell(
                start: quote + 1, end: closing, hasDoubledQuotes: hasDoubledQuotes,
                endsRecord: finish(at: after))
        }
    }

    /// Goes from a place in the middle of a record to the next record.
    ///
    /// - Parameter state: Where in its record `position` lies.
    /// - Throws: As `next()`.
    mutating func skipRest(from state: BorderState) throws(TableDefect) {
        var endsRecord: Bool
        switch state {
        case .record: return
        case .cell: endsRecord = try next().endsRecord
        case .text:
            while !endsCell(at: position) { position += 1 }
            endsRecord = finish(at: position)
        case .quoted: endsRecord = try quotedCell(from: position - 1).endsRecord
        case .afterQuote:
            // A quote here is the second one of a doubled quote.
            let isDoubled = position < end && bytes[position] == .quote
            endsRecord = try isDoubled ? quotedCell(from: position).endsRecord : next().endsRecord
        }
        while !endsRecord { endsRecord = try next().endsRecord }
    }

    /// Whether a cell is over at a place.
    @inline(__always)
    func endsCell(at place: Int) -> Bool {
        place == end || bytes[place] == delimiter || isLineEnd(bytes[place])
    }

    /// Goes on behind a separator or a line's end.
    @inline(__always)
    mutating func finish(at place: Int) -> Bool {
        if place < end && bytes[place] == delimiter {
            position = place + 1
            return false
        }
        position = afterLineEnd(at: place)
        return true
    }

    @inline(__always)
    func skippingSpaces(from start: Int) -> Int {
        var place = start
        while place < end && isSpace(bytes[place]) { place += 1 }
        return place
    }

    @inline(__always)
    func isSpace(_ byte: UInt8) -> Bool {
        byte == .space || (byte == .tab && delimiter != .tab)
    }

    @inline(__always)
    func isLineEnd(_ byte: UInt8) -> Bool {
        byte == .lineFeed || byte == .carriageReturn
    }

    private func afterLineEnd(at place: Int) -> Int {
        let next = min(end, place + 1)
        let isPair = next < end && bytes[place] == .carriageReturn && bytes[next] == .lineFeed
        return isPair ? next + 1 : next
    }
}
