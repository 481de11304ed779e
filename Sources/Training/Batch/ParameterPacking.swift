import Layers

/// The trained parameters of a network as one vector of doubles, in the order of their slab and without
/// its gaps.
struct ParameterPacking {
    private let parameters: [ParameterLayout.Parameter]
    /// The length of the vector.
    let count: Int
    /// Where in the vector the weights are, ascending: matrices and filters.
    let weightRanges: [Range<Int>]

    /// Lists the parameters that are trained.
    init(_ layout: ParameterLayout) {
        parameters = layout.parameters.filter(\.isTrainable)
        var ranges: [Range<Int>] = []
        var place = 0
        for parameter in parameters {
            let range = place..<place + parameter.range.count
            if parameter.shape.count > 1 { ranges.append(range) }
            place = range.upperBound
        }
        weightRanges = ranges
        count = place
    }

    /// Reads a slab.
    ///
    /// - Parameters:
    ///   - slab: Parameters or their gradients.
    ///   - vector: Where the numbers go, [count].
    func read(_ slab: UnsafePointer<Float>, into vector: UnsafeMutablePointer<Double>) {
        var place = 0
        for parameter in parameters {
            for index in parameter.range {
                vector[place] = Double(slab[index])
                place += 1
            }
        }
    }

    /// The numbers of a slab.
    func vector(_ slab: UnsafePointer<Float>) -> [Double] {
        Array(unsafeUninitializedCapacity: count) { vector, initializedCount in
            if let base = vector.baseAddress { read(slab, into: base) }
            initializedCount = count
        }
    }

    /// Writes a vector to a slab, each number rounded to the nearest float.
    func write(_ vector: [Double], to slab: UnsafeMutablePointer<Float>) {
        precondition(vector.count == count, "\(vector.count) numbers for \(count) parameters")
        var place = 0
        for parameter in parameters {
            for index in parameter.range {
                slab[index] = Float(vector[place])
                place += 1
            }
        }
    }
}
