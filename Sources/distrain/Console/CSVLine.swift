/// A line of comma-separated values, with its end.
///
/// Source: RFC 4180, with lines ended by LF.
///
/// - Parameter cells: The values; those with a comma, a quote or a line end in them are quoted.
/// - Returns: The line.
func csvLine(_ cells: [String]) -> String { cells.map(quoted).joined(separator: ",") + "\n" }

private func quoted(_ cell: String) -> String {
    guard cell.contains(where: { ",\"\r\n".contains($0) }) else { return cell }
    return "\"" + cell.replacing("\"", with: "\"\"") + "\""
}
