import Foundation
import Optimizers

/// What a step did, as far as the ledger holds it.
struct LedgerStep {
    /// The steps made, this one with them.
    let step: Int
    /// The mean loss of its images; nil for a level of a tree, as the two that follow.
    let loss: Double?
    /// The L2 norm of the mean gradient, before clipping.
    let gradientNorm: Double?
    /// Its learning rate.
    let learningRate: Double?
    /// Whether it changed nothing, as its numbers were bad.
    let isSkipped: Bool
    /// The fingerprints of the tensors after it.
    let fingerprints: UnsafeBufferPointer<UInt32>?

    /// Takes what a step came to, on rank 0.
    ///
    /// - Parameters:
    ///   - outcome: What it came to.
    ///   - step: The steps made.
    ///   - learningRate: Its learning rate.
    init(_ outcome: StepOutcome, step: Int, learningRate: Double) {
        self.step = step
        loss = Self.withOneNaN(outcome.lossSum / Double(outcome.imageCount))
        gradientNorm = Self.withOneNaN(outcome.gradientNorm)
        self.learningRate = learningRate
        isSkipped = outcome.badNumbers != nil
        fingerprints = outcome.fingerprints
    }

    /// Takes what an iteration of a batch optimizer came to, on rank 0: its loss is the value that is
    /// made small, its learning rate the step along the line.
    ///
    /// - Parameters:
    ///   - counts: How far the optimizer has come.
    ///   - fingerprints: Of the tensors after it.
    init(_ counts: BatchCounts, fingerprints: UnsafeBufferPointer<UInt32>) {
        step = counts.iterations
        loss = counts.value ?? .nan
        gradientNorm = counts.gradientNorm
        learningRate = counts.step
        isSkipped = false
        self.fingerprints = fingerprints
    }

    /// Takes what a level of a tree came to, on rank 0.
    ///
    /// - Parameters:
    ///   - step: The levels grown.
    ///   - fingerprints: Of the tree's tensors after it.
    init(level step: Int, fingerprints: UnsafeBufferPointer<UInt32>) {
        self.step = step
        (loss, gradientNorm, learningRate) = (nil, nil, nil)
        isSkipped = false
        self.fingerprints = fingerprints
    }

    /// Which of the many NaNs a sum of two is hangs on their order, which ranks may choose.
    private static func withOneNaN(_ value: Double) -> Double { value.isNaN ? .nan : value }
}

/// Lines of the ledger in memory that is allocated once.
///
/// The form of the lines stands here alone: numbers are the 16 hexadecimal digits of a double's
/// bits, fingerprints are 8 digits each without anything between them.
final class LedgerText {
    private let base: UnsafeMutablePointer<UInt8>
    private let capacity: Int
    private(set) var count = 0

    /// Makes room.
    ///
    /// - Parameter capacity: Bytes.
    init(capacity: Int) {
        self.capacity = capacity
        base = .allocate(capacity: capacity)
        base.initialize(repeating: 0, count: capacity)
    }

    deinit { base.deallocate() }

    /// Bytes that a step's or checkpoint's line has at most, with its chain.
    static func lineCapacity(tensorCount: Int) -> Int { 400 + 8 * tensorCount }

    /// Bytes that may still be appended.
    var room: Int { capacity - count }

    /// The text from a place on.
    subscript(from start: Int) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(start: base + start, count: count - start)
    }

    /// A copy of the text.
    var data: Data { Data(self[from: 0]) }

    /// Forgets the text.
    func removeAll() { count = 0 }

    /// Appends the line of a step, up to its chain.
    func append(_ step: LedgerStep) {
        append("{\"step\":")
        append(decimal: step.step)
        append(",\"loss\":\"", step.loss)
        append(",\"gradient_norm\":\"", step.gradientNorm)
        append(",\"learning_rate\":\"", step.learningRate)
        if step.isSkipped { append(",\"skipped\":true") }
        append(",\"tensors\":\"")
        if let fingerprints = step.fingerprints { append(fingerprints) }
        append("\"")
    }

    /// Fingerprints as the line of a step holds them.
    static func text(of fingerprints: UnsafeBufferPointer<UInt32>) -> String {
        let text = LedgerText(capacity: lineCapacity(tensorCount: fingerprints.count))
        text.append(fingerprints)
        return String(decoding: text.data, as: UTF8.self)
    }

    /// Appends the line of a checkpoint, up to its chain.
    func append(checkpointOf step: Int, parametersSHA256: String) {
        append("{\"checkpoint\":")
        append(decimal: step)
        append(",\"parameters_sha256\":\"")
        for byte in parametersSHA256.utf8 { append(byte) }
        append("\"")
    }

    /// Ends a line with the chain's value.
    func append(chain: UnsafeBufferPointer<UInt8>) {
        append(",\"chain\":\"")
        for byte in chain { append(byte) }
        append("\"}\n")
    }

    private func append(_ byte: UInt8) {
        precondition(count < capacity, "a line of the ledger is longer than its \(capacity) bytes")
        base[count] = byte
        count += 1
    }

    private func append(_ text: StaticString) {
        for index in 0..<text.utf8CodeUnitCount { append(text.utf8Start[index]) }
    }

    private func append(_ key: StaticString, _ number: Double?) {
        guard let number else { return }
        append(key)
        append(hexadecimal: number.bitPattern)
        append("\"")
    }

    private func append(_ fingerprints: UnsafeBufferPointer<UInt32>) {
        for fingerprint in fingerprints { append(hexadecimal: fingerprint) }
    }

    private func append(decimal value: Int) {
        var divisor = 1
        while value / divisor >= 10 { divisor *= 10 }
        while divisor > 0 {
            append(UInt8(ascii: "0") + UInt8(value / divisor % 10))
            divisor /= 10
        }
    }

    private func append<Word: FixedWidthInteger>(hexadecimal word: Word) {
        for shift in stride(from: Word.bitWidth - 4, through: 0, by: -4) {
            append(hexadecimalDigit(UInt8(truncatingIfNeeded: word >> Word(shift)) & 15))
        }
    }
}
