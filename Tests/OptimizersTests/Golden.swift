import Foundation
import Optimizers

/// What is beside the cases in a file made by `Reference/make_goldens.py`.
struct Golden<Case: Decodable>: Decodable {
    /// The library and version that made the numbers.
    let source: String
    /// The largest difference to accept, relative to max(1, |expected|).
    let tolerance: Double
    let cases: [Case]

    /// Reads a file beside the script.
    init(named name: String) throws {
        let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        let file = folder.appendingPathComponent("Reference").appendingPathComponent(name)
        self = try JSONDecoder().decode(Self.self, from: Data(contentsOf: file))
    }

    /// Whether a number is the expected one, up to the tolerance.
    func agree(_ found: Double, _ expected: Double) -> Bool {
        abs(found - expected) <= tolerance * max(1, abs(expected))
    }
}

/// `count` of the numbers of which the goldens are made; exact in float32, from -1 to 1.
func goldenValues(_ first: Int, _ count: Int) -> [Float] {
    (first..<first + count).map { Float((40503 * $0 + 30011) % 65536) / 32768 - 1 }
}
