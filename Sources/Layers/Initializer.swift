import Foundation
import Randomness

/// The values of a parameter before training, each a function of a key and the element's number.
///
/// Elements are numbered in the order in which files hold them, so an initial value does not depend
/// on how the parameter lies in memory.
public enum Initializer: Sendable, Hashable {
    /// The same value everywhere.
    case constant(Float)
    /// Uniform in ±bound.
    case uniform(bound: Float)
    /// Normal with a deviation.
    case normal(deviation: Float)
    /// Uniform in ±√(6 / fanIn): He et al. 2015, for layers before a ReLU.
    case heUniform(fanIn: Int)
    /// Normal with deviation √(2 / fanIn): He et al. 2015.
    case heNormal(fanIn: Int)
    /// Uniform in ±√(6 / (fanIn + fanOut)): Glorot & Bengio 2010.
    case xavierUniform(fanIn: Int, fanOut: Int)
    /// Normal with deviation √(2 / (fanIn + fanOut)): Glorot & Bengio 2010.
    case xavierNormal(fanIn: Int, fanOut: Int)

    /// Uniform in ±1/√fanIn, PyTorch's default for convolutions and dense layers.
    ///
    /// - Parameter fanIn: Inputs that each output depends on.
    /// - Returns: The initializer.
    public static func fanIn(_ fanIn: Int) -> Initializer {
        .uniform(bound: 1 / Float(fanIn).squareRoot())
    }

    /// The value of one element.
    ///
    /// - Parameters:
    ///   - index: The element's number in the order of files.
    ///   - key: The parameter's key.
    /// - Returns: The value.
    public func value(at index: Int, key: RandomKey) -> Float {
        switch self {
        case .constant(let value): value
        case .uniform(let bound): bound * (2 * key.uniform(at: index) - 1)
        case .normal(let deviation): deviation * Self.normal(at: index, key: key)
        case .heUniform(let fanIn):
            Self.uniform(bound: (6 / Float(fanIn)).squareRoot()).value(at: index, key: key)
        case .heNormal(let fanIn):
            (2 / Float(fanIn)).squareRoot() * Self.normal(at: index, key: key)
        case .xavierUniform(let fanIn, let fanOut):
            Self.uniform(bound: (6 / Float(fanIn + fanOut)).squareRoot())
                .value(at: index, key: key)
        case .xavierNormal(let fanIn, let fanOut):
            (2 / Float(fanIn + fanOut)).squareRoot() * Self.normal(at: index, key: key)
        }
    }

    /// A standard normal number from two uniform ones.
    ///
    /// Source: Box & Muller 1958. In double, so that a mathematics library's last bit is lost in the
    /// rounding to float.
    private static func normal(at index: Int, key: RandomKey) -> Float {
        let u = 1 - Double(key.uniform(at: 2 * index))
        let v = Double(key.uniform(at: 2 * index + 1))
        return Float((-2 * log(u)).squareRoot() * cos(2 * .pi * v))
    }
}
