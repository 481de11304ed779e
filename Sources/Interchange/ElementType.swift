/// The element types that a safetensors header may name.
///
/// All are known by size, so that any valid file can be opened and its layout checked; `float32`,
/// `float64` and `int64` can be read and written.
///
/// Source: the safetensors format description, Hugging Face.
public enum ElementType: String, Sendable, Hashable, CaseIterable {
    /// One byte a value, zero or one.
    case bool = "BOOL"
    /// Unsigned, 8 bits.
    case uint8 = "U8"
    /// Signed, 8 bits.
    case int8 = "I8"
    /// Floating point, 8 bits, 5 of them exponent.
    case float8Exponent5 = "F8_E5M2"
    /// Floating point, 8 bits, 4 of them exponent.
    case float8Exponent4 = "F8_E4M3"
    /// Unsigned, 16 bits.
    case uint16 = "U16"
    /// Signed, 16 bits.
    case int16 = "I16"
    /// IEEE binary16.
    case float16 = "F16"
    /// The upper half of an IEEE binary32.
    case bfloat16 = "BF16"
    /// Unsigned, 32 bits.
    case uint32 = "U32"
    /// Signed, 32 bits.
    case int32 = "I32"
    /// IEEE binary32.
    case float32 = "F32"
    /// Unsigned, 64 bits.
    case uint64 = "U64"
    /// Signed, 64 bits.
    case int64 = "I64"
    /// IEEE binary64.
    case float64 = "F64"

    /// Bytes an element.
    public var byteCount: Int {
        switch self {
        case .bool, .uint8, .int8, .float8Exponent5, .float8Exponent4: 1
        case .uint16, .int16, .float16, .bfloat16: 2
        case .uint32, .int32, .float32: 4
        case .uint64, .int64, .float64: 8
        }
    }
}
