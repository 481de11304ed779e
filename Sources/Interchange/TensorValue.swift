/// A named array to be written: its shape and its elements in row-major order.
public struct TensorValue {
    /// The name under which the file lists it; unique in a file and not `__metadata__`.
    public let name: String
    /// The extent of each dimension, outermost first; empty for a single number.
    public let shape: [Int]
    let elements: Elements

    enum Elements {
        case floats(UnsafeBufferPointer<Float>)
        case floatArray([Float])
        case doubles([Double])
        case integers([Int64])
    }

    /// Describes floats that somebody else holds; nothing is copied.
    ///
    /// - Parameters:
    ///   - name: The name under which the file lists it.
    ///   - shape: The extent of each dimension.
    ///   - floats: The elements, which must stay valid until the file is written.
    public init(_ name: String, shape: [Int], floats: UnsafeBufferPointer<Float>) {
        self.init(name, shape, .floats(floats))
    }

    /// Describes an array of floats.
    ///
    /// - Parameters:
    ///   - name: The name under which the file lists it.
    ///   - shape: The extent of each dimension.
    ///   - floats: The elements.
    public init(_ name: String, shape: [Int], floats: [Float]) {
        self.init(name, shape, .floatArray(floats))
    }

    /// Describes an array of doubles.
    ///
    /// - Parameters:
    ///   - name: The name under which the file lists it.
    ///   - shape: The extent of each dimension.
    ///   - doubles: The elements.
    public init(_ name: String, shape: [Int], doubles: [Double]) {
        self.init(name, shape, .doubles(doubles))
    }

    /// Describes an array of 64-bit integers, such as a step counter.
    ///
    /// - Parameters:
    ///   - name: The name under which the file lists it.
    ///   - shape: The extent of each dimension.
    ///   - integers: The elements.
    public init(_ name: String, shape: [Int], integers: [Int64]) {
        self.init(name, shape, .integers(integers))
    }

    private init(_ name: String, _ shape: [Int], _ elements: Elements) {
        self.name = name
        self.shape = shape
        self.elements = elements
        let expected = shape.reduce(1, *)
        precondition(
            elementCount == expected && shape.allSatisfy { $0 >= 0 },
            "tensor \(name) of shape \(shape) needs \(expected) elements, got \(elementCount)")
    }

    private var elementCount: Int {
        switch elements {
        case .floats(let values): values.count
        case .floatArray(let values): values.count
        case .doubles(let values): values.count
        case .integers(let values): values.count
        }
    }

    /// The type under which the elements are stored.
    public var elementType: ElementType {
        switch elements {
        case .floats, .floatArray: .float32
        case .doubles: .float64
        case .integers: .int64
        }
    }

    /// The size of the elements in the file.
    var byteCount: Int { elementCount * elementType.byteCount }

    /// Calls `body` with the elements as bytes, in the byte order of the machine.
    func withBytes<Result>(_ body: (UnsafeRawBufferPointer) throws -> Result) rethrows -> Result {
        switch elements {
        case .floats(let values): try body(UnsafeRawBufferPointer(values))
        case .floatArray(let values): try values.withUnsafeBytes(body)
        case .doubles(let values): try values.withUnsafeBytes(body)
        case .integers(let values): try values.withUnsafeBytes(body)
        }
    }
}
