import Randomness

extension ParameterLayout.Parameter {
    /// Where the element with a number in the order of files lies in memory, from the parameter's
    /// start.
    ///
    /// - Parameter index: The element's number, in 0 ..< range.count.
    /// - Returns: The offset in floats.
    public func memoryIndex(ofFileIndex index: Int) -> Int {
        switch order {
        case .same: return index
        case .filters:
            let (inputs, height, width) = (shape[1], shape[2], shape[3])
            let column = index % width
            let row = index / width % height
            let input = index / (width * height) % inputs
            let output = index / (width * height * inputs)
            return ((row * width + column) * inputs + input) * shape[0] + output
        }
    }

    /// Copies the parameter out of the slab into the order of files.
    ///
    /// - Parameter slab: The parameters' slab.
    /// - Returns: `range.count` values.
    public func fileValues(in slab: UnsafePointer<Float>) -> [Float] {
        let values = slab + range.lowerBound
        return (0..<range.count).map { values[memoryIndex(ofFileIndex: $0)] }
    }

    /// Copies values in the order of files into the slab.
    ///
    /// - Parameters:
    ///   - values: `range.count` values.
    ///   - slab: The parameters' slab.
    public func setFileValues(
        _ values: UnsafeBufferPointer<Float>, in slab: UnsafeMutablePointer<Float>
    ) {
        precondition(
            values.count == range.count,
            "\(name) has \(range.count) values, got \(values.count)")
        let target = slab + range.lowerBound
        for index in 0..<range.count { target[memoryIndex(ofFileIndex: index)] = values[index] }
    }
}

extension ParameterLayout {
    /// Writes the values before training: a function of the key and the parameters' names.
    ///
    /// - Parameters:
    ///   - key: The key of the run's initial values.
    ///   - parameters: The parameters' slab, `slabCount` floats.
    ///   - statistics: The statistics' slab, `statisticsCount` floats.
    public func initialize(
        key: RandomKey, parameters: UnsafeMutablePointer<Float>,
        statistics: UnsafeMutablePointer<Float>
    ) {
        parameters.update(repeating: 0, count: slabCount)
        for parameter in self.parameters {
            let own = key.derived(parameter.name)
            let target = parameters + parameter.range.lowerBound
            for index in 0..<parameter.range.count {
                target[parameter.memoryIndex(ofFileIndex: index)] = parameter.initializer.value(
                    at: index, key: own)
            }
        }
        statistics.update(repeating: 0, count: statisticsCount)
        for statistic in self.statistics {
            (statistics + statistic.range.lowerBound)
                .update(repeating: statistic.initialValue, count: statistic.range.count)
        }
    }
}
