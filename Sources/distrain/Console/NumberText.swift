import Diagnostics
import Foundation

extension Double {
    /// The number with so many digits after the point.
    ///
    /// - Parameter digits: How many.
    /// - Returns: The text.
    func fixed(_ digits: Int) -> String { String(format: "%.\(digits)f", self) }

    /// The number with so many digits at most, without zeros at its end, as in `5.84333`.
    ///
    /// - Parameter digits: How many.
    /// - Returns: The text.
    func significant(_ digits: Int) -> String { String(format: "%.\(digits)g", self) }

    /// The number with two digits and an exponent, as in `1.1e-06`.
    var scientific: String { String(format: "%.1e", self) }

    /// A fraction as a percentage, as in `93.12 %`.
    var percent: String { (100 * self).fixed(2) + " %" }

    /// The nearest whole number in groups of three digits; `-` where there is none.
    var roundedAndGrouped: String {
        guard isFinite, magnitude < 1e15 else { return "-" }
        return Int(rounded()).grouped
    }

    /// Seconds as a time, as in `2h05m`, `3m07s` or `8.4s`.
    var secondsText: String {
        guard isFinite, self >= 0, self < 1e9 else { return "-" }
        let seconds = Int(rounded())
        if self < 59.95 { return fixed(1) + "s" }
        if seconds < 3600 { return String(format: "%dm%02ds", seconds / 60, seconds % 60) }
        return String(format: "%dh%02dm", seconds / 3600, seconds % 3600 / 60)
    }
}

extension Int {
    /// The number with what it counts, as in `1 rank` and `1,024 ranks`.
    ///
    /// - Parameter noun: One of what is counted.
    /// - Returns: The text.
    func counted(_ noun: String) -> String { "\(grouped) \(noun)\(self == 1 ? "" : "s")" }
}
