import Foundation

/// A value that one thread makes and another one waits for.
final class Handover<Value: Sendable>: Sendable {
    private let condition = NSCondition()
    // Safe: touched with the condition locked alone.
    nonisolated(unsafe) private var value: Value?

    /// Hands the value over, once.
    ///
    /// - Parameter value: The value.
    func give(_ value: Value) {
        condition.lock()
        self.value = value
        condition.broadcast()
        condition.unlock()
    }

    /// The value if it is there already.
    var available: Value? {
        condition.lock()
        defer { condition.unlock() }
        return value
    }

    /// Waits for the value.
    ///
    /// - Parameter limit: When to give up.
    /// - Returns: The value; nil if it is not there in time.
    func wait(until limit: Date) -> Value? {
        condition.lock()
        defer { condition.unlock() }
        while value == nil && condition.wait(until: limit) {}
        return value
    }

    /// Waits for the value, however long it takes.
    ///
    /// - Returns: The value.
    @discardableResult
    func wait() -> Value {
        condition.lock()
        defer { condition.unlock() }
        while true {
            if let value { return value }
            condition.wait()
        }
    }
}
