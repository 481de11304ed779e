import CMPI

extension MPICommunicator {
    /// As `Communicator` says.
    public func sum(_ values: UnsafeMutableBufferPointer<Float>) throws {
        try log.perform("sum of floats", elementCount: values.count) {
            let piece = pieceByteCount / MemoryLayout<Float>.size
            try checkMPI(cmpi_sum_float(handle, values.baseAddress, values.count, piece), "sum")
        }
    }

    /// As `Communicator` says.
    public func sum(_ values: UnsafeMutableBufferPointer<Double>) throws {
        try log.perform("sum of doubles", elementCount: values.count) {
            let piece = pieceByteCount / MemoryLayout<Double>.size
            try checkMPI(cmpi_sum_double(handle, values.baseAddress, values.count, piece), "sum")
        }
    }

    /// As `Communicator` says.
    public func sum(_ values: UnsafeMutableBufferPointer<Int64>) throws {
        try log.perform("sum of integers", elementCount: values.count) {
            let piece = pieceByteCount / MemoryLayout<Int64>.size
            try checkMPI(cmpi_sum_int64(handle, values.baseAddress, values.count, piece), "sum")
        }
    }

    /// As `Communicator` says.
    public func maximum(_ values: UnsafeMutableBufferPointer<Int64>) throws {
        try log.perform("maximum", elementCount: values.count) {
            let piece = pieceByteCount / MemoryLayout<Int64>.size
            try checkMPI(
                cmpi_maximum_int64(handle, values.baseAddress, values.count, piece), "maximum")
        }
    }

    /// As `Communicator` says.
    public func minimum(_ values: UnsafeMutableBufferPointer<Int64>) throws {
        try log.perform("minimum", elementCount: values.count) {
            let piece = pieceByteCount / MemoryLayout<Int64>.size
            try checkMPI(
                cmpi_minimum_int64(handle, values.baseAddress, values.count, piece), "minimum")
        }
    }

    /// As `Communicator` says.
    public func bitwiseOr(_ bits: UInt64) throws -> UInt64 {
        try log.perform("bitwise or", elementCount: 1) {
            var bits = bits
            try checkMPI(cmpi_bitwise_or_uint64(handle, &bits, 1, 1), "bitwise or")
            return bits
        }
    }

    /// As `Communicator` says.
    public func broadcast(_ bytes: UnsafeMutableRawBufferPointer, from root: Int) throws {
        check(rank: root)
        try log.perform("broadcast", elementCount: bytes.count) {
            try checkMPI(cmpi_broadcast(handle, bytes.baseAddress, bytes.count, root), "broadcast")
        }
    }

    /// As `Communicator` says.
    public func gather(_ bytes: [UInt8], to root: Int) throws -> [[UInt8]]? {
        check(rank: root)
        return try log.perform("gather", elementCount: bytes.count) {
            let counts = try byteCounts(of: bytes)
            var gathered = [UInt8](repeating: 0, count: rank == root ? counts.reduce(0, +) : 0)
            try checkMPI(cmpi_gather_variable(handle, bytes, counts, &gathered, root), "gather")
            return rank == root ? divided(gathered, counts) : nil
        }
    }

    /// As `Communicator` says.
    public func allGather(_ bytes: [UInt8]) throws -> [[UInt8]] {
        try log.perform("all-gather", elementCount: bytes.count) {
            let counts = try byteCounts(of: bytes)
            var gathered = [UInt8](repeating: 0, count: counts.reduce(0, +))
            try checkMPI(
                cmpi_all_gather_variable(handle, bytes, counts, &gathered), "all-gather")
            return divided(gathered, counts)
        }
    }

    /// The lengths of all ranks' contributions.
    private func byteCounts(of bytes: [UInt8]) throws -> [Int] {
        var count = bytes.count
        var counts = [Int](repeating: 0, count: rankCount)
        try checkMPI(cmpi_all_gather(handle, &count, MemoryLayout<Int>.size, &counts), "all-gather")
        return counts
    }

    private func divided(_ gathered: [UInt8], _ counts: [Int]) -> [[UInt8]] {
        var offset = 0
        return counts.map { count in
            defer { offset += count }
            return Array(gathered[offset..<offset + count])
        }
    }

    /// As `Communicator` says.
    public func send(_ values: UnsafeBufferPointer<Float>, to destination: Int, tag: Int) throws {
        check(rank: destination, tag: tag)
        try log.perform("send", elementCount: values.count) {
            let bytes = UnsafeRawBufferPointer(values)
            try checkMPI(
                cmpi_send(handle, bytes.baseAddress, bytes.count, destination, Int32(tag)), "send")
        }
    }

    /// As `Communicator` says.
    public func receive(
        into values: UnsafeMutableBufferPointer<Float>, from source: Int, tag: Int
    ) throws {
        check(rank: source, tag: tag)
        try log.perform("receive", elementCount: values.count) {
            let bytes = UnsafeMutableRawBufferPointer(values)
            try checkMPI(
                cmpi_receive(handle, bytes.baseAddress, bytes.count, source, Int32(tag)), "receive")
        }
    }

    /// As `Communicator` says.
    public func exchange(
        _ values: UnsafeBufferPointer<Float>, to destination: Int,
        into received: UnsafeMutableBufferPointer<Float>, from source: Int, tag: Int
    ) throws {
        check(rank: destination, tag: tag)
        check(rank: source, tag: tag)
        try log.perform("exchange", elementCount: values.count) {
            let sentBytes = UnsafeRawBufferPointer(values)
            let bytes = UnsafeMutableRawBufferPointer(received)
            try checkMPI(
                cmpi_send_receive(
                    handle, sentBytes.baseAddress, sentBytes.count, destination, bytes.baseAddress,
                    bytes.count, source, Int32(tag)), "exchange")
        }
    }

    /// As `Communicator` says.
    public func transfer(_ messages: UnsafeBufferPointer<Message>, isPatient: Bool) throws {
        try withUnsafeTemporaryAllocation(of: cmpi_message.self, capacity: messages.count) { copy in
            for (index, message) in messages.enumerated() {
                check(rank: message.rank, tag: message.tag)
                copy[index] = cmpi_message(
                    bytes: message.values, byte_count: message.count * MemoryLayout<Float>.size,
                    rank: message.rank, tag: Int32(message.tag), is_sent: message.isSent ? 1 : 0)
            }
            try checkMPI(
                cmpi_transfer(handle, copy.baseAddress, copy.count, isPatient ? 1 : 0), "transfer")
        }
    }
}
