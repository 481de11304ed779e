import Launch

/// A diagnosis as text: a line for each finding, its fix beneath, and the sum at the end.
struct DiagnosisReport {
    let diagnosis: Diagnosis

    /// The lines.
    var text: String {
        let width = diagnosis.checks.map(\.check.count).max() ?? 0
        let lines = diagnosis.checks.flatMap { entry in
            entry.findings.flatMap { rows($0, of: entry.check, width: width) }
        }
        return (lines + ["", summary]).joined(separator: "\n")
    }

    private func rows(_ finding: Finding, of check: String, width: Int) -> [String] {
        let status = padded(finding.status.rawValue, to: Self.statusWidth)
        let indent = String(repeating: " ", count: Self.statusWidth + width + 4)
        return ["\(status)  \(padded(check, to: width))  \(finding.text)"]
            + (finding.fix.map { ["\(indent)→ \($0)"] } ?? [])
    }

    private var summary: String {
        let wrong = diagnosis.count(of: .wrong)
        let notes = diagnosis.count(of: .note)
        let parts = [
            wrong > 0 ? "\(wrong) wrong" : nil, notes > 0 ? notes.counted("note") : nil,
        ].compactMap { $0 }
        return parts.isEmpty ? "all is well" : parts.joined(separator: ", ")
    }

    private static let statusWidth = Finding.Status.allCases.map(\.rawValue.count).max() ?? 0

    private func padded(_ text: String, to width: Int) -> String {
        text + String(repeating: " ", count: width - text.count)
    }
}
